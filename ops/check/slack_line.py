"""A line of this check in a channel: posted and found again as notify does, then taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import SlackRefused, SlackThrottled, SlackUnavailable
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.slack.message import SlackMessage

LOOK_BACK_SECONDS = 2
LONGEST_WAIT_SECONDS = 30
TRYING = SlackMessage("leadmatch check: this line is gone in a moment.", ())
DONE = SlackMessage("leadmatch check: ok.", ())


def post(
    slack: SlackBot | SlackWebhook,
    channel: str,
    message: SlackMessage,
    event_id: str,
    *,
    sleep: Callable[[float], None],
) -> str:
    """Post a message, and once more after the wait that Slack asks for: leads are told at the same time. Give its ts."""
    try:
        return slack.post(channel=channel, message=message, event_id=event_id)
    except SlackThrottled as error:
        if (error.retry_after_seconds or 0) > LONGEST_WAIT_SECONDS:
            raise
        sleep(error.retry_after_seconds or 1)
        return slack.post(channel=channel, message=message, event_id=event_id)


@dataclass(slots=True)
class Line:
    """One line, from its post to its end; `end` says what became of it."""

    slack: SlackBot
    channel: str
    event_id: str
    ts: str = ""
    end: str = ""

    def post(self, *, sleep: Callable[[float], None]) -> None:
        """Post it."""
        self.ts = post(self.slack, self.channel, TRYING, self.event_id, sleep=sleep)

    def is_found(self) -> bool:
        """Look for it as notify looks for a post whose answer was lost."""
        since = int(float(self.ts)) - LOOK_BACK_SECONDS
        return bool(self.slack.find(channel=self.channel, event_id=self.event_id, since=since))

    def take_back(self) -> None:
        """Delete it; where a workspace keeps everything, let it say that all is well."""
        if not self.ts:
            return
        try:
            self.slack.ask("chat.delete", {"channel": self.channel, "ts": self.ts})
            self.end = "deleted"
        except (SlackRefused, SlackUnavailable):
            self._edit()

    def _edit(self) -> None:
        try:
            self.slack.update(channel=self.channel, ts=self.ts, message=DONE, event_id=self.event_id)
            self.end = f"edited to “{DONE.text}”, since it cannot be deleted"
        except (SlackRefused, SlackUnavailable):
            self.end = "left there, since it can be neither deleted nor edited"
