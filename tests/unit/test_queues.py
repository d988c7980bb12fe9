"""What travels on the queues: whose order a message keeps, and under which id SQS drops repeats of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.queues import DeadLetters, Message, id_after, quarantined, set_aside
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


class EmptyQueue:
    """An SQS client whose queues are empty; it remembers how it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def receive_message(self, **arguments: Any) -> dict[str, Any]:
        """Answer that there is nothing."""
        self.asked.append(arguments)
        return {}


def test_an_empty_answer_about_dead_letters_comes_from_all_of_sqs_s_servers() -> None:
    """A short poll asks some of them: it may find nothing in a queue that is not empty. The sandbox cannot show that."""
    sqs = EmptyQueue()
    assert list(DeadLetters(sqs, "https://sqs/inbox-dead.fifo").look(hidden_seconds=60)) == []
    assert [asked["WaitTimeSeconds"] >= 1 for asked in sqs.asked] == [True]


SQS_ID_CHARACTERS = 128
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"""


def test_an_id_never_grows_beyond_what_sqs_takes_however_often_a_message_goes_round() -> None:
    """Set aside, sent again, quarantined, and all that fifty times: a refused id would keep the sweep from it for ever."""
    message = Message("{}", group="C0SALES", deduplication_id="e" * 100)
    for _ in range(50):
        for marked in (set_aside(message), quarantined(message, reason="r" * 200)):
            assert len(marked.deduplication_id) <= SQS_ID_CHARACTERS
            assert len(marked.group) <= SQS_ID_CHARACTERS
            message = replace(message, deduplication_id=id_after(id_after(marked.deduplication_id)))
            assert len(message.deduplication_id) <= SQS_ID_CHARACTERS


def test_an_id_that_is_sent_again_and_again_stays_as_long_as_it_was() -> None:
    """The inbox's copies of a match go by it each time, with no mark in between."""
    again = "e" * 36
    for _ in range(50):
        again = id_after(again)
        assert len(again) <= SQS_ID_CHARACTERS
