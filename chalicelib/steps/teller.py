"""One attempt to bring Slack up to date with one item of the ledger, under that item's lease."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown
from chalicelib.errors import ChannelClosed, EditRefused, MessageGone, SlackRefused, SlackUnavailable, ThreadGone
from chalicelib.events import read_time
from chalicelib.slack.announcements import closed_line
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import Telling, or_plainer, was_waiting
from chalicelib.steps.notify_ports import History, Ledger, Places, Slack, Timing, Tries

CLOCKS_AGREE = timedelta(seconds=2)
"""Two clocks that differ by less are both right."""
MAY_REPEAT = "This may repeat an earlier message: Slack's answer to it was lost."


@dataclass(slots=True, kw_only=True)
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
    tries: Tries
    places: Places
    held: LedgerItem
    channel: str
    first_received_at: datetime | None = None
    intended: bool = False
    unsettled: bool = False
    closed: ChannelClosed | None = None

    def tell(self, telling: Telling) -> str:
        """Do what the item asks for; give the word for the log."""
        telling = telling.plainly() if self.tries.is_for_plain(self.held.unclear) else telling
        try:
            return self._told(telling)
        except ChannelClosed as error:
            if self.slack.history is None or self.channel == self.places.operator:
                raise
            if telling.quiet:
                return self.leave("nothing_to_tell")
            self._turn_to_operator(error)
            line = closed_line(self.places.channel, error)
        return self._told(telling.with_line(line))

    def leave(self, word: str) -> str:
        """Give the lease back and tell no more; what may stand somewhere stays to be settled."""
        self.ledger.release(self.held, refused=self.intended and not self.unsettled)
        return word

    def _turn_to_operator(self, error: ChannelClosed) -> None:
        """Forget the intent that Slack refused; one whose fate the closed channel hides may have succeeded."""
        self.unsettled = self.held.posting is not None and not self.intended
        self.held = replace(self.held, posting=None)
        self.channel, self.closed = self.places.operator, error

    def _told(self, telling: Telling) -> str:
        if self.held.posting:
            self._settle(self.held.posting)
        if self.unsettled:
            telling = telling.with_line(MAY_REPEAT)
        old = self._standing(telling)
        if old is None:
            return self.leave("nothing_to_tell") if telling.quiet else self._post(telling)
        if old.revision == self.held.revision:
            self.ledger.posted(self.held, old)
            return "already_posted"
        if not telling.quiet and self._is_news(old):
            return self._post(self._linked_back(telling, old))
        return self._update(old, telling)

    def _standing(self, telling: Telling) -> Shown | None:
        """Give the message that this telling is to update, if it stands somewhere."""
        old = self.held.shown
        return None if old and telling.each_event_anew and old.event_id != self.held.event_id else old

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
        ts = self._found(self.slack.history, posting)
        found = posting.shown if posting.thread_ts else replace(posting.shown, ts=ts)
        if ts and found.revision != self.held.revision:
            self.held = self.ledger.settled(self.held, found)
        else:
            self.held = replace(self.held, posting=None, shown=found if ts else self.held.shown)

    def _found(self, history: History, posting: Posting) -> str:
        """Give the ts of what was posted around the intent; where its thread is gone, nothing of it stands.

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

    def _post(self, telling: Telling) -> str:
        shown = self._shown(telling, channel=self.channel, ts="")
        self._intend(shown)
        ts = self._sent(shown, telling, telling.message)
        self.ledger.posted(self.held, replace(shown, ts=ts))
        return "posted"

    def _update(self, old: Shown, telling: Telling) -> str:
        shown = self._shown(telling, channel=old.channel, ts=old.ts)
        if self.slack.history is None or not old.ts:
            return self._say_again(old, shown, telling)
        try:
            self._edited(self.slack.history, shown, telling)
        except (MessageGone, EditRefused):
            return self._post(telling)
        if shown.gist != old.gist and telling.change:
            self._intend(shown, thread_ts=old.ts)
            try:
                self._sent(shown, telling, telling.change, thread_ts=old.ts, broadcast=was_waiting(old.gist))
            except SlackRefused:  # a locked thread, say: the news needs a message of its own
                return self._post(self._linked_back(telling, old))
        self.ledger.posted(self.held, shown)
        return "updated"

    def _say_again(self, old: Shown, shown: Shown, telling: Telling) -> str:
        """Where nothing can be edited, post again only what has changed."""
        if shown.gist != old.gist:
            return self._post(telling.with_line(telling.replaces))
        self.ledger.posted(self.held, shown)
        return "nothing_to_tell"

    def _intend(self, shown: Shown, *, thread_ts: str = "") -> None:
        self.tries.check(self.held.unclear)
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
        self, shown: Shown, telling: Telling, message: SlackMessage, *, thread_ts: str = "", broadcast: bool = False
    ) -> str:
        def send(content: SlackMessage) -> str:
            return self.slack.post(
                channel=shown.channel,
                message=content,
                event_id=shown.event_id,
                thread_ts=thread_ts,
                broadcast=broadcast,
            )

        return or_plainer(message, telling.plainest, send)

    def _edited(self, history: History, shown: Shown, telling: Telling) -> None:
        def edit(content: SlackMessage) -> None:
            history.update(channel=shown.channel, ts=shown.ts, message=content, event_id=shown.event_id)

        self.tries.check(self.held.unclear)
        or_plainer(telling.message, telling.plainest, edit)

    def _shown(self, telling: Telling, *, channel: str, ts: str) -> Shown:
        held = self.held
        return Shown(channel, ts, held.event_id, held.accepted_at, held.revision, telling.gist)

    def _linked_back(self, telling: Telling, old: Shown) -> Telling:
        if self.slack.history is None or not old.ts or not telling.earlier:
            return telling
        try:
            url = self.slack.history.permalink(channel=old.channel, ts=old.ts)
        except (SlackUnavailable, SlackRefused):
            return telling  # the link is a comfort; the message is the job
        return telling.with_line(f"<{url}|{telling.earlier}>")
