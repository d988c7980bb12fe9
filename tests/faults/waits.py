"""`python -m tests.faults.waits`: for how long one fault holds its channel, by kind of fault. The real steps in virtual time.

A channel's notices are one message group, so the next lead's message comes when the notice before it is done. Only the waits are
counted: in this world a call takes no time, unless the fault says so.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from chalicelib.errors import SlackThrottled, SlackUnclear
from chalicelib.timing import NOTIFY_TIMEOUT_SECONDS, SLACK_READ_SECONDS, SLACK_RETRY_SECONDS
from tests.faults.world.chaos import Fate, Killed
from tests.faults.world.embedded import embedded_table
from tests.faults.world.tally import tally
from tests.faults.world.world import World

FIRST, BEHIND = str(6 * 10**18), str(6 * 10**18 + 1)
SEEDS = 20
"""The random part of a delay is drawn anew with each."""
HOUR = 3600.0
RESET_SECONDS, LATE_SECONDS = 0.3, 10.0
"""When a connection breaks, and how much later than its caller gave up a late post arrives."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens once to a call of notify's; `edits` when the lead's message stands and is to be edited."""

    prepare: Callable[[World], None]
    edits: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """Of one fault: the seconds from the first attempt until the next lead's message, in each run."""

    name: str
    seconds: tuple[float, ...]

    def row(self) -> str:
        """Return it as a row of a Markdown table."""
        shortest, longest = min(self.seconds), max(self.seconds)
        return f"| {self.name} | {statistics.median(self.seconds):.0f} | {shortest:.0f} to {longest:.0f} |"


def slack_does(method: str, what: Callable[[World, Callable[[], Any]], Any]) -> Callable[[World], None]:
    """Let something happen to Slack's next call of a method; what it was to do is given."""

    def prepare(world: World) -> None:
        do = getattr(world.slack, method)

        def once(**request: Any) -> Any:
            setattr(world.slack, method, do)
            return what(world, lambda: do(**request))

        setattr(world.slack, method, once)

    return prepare


def answer_lost(*, after: float, stands: bool) -> Callable[[World, Callable[[], Any]], Any]:
    """Give no answer for so long; what was asked for was done at once, or is never done."""

    def happens(world: World, effect: Callable[[], Any]) -> Any:
        if stands:
            effect()
        world.clock.advance(after)
        raise SlackUnclear("perhaps", reason="slack_answer_lost")

    return happens


def arrives_late(world: World, effect: Callable[[], Any]) -> Any:
    """Give no answer in time, and do what was asked for some seconds after that."""
    world.clock.later(SLACK_READ_SECONDS + LATE_SECONDS, effect)
    world.clock.advance(SLACK_READ_SECONDS)
    raise SlackUnclear("perhaps", reason="slack_answer_lost")


def killed(*, after: float, stands: bool) -> Callable[[World, Callable[[], Any]], Any]:
    """Kill the worker in the middle of the call."""

    def happens(world: World, effect: Callable[[], Any]) -> Any:
        if stands:
            effect()
        world.clock.advance(after)
        raise Killed

    return happens


def throttled(_world: World, _effect: Callable[[], Any]) -> Any:
    """Ask to be left alone for half a minute."""
    raise SlackThrottled("no", reason="slack_throttled", retry_after_seconds=SLACK_RETRY_SECONDS)


def looks_up_for_ever(world: World) -> None:
    """Let Slack never say who the owner is."""
    world.slack.lookup_seconds = HOUR


def stumbles(world: World) -> None:
    """Let Slack fail over this one message each time."""
    world.slack.stumbles.add(world.accepted[-2].event_id)


CALLS = ("claim", "owner", "look-up", "owner kept", "intent", "post", "shown")
"""What notify calls for the first post of a lead whose owner it has not asked for yet."""


def call(name: str, fate: Fate) -> Callable[[World], None]:
    """Let this happen to one of notify's calls."""

    def prepare(world: World) -> None:
        world.chaos.planned = [Fate.GOOD] * CALLS.index(name) + [fate]

    return prepare


def post(what: Callable[[World, Callable[[], Any]], Any], *, edits: bool = False) -> Fault:
    """Return what happens to a post; to the reply that follows an edit, where there is one."""
    return Fault(slack_does("post", what), edits)


def edit(what: Callable[[World, Callable[[], Any]], Any]) -> Fault:
    """Return what happens to an edit."""
    return Fault(slack_does("update", what), edits=True)


FAULTS: Mapping[str, Fault] = {
    "none": Fault(lambda _: None),
    "Slack does not say who the owner is": Fault(looks_up_for_ever),
    "DynamoDB does not say who the owner is": Fault(call("owner", Fate.FAILS_BEFORE)),
    "killed in the owner's look-up": Fault(call("look-up", Fate.KILLED_BEFORE)),
    "the connection broke, the post stands": post(answer_lost(after=RESET_SECONDS, stands=True)),
    "the connection broke, nothing stands": post(answer_lost(after=RESET_SECONDS, stands=False)),
    "no answer in time, the post stands": post(answer_lost(after=SLACK_READ_SECONDS, stands=True)),
    "no answer in time, the post comes later": post(arrives_late),
    "no answer in time, nothing stands": post(answer_lost(after=SLACK_READ_SECONDS, stands=False)),
    "a reply's connection broke, it stands": post(answer_lost(after=RESET_SECONDS, stands=True), edits=True),
    "an edit's connection broke, it was made": edit(answer_lost(after=RESET_SECONDS, stands=True)),
    "an edit's connection broke, it was not made": edit(answer_lost(after=RESET_SECONDS, stands=False)),
    "killed at the claim": Fault(call("claim", Fate.KILLED_AFTER)),
    "killed before the post": post(killed(after=0, stands=False)),
    "killed after the post": post(killed(after=0, stands=True)),
    "killed by the time-out, the post stands": post(killed(after=NOTIFY_TIMEOUT_SECONDS, stands=True)),
    "killed by the time-out, nothing stands": post(killed(after=NOTIFY_TIMEOUT_SECONDS, stands=False)),
    "killed in the middle of an edit": edit(killed(after=0, stands=True)),
    "Slack fails over one message each time": Fault(stumbles),
    "Slack cannot be reached": Fault(call("post", Fate.FAILS_BEFORE)),
    "Slack asks for 30 seconds": post(throttled),
    "DynamoDB does not take the claim": Fault(call("claim", Fate.FAILS_BEFORE)),
    "DynamoDB's answer to the claim is lost": Fault(call("claim", Fate.ANSWER_LOST)),
    "DynamoDB's answer to the intent is lost": Fault(call("intent", Fate.ANSWER_LOST)),
    "DynamoDB does not take what is shown": Fault(call("shown", Fate.FAILS_BEFORE)),
    "DynamoDB's answer to what is shown is lost": Fault(call("shown", Fate.ANSWER_LOST)),
}


def seconds_until_the_next(world: World, fault: Fault) -> float:
    """Let one lead's message meet a fault, and return when the one behind it in its channel is shown."""
    if fault.edits:
        world.qualify(FIRST, accounts=1)
        world.go_on(HOUR)
    world.qualify(FIRST, accounts=2)
    world.deliver("check")
    behind = world.qualify(BEHIND, accounts=1)
    world.deliver("check")
    began = world.clock.seconds()
    fault.prepare(world)
    world.deliver("notify")
    world.go_on(HOUR)
    world.settle()
    found = tally(world)
    if found.findings:
        raise AssertionError(str(found))
    return next(told.at for told in world.slack.told if told.event_id == behind.event_id) - began


def measure(new_table: Callable[[], Any], name: str) -> Waits:
    """Measure one fault, with other random parts of each delay."""
    worlds = (World(new_table(), seed=seed, rate=0.0) for seed in range(SEEDS))
    return Waits(name, tuple(seconds_until_the_next(world, FAULTS[name]) for world in worlds))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Print a Markdown table: for each fault, the seconds until the next lead's message in the same channel."""
    click.echo("| one fault | median, s | shortest and longest, s |\n|---|---|---|")
    with embedded_table() as new_table:
        for name in FAULTS:
            click.echo(measure(new_table, name).row())


if __name__ == "__main__":
    main()
