"""The whole of a stage in virtual time: its functions, queues, table and secrets, Zoho and Slack; a sender, a schedule, an operator."""

from __future__ import annotations

import json
import math
import random
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from chalicelib.aws.dynamodb import Table, to_item
from chalicelib.aws.owner_item import owner_key
from chalicelib.aws.queues import QUARANTINED, Message
from chalicelib.aws.token_item import KEY as TOKEN_RECORD
from chalicelib.aws.zoho_health import KEY as ZOHO_STATE
from chalicelib.metrics import Log
from chalicelib.steps.notify import Timing
from chalicelib.timing import SWEEP_MINUTES
from chalicelib.zoho.tokens import AccessToken
from ops.replay.redrive import of_lead, of_notice
from tests.faults.world.aws import CLIENT_SECRET, DynamoDb, Secrets, Sqs
from tests.faults.world.chaos import Chaos, Killed
from tests.faults.world.clock import Clock
from tests.faults.world.containers import Containers
from tests.faults.world.embedded import EmbeddedTable
from tests.faults.world.slack import Slack
from tests.faults.world.sqs import VirtualQueue
from tests.faults.world.workers import KEY, OPERATOR, QUEUES, Container, Silent
from tests.faults.world.zoho import API, IN_APPROVAL, LIFETIME_SECONDS, OWNERS, Zoho
from tests.template import RESOURCES

TIMING = Timing()
SWEEP_SECONDS = SWEEP_MINUTES * 60.0
LONGEST_STANDSTILL_SECONDS = 20 * 86_400
WORKERS = tuple(QUEUES)
RESOURCE_OF = {
    "inbox": "InboxQueue",
    "inbox-dead": "InboxDeadQueue",
    "slack": "SlackQueue",
    "slack-dead": "SlackDeadQueue",
    "matches": "MatchesQueue",
    "tokens": "TokensQueue",
}
"""Each queue's name in the template."""


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
        table: EmbeddedTable,
        *,
        seed: int,
        rate: float,
        timing: Timing = TIMING,
        max_receives: int | None = None,
        log: Log | None = None,
        operator_channel: str = OPERATOR,
    ) -> None:
        self.clock, self.dice = Clock(), random.Random(seed)  # noqa: S311 - dice
        self.timing, self.operator_channel = timing, operator_channel
        self.chaos = Chaos(self.clock, self.dice, rate=0.0)
        self.zoho = Zoho(self.clock, self.dice, on_asked=self._zoho_was_asked)
        self.slack = Slack(self.clock, self.chaos, self.dice)
        self.queues = _queues(self.clock, max_receives)
        self.inbox, self.notices = self.queues["inbox"], self.queues["slack"]
        self.inbox_dead, self.slack_dead = self.queues["inbox-dead"], self.queues["slack-dead"]
        self.sqs, self.secrets = Sqs(self.queues, self.chaos), Secrets(self.chaos)
        for key in (
            ZOHO_STATE,
            TOKEN_RECORD,
            *(owner_key(owner["id"]) for owner in OWNERS),
        ):  # worlds share a table, and each begins at a time of its own
            table.client.delete_item(TableName=table.name, Key=to_item({"pk": key}))
        self.table = Table(cast("Any", DynamoDb(table.client, self.chaos)), table.name)
        self.owners = Table(cast("Any", DynamoDb(table.client, self.chaos, about="owner.")), table.name)
        self.log, self.meter = log or Silent(), Silent()
        self.accepted: list[Accepted] = []
        self.matched: list[dict[str, Any]] = []
        """What a consumer of the matches has taken, in its order."""
        self.said_by_zoho: dict[str, set[int]] = {}
        """What Zoho was about to say of a lead, by the event that was being checked."""
        self.deleted_in_doubt: set[str] = set()
        """The messages that were deleted before the ledger knew of them."""
        self.deliveries = self.sweeps = self.failed_sweeps = 0
        self.outage = False
        """Zoho answers nobody."""
        self.meddle: Callable[[], None] = lambda: None
        """What people do while a worker is in the middle of a call."""
        self._depth = 0
        self._current: tuple[str, dict[str, Any]] | None = None
        self._last_sweep_at = self.clock.seconds()
        self.containers = Containers(self, self.dice)
        self._warm_up()
        self.chaos.rate, self.chaos.overtake = rate, self._overtake

    @property
    def happened(self) -> Counter[str]:
        """Count what went wrong on purpose, by kind."""
        slack = {"slack messages deleted": len(self.slack.deleted), "slack edits refused": len(self.slack.frozen)}
        own = {
            "slack channel was closed": len(self.slack.met_closed),
            "sweeps": self.sweeps,
            "sweeps that failed": self.failed_sweeps,
        }
        return self.chaos.happened + self.zoho.happened + Counter(slack | own)

    def _warm_up(self) -> None:
        """Begin as a stage that runs: there is a token, a process holds it, and Zoho has called lately."""
        names = ("client_id", "client_secret", "refresh_token")
        self.secrets.stored[CLIENT_SECRET] = (json.dumps({name: f"1000.{name}" for name in names}), "1")
        container = self.containers.take("check")
        token = AccessToken("1000.first", API, self.clock.now() + timedelta(seconds=LIFETIME_SECONDS))
        self.zoho.tokens[token.value] = token.expires_at.timestamp()
        container.token_secret().write(token.fields())
        assert container.tokens
        container.tokens.get()
        container.health().note_call(self.clock.now())
        self.containers.give_back(container)

    def qualify(self, lead_id: str, *, accounts: int, clock_error: timedelta | None = None) -> Accepted:
        """Let the sender call the webhook until it is told 202; the receiver's clock may be wrong."""
        self.zoho.accounts[lead_id] = accounts
        call = {"headers": {"X-Leadmatch-Key": KEY}, "body": json.dumps({"lead_id": lead_id})}
        if clock_error is not None:
            self.containers.next_errors.append(clock_error)
        while True:
            self.clock.advance(0.01)  # calls are never at the same microsecond, so what came later is newer
            container = self.containers.take("receive")
            try:
                reply = container.run(call)
            except Killed:  # the gateway says 502
                continue
            self.containers.give_back(container)
            if reply.status == 202:
                break
        done = Accepted(lead_id, reply.body["accepted"][0]["event_id"], self.clock.now())
        self.accepted.append(done)
        return done

    def deliver(self, which: str) -> bool:
        """Return one message to its worker as Lambda does; tell whether there was one."""
        record = self.queues[QUEUES[which]].receive()
        if record is None:
            return False
        self._work(which, record)
        return True

    def sweep(self) -> None:
        """Let the schedule run the sweep; what it raises is for an alarm, and the next one begins anew."""
        self._last_sweep_at, self.sweeps = self.clock.seconds(), self.sweeps + 1
        container = self.containers.take("sweep")
        current, self._current = self._current, None
        try:
            container.run()
        except Killed:
            self.failed_sweeps += 1
            return
        except Exception:  # noqa: BLE001 - as in Lambda
            self.failed_sweeps += 1
        finally:
            self._current = current
        self.containers.give_back(container)

    def step(self, *, within_seconds: float = math.inf) -> bool:
        """Deliver something, or let time pass until something can be delivered or the sweep is due; False when all is quiet."""
        if self.clock.seconds() - self._last_sweep_at >= SWEEP_SECONDS:
            self.sweep()
            return True
        first = self.dice.choice(WORKERS)
        if any(self.deliver(which) for which in (first, *WORKERS)):
            return True
        waits = [wait for name in QUEUES.values() if (wait := self.queues[name].next_visible_in()) is not None]
        if not waits:
            return False
        self.clock.advance(min(*waits, self._seconds_to_sweep(), within_seconds) + 0.001)
        return True

    def go_on(self, seconds: float) -> None:
        """Let everything go on for so long."""
        until = self.clock.seconds() + seconds
        while self.clock.seconds() < until:
            left = until - self.clock.seconds()
            if not self.step(within_seconds=left):
                self.clock.advance(max(0.001, min(self._seconds_to_sweep(), left)))

    def settle(self, *, replays: bool = True) -> None:
        """Let everything come to rest in good weather; fail when it does not.

        Clocks are right, channels are open, Zoho answers, approvals are given, the sweep runs, and an operator replays what the
        alarms have told of.
        """
        self.clear_up()
        until = self.clock.seconds() + LONGEST_STANDSTILL_SECONDS
        while not self._is_at_rest() or (replays and self.redrive()):
            assert self.clock.seconds() < until, "the queues never come to rest"
            self.go_on(SWEEP_SECONDS)

    def clear_up(self) -> None:
        """Let the weather be good."""
        self.chaos.rate, self.chaos.planned, self.outage = 0.0, [], False
        self.chaos.down.clear()
        self.meddle = lambda: None
        self.containers.wrong_clocks = self.containers.mortality = 0.0
        self.containers.next_errors.clear()
        self.containers.end_all()
        self.slack.closed.clear()
        self.slack.words = False
        self.slack.stumbles.clear()
        self.slack.lookup_seconds = 0.0
        self.zoho.token_weather = "good"
        self.zoho.failing.clear()
        for lead_id, state in self.zoho.accounts.items():
            if state == IN_APPROVAL:
                self.zoho.accounts[lead_id] = 0

    def _is_at_rest(self) -> bool:
        """Return whether nothing waits but what a person has to bring back."""
        if any(self.queues[name].count() for name in QUEUES.values()) or self._a_lead_waits():
            return False
        letters = (*self.inbox_dead.messages(), *self.slack_dead.messages())
        return all(one.deduplication_id.startswith(QUARANTINED) for one in letters)

    def _a_lead_waits(self) -> bool:
        container = Container(self, "sweep", clock_error=timedelta(days=1))
        return any(True for _ in container.ledger().due())

    def delete_message(self, ts: str) -> None:
        """Let somebody delete a message of Slack's, perhaps before the ledger knows that it stands."""
        event_ids = {post.event_id for post in self.slack.told if post.ts == ts}
        rate, self.chaos.rate, down = self.chaos.rate, 0.0, set(self.chaos.down)
        self.chaos.down.clear()
        planned, self.chaos.planned = self.chaos.planned, []
        leads = {one.lead_id for one in self.accepted if one.event_id in event_ids}
        items = [Container(self, "sweep").ledger().read(lead_id) for lead_id in leads]
        self.chaos.rate, self.chaos.down, self.chaos.planned = rate, down, planned
        if not any(item and item.shown and item.shown.ts == ts for item in items):
            self.deleted_in_doubt.add(ts)
        self.slack.delete(ts)

    def redrive(self) -> int:
        """Do what `ops replay` does with dead letters: send them back in the group that they had at work."""
        moved = 0
        for dead, live, address in ((self.inbox_dead, self.inbox, of_lead), (self.slack_dead, self.notices, of_notice)):
            for message in dead.take_all():
                live.send(Message(message.body, group=address(message.body).group, deduplication_id=self.new_id()))
                moved += 1
        return moved

    def consume(self) -> None:
        """Let the consumer of the matches take what is there."""
        matches = self.queues["matches"]
        while record := matches.receive():
            self.matched.append(json.loads(record["body"]))
            matches.delete(record["receiptHandle"])

    def sleep(self, seconds: float) -> None:
        """Let a worker sleep, while a token is fetched for it."""
        self.clock.advance(seconds)
        if self._depth < 2:
            self._depth += 1
            try:
                self.deliver("refresh")
            finally:
                self._depth -= 1

    def new_id(self) -> str:
        """Return a UUID that the seed decides."""
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def _work(self, which: str, record: dict[str, Any]) -> None:
        self.deliveries += 1
        self.zoho.down = self.outage or self.chaos.draw()
        container = self.containers.take(which)
        self._current, before = (which, record), self._current
        try:
            container.run(record)
        except Killed:
            return
        except Exception:  # noqa: BLE001 - as in Lambda, whatever is raised keeps the message
            self.containers.give_back(container)
            return
        finally:
            self._current = before
            self.consume()
        self.containers.give_back(container)
        if not self.chaos.draw():  # else the message is given out again
            self.queues[QUEUES[which]].delete(record["receiptHandle"])

    def _overtake(self) -> None:
        """Let the same message, another one, the sweep or people have their turn while this worker is in the middle of a call."""
        if self._depth:
            return
        self._depth += 1
        try:
            what = self.dice.random()
            if what < 0.2:
                self.meddle()
            elif what < 0.3:
                self.sweep()
            elif self._current and what < 0.65:
                self._work(*self._current)
            else:
                self.deliver(self.dice.choice(WORKERS))
        finally:
            self._depth -= 1

    def _zoho_was_asked(self, state: int) -> None:
        if self._current and self._current[0] == "check":
            event_id = json.loads(self._current[1]["body"])["event_id"]
            self.said_by_zoho.setdefault(event_id, set()).add(state)

    def _seconds_to_sweep(self) -> float:
        return max(0.0, self._last_sweep_at + SWEEP_SECONDS - self.clock.seconds())


def _queues(clock: Clock, max_receives: int | None) -> Mapping[str, VirtualQueue]:
    """Return the queues as the template makes them; `max_receives` takes the place of its own for the inbox."""
    queues: dict[str, VirtualQueue] = {}
    for name in sorted(RESOURCE_OF, key=lambda name: not name.endswith("-dead")):
        said = RESOURCES[RESOURCE_OF[name]]["Properties"]
        most = said.get("RedrivePolicy", {}).get("maxReceiveCount", 240)
        queues[name] = VirtualQueue(
            clock,
            visibility_seconds=said.get("VisibilityTimeout", 30),
            max_receives=max_receives if max_receives and name == "inbox" else most,
            dead=queues.get(f"{name}-dead"),
            retention_seconds=said["MessageRetentionPeriod"],
        )
    return queues
