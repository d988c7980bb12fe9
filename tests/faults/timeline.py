"""`python -m tests.faults.timeline`: what becomes of leads in an hour without Zoho, without Slack, without DynamoDB, and of a
channel when one message is poison. The real steps in virtual time; every line is what a worker logged or Slack showed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from chalicelib.errors import ContentRefused
from chalicelib.slack.message import SlackMessage
from tests.faults.world.chaos import Answer
from tests.faults.world.clock import BEGINNING, Clock
from tests.faults.world.embedded import embedded_table
from tests.faults.world.tally import tally
from tests.faults.world.world import World

HOUR = 3600.0
LEAD_MINUTES = (5, 20, 40)
POISONED = "2"
REPEATS = ("retry", "Slack shows: edit Zoho has not")
ECHOES = ("posted", "updated")
"""Log lines that say what Slack shows anyway."""


@dataclass
class Journal:
    """Keeps what is logged, with the time of the world."""

    clock: Clock = field(default_factory=Clock)
    lines: list[tuple[float, str]] = field(default_factory=list)

    def info(self, msg: str, *, extra: Mapping[str, Any]) -> None:
        """Keep a line."""
        about = str(extra.get("lead_id") or extra.get("subject") or extra.get("group") or "")
        words = [
            msg,
            f"lead {about[-1]}" if about.isdigit() else "",
            str(extra.get("action") or extra.get("reason") or ""),
        ]
        self.note(" ".join(word for word in words if word))

    warning = error = info

    def note(self, text: str) -> None:
        """Write down that something happened now."""
        self.lines.append(((self.clock.now() - BEGINNING).total_seconds(), text))


def hour_without(party: str, world: World, journal: Journal) -> None:
    """Let three leads come in an hour in which a party answers nobody; then it answers again."""
    world.chaos.down, world.outage = {party} - {"zoho"}, party == "zoho"
    for minute in LEAD_MINUTES:
        _run_until(world, minute * 60)
        world.qualify(f"10{LEAD_MINUTES.index(minute) + 1}", accounts=1)
        journal.note(f"lead {LEAD_MINUTES.index(minute) + 1} qualifies: 202")
    _run_until(world, HOUR)
    journal.note(f"{party} answers again")
    world.chaos.down, world.outage = set(), False
    world.settle(replays=False)


def poison(world: World, journal: Journal) -> None:
    """Let three leads come at once, of which Slack takes the second in no form."""
    take = world.slack.post

    def refuse(*, channel: str, message: SlackMessage, event_id: str, **more: Any) -> str:
        if event_id == bad.event_id:
            raise ContentRefused("no", reason="slack_invalid_blocks")
        return take(channel=channel, message=message, event_id=event_id, **more)

    events = [world.qualify(f"10{number}", accounts=1) for number in (1, 2, 3)]
    bad = events[int(POISONED) - 1]
    world.slack.post = refuse  # type: ignore[method-assign] # Slack's answer to one message
    journal.note("leads 1, 2 and 3 qualify: 202")
    world.settle(replays=False)


def _run_until(world: World, seconds: float) -> None:
    world.go_on(seconds - (world.clock.now() - BEGINNING).total_seconds())


def told(world: World, journal: Journal) -> None:
    """Add what the channel was shown, when it was."""
    take = world.chaos.call

    def heard(where: str, effect: Callable[[], Answer], **errors: Any) -> Answer:
        answer = take(where, effect, **errors)
        if where in ("slack.post", "slack.update"):
            last = world.slack.told[-1]
            journal.note(f"Slack shows: {last.kind} {last.text}")
        return answer

    world.chaos.call = heard  # type: ignore[method-assign,assignment] # listens, changes nothing


def folded(lines: list[tuple[float, str]]) -> list[str]:
    """Return the lines as a table's rows: between two events, what repeats is one row with its count."""
    rows: list[_Row] = []
    open_rows: dict[str, _Row] = {}
    for at, text in lines:
        if text.startswith(ECHOES):
            continue
        kind = next((mark for mark in REPEATS if text.startswith(mark)), "")
        if not kind:
            open_rows.clear()
        if kind not in open_rows:
            rows.append(_Row(at, at, text))
            open_rows |= {kind: rows[-1]} if kind else {}
        row = open_rows.get(kind, rows[-1])
        row.until, row.text, row.count = at, text, row.count + 1
    return [row.line() for row in rows]


@dataclass(slots=True)
class _Row:
    since: float
    until: float
    text: str
    count: int = 0

    def line(self) -> str:
        """Return it as a row of a Markdown table; of what repeats, the last stands for all."""
        when = _minutes(self.since)
        return (
            f"| {when} | {self.text} |"
            if self.count == 1
            else (f"| {when} to {_minutes(self.until)} | {self.count} times, at last: {self.text} |")
        )


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Print the four timelines as Markdown tables; minutes and seconds since the beginning."""
    scenes: dict[str, Callable[[World, Journal], None]] = {
        "One hour without Zoho": lambda world, journal: hour_without("zoho", world, journal),
        "One hour without Slack": lambda world, journal: hour_without("slack", world, journal),
        "One hour without DynamoDB": lambda world, journal: hour_without("table", world, journal),
        "One message that Slack takes in no form": poison,
    }
    with embedded_table() as new_table:
        for title, scene in scenes.items():
            journal = Journal()
            world = World(new_table(), seed=4, rate=0.0, log=journal)
            journal.clock = world.clock
            told(world, journal)
            scene(world, journal)
            found = tally(world)
            click.echo(f"\n### {title}\n\n| minute | what happens |\n|---|---|")
            click.echo("\n".join(folded(journal.lines)))
            click.echo(
                f"\nIn the end: {found.leads - found.lost} of {found.leads} leads have a message in Slack, doubled {found.doubled}, "
                f"for a person in the dead letters {world.inbox_dead.count() + world.slack_dead.count()}."
            )


if __name__ == "__main__":
    main()
