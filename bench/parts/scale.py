"""Backlogs of 100, 1,000 and 10,000 leads, one channel and fifty, Zoho at 5 and at 25: time, CPU, memory and calls per lead."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.contestants import WrongWorkError
from bench.crew import Crew
from bench.fast_aws import FastAws
from bench.packages import Unpacked, unpack_leadmatch
from bench.report import Goal, table
from bench.run import Figures, Run
from bench.world import Stage, World
from chalicelib.settings import check_workers
from sandbox.callers import Call
from sandbox.local_api import proxy_event
from sandbox.slack.server import SlackStandIn
from sandbox.system import BOT_TOKEN, OPERATOR, WEBHOOK_KEY, ZOHO, Sandbox
from sandbox.zoho.crm import Crm
from sandbox.zoho.server import ZohoStandIn

NAME, TITLE = "scale", "Backlogs"
USES: tuple[str, ...] = ()
FIFTY = tuple(f"C0SALES{number:02}" for number in range(50))
ZOHO_SECONDS = 0.4
CONTACTS = 50
"""The CRM's other records: the stand-in looks at each of them for each lead."""
MEMORY_SAMPLES = 20
LONGEST_SECONDS, LOOK_SECONDS = 1500, 0.02
MOST_IDS = 100
"""The contract's: so many leads in one call."""
WARM_UP = 60
NOTIFY_WORKERS, MOST_NOTIFY_WORKERS = 2, 16
"""A stage has two (app.py); of fifty stages not a hundred are at work at once on one machine."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """So many leads that wait, and what there is to work on them.

    `pace` is the seconds between posts in a channel; 0 lifts the product's pace and Slack's limit.
    """

    name: str
    leads: int
    channels: int = 50
    zoho_concurrency: int = 25
    zoho_seconds: float = 0.0
    pace: float = 0.0


BACKLOGS = (
    Backlog("100 leads", 100),
    Backlog("1,000 leads", 1_000),
    Backlog("10,000 leads", 10_000),
    Backlog("Zoho at 5", 100, zoho_concurrency=5, zoho_seconds=ZOHO_SECONDS),
    Backlog("Zoho at 25", 100, zoho_concurrency=25, zoho_seconds=ZOHO_SECONDS),
    Backlog("one channel", 500, channels=1),
    Backlog("one channel, Slack's pace", 45, channels=1, pace=1.0),
)
QUICK = {"100 leads": 30, "Zoho at 25": 20}
"""What a quick run does, with so many leads."""


class SlowZoho(ZohoStandIn):
    """Zoho, which takes its time for each answer, and knows how many calls it had at once."""

    seconds = 0.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._counting, self._at_once, self.most_at_once = threading.Lock(), 0, 0
        super().__init__(*arguments, **options)

    def _answer(self, name: Any, lead_id: str | None, compute: Callable[[], Any]) -> Any:
        with self._counting:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return super()._answer(name, lead_id, lambda: replace(compute(), delay_seconds=self.seconds))
        finally:
            with self._counting:
                self._at_once -= 1


@dataclass(frozen=True, slots=True)
class Place:
    """The stand-ins, and a stage in them."""

    world: World
    stage: Stage
    aws: FastAws
    zoho: SlowZoho

    def queue(self, name: str) -> Any:
        """Return a queue by the stack's output."""
        return self.aws.queues[self.stage.outputs[f"{name}QueueUrl"]]


def measure(run: Run) -> Figures:
    """Let every backlog drain, each with stand-ins of its own."""
    unpacked = unpack_leadmatch(run.folder)
    found: dict[str, Any] = {}
    for backlog in BACKLOGS:
        if run.is_quick and backlog.name not in QUICK:
            continue
        smaller = replace(backlog, leads=QUICK[backlog.name]) if run.is_quick else backlog
        found[backlog.name] = _drain(smaller, unpacked, run)
        run.say(f"{backlog.name}: {found[backlog.name]['seconds']} s")
    largest = max(found.values(), key=lambda one: one["leads"])
    return {"backlogs": found, "a lead": largest["a lead"]}


@contextmanager
def _place(backlog: Backlog, channels: Sequence[str]) -> Iterator[Place]:
    aws = FastAws()
    sandbox = Sandbox(log=io.StringIO(), aws=aws)
    known = {name: ZOHO[name] for name in ("client_id", "client_secret", "refresh_token")}
    zoho = sandbox.zoho = SlowZoho(sandbox.crm, **known)
    posts = 1 / backlog.pace if backlog.pace else 1e6
    sandbox.slack = SlackStandIn(bot_token=BOT_TOKEN, channels=(*channels, OPERATOR.id), posts_per_second=posts)
    with sandbox.aws, sandbox.zoho, sandbox.slack:
        world = World(sandbox)
        for _ in range(CONTACTS):
            world.next_lead()
        yield Place(world, world.stage("scale"), aws, zoho)


def _drain(backlog: Backlog, unpacked: Unpacked, run: Run) -> dict[str, Any]:
    """Let a few leads pass first, so that every worker is built; then fill the inbox, and start the clock with the workers."""
    channels, log = FIFTY[: backlog.channels], run.folder / "functions.log"
    log.unlink(missing_ok=True)
    with _place(backlog, channels) as place:
        variables = place.stage.variables | {"LEADMATCH_OPERATOR_CHANNEL": OPERATOR.id}
        crews = _crews(backlog, place, unpacked, variables, log)
        with ExitStack() as opening:
            receive = opening.enter_context(unpacked.function("app.app", variables))
            for crew in crews.values():
                opening.enter_context(crew)
            sent = _pass(place, crews, _fill(place, receive, 0 if backlog.pace else WARM_UP))[0]
            place.aws.table_of_leads.units.clear()
            before, written = place.world.calls(), log.stat().st_size if log.exists() else 0
            place.zoho.seconds = backlog.zoho_seconds
            now_sent, measured = _pass(place, crews, _fill(place, receive, backlog.leads))
        _check(place, sent + now_sent, channels)
        measured |= {"leads": backlog.leads, "failed": sum(crew.failed for crew in crews.values())}
        return measured | _a_lead(place, backlog.leads, place.world.calls() - before, log.stat().st_size - written)


def _crews(
    backlog: Backlog, place: Place, unpacked: Unpacked, variables: Mapping[str, str], log: Path
) -> dict[str, Crew]:
    """Return the workers of both steps: check's take turns in a stage for each channel, notify's have one."""
    channels = FIFTY[: backlog.channels]
    checks = check_workers({"LEADMATCH_ZOHO_CONCURRENCY": str(backlog.zoho_concurrency)})
    notifies = min(NOTIFY_WORKERS * backlog.channels, MOST_NOTIFY_WORKERS)
    paths = (unpacked.package, unpacked.runtime)
    return {
        "check": Crew("check", place.queue("Inbox"), paths, variables, log=log, pace=backlog.pace, workers=checks, channels=channels),
        "notify": Crew("notify", place.queue("Slack"), paths, variables, log=log, pace=backlog.pace, workers=notifies, channels=channels[:1]),
    }  # fmt: skip


def _a_lead(place: Place, leads: int, calls: Counter[str], log_bytes: int) -> dict[str, Any]:
    """Return what a lead came to."""
    return {
        "most calls to Zoho at once": place.zoho.most_at_once,
        "calls": {name: round(number / leads, 3) for name, number in sorted(calls.items())},
        "a lead": {name: round(number / leads, 2) for name, number in place.aws.table_of_leads.units.items()}
        | {"log_bytes": round(log_bytes / leads)},
    }


def _fill(place: Place, receive: Callable[[Any], Any], leads: int) -> Counter[str]:
    """Put leads into the CRM and their events into the inbox, a hundred a call; return the events' ids."""
    crm, sent = place.world.sandbox.crm, Counter[str]()
    for start in range(0, leads, MOST_IDS):
        ids = [_lead(crm, number) for number in range(start, min(start + MOST_IDS, leads))]
        headers = {"X-Leadmatch-Key": WEBHOOK_KEY, "Content-Type": "application/json"}
        answer = receive(proxy_event(Call("JSON", json.dumps({"ids": ids}).encode(), headers), "/zoho/leads"))
        sent.update(accepted["event_id"] for accepted in json.loads(answer["body"])["accepted"])
    return sent


def _lead(crm: Crm, number: int) -> str:
    """Add a lead of its own name and company, whose email is one of the contacts'."""
    contact = number % CONTACTS
    return crm.add(
        "Leads", Full_Name=f"Lead {number}", Email=f"p{contact}@c{contact}.example", Company=f"Company {number}"
    )


def _pass(place: Place, crews: Mapping[str, Crew], sent: Counter[str]) -> tuple[Counter[str], dict[str, Any]]:
    """Let the crews work until nothing is left; the second time they go on as the processes that they are."""
    leads = sent.total()
    for crew in crews.values():
        crew.resume()
    cpu, began = {step: crew.cpu_seconds for step, crew in crews.items()}, time.monotonic()
    inbox, slack = place.queue("Inbox"), place.queue("Slack")
    memory: list[list[float]] = []
    while left := inbox.left + slack.left:
        if leads - left >= len(memory) * leads / MEMORY_SAMPLES:
            memory.append([leads - left, *(round(crew.megabytes, 1) for crew in crews.values())])
        if time.monotonic() - began > LONGEST_SECONDS:
            raise WrongWorkError(f"{left} messages are left after {LONGEST_SECONDS} s.")
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - began
    for crew in crews.values():
        crew.rest()
    spent = {step: 1000 * (crew.cpu_seconds - cpu[step]) / max(1, leads) for step, crew in crews.items()}
    return sent, {
        "seconds": round(seconds, 2),
        "cpu": {step: round(used, 2) for step, used in spent.items()},
        "memory": memory,
    }


def _check(place: Place, sent: Counter[str], channels: Sequence[str]) -> None:
    """Raise `WrongWorkError` unless each event is on both outputs exactly once."""
    workspace = place.world.sandbox.slack.workspace
    messages = Counter(
        (message.metadata or {})["event_payload"]["event_id"]
        for channel in (*channels, OPERATOR.id)
        for message in workspace.messages(channel)
    )
    matches = Counter(json.loads(body)["id"] for body in place.queue("Matches").bodies())
    for name, found in (("Slack", messages), ("the matches queue", matches)):
        if found != sent:
            lost, doubled = (sent - found).total(), (found - sent).total()
            raise WrongWorkError(f"Of {sent.total()} leads {name} lacks {lost} and has {doubled} too many.")


def answer(figures: Figures) -> str:
    """Return what a backlog of the largest size came to."""
    name, one = max(figures["backlogs"].items(), key=lambda item: item[1]["leads"])
    (_, half, last) = _memory(one)
    return (
        f"A backlog of {name} drained at {one['leads'] / one['seconds']:.0f} leads a second on this machine, each once on both outputs; "
        f"check's process had {half[0]:.1f} MB of memory after half of them and {last[0]:.1f} at the end, notify's {half[1]:.1f} and {last[1]:.1f}."
    )


def goals(_: Figures) -> list[Goal]:
    """Return none."""
    return []


def _memory(one: Mapping[str, Any]) -> list[list[float]]:
    """Return check's and notify's memory at the beginning, after half of the leads, and at the end."""
    samples = one["memory"]
    return [samples[at][1:] for at in (0, len(samples) // 2, -1)]


def section(figures: Figures) -> str:
    """Return the tables."""
    rows = []
    for name, one in figures["backlogs"].items():
        memory = _memory(one)
        rows.append((
            name,
            f"{one['leads']:,}",
            f"{one['seconds']:.1f}",
            f"{1000 * one['seconds'] / one['leads']:.0f}",
            ", ".join(f"{one['cpu'][step]:.1f}" for step in ("check", "notify")),
            *(" ".join(f"{sample[at]:.1f}" for sample in memory) for at in (0, 1)),
            _calls(one["calls"]),
            one["most calls to Zoho at once"],
        ))  # fmt: skip
    head = ["", "leads", "s", "ms a lead", "CPU ms a lead: check, notify", "MB of check: beginning, half, end", "MB of notify", "calls a lead: AWS, Zoho, Slack", "most of Zoho's at once"]  # fmt: skip
    return "\n".join([
        "The inbox is filled first, by webhook calls of a hundred leads each; then the workers start. One process has check's workers as "
        "threads, as many as Zoho's concurrency allows, another notify's; the stand-ins and the queues are in a third, and all of them share "
        "this machine. Each run was checked: every event is on Slack and on the matches queue, once.",
        "",
        "What is not as in AWS: SQS and DynamoDB are a replacement in memory, because moto's time for a call grows with the backlog "
        "(`bench/fast_aws.py`); what Lambda itself asks of the queues is not among the calls. "
        "Receive puts ten leads into the inbox by one call, so a lead has 0.9 calls to AWS fewer than one that comes alone. Slack takes messages at any speed and the product's pace is lifted, but for the last row, where both are a "
        "message a second: ten thousand leads in one channel would take three hours. Zoho answers at once, but for "
        f"`Zoho at 5` and `Zoho at 25`, where each answer takes {1000 * ZOHO_SECONDS:.0f} ms. Fifty channels are fifty stages, whose queues "
        "are one here.",
        "",
        table(head, rows),
        "",
        "![Time and CPU of a lead over the size of the backlog](performance/scale-time.svg)",
        "",
        "![Memory of the workers while a backlog drains](performance/scale-memory.svg)",
    ])  # fmt: skip


def _calls(calls: Mapping[str, float]) -> str:
    to = {whom: sum(n for name, n in calls.items() if name.startswith(whom)) for whom in ("zoho", "slack")}
    return f"{sum(calls.values()) - sum(to.values()):.3g}, {to['zoho']:.3g}, {to['slack']:.3g}"


def plots(figures: Figures) -> list[dict[str, Any]]:
    """Return time over size, and memory over leads."""
    sizes = [one for name, one in figures["backlogs"].items() if name.endswith(" leads")]
    leads = [one["leads"] for one in sizes]
    times = {"elapsed": [1000 * one["seconds"] / one["leads"] for one in sizes]}
    times |= {f"CPU of {step}": [one["cpu"][step] for one in sizes] for step in ("check", "notify")}
    memory = max(sizes, key=lambda one: one["leads"])["memory"]
    done = [sample[0] for sample in memory]
    return [
        {
            "name": "scale-time",
            "title": "A lead's time over the size of the backlog",
            "kind": "lines",
            "x": "leads in the backlog",
            "y": "ms a lead",
            "log_x": True,
            "series": [{"name": name, "x": leads, "y": values} for name, values in times.items()],
        },
        {
            "name": "scale-memory",
            "title": "Memory while the largest backlog drains",
            "kind": "lines",
            "x": "leads that are done",
            "y": "MB",
            "series": [
                {"name": step, "x": done, "y": [sample[at] for sample in memory]}
                for at, step in enumerate(("check", "notify"), start=1)
            ],
        },
    ]
