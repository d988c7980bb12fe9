"""What travels on the queues: whose order a message keeps, and under which id SQS drops repeats of it."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.aws.queues import Message
from chalicelib.events import LeadEvent, Notice

EVENT = LeadEvent("365", "e-1", datetime(2026, 3, 1, tzinfo=UTC), "webhook")


def test_a_lead_s_messages_keep_its_order_under_the_event_s_id() -> None:
    """No two workers are at one lead at once, and what is sent twice comes once, into the inbox as to other systems."""
    assert Message.of_event(EVENT) == Message(EVENT.to_json(), group="365", deduplication_id="e-1")
    assert Message.of_match(EVENT, "{}") == Message("{}", group="365", deduplication_id="e-1")


def test_a_notice_keeps_its_channel_s_order_under_an_id_of_its_own() -> None:
    """One post at a time in a channel, and each event, kind and revision is told once."""
    notice = Notice(EVENT, "verdict", 2, "C0SALES")
    message = Message.of_notice(notice)
    assert message == Message(notice.to_json(), group="C0SALES", deduplication_id=notice.deduplication_id)
