"""What notify needs: the item in the ledger, Slack, the channels, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from chalicelib.aws.ledger_item import Attempt, LedgerItem, Posting, Shown, Unclear
from chalicelib.errors import Unanswered
from chalicelib.slack.message import SlackMessage


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a worker holds a lead, and how old a message may be to be updated.

    The lease outlives the function's hard kill and the call that was still under way then. The skew is how far the
    clocks of Slack and of SQS, and ours as far as nothing shows that it is wrong, may lie apart.
    """

    lease_seconds: float = 45
    clock_skew_seconds: int = 300
    new_message_after: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tries:
    """After how many attempts a message is told plainly, and after how many it makes room for those behind it.

    Slack may stumble over one message's content each time, and its channel waits for it. What it says itself leads to the
    plain form; an answer that got lost says nothing of the content, and counts only towards making room.
    """

    plain_after: int = 2
    aside_after: int = 6

    def is_for_plain(self, unclear: Unclear) -> bool:
        """Tell whether the content may be what Slack stumbles over."""
        return unclear.stumbles >= self.plain_after

    def check(self, unclear: Unclear) -> None:
        """Raise `Unanswered` when Slack is not to be asked once more."""
        if unclear.times >= self.aside_after:
            raise Unanswered("Slack never says whether it took the message.", reason="slack_unclear")


@dataclass(frozen=True, slots=True)
class Places:
    """The channel that a message belongs in, and the operator's, which takes it while the other one is closed."""

    channel: str
    operator: str


class Ledger(Protocol):
    """The subject's item under a lease; the ledger is that of the notice's kind."""

    def claim(self, subject: str, /, *, owner: str, lease_seconds: float, attempt: Attempt = ...) -> LedgerItem: ...
    def intend(self, held: LedgerItem, posting: Posting) -> LedgerItem: ...
    def settled(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def posted(self, held: LedgerItem, shown: Shown) -> LedgerItem: ...
    def note_unclear(self, held: LedgerItem, unclear: Unclear) -> None: ...
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
