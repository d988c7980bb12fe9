"""The messages that travel inside leadmatch: a lead event (inbox queue), a notice (slack queue), a token request (tokens queue)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID, uuid5

from chalicelib.timing import CLOCKS_DIFFER
from chalicelib.wire import WORD, Form, Written

CLICKS = UUID("2b7de9a3-5c1f-5f4e-8a0d-0c9b6a4d7e11")
"""Namespace of the events by which a click has a lead checked."""
Trigger = Annotated[
    Literal["webhook", "notification", "sweep", "replay", "click", "check"], Form(pattern=WORD, open=True)
]
TokenReason = Literal["expiring", "expired", "refused"]
NoticeKind = Literal["verdict", "minimal", "banner", "alert"]
ItemKind = Literal["lead", "banner", "alert"]
ITEM_KINDS: Mapping[NoticeKind, ItemKind] = {
    "verdict": "lead",
    "minimal": "lead",
    "banner": "banner",
    "alert": "alert",
}
"""What the ledger's item is about that a notice of each kind points to."""
NOTICE_KINDS = tuple(ITEM_KINDS)


@dataclass(frozen=True, slots=True)
class LeadEvent(Written):
    """One lead that a call has accepted; `event_id` is a UUID and follows the lead to the end."""

    lead_id: str
    event_id: str
    accepted_at: datetime
    trigger: Trigger

    @classmethod
    def of_click(cls, lead_id: str, key: str, now: datetime) -> Self:
        """Return the event that a click has a lead checked with: the same one for a click of the same key, so that it is one check."""
        return cls(lead_id, str(uuid5(CLICKS, f"{lead_id}/{key}")), now, "click")

    def accepted_by(self, moment: datetime | None) -> LeadEvent:
        """Return the event as accepted at that moment at the latest: the receiving machine's clock may have been ahead.

        A clock that was behind looks like an event that waited, and is left as it is; so is one of which no moment is known.
        """
        return self if moment is None or self.accepted_at <= moment else replace(self, accepted_at=moment)


@dataclass(frozen=True, slots=True)
class Incident:
    """An event that is about no lead, such as an outage: its subject, an id of its own, and since when."""

    subject: str
    event_id: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Notice(Written):
    """Says that the ledger holds something to post in a channel: a lead's verdict, or an incident.

    The kind `minimal` asks for a lead's message without a summary: posting the whole one crashed again and again.
    `rounds` counts how often the sweep has found the notice among the dead letters and sent it again.
    """

    event: LeadEvent | Incident
    kind: NoticeKind
    revision: int
    channel: str
    rounds: int = 0

    @property
    def subject(self) -> str:
        """What the ledger's item is about: the lead's id, or the incident's subject."""
        return self.event.lead_id if isinstance(self.event, LeadEvent) else self.event.subject

    @property
    def item_kind(self) -> ItemKind:
        """What the ledger's item is about: a lead, or a kind of incident."""
        return ITEM_KINDS[self.kind]

    @property
    def is_last_form(self) -> bool:
        """Whether there is no other form to post: an incident has one form, and a lead's last form has no summary."""
        return self.item_kind != "lead" or self.kind == "minimal"

    @property
    def deduplication_id(self) -> str:
        """The id under which SQS drops repeats: one for each event, kind and revision."""
        return hashlib.sha256(f"{self.event.event_id}/{self.kind}/{self.revision}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TokenRequest(Written):
    """Somebody needs another access token than the one in this version of the secret; `none` is that of an empty secret.

    The token is `expiring` when it still lives, `expired` when it does not or there is none, `refused` when Zoho answers 401 to it
    although it should still live.
    """

    version: str
    reason: TokenReason

    @property
    def is_early(self) -> bool:
        """Whether the old token serves meanwhile."""
        return self.reason == "expiring"

    @property
    def follows_a_refusal(self) -> bool:
        """Whether Zoho refuses a token that should still live."""
        return self.reason == "refused"


def if_past(moment: datetime | None, now: datetime) -> datetime | None:
    """Return when something happened, or None when that is not known: a wrong clock wrote a time that lies ahead."""
    return moment if moment and moment - now <= CLOCKS_DIFFER else None
