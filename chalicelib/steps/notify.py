"""notify: the only place that writes to Slack's channels: one message per lead, or per incident, kept current.

`notify_plan` says what an item of the ledger asks for, `Execution` asks Slack for it under the item's lease, and what came of
that is written down. Before a post its intent is written; when the answer is lost the message is looked for in the channel's
history before anything is posted again. The states that an item goes through are drawn in docs/architecture.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from chalicelib.aws.ledger_item import Attempt, Held, LedgerItem, Posting, Shown, UnknownOutcomes
from chalicelib.errors import (
    AwsUnavailable,
    ChannelClosed,
    EditRefused,
    LeaseHeld,
    MessageGone,
    SlackFailed,
    SlackRefused,
    SlackUnavailable,
    SlackUnclear,
    ThreadGone,
    Unanswered,
)
from chalicelib.events import LeadEvent, Notice
from chalicelib.metrics import Metric
from chalicelib.slack.announcements import closed_line
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import POST_OF_KIND, Shows, SlackPost, UserOf, or_fallback, was_waiting
from chalicelib.steps.notify_plan import FALLBACK_AFTER, AlreadyShown, Edit, Keep, MakeRoom, Nothing, Post, plan
from chalicelib.steps.results import StepResult, of_event, since_accepted
from chalicelib.timing import (
    AFTER_LEASE_SECONDS,
    CLOCKS_AGREE,
    IN_FLIGHT_SECONDS,
    LEAD_LEASE_SECONDS,
    NEW_MESSAGE_AFTER,
    READ_BACK_AFTER_SECONDS,
    SLACK_SKEW_SECONDS,
)

FROM_ZOHO = ("webhook", "notification")
"""Whoever else queued a lead did so hours after Zoho's call, which says nothing about our speed."""
MAY_REPEAT = "This may repeat an earlier message: Slack's answer to it was lost."


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a worker holds a lead, how far clocks may lie apart, and how old a message may be to be updated.

    A post is under way for `in_flight_seconds` at the most after its worker's end, or after its worker gave up its answer.
    """

    lease_seconds: float = LEAD_LEASE_SECONDS
    in_flight_seconds: float = IN_FLIGHT_SECONDS
    read_back_after_seconds: float = READ_BACK_AFTER_SECONDS
    clock_skew_seconds: int = SLACK_SKEW_SECONDS
    new_message_after: timedelta = NEW_MESSAGE_AFTER

    def lease_left_seconds(self, item: LedgerItem, attempt: Attempt, *, now: float) -> float:
        """Return for how long who finds a lease held is put off: until nothing of its worker's can come any more.

        Clocks may be hours off, so it is the whole of it, unless SQS does not know the attempt.
        """
        if not attempt.message_id:
            return item.lease_until - now
        return self.in_flight_seconds if item.worker_has_ended else self.lease_seconds


class ItemLease(Protocol):
    """The subject's item under a lease; the ledger is that of the notice's kind."""

    def claim(
        self, subject: str, /, *, owner: str, lease_seconds: float, attempt: Attempt = ...
    ) -> LedgerItem | Held: ...
    def take_over(
        self, held: LedgerItem, shown: Shown, *, owner: str, lease_seconds: float, attempt: Attempt
    ) -> LedgerItem: ...
    def watch(self, item: LedgerItem, attempt: Attempt) -> None: ...
    def intend(self, held: LedgerItem, posting: Posting) -> LedgerItem: ...
    def settled(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def posted(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def note_unknown_outcomes(
        self, held: LedgerItem, unknown_outcomes: UnknownOutcomes, *, lease_seconds: float
    ) -> LedgerItem: ...
    def release(self, held: LedgerItem, *, refused: bool = False) -> None: ...


class Slack(Protocol):
    """Channels to post to, and the messages that stand there; an incoming webhook edits, finds and links none."""

    def post(
        self, *, channel: str, message: SlackMessage, event_id: str, thread_ts: str = "", broadcast: bool = False
    ) -> str: ...
    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None: ...
    def find(
        self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = ""
    ) -> str | None: ...
    def permalink(self, *, channel: str, ts: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Done:
    """The channel shows what it should; `closed` is why it is another channel than the notice's."""

    event_name: Literal["posted", "updated", "already_posted", "nothing_to_tell"]
    shown: Shown
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """There is nothing to show; `intent_is_void` when nothing can come any more of the intent that stands in the ledger."""

    intent_is_void: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack certainly did not do what it was asked in this channel."""

    error: SlackUnavailable | SlackRefused
    channel: str
    intent_is_void: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Slack may have done it, or may do it yet."""

    error: SlackUnclear


Answer = str | Refused | Unclear
"""Slack's to one call: the ts of the message, or what kept it from us."""
Outcome = Done | Left | Refused | Unclear | MakeRoom
"""Of an attempt."""


def notify(
    notice: Notice,
    *,
    ledger: ItemLease,
    slack: Slack,
    pace: Callable[[str], None],
    now: Callable[[], datetime],
    owner: str,
    operator_channel: str,
    timing: Timing = Timing(),
    first_received_at: datetime | None = None,
    attempt: Attempt = Attempt(),  # noqa: B008 - frozen
    has_actions: bool = False,
    user_of: UserOf = lambda _: "",
) -> StepResult:
    """Bring the channel up to date with the ledger; doing it twice shows nothing twice.

    `first_received_at` is when SQS first gave the notice out, `attempt` which receive of its message this is, `has_actions`
    whether people act on leads from Slack, `user_of` what finds the Slack user of a lead's owner. A channel that is
    closed to us gives its message to the operator's channel. Raises `LeaseHeld`, `SlackUnavailable` or `SlackUnclear` to be
    called again, `Unanswered` when that has not helped, `SlackRefused` when a person has to act.
    """
    execution = Execution(ledger, slack, pace, now, timing, operator_channel, first_received_at, user_of)
    claimed = ledger.claim(notice.subject, owner=owner, lease_seconds=timing.lease_seconds, attempt=attempt)
    held = _taken_over(claimed.item, execution, owner, attempt) if isinstance(claimed, Held) else claimed
    if held.event_id != notice.event.event_id:
        ledger.release(held)
        return of_event("superseded", notice.event, now=now())
    channels = tuple(dict.fromkeys((notice.channel, operator_channel)))
    shows = Shows(held.match, held.current_decision, held.revision, has_actions)
    outcome = execution.run(Job(held, POST_OF_KIND[notice.kind](shows), channels))
    return _result(_written_down(outcome, held, ledger, timing), notice, now=now(), revision=held.revision)


def _taken_over(held: LedgerItem, execution: Execution, owner: str, attempt: Attempt) -> LedgerItem:
    """Take the lease over from a worker whose post stands in its channel, since that post is over; else raise `LeaseHeld`.

    That nothing stands there proves nothing: it may come yet.
    """
    ledger, timing, posting = execution.ledger, execution.timing, held.posting
    found = execution.found(posting) if posting else None
    if posting and found and isinstance(found, str):
        shown = posting.shown_at(found)
        return ledger.take_over(held, shown, owner=owner, lease_seconds=timing.lease_seconds, attempt=attempt)
    with suppress(AwsUnavailable):  # it may be written all the same: the next receive has to come after the whole wait
        ledger.watch(held, attempt)
    wait = timing.lease_left_seconds(held, attempt, now=execution.now().timestamp()) + AFTER_LEASE_SECONDS
    if isinstance(found, Refused) and isinstance(found.error, SlackUnavailable):
        wait = max(wait, found.error.retry_after_seconds or 0)
    reason = "post_in_doubt" if posting else "lease_held"
    raise LeaseHeld("Another worker holds this lead.", reason=reason, retry_after_seconds=wait)


def _written_down(outcome: Outcome, held: LedgerItem, ledger: ItemLease, timing: Timing) -> Done | Left:
    """Write down what came of an attempt, and give the lease back where Slack certainly does nothing more; raise what failed."""
    match outcome:
        case Done(shown=shown):
            ledger.posted(held, shown)
        case Left(intent_is_void=is_void):
            ledger.release(held, refused=is_void)
        case Refused(error=error, intent_is_void=is_void):
            ledger.release(held, refused=is_void)
            raise error
        case Unclear(error=error):
            wait = _noted(held, error, ledger, timing)
            raise SlackUnclear(str(error), reason=error.reason, retry_after_seconds=wait)
        case MakeRoom():
            # Who brings it back has all attempts again; the lease, not given back, says why it ended.
            ledger.note_unknown_outcomes(held, UnknownOutcomes(), lease_seconds=timing.in_flight_seconds)
            raise Unanswered("Slack never confirmed whether it accepted the message.", reason="slack_unclear")
    return outcome


def _noted(held: LedgerItem, error: SlackUnclear, ledger: ItemLease, timing: Timing) -> float:
    """Count an attempt without a clear answer, and return when it is worth another one.

    The lease stays until the lost call is over for certain. A post can be looked for before that; an edit, of which no intent is
    written, is waited out.
    """
    counts = held.unknown_outcomes.and_one(is_stumble=isinstance(error, SlackFailed))
    try:
        noted = ledger.note_unknown_outcomes(held, counts, lease_seconds=timing.in_flight_seconds)
    except AwsUnavailable:  # nobody can know that this worker has ended
        return timing.lease_seconds + AFTER_LEASE_SECONDS
    return timing.read_back_after_seconds if noted.posting else timing.in_flight_seconds + AFTER_LEASE_SECONDS


def _result(outcome: Done | Left, notice: Notice, *, now: datetime, revision: int) -> StepResult:
    if isinstance(outcome, Left):
        return of_event("nothing_to_tell", notice.event, now=now, revision=revision)
    event, why = notice.event, {"reason": outcome.closed} if outcome.closed else {}
    result = of_event(outcome.event_name, event, now=now, revision=revision, **why)
    if outcome.event_name == "posted" and isinstance(event, LeadEvent) and event.trigger in FROM_ZOHO:
        return replace(result, measures={Metric.SECONDS_TO_SLACK: since_accepted(event, now=now)})
    return result


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be shown, and what is known of it.

    The message goes to the first of `channels`, or to the next one when that is closed. An intent in `item` is one of an earlier
    attempt that nobody can settle: its message may stand somewhere. `intent_is_void` when the one in the ledger is this
    attempt's own, and Slack refused it.
    """

    item: LedgerItem
    post: SlackPost
    channels: tuple[str, ...]
    intent_is_void: bool = False

    def shown(self, channel: str, ts: str = "") -> Shown:
        """Return what the channel shows once it shows the post; what belongs in its channel goes on belonging there."""
        item, old = self.item, self.item.shown
        is_settled = old is not None and old.channel == channel and not old.provisional
        shown = Shown(channel, ts, item.event_id, item.accepted_at, item.revision, self.post.fingerprint)
        return replace(shown, provisional=self.post.provisional and not is_settled)


@dataclass(frozen=True, slots=True)
class Execution:
    """Asks Slack for what the plan says, and returns what came of it; only an intent and what it led to are written down."""

    ledger: ItemLease
    slack: Slack
    pace: Callable[[str], None]
    now: Callable[[], datetime]
    timing: Timing
    operator_channel: str
    first_received_at: datetime | None = None
    user_of: UserOf = lambda _: ""

    def run(self, job: Job) -> Outcome:
        """Settle an earlier attempt's intent, then carry out the plan; where a channel is closed, in the next one."""
        if job.item.unknown_outcomes.stumbles >= FALLBACK_AFTER:
            job = replace(job, post=job.post.as_fallback())
        settled = self._settled(job)
        if isinstance(settled, Refused):
            return self._in_next_channel(job, settled)
        return self._in_next_channel(settled, self._carry_out(settled))

    def _in_next_channel(self, job: Job, outcome: Outcome) -> Outcome:
        """Carry out the plan for the next channel if one was closed; an edit-only message is left."""
        if not isinstance(outcome, Refused) or not isinstance(outcome.error, ChannelClosed):
            return outcome
        others = tuple(channel for channel in job.channels if channel != outcome.channel)
        if not others:
            return outcome
        if job.post.edit_only:
            return Left(outcome.intent_is_void)
        line = closed_line(outcome.channel, outcome.error) if others[0] == self.operator_channel else ""
        falls = others[0] != job.channels[0]
        post = job.post.in_another_channel(line, provisional=job.post.provisional or falls)
        next_job = Job(job.item, post, others, outcome.intent_is_void)
        then = self._in_next_channel(next_job, self._carry_out(next_job))
        return replace(then, closed=outcome.error.reason) if isinstance(then, Done) else then

    def _carry_out(self, job: Job) -> Outcome:
        """Carry out the plan; a message whose earlier post nobody can settle says that it may repeat it."""
        return self._execute(replace(job, post=job.post.with_line(MAY_REPEAT)) if job.item.posting else job)

    def _execute(self, job: Job) -> Outcome:
        after = self.timing.new_message_after
        match plan(job.item, job.post, channel=job.channels[0], new_message_after=after):
            case Nothing():
                return Left(job.intent_is_void)
            case MakeRoom() as outcome:
                return outcome
            case AlreadyShown(shown):
                return Done("already_posted", shown)
            case Keep(old):
                kept = replace(job.shown(old.channel, old.ts), edit_refused=old.edit_refused)
                return Done("nothing_to_tell", kept)
            case Edit(old):
                return self._edit(job, old)
            case Post() as wanted:
                return self._post(job, wanted)

    def _post(self, job: Job, wanted: Post) -> Outcome:
        is_first = job.item.shown is None and job.item.posting is None
        message = (job.post.mentioning(self.user_of) if is_first else self._about_earlier(job.post, wanted)).message
        shown = job.shown(wanted.channel)
        sent = self._send(job, shown, message)
        return Done("posted", replace(shown, ts=sent)) if isinstance(sent, str) else sent

    def _edit(self, job: Job, old: Shown) -> Outcome:
        """Edit a message, and post what has changed as a reply; a message that can never be edited is planned for anew."""
        shown = job.shown(old.channel, old.ts)

        def edit(content: SlackMessage) -> str:
            self.slack.update(channel=shown.channel, ts=shown.ts, message=content, event_id=shown.event_id)
            return shown.ts

        match _answer(edit, job.post.message, job.post.fallback, shown.channel, intent_is_void=job.intent_is_void):
            case Refused(error=MessageGone()):
                return self._post(job, Post(_place_again(job, old)))
            case Refused(error=EditRefused()):
                known = replace(job.item, shown=replace(old, edit_refused=True))
                return self._execute(replace(job, item=known))
            case Refused() | Unclear() as outcome:
                return outcome
        if job.post.change is None or shown.fingerprint == old.fingerprint:
            return Done("updated", shown)
        return self._reply(job, old, shown, job.post.change)

    def _reply(self, job: Job, old: Shown, shown: Shown, change: SlackMessage) -> Outcome:
        """Post what has changed in the thread of the message; where it takes no reply, in a message of its own."""
        match self._send(job, shown, change, thread_ts=old.ts, broadcast=was_waiting(old.fingerprint)):
            case Refused(error=SlackRefused()):
                return self._post(job, Post(old.channel, old))
            case Refused() | Unclear() as outcome:
                return outcome
        return Done("updated", shown)

    def _send(
        self, job: Job, shown: Shown, message: SlackMessage, *, thread_ts: str = "", broadcast: bool = False
    ) -> Answer:
        """Post under an intent, which Slack's refusal makes void unless an earlier one could not be settled.

        An earlier one for another channel is written again then: its message may stand there, and is looked for once it can be.
        """
        self.pace(shown.channel)
        self.ledger.intend(job.item, self._posting(shown, thread_ts))

        def post(content: SlackMessage) -> str:
            where = {"channel": shown.channel, "thread_ts": thread_ts}
            return self.slack.post(**where, message=content, event_id=shown.event_id, broadcast=broadcast)

        earlier = job.item.posting
        answer = _answer(post, message, job.post.fallback, shown.channel, intent_is_void=earlier is None)
        if isinstance(answer, Refused) and earlier and earlier.shown.channel != shown.channel:
            self.ledger.intend(job.item, earlier)
        return answer

    def _posting(self, shown: Shown, thread_ts: str) -> Posting:
        """Return the intent to post now, and between which times it will stand where it stands.

        Our clock may be wrong by hours. The post comes after the time at which SQS first gave the notice out; a clock that is
        behind that time is wrong, and then nothing says until when.
        """
        now = self.now()
        first = self.first_received_at or now
        is_behind = now < first - CLOCKS_AGREE
        ends_at = 0 if is_behind else int(now.timestamp()) + math.ceil(self.timing.lease_seconds)
        return Posting(shown, thread_ts, int(min(now, first).timestamp()), ends_at)

    def _settled(self, job: Job) -> Job | Refused:
        """Find out what became of an earlier attempt's post; when it cannot be found out, the item keeps its intent.

        What is found is written down at once: what this attempt does next may be refused, and must not undo it.
        """
        item, posting = job.item, job.item.posting
        found = self.found(posting) if posting else None
        if posting is None or found is None:
            return job
        if isinstance(found, Refused):
            return found
        shown = posting.shown_at(found)
        if found and shown.revision != item.revision:
            return replace(job, item=self.ledger.settled(item, shown))
        return replace(job, item=replace(item, posting=None, shown=shown if found else item.shown))

    def found(self, posting: Posting) -> str | Refused | None:
        """Return the ts of what was posted around the intent, if any; where its thread is gone, nothing of it stands.

        Some minutes are read on either side: the search is by event id. None where no client of ours can look.
        """
        skew, shown = self.timing.clock_skew_seconds, posting.shown
        since, until = posting.began_at - skew, posting.ends_at + skew if posting.ends_at else None
        where = {"channel": shown.channel, "thread_ts": posting.thread_ts}
        try:
            return self.slack.find(**where, event_id=shown.event_id, since=since, until=until)
        except ThreadGone:
            return ""
        except (SlackUnavailable, SlackRefused) as error:
            return Refused(error, shown.channel)

    def _about_earlier(self, post: SlackPost, wanted: Post) -> SlackPost:
        """Return the post with a line about the earlier message; its link is a comfort, the message is the job."""
        old, url = wanted.earlier, ""
        if old is None or not post.earlier:
            return post
        with suppress(SlackUnavailable, SlackRefused):
            url = self.slack.permalink(channel=old.channel, ts=old.ts) if old.ts else ""
        return post.after_earlier(url, replaces=wanted.replaces)


def _place_again(job: Job, old: Shown) -> str:
    """Return where a message is posted again that somebody has deleted."""
    return old.channel if job.post.stays else job.channels[0]


def _answer(
    send: Callable[[SlackMessage], str],
    message: SlackMessage,
    fallback: SlackMessage | None,
    channel: str,
    *,
    intent_is_void: bool,
) -> Answer:
    """Send a message or its fallback; return the ts that Slack gives, or what it did instead."""
    try:
        return or_fallback(message, fallback, send)
    except SlackUnclear as error:
        return Unclear(error)
    except (SlackUnavailable, SlackRefused) as error:
        return Refused(error, channel, intent_is_void)
