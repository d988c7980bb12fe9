"""The functions' processes, put together as `chalicelib.wiring` does it for Lambda, each with a clock and a memory of its own."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Semaphore
from typing import TYPE_CHECKING, Any

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import Attempt
from chalicelib.aws.owner_item import OwnerItems
from chalicelib.aws.queues import DeadLetter, DeadLetters, Delivery, Message, Queue, dead_letter_url
from chalicelib.aws.secrets import ZohoClientSecret, ZohoTokenSecret
from chalicelib.aws.token_item import TokenItem
from chalicelib.aws.zoho_health import ZohoHealthItem
from chalicelib.data_centers import OrgPages, data_center
from chalicelib.errors import LeadmatchError, Retryable, SlackUnavailable, ZohoBlocked, ZohoRefused, ZohoTokensRejected
from chalicelib.events import Notice, TokenRequest
from chalicelib.handlers import QueueHandler, RequestHandler, ScheduleHandler
from chalicelib.metrics import Metric
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.slack.client import Pace
from chalicelib.slack.people import SlackUser
from chalicelib.steps.announce import Announcer, Banner, BannerPolicy, OperatorAlerts, zoho_blocks, zoho_refuses
from chalicelib.steps.calls import CallNotes, CallWatch
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.mention import Mentions, Rest
from chalicelib.steps.notify import notify
from chalicelib.steps.publish import Channels, MatchesByInbox, Outboxes, VerdictPublisher
from chalicelib.steps.receive import receive
from chalicelib.steps.refresh import Refresher
from chalicelib.steps.results import HttpReply, StepResult
from chalicelib.steps.sweep import DeadLetterHandler, handle_dead_letters, sweep
from chalicelib.steps.zoho_gate import ZohoGate
from chalicelib.timing import (
    CHECK_AGAIN_WITHIN_SECONDS,
    MENTION_SECONDS,
    NOTIFY_AGAIN_WITHIN_SECONDS,
    SWEEP_PART_SECONDS,
    ZOHO_BACKOFF,
)
from chalicelib.verdict.model import ConversionOptions, Lead
from chalicelib.wiring.in_time import Deadline
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.oauth import ZohoClientCredentials, refresh
from chalicelib.zoho.tokens import AccessTokens, request_early
from tests.faults.world.aws import CLIENT_SECRET, TOKEN_SECRET

if TYPE_CHECKING:
    from tests.faults.world.world import World

CHANNEL, OPERATOR = "C0WORLD", "C0OPERATOR"
KEY, STAGE = "key-of-this-world", "world"
ACCOUNTS_URL = "https://accounts.zoho.com"
CENTER = "us"
QUEUES = {"check": "inbox", "notify": "slack", "refresh": "tokens"}
"""The queue that each worker reads."""
SILENCE_DAYS = 3


class Silent:
    """A log and a meter that nobody reads; `counted` are the measures."""

    def __init__(self) -> None:
        self.counted: Counter[Metric] = Counter()

    def info(self, msg: str, *, extra: Mapping[str, Any]) -> None:
        """Forget it."""

    warning = error = info

    def record(self, measures: Mapping[Metric, float]) -> None:
        """Count it."""
        self.counted.update({metric: int(value) for metric, value in measures.items()})


class Container:
    """One process of one function: its clock is wrong by `clock_error`, and what it knows dies with it."""

    def __init__(self, world: World, name: str, *, clock_error: timedelta = timedelta(0)) -> None:
        self.world, self.name, self.clock_error = world, name, clock_error
        self.tokens: AccessTokens | None = None
        self.run: Callable[..., Any] = BUILDERS[name](self)

    def now(self) -> datetime:
        """Return the time by its own clock."""
        return self.world.clock.now() + self.clock_error

    def queue(self, name: str) -> Queue:
        """Open a queue."""
        return Queue(self.world.sqs, url(name))  # type: ignore[arg-type] # the calls that leadmatch makes

    def ledger(self, kind: Any = "lead") -> Ledger:
        """Open the ledger."""
        return Ledger(self.world.table, now=self.now, kind=kind)

    def health(self) -> ZohoHealthItem:
        """Open the shared item about Zoho."""
        return ZohoHealthItem(self.world.table, now=self.now)

    def announcer(self, kind: Any, channel: str) -> Announcer:
        """Return what announces one kind of incident."""
        return Announcer(kind=kind, announcements=self.ledger(kind), slack=self.queue("slack"), channel=channel)

    def banner(self) -> Banner:
        """Return the banner of an outage."""
        return Banner(
            health=self.health(),
            announcer=self.announcer("banner", CHANNEL),
            inbox=self.queue("inbox"),
            policy=BannerPolicy(),
            now=self.now,
        )

    def alerts(self) -> OperatorAlerts:
        """Return what alerts the operator."""
        return OperatorAlerts(self.announcer("alert", self.world.operator_channel), now=self.now)

    def publisher(self, *, is_check: bool) -> VerdictPublisher:
        """Return what publishes a verdict."""
        return VerdictPublisher(
            ledger=self.ledger(),
            outboxes=Outboxes(
                matches=self.queue("matches") if is_check else MatchesByInbox(self.queue("inbox")),
                slack=self.queue("slack"),
                dead_letters=self.queue("inbox-dead"),
            ),
            channels=Channels(CHANNEL, self.world.operator_channel),
            link=OrgPages(data_center(CENTER), "").link,
            search=OrgPages(data_center(CENTER), "").search,
            stage=STAGE,
            now=self.now,
        )

    def token_secret(self) -> ZohoTokenSecret:
        """Open the secret of the access token."""
        return ZohoTokenSecret(self.world.secrets, TOKEN_SECRET)  # type: ignore[arg-type] # the calls that leadmatch makes

    def request_token(self, wanted: TokenRequest) -> None:
        """Send a request to `refresh`."""
        self.queue("tokens").send(Message.of_token_request(wanted, now=self.now()))

    def warn(self, name: str, error: LeadmatchError) -> None:
        """Log what fails and is made up for."""
        self.world.log.warning(name, extra={"reason": error.reason})

    def blocked_reporter(self) -> Callable[[ZohoBlocked], None]:
        """Return what alerts the operator that Zoho lets nobody in, once a day and process."""
        sent = set[str]()

        def report(error: ZohoBlocked) -> None:
            subject = f"zoho-blocked-{error.reason}-{self.now().date()}"
            if subject in sent:
                return
            try:
                self.alerts().send(zoho_blocks(error, stage=STAGE), subject=subject)
                sent.add(subject)
            except Retryable as failed:
                self.warn("operator_not_told", failed)

        return report

    def handler(self, step: Callable[[Delivery], StepResult], again_within_seconds: float) -> QueueHandler:
        """Return a step's handler."""
        queue = QUEUES[self.name]
        return QueueHandler(
            name=self.name,
            step=step,
            queue=self.queue(queue),
            dead_letters=self.queue(f"{queue}-dead"),
            log=self.world.log,
            meter=self.world.meter,
            sleep=self.world.sleep,
            random=self.world.dice.random,
            again_within_seconds=again_within_seconds,
            makes_room=self.name == "notify",
            clock=self.world.clock.seconds,
        )


def url(name: str) -> str:
    """Return a queue's URL."""
    return f"https://sqs.example/{name}.fifo"


class OneAfterTheOther:
    """Zoho's client, whose two calls for a lead, made side by side, come in one order: chaos is the same for the same seed."""

    def __init__(self, client: ZohoClient) -> None:
        self._client, self._turn, self._failed = client, Semaphore(0), list[BaseException]()

    def conversion_options(self, *, lead_id: str) -> ConversionOptions:
        """Ask first."""
        self._failed.clear()
        try:
            return self._client.conversion_options(lead_id=lead_id)
        except BaseException as error:
            if not isinstance(error, Exception):  # the process has ended: its other thread too
                self._failed.append(error)
            raise
        finally:
            self._turn.release()

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
        """Ask then."""
        if not converted:
            self._turn.acquire()
        if self._failed:
            raise self._failed[0]
        return self._client.lead(lead_id=lead_id, converted=converted)


def _tokens(own: Container) -> AccessTokens:
    own.tokens = AccessTokens(
        secret=own.token_secret(),
        request=own.request_token,
        warn=own.warn,
        now=own.now,
        clock=own.world.clock.seconds,
        sleep=own.world.sleep,
    )
    return own.tokens


def _gate(own: Container) -> ZohoGate:
    tokens = _tokens(own)
    return ZohoGate(
        zoho=OneAfterTheOther(
            ZohoClient(
                tokens=tokens,
                session=own.world.zoho.session,
                api_version="v7",
                center_api_url=data_center(CENTER).api_url,
            )
        ),
        health=own.health(),
        banner=own.banner(),
        backoff=ZOHO_BACKOFF,
        now=own.now,
        random=own.world.dice.random,
        new_id=lambda: str(uuid.uuid4()),  # worlds of one seed share a table, where each outage has an item of its own
        note_credits=lambda: None,
        hear_of_token=tokens.heard,
        on_blocked=own.blocked_reporter(),
    )


def _receive(own: Container) -> Callable[[Mapping[str, Any]], HttpReply]:
    return partial(
        receive,
        keys=lambda: (KEY,),
        inbox=own.queue("inbox"),
        now=own.now,
        new_event_id=own.world.new_id,
    )


def _check(own: Container) -> Callable[[Mapping[str, Any]], None]:
    step = partial(
        check,
        health=own.health(),
        zoho=_gate(own),
        publisher=own.publisher(is_check=True),
        now=own.now,
        give_up_policy=GiveUpPolicy(),
        note=CallNotes(own.health(), own.now, partial(own.warn, "call_not_noted")).note,
    )
    return own.handler(step, CHECK_AGAIN_WITHIN_SECONDS).handle


@dataclass(frozen=True, slots=True)
class PeopleInTime:
    """Slack's look-up of people, as it is cut off when the time for a mention is over."""

    world: World
    deadline: Deadline

    def user_by_email(self, email: str) -> SlackUser:
        """Wait for the answer, as long as there is time."""
        wanted, left = self.world.slack.lookup_seconds, self.deadline.left()
        self.world.clock.advance(min(wanted, left))
        if wanted >= left:
            raise SlackUnavailable("no", reason="slack_no_answer")
        return self.world.slack.user_by_email(email)


def _notify(own: Container) -> Callable[[Mapping[str, Any]], None]:
    clock = own.world.clock.seconds
    pace, deadline = Pace(clock=clock, sleep=own.world.clock.advance), Deadline(clock=clock)
    mentions = Mentions(
        OwnerItems(own.world.owners, now=own.now),
        PeopleInTime(own.world, deadline),
        "xoxb-of-this-world",
        "",
        Rest(clock),
        partial(own.warn, "owner_not_looked_up"),
    )

    def step(delivery: Delivery) -> StepResult:
        deadline.start(MENTION_SECONDS, of=(delivery.message_id, delivery.receives))
        notice = Notice.from_json(delivery.body)
        return notify(
            notice,
            ledger=own.ledger(notice.item_kind),
            slack=own.world.slack,
            pace=pace.wait,
            now=own.now,
            owner=own.world.new_id(),
            operator_channel=own.world.operator_channel,
            timing=own.world.timing,
            first_received_at=delivery.first_received_at,
            attempt=Attempt(delivery.message_id, delivery.receives),
            user_of=mentions.user_of,
        )

    return own.handler(step, NOTIFY_AGAIN_WITHIN_SECONDS).handle


@dataclass(frozen=True, slots=True)
class TokenAlerts:
    """Alerts the operator to what is wrong with tokens."""

    own: Container
    blocked: Callable[[ZohoBlocked], None]

    def revoked(self, error: ZohoRefused, *, incident: str) -> None:
        """Zoho takes the credentials no more."""
        self.own.alerts().send(zoho_refuses(error, stage=STAGE), subject=f"zoho-credentials-{incident}")

    def tokens_rejected(self, error: ZohoTokensRejected, *, incident: str) -> None:
        """Zoho refuses the tokens that it gives out."""
        self.own.alerts().send(zoho_refuses(error, stage=STAGE), subject=f"zoho-credentials-{incident}")


def _refresh(own: Container) -> Callable[[Mapping[str, Any]], None]:
    world = own.world

    def credentials() -> ZohoClientCredentials:
        stored = ZohoClientSecret(world.secrets, CLIENT_SECRET).read()  # type: ignore[arg-type] # as above
        return ZohoClientCredentials(**stored, accounts_url=ACCOUNTS_URL)

    refresher = Refresher(
        item=TokenItem(world.table, now=own.now, new_id=world.new_id),
        credentials=credentials,
        ask=lambda known: refresh(world.zoho.session(), known, now=own.now),
        store=own.token_secret().write,
        alerts=TokenAlerts(own, own.blocked_reporter()),
        warn=own.warn,
        now=own.now,
        sleep=world.clock.advance,
    )
    return RequestHandler(name="refresh", step=refresher.refresh, log=world.log, meter=world.meter).handle


def _sweep(own: Container) -> Callable[[], StepResult]:
    handler = DeadLetterHandler(
        ledger=own.ledger(),
        publisher=own.publisher(is_check=False),
        slack=own.queue("slack"),
        operator_channel=own.world.operator_channel,
        now=own.now,
    )
    return ScheduleHandler(
        request_token=lambda: request_early(own.token_secret(), request=own.request_token, now=own.now()),
        queue_the_due=partial(_queue_the_due, own),
        handle_dead_letters={
            "dead_leads": partial(_dead_letters, own, "inbox", handler.lead),
            "dead_notices": partial(_dead_letters, own, "slack", handler.notice),
        },
        log=own.world.log,
        meter=own.world.meter,
    ).sweep


def _queue_the_due(own: Container) -> StepResult:
    state = own.health().read()
    try:
        _call_watch(own).look(state)
    except Retryable as error:
        own.warn("calls_not_watched", error)
    return sweep(
        ledger=own.ledger(),
        inbox=own.queue("inbox"),
        banner=own.banner(),
        state=state,
        credits_floor=0,
        now=own.now,
        new_event_id=own.world.new_id,
    )


def _call_watch(own: Container) -> CallWatch:
    send: Callable[[OperatorAlert, str], None] = lambda alert, subject: own.alerts().send(alert, subject=subject)  # noqa: E731
    return CallWatch(health=own.health(), alert=send, now=own.now, days=SILENCE_DAYS, stage=STAGE)


def _dead_letters(
    own: Container, queue: str, handle: Callable[[DeadLetter], StepResult], log: Callable[[StepResult], None]
) -> Counter[str]:
    letters = DeadLetters(own.world.sqs, dead_letter_url(url(queue)))  # type: ignore[arg-type] # as above
    return handle_dead_letters(letters, handle, log=log, now=own.now, seconds=SWEEP_PART_SECONDS)


BUILDERS: Mapping[str, Callable[[Container], Callable[..., Any]]] = {
    "receive": _receive,
    "check": _check,
    "notify": _notify,
    "refresh": _refresh,
    "sweep": _sweep,
}
