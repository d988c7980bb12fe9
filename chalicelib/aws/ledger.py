"""The ledger: one DynamoDB item per lead, which remembers its last event, its verdict, and its Slack message.

A banner and an operator alert have an item of the same kind.

Three writers share an item. `check` writes the event and the match, and `convert` what a person decided; `notify` writes under a
lease (owner and epoch), so a worker that comes back late can undo nothing. Every write is conditional, and a condition that fails because our own
earlier write landed (its answer was lost) counts as success. docs/architecture.md draws an item's states, and which of
these methods leads from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb import Table
from chalicelib.aws.ledger_item import (
    HISTORY_KEPT,
    Attempt,
    Held,
    LedgerItem,
    Posting,
    Shown,
    UnknownOutcomes,
    Watched,
    item_key,
    lead_key,
    not_newer,
    read_item,
)
from chalicelib.aws.queues import InboxTurn
from chalicelib.conversion import Decision, HistoryEntry
from chalicelib.errors import LeaseHeld, Permanent
from chalicelib.events import Incident, ItemKind, LeadEvent
from chalicelib.timing import AFTER_LEASE_SECONDS, RECHECK_CLOCK_MARGIN, next_check_at
from chalicelib.wire import time_text, to_fields

DUE_INDEX = "due"
DUE = "wait"
SENT_LATER = "attribute_not_exists(sent_at) OR sent_at <= :sent_at"
"""The inbox gives out a lead's events in their order, and its own time says so: no clock of ours has a part in it.

An item without that time holds the event of a dead letter, and whatever the inbox gives out now stood behind it.
"""
TURN_LATER = "turn_at < :turn_at"
"""A dead letter does not say when the inbox took it; what was given out after its turn stood behind it, and is newer."""
BEHIND_THE_END = 1000
"""An index that no history reaches."""
UNCHANGED = "#owner = :held AND epoch = :epoch"
"""The lease is still the one that was seen."""


class Ledger:
    """The table, seen one lead (or another `kind` of subject) at a time. `now` gives aware UTC times."""

    def __init__(self, table: Table, *, now: Callable[[], datetime], kind: ItemKind = "lead") -> None:
        self._table, self._now, self._kind = table, now, kind

    def read(self, lead_id: str) -> LedgerItem | None:
        """Return the lead's item as it stands now."""
        item = self._table.get(item_key(self._kind, lead_id))
        return read_item(item) if item else None

    def store_match(
        self,
        event: LeadEvent,
        match: str,
        *,
        turn: InboxTurn,
        channel: str = "",
        earlier: Sequence[str] = (),
        due_at: datetime | None = None,
        keep_due: bool = False,
        happened: HistoryEntry | None = None,
        seen: LedgerItem | None = None,
    ) -> LedgerItem:
        """Write an event's match and the `channel` for a first message; raise `OutOfOrder` when a newer event of the lead stands there already.

        `turn` says which is newer: nothing that a clock of ours wrote has a part in it. `earlier` are the events before it, which
        are written no more. `due_at` is when a waiting lead is to be checked again; `keep_due` leaves what stands of that. A match
        that stands for this event is left as it is. `happened` goes into the history of the item as it was `seen`.
        """
        facts = _facts(event, match, turn=turn, earlier=earlier, due_at=due_at) | {"channel": channel}
        past = _appended(happened, seen)
        gone = [] if due_at or keep_due else ["due", "due_at"]
        gone += past.removed
        forget = f" REMOVE {', '.join(gone)}" if gone else ""
        newer = SENT_LATER if turn.sent_at else TURN_LATER
        item, written = self._update(
            event.lead_id,
            ", ".join(f"#{name} = :{name}" for name in facts) + past.sets + forget + " ADD revision :one",
            f"attribute_not_exists(pk) OR (event_id <> :event_id AND NOT contains(earlier, :event_id) AND ({newer}))",
            {f":{name}": value for name, value in facts.items()} | past.values | {":one": 1},
            names={f"#{name}": name for name in facts},
        )
        if not written and item.event_id != event.event_id:
            raise not_newer(event, item)
        return item

    def decide(
        self, seen: LedgerItem, decision: Decision | None, *, happened: HistoryEntry, instead_of: str = ""
    ) -> LedgerItem:
        """Write what a person decided about a lead, or with None that it is open again, and what happened; return the item as it stands.

        What stands there already is left as it is, and so is another click's decision, unless it is the one that was `seen`; that a
        click is being carried out is not written over what came of it: a worker may come late. With None only a decision is taken
        back that the click `instead_of` made.
        """
        past = _appended(happened, seen)
        values = past.values | {":one": 1}
        if decision is None:
            update = f"{past.sets.removeprefix(', ')} REMOVE {', '.join(('decision', *past.removed))}"
            condition, values = "decision.click_id = :click", values | {":click": instead_of}
        else:
            removed = f" REMOVE {', '.join(past.removed)}" if past.removed else ""
            update = f"decision = :decision{past.sets}{removed}"
            free, known = _replaceable(decision, seen.decision)
            condition, values = (
                f"attribute_exists(pk) AND ({free})",
                values | {":decision": to_fields(decision)} | known,
            )
        names = {"#state": "state"} if decision and "#state" in condition else {}
        return self._update(seen.subject, f"{update} ADD revision :one", condition, values, names=names)[0]

    def store_announcement(self, incident: Incident, text: str, *, sequence: int) -> LedgerItem | None:
        """Write an incident's text, unless a later text or a later incident is there: then None.

        The same text written twice counts once; `sequence` grows with each text.
        """
        item, written = self._update(
            incident.subject,
            "event_id = :event, accepted_at = :accepted, #sequence = :sequence, #match = :match ADD revision :one",
            "attribute_not_exists(pk) OR (event_id <> :event AND accepted_at < :accepted)"
            " OR (event_id = :event AND #sequence < :sequence)",
            {
                ":event": incident.event_id,
                ":accepted": time_text(incident.accepted_at),
                ":sequence": sequence,
                ":match": text,
                ":one": 1,
            },
            names={"#match": "match", "#sequence": "sequence"},
        )
        return item if written or (item.event_id, item.sequence) == (incident.event_id, sequence) else None

    def claim(
        self,
        lead_id: str,
        *,
        owner: str,
        lease_seconds: float,
        attempt: Attempt = Attempt(),  # noqa: B008 - frozen
    ) -> LedgerItem | Held:
        """Take the lead's lease and give the item under it, or as it is held while another worker has it."""
        free = "attribute_not_exists(lease_until) OR (lease_until < :now AND attribute_not_exists(posting))"
        now = self._now().timestamp()
        item, written = self._take(
            lead_id, owner, lease_seconds, attempt, f"attribute_exists(pk) AND ({free})", {":now": int(now)}
        )
        if written or item.owner == owner:
            return item
        if not item.event_id:
            raise Permanent("The ledger has no item of this lead.", reason="ledger_item_missing")
        if not item.lease_is_over(attempt, now=now):
            return Held(item)
        item, written = self._take(lead_id, owner, lease_seconds, attempt, UNCHANGED, _seen(item))
        return item if written or item.owner == owner else Held(item)

    def take_over(
        self, held: LedgerItem, shown: Shown, *, owner: str, lease_seconds: float, attempt: Attempt
    ) -> LedgerItem:
        """Take the lease from a worker whose post was found, and write that down.

        Raise `LeaseHeld` when it is not its lease any more, or when it has gone on: it may be posting something else by now.
        """
        values = _seen(held) | {":shown": to_fields(shown), ":found": to_fields(held.posting)}
        sets, condition = ", shown = :shown REMOVE posting", f"{UNCHANGED} AND posting = :found"
        item, written = self._take(held.subject, owner, lease_seconds, attempt, condition, values, sets=sets)
        if written or item.owner == owner:
            return item
        raise _lost()

    def _take(
        self,
        lead_id: str,
        owner: str,
        lease_seconds: float,
        attempt: Attempt,
        condition: str,
        values: Mapping[str, Any],
        *,
        sets: str = "",
    ) -> tuple[LedgerItem, bool]:
        lease = {
            ":until": int(self._now().timestamp() + lease_seconds),
            ":attempt": to_fields(attempt),
            ":one": 1,
        }
        return self._update(
            lead_id,
            f"#owner = :owner, lease_until = :until, claimed_by = :attempt{sets} ADD epoch :one",
            condition,
            lease | dict(values),
            owner=owner,
            names={},
        )

    def watch(self, item: LedgerItem, attempt: Attempt) -> None:
        """Write down that this message found the lease held; who comes again later may take it."""
        if any(one.message_id == attempt.message_id for one in item.watchers):
            return
        watched = Watched(item.epoch, (*item.watchers, attempt))
        self._update(
            item.subject,
            "watched = :watched",
            UNCHANGED,
            _seen(item) | {":watched": to_fields(watched)},
            names={"#owner": "owner"},
        )

    def intend(self, held: LedgerItem, posting: Posting) -> LedgerItem:
        """Write down what is about to be posted, before it is."""
        return self._under_lease(held, "posting = :posting", {":posting": to_fields(posting)})

    def settled(self, held: LedgerItem, shown: Shown) -> LedgerItem:
        """Write down what an earlier attempt turns out to have posted, and keep the lease."""
        return self._under_lease(held, "shown = :shown REMOVE posting", {":shown": to_fields(shown)})

    def posted(self, held: LedgerItem, shown: Shown) -> LedgerItem:
        """Write down what the channel shows now, and give the lease back."""
        return self._under_lease(
            held, "shown = :shown REMOVE posting, unknown_outcomes, #owner, lease_until", {":shown": to_fields(shown)}
        )

    def note_unknown_outcomes(
        self, held: LedgerItem, unknown_outcomes: UnknownOutcomes, *, lease_seconds: float
    ) -> LedgerItem:
        """Remember which attempts Slack gave no clear answer to, and that this one has ended: its lease is for what is under way."""
        values = {
            ":unknown_outcomes": unknown_outcomes.fields(held.event_id),
            ":until": int(self._now().timestamp() + lease_seconds),
        }
        sets = "unknown_outcomes = :unknown_outcomes, lease_until = :until REMOVE claimed_by"
        return self._under_lease(held, sets, values)

    def release(self, held: LedgerItem, *, refused: bool = False) -> None:
        """Release the lease; `refused` says that Slack certainly did not take what was intended."""
        self._under_lease(held, f"REMOVE {'posting, ' if refused else ''}#owner, lease_until", {})

    def due(self) -> Iterator[str]:
        """Return the ids of the waiting leads whose time has come, page by page.

        A time further ahead than any right clock can have written it has come as well.
        """
        now = self._now()
        far = next_check_at(now) + RECHECK_CLOCK_MARGIN
        for come, moment in (("due_at <= :at", now), ("due_at > :at", far)):
            values = {":due": DUE, ":at": int(moment.timestamp())}
            for item in self._table.query(DUE_INDEX, f"due = :due AND {come}", values):
                yield str(item["pk"]).removeprefix(lead_key(""))

    def postpone(self, lead_id: str, *, until: datetime) -> None:
        """Move a waiting lead's time, unless it no longer waits."""
        values = {":until": int(until.timestamp())}
        self._update(lead_id, "due_at = :until", "attribute_exists(#due)", values, names={"#due": "due"})

    def _under_lease(self, held: LedgerItem, sets: str, values: dict[str, Any]) -> LedgerItem:
        """Write while the lease is ours; raise `LeaseHeld` when another worker has taken it over."""
        item, written = self._update(
            held.subject,
            sets,
            "#owner = :owner AND epoch = :epoch",
            values | {":epoch": held.epoch},
            owner=held.owner,
            names={},
        )
        if written or (item.epoch == held.epoch and not item.owner):
            return item  # only the holder of an epoch gives its lease back: our own write landed, its answer was lost
        raise _lost()

    def _update(
        self,
        lead_id: str,
        sets: str,
        condition: str,
        values: dict[str, Any],
        *,
        names: Mapping[str, str],
        owner: str = "",
    ) -> tuple[LedgerItem, bool]:
        aliases = {**names, **({"#owner": "owner"} if owner else {})}
        item, written = self._table.update_if(
            item_key(self._kind, lead_id),
            update=sets,
            condition=condition,
            values={**values, **({":owner": owner} if owner else {})},
            names=aliases,
            now=self._now().timestamp(),
        )
        return read_item(item), written


def _facts(
    event: LeadEvent, match: str, *, turn: InboxTurn, earlier: Sequence[str], due_at: datetime | None
) -> dict[str, Any]:
    """Return what an item says of an event, by the attribute's name."""
    facts: dict[str, Any] = {
        "event_id": event.event_id,
        "accepted_at": time_text(event.accepted_at),
        "earlier": list(earlier),
        "trigger": event.trigger,
        "match": match,
        "turn_at": _milliseconds(turn.at),
    }
    if turn.sent_at:
        facts["sent_at"] = _milliseconds(turn.sent_at)
    if due_at:
        facts |= {"due": DUE, "due_at": int(due_at.timestamp())}
    return facts


@dataclass(frozen=True, slots=True)
class _Past:
    """The parts of a write that append to an item's history: a list that is full loses its first entries in the same write."""

    sets: str = ""
    removed: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)


def _appended(happened: HistoryEntry | None, seen: LedgerItem | None) -> _Past:
    if happened is None:
        return _Past()
    entry = to_fields(happened)
    have = len(seen.history) if seen else 0
    if have < HISTORY_KEPT:
        sets = ", history = list_append(if_not_exists(history, :no_history), :entry)"
        return _Past(sets, values={":no_history": [], ":entry": [entry]})
    # Behind its end a list grows by one, and its first entries go in the same write; list_append would overlap with that.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
    gone = tuple(f"history[{number}]" for number in range(have - HISTORY_KEPT + 1))
    return _Past(f", history[{BEHIND_THE_END}] = :entry", gone, {":entry": entry})


def _replaceable(new: Decision, seen: Decision | None) -> tuple[str, dict[str, Any]]:
    """Return the condition under which a decision may be written, and its values."""
    free = ["attribute_not_exists(decision)"]
    values: dict[str, Any] = {}
    if new.state != "converting":
        free.append("(decision.click_id = :click AND decision.#state <> :state)")
        values |= {":click": new.click_id, ":state": new.state}
    if seen and seen.click_id != new.click_id:
        free.append("decision.click_id = :seen")
        values |= {":seen": seen.click_id}
    return " OR ".join(free), values


def _seen(item: LedgerItem) -> dict[str, Any]:
    """Return the lease that an item was read with, for the condition that it is still the same."""
    return {":held": item.owner, ":epoch": item.epoch}


def _lost() -> LeaseHeld:
    return LeaseHeld(
        "Another worker took this lead over.", reason="lease_lost", retry_after_seconds=AFTER_LEASE_SECONDS
    )


def _milliseconds(moment: datetime) -> int:
    """Return a time as SQS tells it."""
    return round(moment.timestamp() * 1000)
