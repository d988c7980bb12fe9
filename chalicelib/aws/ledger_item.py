"""What an item of the ledger holds, read from DynamoDB's types into ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.conversion import Decision, HistoryEntry
from chalicelib.errors import OutOfOrder, Superseded
from chalicelib.events import ItemKind, LeadEvent
from chalicelib.wire import from_fields, to_fields

State = Literal["STORED", "CLAIMED", "POSTING", "POSTED"]
HISTORY_KEPT = 30
"""How many entries a lead's history has: at most 6 kB, and what is older is forgotten."""
EVENTS_REMEMBERED = 50
"""A lead that waits is checked again six times a day, and a sender may repeat its call for days."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the channel shows: where, for which event and revision, and its fingerprint; `ts` is empty in trial mode.

    `edit_refused` when Slack has said that the message can never be edited. `provisional` when it stands where nobody decided that
    it belongs, such as with the operator while its own channel was closed.
    """

    channel: str
    ts: str
    event_id: str
    accepted_at: str
    revision: int
    fingerprint: str
    edit_refused: bool = False
    provisional: bool = False

    @property
    def is_editable(self) -> bool:
        """Whether an edit is worth a call."""
        return bool(self.ts) and not self.edit_refused


@dataclass(frozen=True, slots=True)
class Posting:
    """The intent to post: what will be shown, and where and when to look for it when the answer is lost.

    It stands there after `began_at` and before `ends_at`, in epoch seconds; 0 when nobody can say until when.
    """

    shown: Shown
    thread_ts: str
    began_at: int
    ends_at: int = 0

    def shown_at(self, ts: str) -> Shown:
        """Return what the channel shows when the post stands there; a reply leaves its message what is shown."""
        return self.shown if self.thread_ts else replace(self.shown, ts=ts)


@dataclass(frozen=True, slots=True)
class UnknownOutcomes:
    """The attempts that Slack gave no clear answer to, since the last clear one; in `stumbles` of them it said so itself."""

    times: int = 0
    stumbles: int = 0

    def and_one(self, *, is_stumble: bool) -> UnknownOutcomes:
        """Count one more."""
        return UnknownOutcomes(self.times + 1, self.stumbles + is_stumble)

    def fields(self, event_id: str) -> dict[str, Any]:
        """Return DynamoDB's form, which says whose message they were about."""
        return {"event_id": event_id, **to_fields(self)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which receive of which queue message a worker works on; without an id every attempt comes after every other."""

    message_id: str = ""
    receives: int = 0

    def is_after(self, receives: int | None) -> bool:
        """Return whether SQS gave the same message out again since that receive; None when it did not then."""
        return receives is not None and (self.receives > receives or not self.message_id)


@dataclass(frozen=True, slots=True)
class Watched:
    """The attempts of other messages that found the lease of an epoch held, each as it was when it did so first."""

    epoch: int = 0
    by: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One lead, or one incident; empty texts and None stand for what has not happened yet.

    `match` is what is to be posted: a lead's match event, or the JSON of an announcement, whose order is `sequence`.
    `lease_until` is in epoch seconds. `unknown_outcomes` counts attempts of this event. `earlier` are the ids of the events before it,
    the oldest first. `claimed_by` is the attempt that has the lease; empty when it has ended and left its last call in doubt.
    """

    subject: str
    event_id: str = ""
    accepted_at: str = ""
    match: str = ""
    revision: int = 0
    sequence: int = 0
    owner: str = ""
    epoch: int = 0
    lease_until: int = 0
    posting: Posting | None = None
    shown: Shown | None = None
    unknown_outcomes: UnknownOutcomes = UnknownOutcomes()
    earlier: tuple[str, ...] = ()
    claimed_by: Attempt = Attempt()
    watched: Watched = Watched()
    decision: Decision | None = None
    """What a person decided about this lead last, and what came of it."""
    due_at: int = 0
    """When a lead that waits is checked again by itself, in epoch seconds; 0 when it is not."""
    history: tuple[HistoryEntry, ...] = ()
    """What happened to this lead, the oldest first."""
    channel: str = ""
    """Where check wants a first message."""

    @property
    def watchers(self) -> tuple[Attempt, ...]:
        """The attempts that watch this lease; who watched an earlier one begins anew."""
        return self.watched.by if self.watched.epoch == self.epoch else ()

    @property
    def current_decision(self) -> Decision | None:
        """What a person decided, unless that was about an older event: a conversion holds for good, anything else for one verdict."""
        made = self.decision
        return made if made and (made.is_conversion or made.event_id == self.event_id) else None

    @property
    def worker_has_ended(self) -> bool:
        """Whether who has the lease has said that it does nothing more, and that its last call may yet take effect."""
        return bool(self.owner) and self.claimed_by == Attempt()

    @property
    def state(self) -> State:
        """The state of docs/architecture.md, as far as no clock is needed: an intent is POSTING, whoever has the lease.

        `lease_is_over` says whether a lease has ended: then POSTING is UNSETTLED, and CLAIMED is STORED.
        """
        if self.posting:
            return "POSTING"
        if self.owner:
            return "CLAIMED"
        return "POSTED" if self.shown and self.shown.revision == self.revision else "STORED"

    def lease_is_over(self, attempt: Attempt, *, now: float) -> bool:
        """Return whether the lease may be taken; clocks may be hours off, so that SQS's delays have the last word.

        Whoever found it held and was put off for its whole length may take it, whatever the clocks say. Whose clock says that it
        is over may take it when nothing can be under way: no post was intended, or its message was given out again.
        """
        earlier = (one.receives for one in self.watchers if one.message_id == attempt.message_id)
        if not self.owner or attempt.is_after(next(earlier, None)):
            return True
        if self.lease_until >= now:
            return False
        if self.posting is None:
            return True
        return attempt.message_id == self.claimed_by.message_id and attempt.is_after(self.claimed_by.receives)

    def events_before(self, event_id: str) -> tuple[str, ...]:
        """Return the ids that the item remembers once it holds this event."""
        known = (*self.earlier, self.event_id) if self.event_id != event_id else self.earlier
        return tuple(filter(None, known))[-EVENTS_REMEMBERED:]


@dataclass(frozen=True, slots=True)
class Held:
    """An item that another worker has the lease of."""

    item: LedgerItem


def not_newer(event: LeadEvent, item: LedgerItem) -> Superseded:
    """Return the error for an event that is not written over what stands: it stood there before, or is older."""
    if event.event_id in item.earlier:
        return Superseded("This event was already checked, and so was a newer event of the lead.", reason="repeated")
    return OutOfOrder("A newer event of this lead has already been checked.", reason="superseded")


def item_key(kind: ItemKind, subject: str) -> str:
    """Return the key of the item about a lead, or about an incident: its first part is what it is about."""
    return f"{kind}#{subject}"


def lead_key(lead_id: str) -> str:
    """Return the key of a lead's item."""
    return item_key("lead", lead_id)


def read_item(item: Mapping[str, Any]) -> LedgerItem:
    """Read an item as the table gives it.

    The counts of unknown outcomes are their event's own: another event has another message.
    """
    found = from_fields(LedgerItem, {**item, "subject": str(item["pk"]).partition("#")[2]})
    is_own = item.get("unknown_outcomes", {}).get("event_id") == found.event_id
    return found if is_own else replace(found, unknown_outcomes=UnknownOutcomes())
