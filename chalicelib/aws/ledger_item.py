"""What an item of the ledger holds, read from DynamoDB's types into ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.events import ItemKind


@dataclass(frozen=True, slots=True)
class Shown:
    """What the channel shows: where, for which event and revision, and the gist of it; `ts` is empty in trial mode."""

    channel: str
    ts: str
    event_id: str
    accepted_at: str
    revision: int
    gist: str

    def fields(self) -> dict[str, Any]:
        """Give DynamoDB's form, where the gist is called the verdict."""
        names = ("channel", "ts", "event_id", "accepted_at", "revision")
        return {name: getattr(self, name) for name in names} | {"verdict": self.gist}


@dataclass(frozen=True, slots=True)
class Posting:
    """The intent to post: what will be shown, and where to look for it when the answer is lost."""

    shown: Shown
    thread_ts: str
    began_at: int

    def fields(self) -> dict[str, Any]:
        """Give DynamoDB's form."""
        return {"shown": self.shown.fields(), "thread_ts": self.thread_ts, "began_at": self.began_at}


@dataclass(frozen=True, slots=True)
class Unclear:
    """The attempts that Slack gave no clear answer to, since the last clear one; in `stumbles` of them it said so itself."""

    times: int = 0
    stumbles: int = 0

    def and_one(self, *, is_stumble: bool) -> Unclear:
        """Count one more."""
        return Unclear(self.times + 1, self.stumbles + is_stumble)

    def fields(self, event_id: str) -> dict[str, Any]:
        """Give DynamoDB's form, which says whose message they were about."""
        return {"event_id": event_id, "times": self.times, "stumbles": self.stumbles}


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """One lead, or another subject that is told; empty texts and None stand for what has not happened yet.

    `match` is what stands to be told: a lead's match event, or the JSON of an announcement, whose order is `word`.
    `lease_until` is in epoch seconds. `unclear` counts attempts of this event.
    """

    subject: str
    event_id: str = ""
    accepted_at: str = ""
    match: str = ""
    revision: int = 0
    word: int = 0
    state: str = ""
    owner: str = ""
    epoch: int = 0
    lease_until: int = 0
    posting: Posting | None = None
    shown: Shown | None = None
    unclear: Unclear = Unclear()


def item_key(kind: ItemKind, subject: str) -> str:
    """Give the key of the item about a lead, or about something else that is told: its first part is what it is about."""
    return f"{kind}#{subject}"


def lead_key(lead_id: str) -> str:
    """Give the key of a lead's item."""
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
        word=int(item.get("word", 0)),
        state=item.get("state", ""),
        owner=item.get("owner", ""),
        epoch=int(item.get("epoch", 0)),
        lease_until=int(item.get("lease_until", 0)),
        posting=_posting(posting) if posting else None,
        shown=_shown(shown) if shown else None,
        unclear=_unclear(item.get("unclear"), item.get("event_id", "")),
    )


def _posting(fields: Mapping[str, Any]) -> Posting:
    return Posting(_shown(fields["shown"]), fields["thread_ts"], int(fields["began_at"]))


def _unclear(fields: Mapping[str, Any] | None, event_id: str) -> Unclear:
    """Give the counts, which are their event's own: another event has another message."""
    if not fields or fields["event_id"] != event_id:
        return Unclear()
    return Unclear(int(fields["times"]), int(fields.get("stumbles", 0)))


def _shown(fields: Mapping[str, Any]) -> Shown:
    names = ("channel", "ts", "event_id", "accepted_at")
    return Shown(**{name: fields[name] for name in names}, revision=int(fields["revision"]), gist=fields["verdict"])
