"""One attempt to bring Slack up to date with one lead's item of the ledger, under that item's lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown
from chalicelib.errors import ChannelClosed, SlackRefused, SlackUnavailable
from chalicelib.events import read_time
from chalicelib.match_event import Match
from chalicelib.slack.closed import closed_line
from chalicelib.slack.message import SlackMessage, render, render_change, with_line
from chalicelib.slack.plainer import minimal, or_plainer
from chalicelib.steps.notify_ports import History, Ledger, Places, Slack, Timing

MESSAGE_GONE = ("slack_message_not_found", "slack_cant_update_message", "slack_edit_window_closed")
MAY_REPEAT = "This may repeat an earlier message: Slack's answer to it was lost."


@dataclass(slots=True)
class Teller:
    """Tells of the item it holds.

    `intended`: an intent of this attempt stands in the ledger. `unsettled`: nobody can say whether an earlier attempt's
    message stands somewhere. `closed`: why the message goes to the operator's channel.
    """

    ledger: Ledger
    slack: Slack
    pace: Callable[[str], None]
    now: Callable[[], datetime]
    timing: Timing
    places: Places
    held: LedgerItem
    channel: str
    intended: bool = False
    unsettled: bool = False
    closed: ChannelClosed | None = None

    def tell(self, *, shortly: bool = False) -> str:
        """Do what the item asks for, `shortly` in a message without a summary; give the word for the log."""
        match = match_event.read(self.held.match)
        message = minimal(match) if shortly else render(match)
        try:
            return self._told(match, message)
        except ChannelClosed as error:
            if self.slack.history is None or self.channel == self.places.operator:
                raise
            if _is_quiet(match):
                return self.leave("nothing_to_tell")
            self._turn_to_operator(error)
            message = with_line(message, closed_line(self.places.channel, error))
        return self._told(match, message)

    def leave(self, word: str) -> str:
        """Give the lease back and tell no more; what may stand somewhere stays to be settled."""
        self.ledger.release(self.held, refused=self.intended and not self.unsettled)
        return word

    def _turn_to_operator(self, error: ChannelClosed) -> None:
        """Forget the intent that Slack refused; one whose fate the closed channel hides may have succeeded."""
        self.unsettled = self.held.posting is not None and not self.intended
        self.held = replace(self.held, posting=None)
        self.channel, self.closed = self.places.operator, error

    def _told(self, match: Match, message: SlackMessage) -> str:
        if self.held.posting:
            self._settle(self.held.posting)
        if self.unsettled:
            message = with_line(message, MAY_REPEAT)
        old = self.held.shown
        if old is None:
            return self.leave("nothing_to_tell") if _is_quiet(match) else self._post(match, message)
        if old.revision == self.held.revision:
            self.ledger.posted(self.held, old)
            return "already_posted"
        if not _is_quiet(match) and self._is_news(old):
            return self._post(match, self._linked_back(message, old))
        return self._update(old, match, message)

    def _is_news(self, old: Shown) -> bool:
        """Tell whether the old message is where nobody looks any more: in another channel, or a day back."""
        age = read_time(self.held.accepted_at) - read_time(old.accepted_at)
        return self.channel != old.channel or age >= self.timing.new_message_after

    def _settle(self, posting: Posting) -> None:
        """Find out what became of an earlier attempt's post; when it cannot be found out, nothing is posted.

        What is found is written down at once: what this attempt does next may be refused, and must not undo it.
        """
        if self.slack.history is None:
            self.unsettled = True
            return
        ts = self.slack.history.find(
            channel=posting.shown.channel,
            event_id=posting.shown.event_id,
            since=posting.began_at - self.timing.clock_skew_seconds,
            thread_ts=posting.thread_ts,
        )
        found = posting.shown if posting.thread_ts else replace(posting.shown, ts=ts)
        if ts and found.revision != self.held.revision:
            self.held = self.ledger.settled(self.held, found)
        else:
            self.held = replace(self.held, posting=None, shown=found if ts else self.held.shown)

    def _post(self, match: Match, message: SlackMessage) -> str:
        shown = self._shown(match, channel=self.channel, ts="")
        self._intend(shown)
        ts = self._sent(shown, match, message)
        self.ledger.posted(self.held, replace(shown, ts=ts))
        return "posted"

    def _update(self, old: Shown, match: Match, message: SlackMessage) -> str:
        shown = self._shown(match, channel=old.channel, ts=old.ts)
        if self.slack.history is None or not old.ts:
            return self._say_again(old, shown, match, message)
        try:
            self._edited(self.slack.history, shown, match, message)
        except SlackRefused as error:
            if error.reason in MESSAGE_GONE:
                return self._post(match, message)
            raise
        if shown.verdict != old.verdict:
            self._intend(shown, thread_ts=old.ts)
            waited = old.verdict.startswith("wait/")  # then nobody looks at the old message any more
            try:
                self._sent(shown, match, render_change(match), thread_ts=old.ts, broadcast=waited)
            except SlackRefused:  # a locked thread, say: the news needs a message of its own
                return self._post(match, self._linked_back(message, old))
        self.ledger.posted(self.held, shown)
        return "updated"

    def _say_again(self, old: Shown, shown: Shown, match: Match, message: SlackMessage) -> str:
        """Where nothing can be edited, post again only what has changed."""
        if shown.verdict != old.verdict:
            return self._post(match, with_line(message, "This replaces an earlier message about the lead."))
        self.ledger.posted(self.held, shown)
        return "nothing_to_tell"

    def _intend(self, shown: Shown, *, thread_ts: str = "") -> None:
        self.pace(shown.channel)
        self.held = self.ledger.intend(self.held, Posting(shown, thread_ts, int(self.now().timestamp())))
        self.intended = True

    def _sent(
        self, shown: Shown, match: Match, message: SlackMessage, *, thread_ts: str = "", broadcast: bool = False
    ) -> str:
        def send(content: SlackMessage) -> str:
            return self.slack.post(
                channel=shown.channel,
                message=content,
                event_id=shown.event_id,
                thread_ts=thread_ts,
                broadcast=broadcast,
            )

        return or_plainer(message, match, send)

    def _edited(self, history: History, shown: Shown, match: Match, message: SlackMessage) -> None:
        def edit(content: SlackMessage) -> None:
            history.update(channel=shown.channel, ts=shown.ts, message=content, event_id=shown.event_id)

        or_plainer(message, match, edit)

    def _shown(self, match: Match, *, channel: str, ts: str) -> Shown:
        targets, held = match.verdict.targets, self.held
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


def _is_quiet(match: Match) -> bool:
    """Tell whether there is nothing left to do, so that nobody has to look."""
    return match.verdict.action == "already_converted"
