"""The real check, notify and their edges, put together in a world of virtual time; `chalicelib.wiring` does it for Lambda."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.ledger_item import Attempt
from chalicelib.aws.queues import Delivery, Message
from chalicelib.errors import AwsUnavailable
from chalicelib.events import Notice
from chalicelib.handlers import QueueHandler
from chalicelib.metrics import Log, Metric
from chalicelib.steps.announce import Announcer, Banner, BannerPolicy
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.notify import notify
from chalicelib.steps.publish import Channels, Outboxes, VerdictPublisher
from chalicelib.steps.results import StepResult
from chalicelib.steps.zoho_gate import ZohoGate
from chalicelib.timing import CHECK_AGAIN_WITHIN_SECONDS, NOTIFY_AGAIN_WITHIN_SECONDS, ZOHO_BACKOFF
from tests.faults.world.chaos import Chaos
from tests.faults.world.sqs import VirtualQueue

if TYPE_CHECKING:
    from tests.faults.world.world import World

CHANNEL, OPERATOR = "C0WORLD", "C0OPERATOR"
AGAIN_WITHIN_SECONDS = {"check": CHECK_AGAIN_WITHIN_SECONDS, "notify": NOTIFY_AGAIN_WITHIN_SECONDS}


class Silent:
    """A log and a meter that nobody reads."""

    def info(self, msg: str, *, extra: Mapping[str, Any]) -> None:
        """Forget it."""

    warning = error = info

    def record(self, measures: Mapping[Metric, float]) -> None:
        """Forget it."""


class Outbox:
    """A queue's sending side, over calls that may fail."""

    def __init__(self, name: str, queue: VirtualQueue, chaos: Chaos) -> None:
        self._name, self._queue, self._chaos = name, queue, chaos

    def send(self, message: Message) -> None:
        """Send one."""
        self.send_all([message])

    def send_all(self, messages: list[Message]) -> None:
        """Send several."""
        failed = lambda: AwsUnavailable("no", reason="sqs_read_timeout_error")  # noqa: E731 - the same for both ends
        self._chaos.call(f"{self._name}.send", lambda: self._queue.send_all(messages), fails=failed)


def build_handlers(world: World, log: Log) -> dict[str, QueueHandler]:
    """Return the two workers by their names."""
    steps: dict[str, tuple[VirtualQueue, VirtualQueue, Callable[[Delivery], StepResult]]] = {
        "check": (world.inbox, world.inbox_dead, lambda delivery: _check(world, delivery)),
        "notify": (world.notices, world.slack_dead, lambda delivery: _notify(world, delivery)),
    }
    return {
        name: QueueHandler(
            name=name,
            step=step,
            queue=queue,
            dead_letters=Outbox(f"{name}.dead", dead, world.chaos),
            log=log,
            meter=Silent(),
            sleep=world.clock.advance,
            random=world.dice.random,
            again_within_seconds=AGAIN_WITHIN_SECONDS[name],
            makes_room=name == "notify",
            clock=world.clock.seconds,
        )
        for name, (queue, dead, step) in steps.items()
    }


def _check(world: World, delivery: Delivery) -> StepResult:
    boxes = Outboxes(
        matches=Outbox("matches", world.matches, world.chaos),
        slack=Outbox("notices", world.notices, world.chaos),
        dead_letters=Outbox("check.dead", world.inbox_dead, world.chaos),
    )
    return check(
        delivery,
        health=world.health,
        zoho=_gate(world),
        publisher=VerdictPublisher(
            ledger=world.ledger,
            outboxes=boxes,
            channels=Channels(CHANNEL, OPERATOR),
            link=lambda module, record_id: f"https://crm.example/{module}/{record_id}",
            stage="world",
            now=world.clock.now,
        ),
        now=world.clock.now,
        give_up_policy=GiveUpPolicy(),
    )


def _gate(world: World) -> ZohoGate:
    banner = Banner(
        health=world.health,
        announcer=Announcer("banner", world.banners, Outbox("notices", world.notices, world.chaos), CHANNEL),
        inbox=world.inbox,
        policy=BannerPolicy(),
        now=world.clock.now,
    )
    return ZohoGate(
        zoho=world.zoho,
        health=world.health,
        banner=banner,
        backoff=ZOHO_BACKOFF,
        now=world.clock.now,
        random=world.dice.random,
        new_id=lambda: str(uuid.uuid4()),  # worlds of one seed share a table, where each outage has an item of its own
        note_credits=lambda: None,
    )


def _notify(world: World, delivery: Delivery) -> StepResult:
    notice = Notice.from_json(delivery.body)
    return notify(
        notice,
        ledger={"lead": world.ledger, "banner": world.banners}[notice.item_kind],
        slack=world.slack,
        pace=lambda _channel: world.clock.advance(0.01),
        now=world.clock.now,
        owner=world.new_id(),
        operator_channel=OPERATOR,
        timing=world.timing,
        first_received_at=delivery.first_received_at,
        attempt=Attempt(delivery.message_id, delivery.receives),
    )
