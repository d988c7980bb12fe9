"""What an item of the ledger holds, read from DynamoDB's types into ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from chalicelib.errors import OutOfOrder, Superseded
from chalicelib.events import ItemKind, LeadEvent

State = Literal["STORED", "CLAIMED", "POSTING", "POSTED"]
EVENTS_REMEMBERED = 50
"""A lead that waits is checked again six times a day, and a sender may repeat its call for days."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the channel shows: where, for which event and revision, and its fingerprint; `ts` is empty in trial mode.

    `edit_refused` when Slack has said that the message can never be edited.
    """

    channel: str
    ts: str
    event_id: str
    accepted_at: str
    revision: int
    fingerprint: str
    edit_refused: bool = False

    @property
    def is_editable(self) -> bool:
        """Whether an edit is worth a call."""
        return bool(self.ts) and not self.edit_refused

    def fields(self) -> dict[str, Any]:
        """Return DynamoDB's form."""
        names = ("channel", "ts", "event_id", "accepted_at", "revision", "fingerprint", "edit_refused")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Posting:
    """The intent to post: what will be shown, and where and when to look for it when the answer is lost.

    It stands there after `began_at` and before `ends_at`, in epoch seconds; 0 when nobody can say until when.
    """

    shown: Shown
    thread_ts: str
    began_at: int
    ends_at: int = 0

    def fields(self) -> dict[str, Any]:
        """Return DynamoDB's form."""
        return {
            "shown": self.shown.fields(),
            "thread_ts": self.thread_ts,
            "began_at": self.began_at,
            "ends_at": self.ends_at,
        }


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
        return {"event_id": event_id, "times": self.times, "stumbles": self.stumbles}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which receive of which queue message a worker works on; without an id every attempt comes after every other."""

    message_id: str = ""
    receives: int = 0

    def is_after(self, receives: int | None) -> bool:
        """Return whether SQS gave the same message out again since that receive; None when it did not then."""
        return receives is not None and (self.receives > receives or not self.message_id)


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One lead, or one incident; empty texts and None stand for what has not happened yet.

    `match` is what is to be posted: a lead's match event, or the JSON of an announcement, whose order is `sequence`.
    `lease_until` is in epoch seconds. `unknown_outcomes` counts attempts of this event. `earlier` are the ids of the events before it,
    the oldest first. `claimed_by` is the attempt that has the lease, and `watchers` tells at which receive other messages found it
    held, by their ids.
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
    watchers: Mapping[str, int] = field(default_factory=dict)

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
        if not self.owner or attempt.is_after(self.watchers.get(attempt.message_id)):
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
    """Read an item as boto3's table resource gives it (numbers are Decimals)."""
    posting, shown = item.get("posting"), item.get("shown")
    return LedgerItem(
        subject=str(item["pk"]).partition("#")[2],
        event_id=item.get("event_id", ""),
        accepted_at=item.get("accepted_at", ""),
        match=item.get("match", ""),
        revision=int(item.get("revision", 0)),
        sequence=int(item.get("sequence", 0)),
        owner=item.get("owner", ""),
        epoch=int(item.get("epoch", 0)),
        lease_until=int(item.get("lease_until", 0)),
        posting=_posting(posting) if posting else None,
        shown=_shown(shown) if shown else None,
        unknown_outcomes=_unknown_outcomes(item.get("unknown_outcomes"), item.get("event_id", "")),
        earlier=tuple(map(str, item.get("earlier", ()))),
        claimed_by=_attempt(item.get("claimed_by")),
        watchers=_watchers(item.get("watched"), int(item.get("epoch", 0))),
    )


def _posting(fields: Mapping[str, Any]) -> Posting:
    began_at, ends_at = int(fields["began_at"]), int(fields["ends_at"])
    return Posting(_shown(fields["shown"]), fields["thread_ts"], began_at, ends_at)


def _attempt(fields: Mapping[str, Any] | None) -> Attempt:
    return Attempt(fields["message_id"], int(fields["receives"])) if fields else Attempt()


def _watchers(fields: Mapping[str, Any] | None, epoch: int) -> Mapping[str, int]:
    """Return who watches the lease of this epoch; who watched an earlier one begins anew."""
    if not fields or int(fields["epoch"]) != epoch:
        return {}
    return {one["message_id"]: int(one["receives"]) for one in fields["by"]}


def _unknown_outcomes(fields: Mapping[str, Any] | None, event_id: str) -> UnknownOutcomes:
    """Return the counts, which are their event's own: another event has another message."""
    if not fields or fields["event_id"] != event_id:
        return UnknownOutcomes()
    return UnknownOutcomes(int(fields["times"]), int(fields["stumbles"]))


def _shown(fields: Mapping[str, Any]) -> Shown:
    names = ("channel", "ts", "event_id", "accepted_at", "fingerprint", "edit_refused")
    return Shown(**{name: fields[name] for name in names}, revision=int(fields["revision"]))
