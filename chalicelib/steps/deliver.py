"""What becomes of a verdict that stands in the ledger, whoever reached it: it goes to both outputs.

What was given up also goes to the dead letters, as a copy that can be replayed. Doing it again sends the same ids.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib import match_event
from chalicelib.aws.dead_letters import parked
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message
from chalicelib.events import LeadEvent, Notice
from chalicelib.verdict.model import Verdict

REPLAYS = uuid.UUID("3b7d1c52-8f0e-5a55-9c1b-5f2a4e6d7081")
"""Namespace of the ids under which given-up leads come back."""


class Outbox(Protocol):
    """A queue to send to."""

    def send(self, message: Message) -> None:
        """Keep it, or raise `AwsUnavailable`."""


@dataclass(frozen=True, slots=True)
class Outboxes:
    """Where a verdict goes; what was given up also goes to the dead letters, from where it can be replayed."""

    matches: Outbox
    slack: Outbox
    dead_letters: Outbox


@dataclass(frozen=True, slots=True)
class Channels:
    """The Slack channels for summaries and for trouble."""

    sales: str
    operator: str


def deliver(event: LeadEvent, item: LedgerItem, *, outboxes: Outboxes, channels: Channels) -> None:
    """Send the stored match; the ids make SQS drop what a repeated delivery sends again."""
    match = match_event.read(item.match)
    outboxes.matches.send(Message.of_match(event, item.match))
    notice = Notice(event, "verdict", item.revision, _channel(item, match.verdict, channels))
    outboxes.slack.send(Message.of_notice(notice))
    if match.verdict.action == "unchecked":
        copy = Message.of_event(_to_replay(event, match.checked_at))
        outboxes.dead_letters.send(parked(copy, reason=match.verdict.reason))


def is_answered(event: LeadEvent, item: LedgerItem | None) -> bool:
    """Tell whether what stands there answers the question that a given-up event left open, so that its replay is void."""
    if event.trigger != "replay" or item is None or not item.match or item.event_id == event.event_id:
        return False
    return match_event.read(item.match).verdict.action != "unchecked"


def _to_replay(event: LeadEvent, given_up_at: datetime) -> LeadEvent:
    """Make the event that a redrive of the dead letters brings back: a new one, so that Zoho is asked anew."""
    return LeadEvent(event.lead_id, str(uuid.uuid5(REPLAYS, event.event_id)), given_up_at, "replay")


def _channel(item: LedgerItem, verdict: Verdict, channels: Channels) -> str:
    """Sales people hear of what they can act on, and of the end of what they have heard of."""
    if verdict.action != "lead_not_found":
        return channels.sales
    return item.shown.channel if item.shown else channels.operator
