"""notify: the only place that writes to Slack's channels: one message per lead, or per incident, kept current.

`plan` says what an item of the ledger asks for, and `Execution` does it under the item's lease. Before a post its intent is written;
when the answer is lost the message is looked for in the channel's history before anything is posted again. The states that an item
goes through are drawn in docs/architecture.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, cast

from chalicelib.aws.ledger_item import Attempt, LedgerItem, Posting, Shown, UnknownOutcomes
from chalicelib.errors import (
    AwsUnavailable,
    ChannelClosed,
    EditRefused,
    MessageGone,
    SlackFailed,
    SlackRefused,
    SlackUnavailable,
    SlackUnclear,
    ThreadGone,
    Unanswered,
)
from chalicelib.events import LeadEvent, Notice, read_time
from chalicelib.metrics import Metric
from chalicelib.slack.announcements import closed_line
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import POST_OF_KIND, SlackPost, or_fallback, was_waiting
from chalicelib.steps.results import StepResult, of_event, since_accepted
from chalicelib.timing import (
    AFTER_LEASE_SECONDS,
    CLOCKS_AGREE,
    LEAD_LEASE_SECONDS,
    NEW_MESSAGE_AFTER,
    SLACK_SKEW_SECONDS,
)

FROM_ZOHO = ("webhook", "notification")
"""Whoever else queued a lead did so hours after Zoho's call, which says nothing about our speed."""
MAY_REPEAT = "This may repeat an earlier message: Slack's answer to it was lost."


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a worker holds a lead, how far clocks may lie apart, and how old a message may be to be updated."""

    lease_seconds: float = LEAD_LEASE_SECONDS
    clock_skew_seconds: int = SLACK_SKEW_SECONDS
    new_message_after: timedelta = NEW_MESSAGE_AFTER


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """After how many attempts a message is posted as its fallback, and after how many it makes room for those behind it.

    Slack may stumble over one message's content each time, and its channel waits for it. What it says itself leads to the
    fallback; an answer that got lost says nothing of the content, and counts only towards making room.
    """

    fallback_after: int = 2
    aside_after: int = 6

    def calls_for_fallback(self, unknown_outcomes: UnknownOutcomes) -> bool:
        """Return whether the content may be what Slack stumbles over."""
        return unknown_outcomes.stumbles >= self.fallback_after

    def check(self, unknown_outcomes: UnknownOutcomes) -> None:
        """Raise `Unanswered` when Slack is not to be asked once more."""
        if unknown_outcomes.times >= self.aside_after:
            raise Unanswered("Slack never confirmed whether it accepted the message.", reason="slack_unclear")


@dataclass(frozen=True, slots=True)
class Destination:
    """The channel that a message belongs in, and the operator's, which takes it while the other one is closed."""

    channel: str
    operator: str


class ItemLease(Protocol):
    """The subject's item under a lease; the ledger is that of the notice's kind."""

    def claim(self, subject: str, /, *, owner: str, lease_seconds: float, attempt: Attempt = ...) -> LedgerItem: ...
    def intend(self, held: LedgerItem, posting: Posting) -> LedgerItem: ...
    def settled(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def posted(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def note_unknown_outcomes(self, held: LedgerItem, unknown_outcomes: UnknownOutcomes) -> None: ...
    def release(self, held: LedgerItem, *, refused: bool = False) -> None: ...


class History(Protocol):
    """The messages that stand in a channel, to be found and edited."""

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None: ...
    def find(
        self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = ""
    ) -> str: ...
    def permalink(self, *, channel: str, ts: str) -> str: ...


class Slack(Protocol):
    """A channel to post to; an incoming webhook has no history."""

    @property
    def history(self) -> History | None: ...
    def post(
        self, *, channel: str, message: SlackMessage, event_id: str, thread_ts: str = "", broadcast: bool = False
    ) -> str: ...


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
) -> StepResult:
    """Bring the channel up to date with the ledger; doing it twice shows nothing twice.

    `first_received_at` is when SQS first gave the notice out, `attempt` which receive of its message this is. A channel that is
    closed to us gives its message to the operator's channel. Raises `LeaseHeld`, `SlackUnavailable` or `SlackUnclear` to be
    called again, `Unanswered` when that has not helped, `SlackRefused` when a person has to act.
    """
    held = ledger.claim(notice.subject, owner=owner, lease_seconds=timing.lease_seconds, attempt=attempt)
    execution = Execution(
        ledger=ledger,
        slack=slack,
        pace=pace,
        now=now,
        timing=timing,
        destination=Destination(notice.channel, operator_channel),
        held=held,
        first_received_at=first_received_at,
    )
    if held.event_id != notice.event.event_id:
        return of_event(execution.leave("superseded"), notice.event, now=now())
    did = _executed(execution, POST_OF_KIND[notice.kind])
    return _result(did, notice, execution, revision=held.revision)


def _executed(execution: Execution, read: Callable[[str], SlackPost]) -> str:
    """Execute what the item asks for; release the lease when Slack certainly took nothing."""
    try:
        return execution.execute(read(execution.held.match))
    except SlackUnclear as error:
        # The lease stays ours until the lost call is over for certain; then somebody reads the history back.
        unknown_outcomes = execution.held.unknown_outcomes.and_one(is_stumble=isinstance(error, SlackFailed))
        with suppress(AwsUnavailable):  # without the count too, nobody may look before the lost call is over
            execution.ledger.note_unknown_outcomes(execution.held, unknown_outcomes)
        wait = execution.timing.lease_seconds + AFTER_LEASE_SECONDS
        raise SlackUnclear(str(error), reason=error.reason, retry_after_seconds=wait) from None
    except Unanswered:
        # Who brings it back has all attempts again; the lease, not given back, says why it ended.
        execution.ledger.note_unknown_outcomes(execution.held, UnknownOutcomes())
        raise
    except (SlackUnavailable, SlackRefused):
        execution.leave("refused")
        raise


def _result(did: str, notice: Notice, execution: Execution, *, revision: int) -> StepResult:
    now, why = execution.now(), {"reason": execution.closed.reason} if execution.closed else {}
    done = of_event(did, notice.event, now=now, revision=revision, **why)
    return replace(done, measures=_measures(did, notice, now=now))


def _measures(did: str, notice: Notice, *, now: datetime) -> dict[Metric, float]:
    event = notice.event
    if did == "posted" and isinstance(event, LeadEvent) and event.trigger in FROM_ZOHO:
        return {Metric.SECONDS_TO_SLACK: since_accepted(event, now=now)}
    return {}


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be shown."""


@dataclass(frozen=True, slots=True)
class PostNew:
    """Post a message, which links back to an earlier one, or says that it replaces the earlier one."""

    link_to: Shown | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Edit a message."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class Keep:
    """Leave a message as it is: it cannot be edited, and says what is to be said."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class AlreadyShown:
    """Leave a message as it is: it shows this revision."""

    shown: Shown


Plan = Nothing | PostNew | Edit | Keep | AlreadyShown


def plan(item: LedgerItem, post: SlackPost, *, channel: str, can_edit: bool, new_message_after: timedelta) -> Plan:
    """Return what an item without an intent asks for; `can_edit` is False for an incoming webhook.

    Nobody looks at an old message in another channel, or at one that is so much older than the event.
    """
    old = item.shown
    if old is None or (post.new_message_per_event and old.event_id != item.event_id):
        return Nothing() if post.edit_only else PostNew()
    if old.revision == item.revision:
        return AlreadyShown(old)
    age = read_time(item.accepted_at) - read_time(old.accepted_at)
    if not post.edit_only and (channel != old.channel or age >= new_message_after):
        return PostNew(link_to=old)
    if can_edit and old.ts:
        return Edit(old)
    return Keep(old) if old.fingerprint == post.fingerprint else PostNew(replaces=True)


@dataclass(slots=True, kw_only=True)
class Execution:
    """One attempt to bring Slack up to date with the item whose lease it holds.

    `intended`: an intent of this attempt stands in the ledger. `unsettled`: nobody can say whether an earlier attempt's
    message stands somewhere. `closed`: why the message goes to the operator's channel.
    """

    ledger: ItemLease
    slack: Slack
    pace: Callable[[str], None]
    now: Callable[[], datetime]
    timing: Timing
    destination: Destination
    held: LedgerItem
    limits: AttemptLimits = AttemptLimits()
    first_received_at: datetime | None = None
    intended: bool = False
    unsettled: bool = False
    closed: ChannelClosed | None = None

    @property
    def channel(self) -> str:
        """Where the message goes."""
        return self.destination.operator if self.closed else self.destination.channel

    def execute(self, post: SlackPost) -> str:
        """Post, edit, or do nothing, as the item asks for; return the event name for the log."""
        post = post.as_fallback() if self.limits.calls_for_fallback(self.held.unknown_outcomes) else post
        try:
            return self._execute(post)
        except ChannelClosed as error:
            if self.slack.history is None or self.channel == self.destination.operator:
                raise
            if post.edit_only:
                return self.leave("nothing_to_tell")
            self._turn_to_operator(error)
            line = closed_line(self.destination.channel, error)
        return self._execute(post.with_line(line))

    def leave(self, event_name: str) -> str:
        """Release the lease and stop; an intent whose fate is unknown stays to be settled."""
        self.ledger.release(self.held, refused=self.intended and not self.unsettled)
        return event_name

    def _turn_to_operator(self, error: ChannelClosed) -> None:
        """Forget the intent that Slack refused; one whose fate the closed channel hides may have succeeded."""
        self.unsettled = self.held.posting is not None and not self.intended
        self.held = replace(self.held, posting=None)
        self.closed = error

    def _execute(self, post: SlackPost) -> str:
        if self.held.posting:
            self._settle(self.held.posting)
        if self.unsettled:
            post = post.with_line(MAY_REPEAT)
        can_edit, new_message_after = self.slack.history is not None, self.timing.new_message_after
        match plan(self.held, post, channel=self.channel, can_edit=can_edit, new_message_after=new_message_after):
            case Nothing():
                return self.leave("nothing_to_tell")
            case AlreadyShown(old):
                self.ledger.posted(self.held, old)
                return "already_posted"
            case Keep(old):
                self.ledger.posted(self.held, self._shown(post, channel=old.channel, ts=old.ts))
                return "nothing_to_tell"
            case Edit(old):
                return self._edit(old, post)
            case PostNew(link_to, replaces):
                post = self._linked_back(post, link_to) if link_to else post
                return self._post(post.with_line(post.replaces) if replaces else post)

    def _post(self, post: SlackPost) -> str:
        shown = self._shown(post, channel=self.channel, ts="")
        self._intend(shown)
        ts = self._sent(shown, post, post.message)
        self.ledger.posted(self.held, replace(shown, ts=ts))
        return "posted"

    def _edit(self, old: Shown, post: SlackPost) -> str:
        """Edit a message and post what has changed as a reply; post a new one where Slack takes neither."""
        shown = self._shown(post, channel=old.channel, ts=old.ts)
        try:
            self._edited(shown, post)
        except (MessageGone, EditRefused):
            return self._post(post)
        if shown.fingerprint != old.fingerprint and post.change:
            self._intend(shown, thread_ts=old.ts)
            try:
                self._sent(shown, post, post.change, thread_ts=old.ts, broadcast=was_waiting(old.fingerprint))
            except SlackRefused:  # a locked thread, say: the news needs a message of its own
                return self._post(self._linked_back(post, old))
        self.ledger.posted(self.held, shown)
        return "updated"

    def _settle(self, posting: Posting) -> None:
        """Find out what became of an earlier attempt's post; when it cannot be found out, nothing is posted.

        What is found is written down at once: what this attempt does next may be refused, and must not undo it.
        """
        if self.slack.history is None:
            self.unsettled = True
            return
        ts = self._found(self.slack.history, posting)
        found = posting.shown if posting.thread_ts else replace(posting.shown, ts=ts)
        if ts and found.revision != self.held.revision:
            self.held = self.ledger.settled(self.held, found)
        else:
            self.held = replace(self.held, posting=None, shown=found if ts else self.held.shown)

    def _found(self, history: History, posting: Posting) -> str:
        """Return the ts of what was posted around the intent; where its thread is gone, nothing of it stands.

        Some minutes are read on either side: the search is by event id.
        """
        skew = self.timing.clock_skew_seconds
        try:
            return history.find(
                channel=posting.shown.channel,
                event_id=posting.shown.event_id,
                since=posting.began_at - skew,
                until=posting.ends_at + skew if posting.ends_at else None,
                thread_ts=posting.thread_ts,
            )
        except ThreadGone:
            return ""

    def _intend(self, shown: Shown, *, thread_ts: str = "") -> None:
        self.limits.check(self.held.unknown_outcomes)
        self.pace(shown.channel)
        self.held = self.ledger.intend(self.held, self._posting(shown, thread_ts))
        self.intended = True

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

    def _sent(
        self, shown: Shown, post: SlackPost, message: SlackMessage, *, thread_ts: str = "", broadcast: bool = False
    ) -> str:
        def send(content: SlackMessage) -> str:
            return self.slack.post(
                channel=shown.channel,
                message=content,
                event_id=shown.event_id,
                thread_ts=thread_ts,
                broadcast=broadcast,
            )

        return or_fallback(message, post.fallback, send)

    def _edited(self, shown: Shown, post: SlackPost) -> None:
        history = cast("History", self.slack.history)  # nothing else is planned without one

        def edit(content: SlackMessage) -> None:
            history.update(channel=shown.channel, ts=shown.ts, message=content, event_id=shown.event_id)

        self.limits.check(self.held.unknown_outcomes)
        or_fallback(post.message, post.fallback, edit)

    def _shown(self, post: SlackPost, *, channel: str, ts: str) -> Shown:
        held = self.held
        return Shown(channel, ts, held.event_id, held.accepted_at, held.revision, post.fingerprint)

    def _linked_back(self, post: SlackPost, old: Shown) -> SlackPost:
        if self.slack.history is None or not old.ts or not post.backlink_label:
            return post
        try:
            url = self.slack.history.permalink(channel=old.channel, ts=old.ts)
        except (SlackUnavailable, SlackRefused):
            return post  # the link is a comfort; the message is the job
        return post.with_line(f"<{url}|{post.backlink_label}>")
