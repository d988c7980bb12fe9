"""The banner of an outage: who says the next word about it, and what that word is; notify shows it.

Each word has a number that one worker wins by a conditional write, and the ledger keeps no word over a later one. An
outage has an item of its own there: its end may have to wait for Slack, and the next outage must not silence it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.aws.zoho_health import ZohoState
from chalicelib.events import Occasion
from chalicelib.slack.announcements import Outage
from chalicelib.steps.voice import Voice


@dataclass(frozen=True, slots=True)
class Silence:
    """How long Zoho may be silent before the channel hears of it, and how often the banner is edited, in seconds."""

    before_banner_seconds: float = 300
    between_edits_seconds: float = 60


class States(Protocol):
    """The shared state of Zoho, each write conditional on what was seen."""

    def take_word(self, seen: ZohoState) -> ZohoState | None: ...
    def end_outage(self, seen: ZohoState, *, answered: bool) -> ZohoState | None: ...
    def forget_outage(self, ended: ZohoState) -> ZohoState: ...


class Inbox(Protocol):
    """Knows about how many leads wait."""

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Banner:
    """Says when an outage lasts, how many leads wait, and when it is over."""

    states: States
    voice: Voice
    inbox: Inbox
    silence: Silence
    now: Callable[[], datetime]

    def go_on(self, state: ZohoState) -> None:
        """Say that the outage lasts, unless it is young or somebody has just said so."""
        if not self._is_due(state):
            return
        taken = self.states.take_word(state)
        if taken and taken.failing_since:
            self._say(taken, Outage(taken.failing_since, self._waiting(), self.now()))

    def end(self, state: ZohoState, *, answered: bool = False) -> ZohoState:
        """Say that the outage is over, if the channel had heard of it, and forget it; give the state without it.

        Done twice, or by several workers at once, it says the same; `answered` is the first one's word.
        """
        ended = self.states.end_outage(state, answered=answered)
        if ended is None:
            return ZohoState(state.paused_until, state.throttles, answered_at=state.answered_at)
        if ended.said_at and ended.failing_since and ended.ended_at:
            waiting = self._waiting() if ended.answered else 0
            over = Outage(ended.failing_since, waiting, ended.ended_at, is_over=True, answered=ended.answered)
            self._say(ended, over)
        return self.states.forget_outage(ended)

    def look_after(self, state: ZohoState) -> None:
        """Do what no lead does any more: finish an end, or end what nobody waits for, or keep the count current."""
        if not state.failing_since:
            return
        if state.ended_at or not self.inbox.count():
            self.end(state)
        else:
            self.go_on(state)

    def _is_due(self, state: ZohoState) -> bool:
        if not state.failing_since or self._since(state.failing_since) < self.silence.before_banner_seconds:
            return False
        return state.said_at is None or self._since(state.said_at) >= self.silence.between_edits_seconds

    def _waiting(self) -> int:
        """Count the leads; the count is about right, and the one that is being worked on is there for certain."""
        return max(1, self.inbox.count())

    def _since(self, moment: datetime) -> float:
        """Return the seconds between then and now; a time that lies ahead was written by a clock that is ahead."""
        return abs((self.now() - moment).total_seconds())

    def _say(self, state: ZohoState, outage: Outage) -> None:
        occasion = Occasion(state.outage_id, state.outage_id, outage.since)
        self.voice.say(occasion, outage.to_json(), word=state.words)
