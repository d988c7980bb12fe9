"""notify: the only place that writes to Slack about a lead: one message per lead, kept current.

Before a post its intent is written; when the answer is lost the message is looked for in the channel's history before
anything is posted again. Everything happens under the lead's lease in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown
from chalicelib.errors import SlackRefused, SlackUnavailable, SlackUnclear
from chalicelib.events import Notice, read_time
from chalicelib.match_event import Match
from chalicelib.metrics import Metric
from chalicelib.slack.bare import or_bare
from chalicelib.slack.message import SlackMessage, render, render_change, with_line
from chalicelib.steps.outcome import Outcome, of_event, since_accepted

FROM_ZOHO = ("webhook", "notification")
"""Whoever else queued a lead did so hours after Zoho's call, which says nothing about our speed."""
MESSAGE_GONE = ("slack_message_not_found", "slack_cant_update_message", "slack_edit_window_closed")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a worker holds a lead, and how old a message may be to be updated.

    The lease outlives the function's hard kill and the call that was still under way then. The skew is how far the
    clocks of Slack and of our workers may lie apart.
    """

    lease_seconds: float = 45
    clock_skew_seconds: int = 10
    new_message_after: timedelta = timedelta(days=1)


class Ledger(Protocol):
    """The lead's item under a lease."""

    def claim(self, lead_id: str, *, owner: str, lease_seconds: float) -> LedgerItem: ...
    def intend(self, held: LedgerItem, posting: Posting) -> LedgerItem: ...
    def posted(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def release(self, held: LedgerItem, *, refused: bool = False) -> None: ...


class History(Protocol):
    """The messages that stand in a channel, to be found and edited."""

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None: ...
    def find(self, *, channel: str, event_id: str, since: int, thread_ts: str = "") -> str: ...
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
    ledger: Ledger,
    slack: Slack,
    pace: Callable[[str], None],
    now: Callable[[], datetime],
    owner: str,
    timing: Timing = Timing(),
) -> Outcome:
    """Bring the channel up to date with the ledger; doing it twice shows nothing twice.

    Raises `LeaseHeld`, `SlackUnavailable` or `SlackUnclear` to be called again, `SlackRefused` when a person has to act.
    """
    held = ledger.claim(notice.event.lead_id, owner=owner, lease_seconds=timing.lease_seconds)
    teller = _Teller(ledger, slack, pace, now, notice.channel, timing)
    try:
        did = teller.tell(held) if held.event_id == notice.event.event_id else teller.leave(held, "superseded")
    except SlackUnclear as error:
        # The lease stays ours until the lost call is over for certain; then somebody reads the history back.
        raise SlackUnclear(str(error), reason=error.reason, retry_after_seconds=timing.lease_seconds + 1) from None
    except (SlackUnavailable, SlackRefused):
        ledger.release(held, refused=teller.intended)
        raise
    done = of_event(did, notice.event, now=now(), revision=held.revision)
    if did == "posted" and notice.event.trigger in FROM_ZOHO:
        return replace(done, measures={Metric.SECONDS_TO_SLACK: since_accepted(notice.event, now=now())})
    return done


@dataclass(slots=True)
class _Teller:
    """One attempt to tell a channel; `intended` once an intent of this attempt stands in the ledger."""

    ledger: Ledger
    slack: Slack
    pace: Callable[[str], None]
    now: Callable[[], datetime]
    channel: str
    timing: Timing
    intended: bool = False

    def tell(self, held: LedgerItem) -> str:
        """Do what the item asks for; give the word for the log."""
        match = match_event.read(held.match)
        message = render(match)
        if held.posting:
            held, message = self._settled(held, held.posting, message)
        quiet = match.verdict.action == "already_converted"
        if held.shown is None:
            return self.leave(held, "nothing_to_tell") if quiet else self._post(held, match, message)
        if held.shown.revision == held.revision:
            self.ledger.posted(held, held.shown)
            return "already_posted"
        if not quiet and self._is_news(held, held.shown):
            return self._post(held, match, self._linked_back(message, held.shown))
        return self._update(held, held.shown, match, message)

    def _is_news(self, held: LedgerItem, old: Shown) -> bool:
        """Tell whether the old message is where nobody looks any more: in another channel, or a day back."""
        age = read_time(held.accepted_at) - read_time(old.accepted_at)
        return self.channel != old.channel or age >= self.timing.new_message_after

    def leave(self, held: LedgerItem, word: str) -> str:
        """Give the lease back and tell nothing; what an earlier attempt may have posted stays to be settled."""
        self.ledger.release(held)
        return word

    def _settled(self, held: LedgerItem, posting: Posting, message: SlackMessage) -> tuple[LedgerItem, SlackMessage]:
        """Find out what became of an earlier attempt's post; when it cannot be found out, nothing is posted."""
        if self.slack.history is None:
            return held, with_line(message, "This may repeat an earlier message: Slack's answer to it was lost.")
        ts = self.slack.history.find(
            channel=posting.shown.channel,
            event_id=posting.shown.event_id,
            since=posting.began_at - self.timing.clock_skew_seconds,
            thread_ts=posting.thread_ts,
        )
        if ts:
            held = replace(held, shown=posting.shown if posting.thread_ts else replace(posting.shown, ts=ts))
        return held, message

    def _post(self, held: LedgerItem, match: Match, message: SlackMessage) -> str:
        shown = self._shown(held, match, channel=self.channel, ts="")
        held = self._intend(held, shown)
        ts = self._sent(shown, message)
        self.ledger.posted(held, replace(shown, ts=ts))
        return "posted"

    def _update(self, held: LedgerItem, old: Shown, match: Match, message: SlackMessage) -> str:
        shown = self._shown(held, match, channel=old.channel, ts=old.ts)
        changed = shown.verdict != old.verdict
        if self.slack.history is None or not old.ts:
            return self._say_again(held, shown, match, message, changed=changed)
        try:
            self._edited(self.slack.history, old, message, event_id=shown.event_id)
        except SlackRefused as error:
            if error.reason in MESSAGE_GONE:
                return self._post(held, match, message)
            raise
        if changed:
            held = self._intend(held, shown, thread_ts=old.ts)
            waited = old.verdict.startswith("wait/")  # then nobody looks at the old message any more
            self._sent(shown, render_change(match), thread_ts=old.ts, broadcast=waited)
        self.ledger.posted(held, shown)
        return "updated"

    def _say_again(self, held: LedgerItem, shown: Shown, match: Match, message: SlackMessage, *, changed: bool) -> str:
        """Where nothing can be edited, post again only what has changed."""
        if changed:
            return self._post(held, match, with_line(message, "This replaces an earlier message about the lead."))
        self.ledger.posted(held, shown)
        return "nothing_to_tell"

    def _intend(self, held: LedgerItem, shown: Shown, *, thread_ts: str = "") -> LedgerItem:
        self.pace(shown.channel)
        held = self.ledger.intend(held, Posting(shown, thread_ts, int(self.now().timestamp())))
        self.intended = True
        return held

    def _sent(self, shown: Shown, message: SlackMessage, *, thread_ts: str = "", broadcast: bool = False) -> str:
        def send(content: SlackMessage) -> str:
            return self.slack.post(
                channel=shown.channel,
                message=content,
                event_id=shown.event_id,
                thread_ts=thread_ts,
                broadcast=broadcast,
            )

        return or_bare(message, send)

    def _edited(self, history: History, old: Shown, message: SlackMessage, *, event_id: str) -> None:
        or_bare(
            message,
            lambda content: history.update(channel=old.channel, ts=old.ts, message=content, event_id=event_id),
        )

    def _shown(self, held: LedgerItem, match: Match, *, channel: str, ts: str) -> Shown:
        targets = match.verdict.targets
        blocked = "blocked" if match.verdict.blocked else ""
        verdict = f"{match.verdict.action}/{targets.contact.id or ''}/{targets.account.id or ''}/{blocked}"
        return Shown(channel, ts, held.event_id, held.accepted_at, held.revision, verdict)

    def _linked_back(self, message: SlackMessage, old: Shown) -> SlackMessage:
        if self.slack.history is None or not old.ts:
            return message
        try:
            url = self.slack.history.permalink(channel=old.channel, ts=old.ts)
        except (SlackUnavailable, SlackRefused):
            return message  # the link is a comfort; the message is the job
        return with_line(message, f"<{url}|Earlier message about this lead>")
