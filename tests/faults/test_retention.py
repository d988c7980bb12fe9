"""Weeks without Slack, in virtual time: SQS forgets what is fourteen days old, and no notice gets so old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import pytest

from chalicelib.aws.queues import DeadLetter, Delivery, Message
from chalicelib.errors import LeadmatchError, Misconfigured, SlackUnavailable
from chalicelib.events import LeadEvent, Notice
from chalicelib.handlers import QueueHandler
from chalicelib.steps.results import StepResult
from chalicelib.steps.sweep import DeadLetterHandler
from tests.faults.world.clock import BEGINNING, Clock
from tests.faults.world.sqs import VirtualQueue
from tests.faults.world.workers import Silent

DAY, SWEEP_SECONDS = 86_400.0, 900.0
REVOKED = SlackUnavailable("no", reason="slack_token_revoked")


class Stage:
    """The slack queue, its dead letters, the worker's edge and the sweep's part; Slack is a list of what it was told."""

    def __init__(self, trouble: LeadmatchError, *, makes_room: bool = True) -> None:
        self.clock, self.trouble, self.told = Clock(), trouble, list[Notice]()
        self.is_down, self.given_up = True, 0
        self.dead = VirtualQueue(self.clock, visibility_seconds=30, retention_seconds=14 * DAY)
        self.notices = VirtualQueue(
            self.clock, visibility_seconds=60, max_receives=120, dead=self.dead, retention_seconds=14 * DAY
        )
        self.worker = QueueHandler(
            name="notify",
            step=self._tell,
            queue=self.notices,
            dead_letters=self.dead,
            log=Silent(),
            meter=Silent(),
            sleep=self.clock.advance,
            random=lambda: 1.0,
            again_within_seconds=3,
            makes_room=makes_room,
            clock=self.clock.seconds,
        )
        self.handler = DeadLetterHandler(
            ledger=cast("Any", None),  # what has waited is sent again without a look at it
            publisher=cast("Any", None),
            slack=self.notices,
            operator_channel="C0OPERATOR",
            now=self.clock.now,
        )

    def queue(self, number: int) -> None:
        """Let a lead's verdict be told."""
        event = LeadEvent(str(number), f"event-{number}", self.clock.now(), "webhook")
        self.notices.send(Message.of_notice(Notice(event, "verdict", 1, f"C{number % 2}")))

    def run(self, *, days: float) -> None:
        """Let time pass: each message is given out when it may be, and the sweep runs every quarter of an hour."""
        until = self.clock.seconds() + days * DAY
        while self.clock.seconds() < until:
            while record := self.notices.receive():
                self._deliver(record)
            self.clock.advance(min(SWEEP_SECONDS, until - self.clock.seconds()))
            self._sweep()

    def _deliver(self, record: Mapping[str, Any]) -> None:
        try:
            self.worker.handle(record)
        except LeadmatchError:
            return
        self.notices.delete(record["receiptHandle"])

    def _sweep(self) -> None:
        for message in self.dead.take_all():
            letter = DeadLetter(message.body, message.group, message.deduplication_id, "handle", self.clock.now())
            if letter.has_waited:
                self.handler.notice(letter)
            else:
                self.given_up += 1

    def _tell(self, delivery: Delivery) -> StepResult:
        if self.is_down:
            raise self.trouble
        self.told.append(Notice.from_json(delivery.body))
        return StepResult("posted", {})


@pytest.mark.parametrize("days", [1, 13, 20, 45])
@pytest.mark.parametrize("trouble", [REVOKED, Misconfigured("no", reason="slack_not_connected")])
def test_no_notice_expires_however_long_slack_takes_none(days: int, trouble: LeadmatchError) -> None:
    """Two hundred in two channels: each is told whole in the end, and none was counted as broken off."""
    stage = Stage(trouble)
    for number in range(200):
        stage.queue(number)
    stage.run(days=days)
    stage.is_down = False
    stage.run(days=1)
    assert {notice.subject for notice in stage.told} == {str(number) for number in range(200)}
    assert {(notice.kind, notice.rounds) for notice in stage.told} == {("verdict", 0)}
    assert (stage.notices.expired, stage.dead.expired, stage.given_up) == ([], [], 0)


def test_what_comes_day_after_day_expires_as_little() -> None:
    """Ten leads a day for a month without Slack."""
    stage = Stage(REVOKED)
    for day in range(30):
        for number in range(10):
            stage.queue(10 * day + number)
        stage.run(days=1)
    stage.is_down = False
    stage.run(days=1)
    assert len({notice.subject for notice in stage.told}) == 300
    assert stage.clock.now() - BEGINNING >= timedelta(days=31)


def test_without_making_room_notices_would_expire() -> None:
    """The test can fail: this is what it is for."""
    stage = Stage(REVOKED, makes_room=False)
    for number in range(200):
        stage.queue(number)
    stage.run(days=20)
    assert stage.notices.expired
