"""A day of leads in virtual time: what decides is leadmatch's own code, what takes time is a number.

Imported, not copied: the step `check` with its `ZohoGate` and `GiveUpPolicy` wherever Zoho does not simply answer,
`delay_seconds` and its `Backoff`, `notify_plan.plan`, `Pace`, and how many workers a concurrency of Zoho's allows. SQS, Zoho and
Slack are queues, service times and limits here; a lead whose lookup simply succeeds takes its time and is not looked at.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.aws.ledger_item import LedgerItem, Shown
from chalicelib.aws.queues import Delivery
from chalicelib.aws.stage_lists import StageLists
from chalicelib.aws.zoho_health import LeadContext, ZohoHealth
from chalicelib.errors import Retryable, ZohoApiThrottled, ZohoUnavailable
from chalicelib.events import LeadEvent
from chalicelib.handlers import delay_seconds
from chalicelib.settings import CALLS_PER_LEAD, check_workers
from chalicelib.slack.client import Pace
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import SlackPost
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.notify_plan import Edit, Post, plan
from chalicelib.steps.results import StepResult, of_event
from chalicelib.steps.zoho_gate import ZohoGate
from chalicelib.timing import ZOHO_BACKOFF, ZOHO_READ_SECONDS
from chalicelib.verdict.model import ConversionOptions, Lead, Verdict
from chalicelib.wire import time_text

BEGINNING = datetime(2026, 11, 30, tzinfo=UTC)
DAY_SECONDS, SAMPLE_SECONDS = 86_400.0, 600.0
PROFILE = (1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 7, 8, 9, 8, 7, 5, 4, 3, 2, 2, 1, 1)
"""How many of a day's leads come in each hour, by weight: the day of a sales office in one time zone."""
AGAIN_WITHIN_SECONDS = 3600.0
POST = SlackPost(SlackMessage("No match.", ()), "create_new///")
LEAD_ID = "7203914004000000001"


@dataclass(frozen=True, slots=True)
class Times:
    """Mean seconds: a function's own work with its calls to AWS, and the answers that it waits for."""

    check: float = 0.065
    zoho: float = 0.4
    notify: float = 0.045
    slack: float = 0.3


@dataclass(frozen=True, slots=True)
class Day:
    """What comes, and what there is to handle it; moments in seconds since midnight.

    `burst` is a share of the leads that comes besides the profile, from when, and within how long. `outage` is from when and for
    how long Zoho hangs. `again` is the share of leads that qualify a second time within the hour. `credits` are Zoho's for the day.
    """

    leads: int
    channels: int = 50
    zoho_concurrency: int = 25
    burst: tuple[float, float, float] = (0.0, 0.0, 1.0)
    outage: tuple[float, float] = (0.0, 0.0)
    again: float = 0.05
    credits: float = math.inf
    times: Times = Times()
    until: float = 2 * DAY_SECONDS
    """When nobody looks any more, whatever still waits."""
    seed: int = 1


@dataclass(slots=True)
class Subject:
    """A lead that qualifies more than once: how often so far, and what its channel shows."""

    events: int = 0
    shown: Shown | None = None


@dataclass(slots=True)
class Event:
    """A lead event on its way."""

    accepted: float
    channel: int
    subject: Subject | None = None
    revision: int = 1
    receives: int = 0
    first_received: float = -1.0


@dataclass(slots=True)
class Outcome:
    """What a day came to; `depths` are samples of (time, waiting for check, waiting for Slack)."""

    arrived: int = 0
    posted: int = 0
    edited: int = 0
    superseded: int = 0
    given_up: int = 0
    left: int = 0
    """Events that still wait, or are being worked on, when nobody looks any more."""
    tried_in_vain: int = 0
    most_zoho_calls: int = 0
    least_gap: float = math.inf
    done_at: float = 0.0
    depths: list[tuple[float, int, int]] = field(default_factory=list)
    to_slack: dict[int, list[float]] = field(default_factory=dict)
    """Seconds from the webhook to Slack, by the sample interval in which the event came."""

    @property
    def ended(self) -> int:
        """Count the events that are through."""
        return self.posted + self.edited + self.superseded

    def seconds(self) -> list[float]:
        """Return all times to Slack, the shortest first."""
        return sorted(itertools.chain.from_iterable(self.to_slack.values()))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value that so large a share of the values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def arrivals(day: Day, dice: random.Random) -> list[float]:
    """Return when each lead comes, in order: by the profile, and the burst."""
    in_burst = round(day.leads * day.burst[0])
    hours = dice.choices(range(24), PROFILE, k=day.leads - in_burst)
    _, begins, lasts = day.burst
    moments = [3600 * (hour + dice.random()) for hour in hours]
    return sorted(moments + [begins + lasts * dice.random() for _ in range(in_burst)])


class SharedHealth:
    """How Zoho is, in memory: each write is made only by whoever saw what stands there, as in DynamoDB."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.state, self._now = ZohoHealth(), now

    @property
    def is_calm(self) -> bool:
        """Return whether nobody has anything to write down or to wait for."""
        return not (self.state.throttles or self.state.failing_since)

    def pause(self, seen: ZohoHealth, *, until: datetime) -> ZohoHealth:
        """Let everybody pause."""
        if self.state.throttles in (0, seen.throttles):
            self.state = replace(self.state, paused_until=until, throttles=seen.throttles + 1)
        return self.state

    def ease(self, seen: ZohoHealth) -> None:
        """Take one pause back."""
        if self.state.throttles == seen.throttles:
            self.state = replace(self.state, throttles=seen.throttles - 1)

    def begin_outage(self, *, outage_id: str) -> ZohoHealth:
        """Write down that Zoho does not answer."""
        if not self.state.failing_since:
            self.state = replace(self.state, failing_since=self._now(), outage_id=outage_id)
        return self.state

    def go_on(self, state: ZohoHealth) -> None:
        """Say nothing: the banner is not simulated."""

    def end(self, state: ZohoHealth, *, answered: bool = False) -> ZohoHealth:
        """Forget an outage."""
        if self.state.outage_id == state.outage_id:
            now = self._now()
            ended = replace(self.state, failing_since=None, outage_id="", announced_until=now)
            self.state = replace(ended, answered_at=now) if answered else ended
        return self.state


class Simulation:
    """One day; `run` gives its outcome."""

    def __init__(self, day: Day) -> None:
        self._day, self._dice = day, random.Random(day.seed)  # noqa: S311 - the same day for the same seed
        self.outcome = Outcome()
        self._now = self._posting_at = 0.0
        self._numbers = itertools.count()
        self._next: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._ready: deque[Event] = deque()
        workers = check_workers({"LEADMATCH_ZOHO_CONCURRENCY": str(day.zoho_concurrency)})
        self._free = self._workers = workers
        self._lines: list[deque[Event]] = [deque() for _ in range(day.channels)]
        self._busy = [False] * day.channels
        self._posted_at = [-math.inf] * day.channels
        self._pace = Pace(clock=lambda: self._posting_at, sleep=self._sleep)
        self._health = SharedHealth(self._moment)
        self._gate = ZohoGate(
            zoho=self,
            health=self._health,  # type: ignore[arg-type] # what is written when Zoho pauses, fails and answers again
            banner=self._health,  # type: ignore[arg-type] # same
            backoff=ZOHO_BACKOFF,
            now=self._moment,
            random=self._dice.random,
            new_id=lambda: str(next(self._numbers)),
            note_credits=lambda: None,
        )
        self._credits, self._seen, self._failure = day.credits, ZohoHealth(), None  # type: Any, Any, Retryable | None
        self._waiting_for_check = self._waiting_for_slack = 0

    def run(self) -> Outcome:
        """Let the day pass, and what is left of it."""
        self._at(0.0, self._sample)
        coming = arrivals(self._day, self._dice)
        self._come(iter(coming))
        while self._next and self._next[0][0] <= self._day.until:
            self._now, _, happen, given = heapq.heappop(self._next)
            happen(*given)
        self.outcome.left = self._waiting_for_check + self._waiting_for_slack
        return self.outcome

    def _at(self, moment: float, happen: Callable[..., None], *given: Any) -> None:
        heapq.heappush(self._next, (moment, next(self._numbers), happen, given))

    def _moment(self) -> datetime:
        return BEGINNING + timedelta(seconds=self._now)

    def _sleep(self, seconds: float) -> None:
        self._posting_at += seconds

    def _spread(self, mean: float) -> float:
        """Return an answer's time: half of it is fixed, half is exponential."""
        return mean * (0.5 + 0.5 * self._dice.expovariate(1))

    def _sample(self) -> None:
        self.outcome.depths.append((self._now, self._waiting_for_check, self._waiting_for_slack))
        if self._now < DAY_SECONDS or self.outcome.ended < self.outcome.arrived:
            self._at(self._now + SAMPLE_SECONDS, self._sample)

    # What comes.

    def _come(self, coming: Iterator[float]) -> None:
        for moment in coming:
            self._at(moment, self._arrive, coming)
            return

    def _arrive(self, coming: Iterator[float]) -> None:
        subject = Subject() if self._dice.random() < self._day.again else None
        channel = self._dice.randrange(self._day.channels)
        self._accept(channel, subject)
        if subject:
            self._at(self._now + AGAIN_WITHIN_SECONDS * self._dice.random(), self._accept, channel, subject)
        self._come(coming)

    def _accept(self, channel: int, subject: Subject | None) -> None:
        event = Event(self._now, channel, subject)
        if subject:
            subject.events += 1
            event.revision = subject.events
        self.outcome.arrived += 1
        self._waiting_for_check += 1
        self._ready.append(event)
        self._start_checks()

    # check

    def _start_checks(self) -> None:
        while self._free and self._ready:
            self._free -= 1
            event = self._ready.popleft()
            event.receives += 1
            if event.first_received < 0:
                event.first_received = self._now
            self._begin_check(event)

    def _begin_check(self, event: Event) -> None:
        self.outcome.most_zoho_calls = max(self.outcome.most_zoho_calls, CALLS_PER_LEAD * (self._workers - self._free))
        failure, seen = self._zoho_failure(), self._health.state
        own = self._day.times.check
        if failure is None and self._health.is_calm:
            self._credits -= CALLS_PER_LEAD
            self._at(self._now + own + self._spread(self._day.times.zoho), self._checked, event)
        elif seen.paused_until and self._moment() < seen.paused_until:
            self._at(self._now + own, self._try, event, seen, failure)
        else:
            hangs = isinstance(failure, ZohoUnavailable)
            wait = ZOHO_READ_SECONDS if hangs else self._spread(self._day.times.zoho)
            self._at(self._now + own + wait, self._try, event, seen, failure)

    def _zoho_failure(self) -> Retryable | None:
        begins, lasts = self._day.outage
        if begins <= self._now < begins + lasts:
            return ZohoUnavailable("Zoho hangs.", reason="zoho_no_answer")
        if self._now >= DAY_SECONDS and self._credits < CALLS_PER_LEAD:
            self._credits = self._day.credits
        if self._credits < CALLS_PER_LEAD:
            return ZohoApiThrottled("The day's credits are spent.", reason="zoho_throttled")
        return None

    def _try(self, event: Event, seen: ZohoHealth, failure: Retryable | None) -> None:
        """Let leadmatch's own step decide what becomes of a lead that Zoho does not simply answer about."""
        self._seen, self._failure = seen, failure
        accepted, received = (BEGINNING + timedelta(seconds=at) for at in (event.accepted, event.first_received))
        told = LeadEvent(LEAD_ID, "event", accepted, "webhook")
        delivery = Delivery(told.to_json(), accepted, received, "message", event.receives)
        try:
            check(
                delivery,
                health=self,
                zoho=self._gate,
                publisher=self,  # type: ignore[arg-type] # the two calls that check makes
                now=self._moment,
                give_up_policy=GiveUpPolicy(),
            )
        except Retryable as error:
            self.outcome.tried_in_vain += 1
            wait = delay_seconds(event.receives, error.retry_after_seconds, random=self._dice.random)
            self._at(self._now + wait, self._show, event)
            self._release()
        else:
            self._credits -= 0 if failure else CALLS_PER_LEAD
            self._checked(event)

    def _show(self, event: Event) -> None:
        self._ready.append(event)
        self._start_checks()

    def _release(self) -> None:
        self._free += 1
        self._start_checks()

    def _checked(self, event: Event) -> None:
        self._waiting_for_check -= 1
        self._waiting_for_slack += 1
        self._lines[event.channel].append(event)
        self._start_post(event.channel)
        self._release()

    # What check asks for.

    def read_with(self, _: str) -> LeadContext:
        """Return how Zoho was when the lookup began."""
        return LeadContext(None, self._seen, StageLists(), {})

    def conversion_options(self, *, lead_id: str) -> ConversionOptions:  # noqa: ARG002 - the port's
        """Return that nothing matches, or raise what Zoho does instead."""
        if self._failure:
            raise self._failure
        return ConversionOptions()

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:  # noqa: ARG002 - same
        """Return the lead, or raise what Zoho does instead."""
        if self._failure:
            raise self._failure
        return Lead(lead_id, name="Ada", company="Engines")

    def republish(self, event: LeadEvent, item: LedgerItem | None) -> StepResult | None:
        """Return that there is nothing to send again."""

    def publish(self, event: LeadEvent, _: Lead | None, verdict: Verdict, **__: object) -> StepResult:
        """Count a lead that was given up."""
        self.outcome.given_up += verdict.action == "unchecked"
        return of_event("checked", event, now=self._moment())

    # notify

    def _start_post(self, channel: int) -> None:
        if self._busy[channel] or not self._lines[channel]:
            return
        self._busy[channel] = True
        event, subject = self._lines[channel].popleft(), None
        subject = event.subject
        if subject and subject.events > event.revision:
            self._at(self._now + self._day.times.notify, self._told, event, None)
            return
        name = f"C{channel}"
        shown = subject.shown if subject else None
        item = LedgerItem(LEAD_ID, "event", self._text(event) if shown else "", "{}", event.revision, shown=shown)
        planned = plan(item, POST, channel=name)
        self._posting_at = self._now + self._day.times.notify
        self._pace.wait(name)
        self.outcome.least_gap = min(self.outcome.least_gap, self._posting_at - self._posted_at[channel])
        self._posted_at[channel] = self._posting_at
        self._at(self._posting_at + self._spread(self._day.times.slack), self._told, event, planned)

    def _text(self, event: Event) -> str:
        return time_text(BEGINNING + timedelta(seconds=event.accepted))

    def _told(self, event: Event, planned: object) -> None:
        outcome = self.outcome
        outcome.posted += isinstance(planned, Post)
        outcome.edited += isinstance(planned, Edit)
        outcome.superseded += planned is None
        outcome.done_at = self._now
        self._waiting_for_slack -= 1
        if planned is not None:
            taken = outcome.to_slack.setdefault(int(event.accepted // SAMPLE_SECONDS), [])
            taken.append(self._now - event.accepted)
        if event.subject and planned is not None:
            name = f"C{event.channel}"
            event.subject.shown = Shown(name, "1.0", "event", self._text(event), event.revision, POST.fingerprint)
        self._busy[event.channel] = False
        self._start_post(event.channel)


def simulate(day: Day) -> Outcome:
    """Return what a day comes to."""
    return Simulation(day).run()
