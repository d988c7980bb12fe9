"""The two messages that travel inside leadmatch: a lead event (inbox queue) and a notice (slack queue)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.errors import Unreadable
from chalicelib.timing import CLOCKS_DIFFER

Trigger = Literal["webhook", "notification", "sweep", "replay", "click", "check"]
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
class LeadEvent:
    """One lead that a call has accepted; `event_id` is a UUID and follows the lead to the end."""

    lead_id: str
    event_id: str
    accepted_at: datetime
    trigger: Trigger

    def accepted_by(self, moment: datetime) -> LeadEvent:
        """Return the event as accepted at that moment at the latest: the receiving machine's clock may have been ahead.

        A clock that was behind looks like an event that waited, and is left as it is.
        """
        return self if self.accepted_at <= moment else replace(self, accepted_at=moment)

    def to_json(self) -> str:
        """Return the inbox message's body."""
        return json.dumps(_event_fields(self))

    @classmethod
    def from_json(cls, body: str) -> LeadEvent:
        """Read an inbox message's body; raise `Unreadable` when it is not one of ours."""
        return _lead_event(_fields(body))


@dataclass(frozen=True, slots=True)
class Incident:
    """An event that is about no lead, such as an outage: its subject, an id of its own, and since when."""

    subject: str
    event_id: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
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

    def to_json(self) -> str:
        """Return the body of a message on the slack queue."""
        own = {"kind": self.kind, "revision": self.revision, "channel": self.channel, "rounds": self.rounds}
        about = _event_fields(self.event) if isinstance(self.event, LeadEvent) else _incident_fields(self.event)
        return json.dumps(about | own)

    @classmethod
    def from_json(cls, body: str) -> Notice:
        """Read the body of a message on the slack queue; raise `Unreadable` when it is not one of ours."""
        fields = _fields(body)
        if fields.get("kind") not in NOTICE_KINDS:
            raise Unreadable("A notice needs a known kind.", reason="notice_unreadable")
        read = _lead_event if ITEM_KINDS[fields["kind"]] == "lead" else _incident
        try:
            return cls(read(fields), fields["kind"], int(fields["revision"]), fields["channel"], int(fields["rounds"]))
        except (KeyError, TypeError, ValueError):
            raise Unreadable("A notice needs kind, revision, channel and rounds.", reason="notice_unreadable") from None


def time_text(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC with microseconds: such texts sort like the times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """Read an RFC 3339 time; raise ValueError when it is none or names no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone")
    return moment.astimezone(UTC)


def if_past(moment: datetime | None, now: datetime) -> datetime | None:
    """Return when something happened, or None when that is not known: a wrong clock wrote a time that lies ahead."""
    return moment if moment and moment - now <= CLOCKS_DIFFER else None


def _event_fields(event: LeadEvent) -> dict[str, Any]:
    return {
        "lead_id": event.lead_id,
        "event_id": event.event_id,
        "accepted_at": time_text(event.accepted_at),
        "trigger": event.trigger,
    }


def _incident_fields(incident: Incident) -> dict[str, Any]:
    return {
        "subject": incident.subject,
        "event_id": incident.event_id,
        "accepted_at": time_text(incident.accepted_at),
    }


def _fields(body: str) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise Unreadable("The message is not a JSON object.", reason="message_unreadable")
    return fields


def _lead_event(fields: dict[str, Any]) -> LeadEvent:
    try:
        return LeadEvent(
            lead_id=fields["lead_id"],
            event_id=fields["event_id"],
            accepted_at=read_time(fields["accepted_at"]),
            trigger=fields["trigger"],
        )
    except (KeyError, TypeError, ValueError):
        raise Unreadable(
            "A lead event needs lead_id, event_id, accepted_at and trigger.", reason="lead_event_unreadable"
        ) from None


def _incident(fields: dict[str, Any]) -> Incident:
    return Incident(fields["subject"], fields["event_id"], read_time(fields["accepted_at"]))
