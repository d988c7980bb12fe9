"""How long a lead takes from the webhook's call to Slack: cold, as almost every lead meets it, and warm."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.contestants import LEADMATCH, PLAIN, Contestant, Cost, cold, warm
from bench.cpu import can_share, configured_mb
from bench.packages import Unpacked, unpack_leadmatch, unpack_plain
from bench.report import Figure, Goal, table
from bench.run import Figures, Run
from bench.world import World, world

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, TITLE = "latency", "From the webhook to Slack"
USES: tuple[str, ...] = ()
LEADS, LEADS_QUICK, BEFORE = 30, 4, 2
PACE_SECONDS = {"cold": 0.0, "warm": 1.5}
"""leadmatch posts once a second into a channel; what waits for that would be measured with a warm lead."""
KINDS = ("cold", "warm")
Costs = dict[str, list[dict[str, Cost]]]


def measure(run: Run) -> Figures:
    """Let leadmatch and the plain app handle leads in turn, cold and warm, each with the CPU that comes with its memory."""
    memory_mb = configured_mb("api_handler", "check", "notify")
    packages = {"leadmatch": unpack_leadmatch(run.folder), "plain": unpack_plain(run.folder)}
    found: Figures = {"memory": memory_mb, "has shares": can_share()}
    with world() as the_world, _contestants(the_world, packages, memory_mb) as playing:
        for kind in KINDS:
            run.say(kind)
            _leads(the_world, playing[kind], BEFORE, PACE_SECONDS[kind])
            costs = _leads(the_world, playing[kind], run.times(LEADS, LEADS_QUICK), PACE_SECONDS[kind])
            found[kind] = {name: _of(each) for name, each in costs.items()} | {"ratio": _ratio(costs)}
    return found


@contextmanager
def _contestants(
    the_world: World, packages: Mapping[str, Unpacked], memory_mb: int
) -> Iterator[dict[str, list[Contestant]]]:
    ours, plain = packages["leadmatch"], packages["plain"]
    with (
        warm(the_world, "warm", LEADMATCH, ours, memory_mb=memory_mb) as warm_ours,
        warm(the_world, "warm-plain", PLAIN, plain, memory_mb=memory_mb) as warm_plain,
    ):
        yield {
            "warm": [warm_ours, warm_plain],
            "cold": [
                cold(the_world, "cold", LEADMATCH, ours, memory_mb=memory_mb),
                cold(the_world, "cold-plain", PLAIN, plain, memory_mb=memory_mb),
            ],
        }


def _leads(the_world: World, playing: Sequence[Contestant], leads: int, pace_seconds: float) -> Costs:
    costs: Costs = {one.name: [] for one in playing}
    for _ in range(leads):
        began = time.monotonic()
        for one in playing:
            costs[one.name].append(one.handle(the_world, the_world.next_lead()))
        time.sleep(max(0.0, pace_seconds - (time.monotonic() - began)))
    return {"leadmatch": costs[playing[0].name], "plain": costs[playing[1].name]}


def _seconds(lead: Mapping[str, Cost]) -> float:
    """Return a lead's time to Slack in its functions, without that in which the stand-ins worked on answers."""
    return sum(cost.to_outcome - cost.waited for cost in lead.values())


def _of(leads: Sequence[Mapping[str, Cost]]) -> dict[str, Any]:
    seconds = [_seconds(lead) for lead in leads]
    return {
        "to Slack": Figure.of(seconds, "s").as_json(),
        "p99": round(_percentile(seconds, 99), 3),
        "stand-ins": Figure.of([sum(cost.waited for cost in lead.values()) for lead in leads], "s").as_json(),
        "steps": {
            step: Figure.of([lead[step].to_outcome - lead[step].waited for lead in leads], "s").as_json()
            for step in leads[0]
        },
    }


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _ratio(costs: Costs) -> dict[str, Any]:
    ours, plain = ([_seconds(lead) for lead in costs[name]] for name in ("leadmatch", "plain"))
    return Figure.ratio(ours, plain).as_json()


def answer(figures: Figures) -> str:
    """Return how long a person waits."""
    cold_ours, warm_ours, cold_plain = (
        Figure.of_json(figures[kind][name]["to Slack"]).median
        for kind, name in (("cold", "leadmatch"), ("warm", "leadmatch"), ("cold", "plain"))
    )
    return (
        f"From the webhook's call to Slack, in the functions alone, at {figures['memory']} MB: all cold {cold_ours:.2f} s "
        f"(p99 {figures['cold']['leadmatch']['p99']:.2f} s), the plain app {cold_plain:.2f} s; all warm {warm_ours:.2f} s. "
        "The time in which AWS, Zoho and Slack work on answers comes on top; that of the stand-ins is taken off here."
    )


def goals(_: Figures) -> list[Goal]:
    """Return none."""
    return []


def section(figures: Figures) -> str:
    """Return the tables."""
    rows = [_row(kind, name, figures[kind][name]) for kind in KINDS for name in ("leadmatch", "plain")]
    ratios = [(kind, Figure.of_json(figures[kind]["ratio"])) for kind in KINDS]
    share = "" if figures["has shares"] else " No share of a CPU could be set here, so all had a whole one."
    leads = Figure.of_json(figures["cold"]["leadmatch"]["to Slack"]).runs
    return "\n".join([
        f"{leads} leads each, in turn, from the POST to the message in Slack. Every function has the CPU of {figures['memory']} MB.{share}",
        "Cold, each function is started for each lead. The seconds are those in the functions: the time in which the stand-ins worked",
        "on answers is taken off and stands beside it; the way from a queue to a function, which is AWS's, is not in it. The plain",
        "app has two functions, leadmatch has three.",
        "",
        table(["", "", "p50 s", "p99 s", "stand-ins s", "steps s"], rows),
        "",
        table(["leadmatch against the plain app", "seconds"], ratios),
    ])  # fmt: skip


def _row(kind: str, name: str, one: Mapping[str, Any]) -> list[object]:
    steps = ", ".join(f"{step} {Figure.of_json(figure).median:.3g}" for step, figure in one["steps"].items())
    return [kind, name, Figure.of_json(one["to Slack"]), one["p99"], Figure.of_json(one["stand-ins"]), steps]


def plots(_: Figures) -> list[dict[str, Any]]:
    """Return none: the table says it."""
    return []
