"""How far a lead event has come, read from its item in the ledger. Pure."""

from __future__ import annotations

from enum import Enum

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.match_event import Match


class Stop(Enum):
    """Where an event is; the value says it to a person."""

    INBOX = "the inbox has it, check has not written a verdict"
    SLACK_QUEUE = "the verdict is written, notify has not begun to tell Slack"
    NOTIFY = "notify has begun, nothing was sent to Slack yet"
    POSTING = "notify has sent it to Slack, and Slack's answer did not come"
    TOLD = "Slack has it"
    QUIET = "the lead is converted already, which is not told to Slack"

    @property
    def is_end(self) -> bool:
        """Tell whether the event goes no further."""
        return self in (Stop.TOLD, Stop.QUIET)


def stop_of(item: LedgerItem | None, event_id: str) -> Stop:
    """Give where the event is. An item that speaks of another event is as good as none."""
    if item is None or item.event_id != event_id or not item.match:
        return Stop.INBOX
    if item.shown and item.shown.event_id == event_id:
        return Stop.TOLD
    if item.shown is None and match_of(item).verdict.action == "already_converted":
        return Stop.QUIET
    if item.state == "POSTING":
        return Stop.POSTING
    return Stop.NOTIFY if item.owner else Stop.SLACK_QUEUE


def match_of(item: LedgerItem) -> Match:
    """Read the verdict that stands in the item."""
    return match_event.read(item.match)
