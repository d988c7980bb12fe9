"""One run of a lead under planned faults, and what came out of it at both ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sandbox.callers import json_call
from sandbox.slack.workspace import Message
from sandbox.system import WEBHOOK_KEY
from tests.faults.deliveries import Deliveries
from tests.faults.functions import Product
from tests.faults.kinds import ANSWER_LOST, NEVER_SENT
from tests.faults.proxy import Plan, Record
from tests.faults.stage import Stage

QUIET_SECONDS = 300.0


class Play(Protocol):
    """What is run under planned faults."""

    @property
    def name(self) -> str:
        """What the tables call it."""

    def run(self, stage: Stage, plans: Sequence[Plan], log: Path, product: Product) -> Outcome:
        """Let it happen once on a stage, and say what came of it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens to a lead: it is qualified once, or again after something has changed in the CRM."""

    name: str
    build: Callable[[Stage], str]
    then: Callable[[Stage, str], None] | None = None

    def run(self, stage: Stage, plans: Sequence[Plan], log: Path, product: Product) -> Outcome:
        """Send a lead through; the faults happen at its last qualification."""
        stage.begin()
        with Deliveries(stage, log, product) as deliveries:
            lead_id = self.build(stage)
            found = _Found(replies=1 if self.then else 0)
            if self.then:
                found.qualify(deliveries, lead_id, ())
                self.then(stage, lead_id)
            found.qualify(deliveries, lead_id, plans)
            found.look(stage, lead_id, may_miss_mention=any(map(_costs_mention, plans)))
        text = log.read_text() if log.exists() else ""
        return Outcome(
            self, deliveries.proxy.record, plans, found.lost(), found.doubled(), found.wrong(), found.repeats(), text
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind; `lost` and `doubled` say what a person or another system misses or sees twice."""

    scene: Play
    record: Record
    plans: Sequence[Plan]
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    repeats: int = 0
    """Match events that came more than once; consumers drop them by their id."""
    log: str = field(default="", repr=False)
    most: Mapping[str, int] = field(default_factory=dict)
    """What was counted beside it, by its name."""

    @property
    def is_good(self) -> bool:
        """Return whether everything came out once and right."""
        return not (self.lost or self.doubled or self.wrong)

    @property
    def happened(self) -> bool:
        """Return whether every planned fault was met."""
        return all(plan.met_by is not None for plan in self.plans)

    def complaint_if_any(self) -> str:
        """Say what went wrong, if anything did."""
        return "" if self.is_good else self.complaint()

    def complaint(self) -> str:
        """Say what went wrong where."""
        faults = ", then ".join(f"{plan.fault.name} at {plan.step} ({plan.attempt})" for plan in self.plans)
        said = [*(f"lost: {word}" for word in self.lost), *(f"doubled: {word}" for word in self.doubled), *self.wrong]
        told = "; ".join(said) if self.happened else "; ".join([*said, "a fault did not happen"])
        return f"{self.scene.name}, {faults}: {told} (log: {', '.join(self.log_words())})"

    def log_words(self) -> list[str]:
        """Return each log line's event and reason, without what measures."""
        lines = [json.loads(line) for line in self.log.splitlines() if line.startswith('{"level"')]
        return [f"{line['message']} {line.get('reason', '')}".strip() for line in lines]


class _Found:
    """What was sent, and what stands at both ends."""

    def __init__(self, *, replies: int) -> None:
        self._replies, self._qualified, self._calls = replies, 0, 0
        self._accepted: set[str] = set()
        self._quiet = True

    def qualify(self, deliveries: Deliveries, lead_id: str, plans: Sequence[Plan]) -> None:
        """Let the lead qualify, and wait until all is quiet."""
        deliveries.plan(*plans)
        deliveries.call_webhook(json_call(lead_id, WEBHOOK_KEY))
        self._quiet &= deliveries.deliver_until_quiet(seconds=QUIET_SECONDS)
        self._qualified += 1
        self._accepted |= deliveries.accepted()
        self._calls += deliveries.calls()

    def look(self, stage: Stage, lead_id: str, *, may_miss_mention: bool) -> None:
        """Read the ledger, Slack, the matches and the dead letters."""
        self._item, self._dead = stage.ledger_item(lead_id), stage.dead_letters()
        self._matches = stage.matches(lead_id)
        messages = stage.messages()
        versions = [(*message.history, message) for message in messages]
        self._mentions = sum(_mentions(first) for first, *_ in versions)
        self._edits_mention = any(_mentions(edit) for _, *edits in versions for edit in edits)
        self._misses_mention = not self._mentions and not may_miss_mention
        self._roots = [message for message in messages if message.thread_ts is None]
        self._said = len(messages) - len(self._roots)

    def lost(self) -> tuple[str, ...]:
        """Name what is missing; of two events at once the older one may be dropped for the newer."""
        ids = {match["id"] for match in self._matches}
        return true_words(
            {
                "not quiet in time": not self._quiet,
                "no 202": not self._accepted,
                "no match event": len(ids & self._accepted) < self._qualified,
                "no message": not self._roots,
                "no reply": self._said < self._replies,
                "no mention": self._misses_mention,
                "dead letters": self._dead > 0,
            }
        )

    def doubled(self) -> tuple[str, ...]:
        """Name what somebody sees twice; a match event's repeats have the same id, by which consumers drop them."""
        ids = {match["id"] for match in self._matches}
        return true_words(
            {
                "message": len(self._roots) > 1,
                "reply": self._said > self._replies,
                "match event": len(ids) > self._calls,
                "mention": self._mentions > 1,
            }
        )

    def repeats(self) -> int:
        """Count the match events that came before with the same id."""
        return len(self._matches) - len({match["id"] for match in self._matches})

    def wrong(self) -> tuple[str, ...]:
        """Name what does not fit together.

        A claim that arrives after its caller's death may hold a lease of what is shown already, until it runs out.
        """
        shown, posting = self._item.shown, self._item.posting
        is_settled = posting is None and shown is not None and shown.revision == self._item.revision
        actions = [match["data"]["verdict"]["action"] for match in self._matches]
        return true_words(
            {
                f"state {self._item.state}": not is_settled,
                "an edit mentions": self._edits_mention,
                "ts": {message.ts for message in self._roots} != {shown.ts if shown else ""},
                "event id": not {_event_id(m) for m in self._roots} <= {match["id"] for match in self._matches},
                f"verdicts {actions}": actions[-1:] != ["convert_into_contact"] or "unchecked" in actions,
            }
        )


def _mentions(message: Message) -> bool:
    return "<@" in f"{message.text}{message.blocks}"


def _costs_mention(plan: Plan) -> bool:
    """Return whether a fault may leave notify without an answer about the owner: a kill and a second delivery ask again."""
    return plan.step.function == "notify" and plan.fault in (NEVER_SENT, ANSWER_LOST)


def true_words(words: Mapping[str, bool]) -> tuple[str, ...]:
    """Return the words that are so."""
    return tuple(word for word, is_so in words.items() if is_so)


def _event_id(message: Message) -> str:
    return str((message.metadata or {}).get("event_payload", {}).get("event_id"))
