"""What a lead costs when every function is warm: CPU, wall and calls per step, against the alternatives."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.contestants import FLOOR, LEADMATCH, LIBRARIES, PLAIN, Contestant, Cost, Step
from bench.contestants import warm as contestant
from bench.packages import ALTERNATIVES, Unpacked, unpack_leadmatch, unpack_plain, with_libraries
from bench.report import Figure, Goal, table
from bench.run import Figures, Run
from bench.world import World, world

NAME, TITLE = "warm", "A lead when every function is warm"
USES: tuple[str, ...] = ()
STEPS = ("receive", "check", "notify")
AT_MOST = {"receive": 1.8, "check": 2.2, "notify": 2.5}
LEADS, LEADS_QUICK, BEFORE = 40, 10, 4
PACE_SECONDS = 1.5
"""leadmatch posts once a second into a channel; a lead that comes sooner would wait, and its wall time with it."""
NOTHING = Step("floor.nothing")
Costs = dict[str, dict[str, list[Cost]]]


def measure(run: Run) -> Figures:
    """Let the contestants handle leads in turn."""
    ours, plain = unpack_leadmatch(run.folder), unpack_plain(run.folder)
    with (
        world() as the_world,
        contestant(the_world, "leadmatch", LEADMATCH, ours) as leadmatch,
        contestant(the_world, "floor", FLOOR, Unpacked(ALTERNATIVES, ours.runtime)) as floor,
        contestant(the_world, "libraries", LIBRARIES, with_libraries(plain)) as libraries,
        contestant(the_world, "plain", PLAIN, plain) as app,
        contestant(the_world, "nothing", {"nothing": NOTHING}, Unpacked(ALTERNATIVES, ours.runtime)) as nothing,
    ):
        playing = [leadmatch, floor, libraries, app]
        _rounds(the_world, playing, BEFORE)
        costs = _rounds(the_world, playing, run.times(LEADS, LEADS_QUICK))
        idle = [nothing.measure(the_world, NOTHING, {})[1] for _ in range(run.times(LEADS, LEADS_QUICK))]
    return _figures(costs) | {"runtime client": {"call": _of(idle)}}


def _rounds(the_world: World, playing: Sequence[Contestant], rounds: int) -> Costs:
    """Return each contestant's costs per step; they take turns, so that what disturbs one disturbs the others."""
    costs: Costs = defaultdict(lambda: defaultdict(list))
    for number in range(rounds):
        began = time.monotonic()
        for one in _in_turn(playing, number):
            lead_id = the_world.next_lead()
            for step, cost in one.handle(the_world, lead_id).items():
                costs[one.name][step].append(cost)
        time.sleep(max(0, PACE_SECONDS - (time.monotonic() - began)))
    return costs


def _in_turn(playing: Sequence[Contestant], number: int) -> Sequence[Contestant]:
    """Let another one be the first each time: it comes after a rest, which empties a CPU's caches."""
    first = number % len(playing)
    return [*playing[first:], *playing[:first]]


def _figures(costs: Costs) -> Figures:
    for steps in costs.values():
        steps["lead"] = [_sum(parts) for parts in zip(*steps.values(), strict=True)]
    found: Figures = {name: {step: _of(each) for step, each in steps.items()} for name, steps in costs.items()}
    ours = costs["leadmatch"]
    found["against the floor"] = {step: _ratio(ours[step], costs["floor"][step]) for step in (*STEPS, "lead")}
    found["against the libraries"] = {step: _ratio(ours[step], costs["libraries"][step]) for step in (*STEPS, "lead")}
    found["against the plain app"] = {"lead": _ratio(ours["lead"], costs["plain"]["lead"])}
    return found


def _of(costs: Sequence[Cost]) -> dict[str, Any]:
    return {
        "cpu": Figure.of([1000 * cost.cpu for cost in costs], "ms").as_json(),
        "wall": Figure.of([1000 * cost.wall for cost in costs], "ms").as_json(),
        "calls": dict(sorted(_usual(costs).items())),
    }


def _usual(costs: Sequence[Cost]) -> Mapping[str, int]:
    """Return the calls of the most leads: once a minute a secret is read again."""
    ((usual, _),) = Counter(tuple(sorted(cost.calls.items())) for cost in costs).most_common(1)
    return dict(usual)


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(
        cpu=sum(cost.cpu for cost in costs),
        wall=sum(cost.wall for cost in costs),
        to_outcome=sum(cost.to_outcome for cost in costs),
        waited=sum(cost.waited for cost in costs),
        calls=sum((cost.calls for cost in costs), start=Counter()),
    )


def _ratio(ours: Sequence[Cost], others: Sequence[Cost]) -> dict[str, Any]:
    return Figure.ratio([cost.cpu for cost in ours], [cost.cpu for cost in others]).as_json()


def answer(figures: Figures) -> str:
    """Return what a lead costs."""
    ours, plain = (Figure.of_json(figures[name]["lead"]["cpu"]) for name in ("leadmatch", "plain"))
    floor, usual = (Figure.of_json(figures[f"against the {name}"]["lead"]) for name in ("floor", "libraries"))
    return (
        f"Warm, a lead costs {ours.median:.3g} ms of CPU, {floor.median:.2g} times what its HTTP calls cost by hand and "
        f"{usual.median:.2g} times what they cost with boto3 and requests; the plain one-file app, which promises nothing and makes "
        f"half the calls to AWS, takes {plain.median:.3g} ms."
    )


def goals(figures: Figures) -> list[Goal]:
    """Return the goals."""
    floor, usual, plain = (figures[f"against the {name}"] for name in ("floor", "libraries", "plain app"))
    steps = [Goal(f"warm {step}, CPU against the floor", Figure.of_json(floor[step]), AT_MOST[step]) for step in STEPS]
    return [
        *steps,
        Goal("a whole warm lead, CPU against its calls with boto3 and requests", Figure.of_json(usual["lead"]), 1),
        Goal("a whole warm lead, CPU against the plain app", Figure.of_json(plain["lead"]), 1),
    ]


def section(figures: Figures) -> str:
    """Return the tables."""
    names = ("leadmatch", "floor", "libraries", "plain", "runtime client")
    rows = [
        (name, step, Figure.of_json(one["cpu"]), Figure.of_json(one["wall"]), _calls(one["calls"]))
        for name in names
        for step, one in figures.get(name, {}).items()
    ]
    by_hand, usual = figures["against the floor"], figures["against the libraries"]
    ratios = [(step, Figure.of_json(one), Figure.of_json(usual[step])) for step, one in by_hand.items()]
    notes = (
        [] if _same_calls(figures) else ["The floor does not make the calls that leadmatch makes: mend the floor.", ""]
    )
    return "\n".join([
        "The **floor** makes leadmatch's HTTP calls by http.client with a signature written by hand, and checks nothing. **libraries**",
        "makes the floor's calls with boto3 and requests. The **plain app** is one file with boto3 and requests that promises nothing and",
        "needs half the calls to AWS; its second function does check's work and notify's.",
        "Each function runs in a process of its own under AWS's runtime client, which is part of what it costs. Wall time is mostly that",
        "of the stand-ins.",
        "",
        *notes,
        table(["", "step", "CPU ms", "wall ms", "calls to AWS, Zoho, Slack"], rows),
        "",
        table(["CPU of leadmatch", "against the floor", "against the libraries"], ratios),
    ])  # fmt: skip


def plots(_: Figures) -> list[dict[str, Any]]:
    """Return none: the table says it."""
    return []


def _calls(calls: Mapping[str, int]) -> str:
    kinds = {kind: sum(n for name, n in calls.items() if name.startswith(kind)) for kind in ("zoho", "slack")}
    return f"{sum(calls.values()) - sum(kinds.values())}, {kinds['zoho']}, {kinds['slack']}"


def _same_calls(figures: Figures) -> bool:
    return all(figures["leadmatch"][step]["calls"] == figures["floor"][step]["calls"] for step in STEPS)
