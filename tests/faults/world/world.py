"""The real receive, check, notify and their edges, in virtual time; a sender that repeats what was not taken; an operator."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import Message
from chalicelib.aws.zoho_health import KEY as ZOHO_STATE
from chalicelib.aws.zoho_health import ZohoHealthItem
from chalicelib.metrics import Log
from chalicelib.steps.notify import Timing
from chalicelib.steps.receive import receive
from tests.faults.world.chaos import Chaos, Killed
from tests.faults.world.clock import Clock
from tests.faults.world.parties import Slack, Table, Zoho
from tests.faults.world.sqs import VirtualQueue
from tests.faults.world.workers import Outbox, Silent, build_handlers

KEY = "key-of-this-world"
CHECK_VISIBILITY, NOTIFY_VISIBILITY = 90.0, 60.0
TIMING = Timing()
LEAD_RECEIVES, NOTICE_RECEIVES = 240, 120
LONGEST_STANDSTILL_SECONDS = 20 * 86_400


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a 202 has promised."""

    lead_id: str
    event_id: str
    at: datetime


class World:
    """Everything; `table` is a real DynamoDB table of an embedded AWS."""

    def __init__(
        self,
        table: Any,
        *,
        seed: int,
        rate: float,
        timing: Timing = TIMING,
        max_receives: int = LEAD_RECEIVES,
        log: Log | None = None,
    ) -> None:
        self.clock, self.dice = Clock(), random.Random(seed)  # noqa: S311 - dice
        self.timing = timing
        self.chaos = Chaos(self.clock, self.dice, rate=rate)
        self.chaos.overtake = self._overtake
        self.zoho, self.slack = Zoho(), Slack(self.clock, self.chaos)
        self.inbox_dead = VirtualQueue(self.clock, visibility_seconds=30)
        self.slack_dead = VirtualQueue(self.clock, visibility_seconds=30)
        self.matches = VirtualQueue(self.clock, visibility_seconds=30)
        self.inbox = VirtualQueue(
            self.clock, visibility_seconds=CHECK_VISIBILITY, max_receives=max_receives, dead=self.inbox_dead
        )
        self.notices = VirtualQueue(
            self.clock, visibility_seconds=NOTIFY_VISIBILITY, max_receives=NOTICE_RECEIVES, dead=self.slack_dead
        )
        table.delete_item(Key={"pk": ZOHO_STATE})  # worlds share a table, and each begins at a time of its own
        table = Table(table, self.chaos)
        self.ledger = Ledger(table, now=self.clock.now)
        self.banners = Ledger(table, now=self.clock.now, kind="banner")
        self.health = ZohoHealthItem(table, now=self.clock.now)
        self.accepted: list[Accepted] = []
        self.deliveries = 0
        self.outage = False
        """Zoho answers nobody."""
        self._depth = 0
        self._current: tuple[str, dict[str, Any]] | None = None
        self._workers = build_handlers(self, log or Silent())

    def qualify(self, lead_id: str, *, accounts: int, clock_error: timedelta = timedelta(0)) -> Accepted:
        """Let the sender call the webhook until it is told 202; the receiver's clock may be wrong."""
        self.zoho.accounts[lead_id] = accounts
        call = {"headers": {"X-Leadmatch-Key": KEY}, "body": json.dumps({"lead_id": lead_id})}
        while True:
            self.clock.advance(0.01)  # calls are never at the same microsecond, so what came later is newer
            try:
                reply = receive(
                    call,
                    keys=lambda: (KEY,),
                    inbox=Outbox("inbox", self.inbox, self.chaos),
                    now=lambda: self.clock.now() + clock_error,
                    new_event_id=self.new_id,
                )
            except Killed:  # the gateway says 502
                continue
            if reply.status == 202:
                break
        done = Accepted(lead_id, reply.body["accepted"][0]["event_id"], self.clock.now())
        self.accepted.append(done)
        return done

    def deliver(self, which: str) -> bool:
        """Return one message to its worker as Lambda does; tell whether there was one."""
        queue = {"check": self.inbox, "notify": self.notices}[which]
        record = queue.receive()
        if record is None:
            return False
        self._work(which, record)
        return True

    def step(self) -> bool:
        """Deliver something, or let time pass until something can be delivered; False when all is quiet."""
        which = self.dice.choice(("check", "notify"))
        other = "notify" if which == "check" else "check"
        if self.deliver(which) or self.deliver(other):
            return True
        waits = [wait for queue in (self.inbox, self.notices) if (wait := queue.next_visible_in()) is not None]
        if not waits:
            return False
        self.clock.advance(min(waits) + 0.001)
        return True

    def settle(self) -> None:
        """Let everything come to rest in good weather; fail when it does not."""
        self.chaos.rate, self.chaos.planned, self.outage = 0.0, [], False
        until = self.clock.seconds() + LONGEST_STANDSTILL_SECONDS
        while self.step():
            assert self.clock.seconds() < until, "the queues never come to rest"
        self.clock.advance(60)

    def redrive(self) -> int:
        """Do what an operator does with dead letters: move them back."""
        moved = 0
        for dead, live in ((self.inbox_dead, self.inbox), (self.slack_dead, self.notices)):
            for message in dead.take_all():
                live.send(Message(message.body, group=message.group, deduplication_id=self.new_id()))
                moved += 1
        return moved

    def _work(self, which: str, record: dict[str, Any]) -> None:
        queue = {"check": self.inbox, "notify": self.notices}[which]
        self.deliveries += 1
        self.zoho.down = self.outage or self.chaos.draw()
        self._current, before = (which, record), self._current
        try:
            self._workers[which].handle(record)
        except (Killed, Exception):  # noqa: BLE001 - as in Lambda, whatever is raised keeps the message
            return
        finally:
            self._current = before
        if not self.chaos.draw():  # else the message is given out again
            queue.delete(record["receiptHandle"])

    def _overtake(self) -> None:
        """Let the same message, or another one, be worked on while this worker is in the middle of a call."""
        if self._depth:
            return
        self._depth += 1
        try:
            if self._current and self.dice.random() < 0.5:
                self._work(*self._current)
            else:
                self.deliver(self.dice.choice(("check", "notify")))
        finally:
            self._depth -= 1

    def new_id(self) -> str:
        """Return a UUID that the seed decides."""
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
