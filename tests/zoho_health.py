"""A stand-in for the shared state of Zoho, with the conditions of the real one; test_zoho_state holds both to the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.data_centers import Edition
from chalicelib.events import Incident
from chalicelib.slack.announcements import Outage
from chalicelib.timing import CALL_FAR_AHEAD

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """A time that the test moves."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at

    def later(self, seconds: float) -> datetime:
        """Let time pass; return the time then."""
        self.at += timedelta(seconds=seconds)
        return self.at


class FakeZohoHealth:
    """The item in memory."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self.state, self.writes, self.calls = now, ZohoHealth(), 0, 0

    def read(self) -> ZohoHealth:
        """Return it."""
        return self.state

    def pause(self, seen: ZohoHealth, *, until: datetime) -> ZohoHealth:
        """Pause unless another one did."""
        if self.state.throttles == seen.throttles:
            self._write(replace(self.state, paused_until=until, throttles=seen.throttles + 1))
        return self.state

    def ease(self, seen: ZohoHealth) -> None:
        """Take one back unless another one did."""
        if self.state.throttles == seen.throttles:
            self._write(replace(self.state, throttles=seen.throttles - 1))

    def begin_outage(self, *, outage_id: str) -> ZohoHealth:
        """Begin it unless it has begun."""
        if self.state.failing_since is None:
            self._write(replace(self.state, failing_since=self._now(), outage_id=outage_id))
        return self.state

    def take_sequence(self, seen: ZohoHealth) -> ZohoHealth | None:
        """Take it unless another one did."""
        if (self.state.outage_id, self.state.sequence, self.state.ended_at) != (seen.outage_id, seen.sequence, None):
            return None
        return self._write(replace(self.state, sequence=seen.sequence + 1, announced_at=self._now()))

    def end_outage(self, seen: ZohoHealth, *, answered: bool) -> ZohoHealth | None:
        """End it unless it has ended."""
        if not seen.outage_id or self.state.outage_id != seen.outage_id:
            return None
        if self.state.ended_at is None:
            sequence = self.state.sequence + 1
            self._write(replace(self.state, ended_at=self._now(), answered=answered, sequence=sequence))
        return self.state

    def forget_outage(self, ended: ZohoHealth) -> ZohoHealth:
        """Forget it unless another one has begun."""
        if self.state.outage_id == ended.outage_id:
            none = ZohoHealth()
            self._write(
                replace(
                    self.state,
                    failing_since=none.failing_since,
                    outage_id=none.outage_id,
                    announced_at=none.announced_at,
                    ended_at=none.ended_at,
                    answered=none.answered,
                    announced_until=self._now() if ended.announced_at else self.state.announced_until,
                    answered_at=self._now() if ended.answered else self.state.answered_at,
                )
            )
        return self.state

    def note_credits(self, left: int) -> None:
        """Remember them."""
        self._write(replace(self.state, credits_left=left, credits_at=self._now()))

    def note_call(self, at: datetime) -> None:
        """Remember it unless a later one is known."""
        self.calls += 1
        known = self.state.called_at
        if known is None or known < at or known > at + CALL_FAR_AHEAD:
            self._write(replace(self.state, called_at=at))

    def begin_watch(self) -> None:
        """Remember it once."""
        if self.state.watched_since is None:
            self._write(replace(self.state, watched_since=self._now()))

    def begin_silence(self, since: datetime) -> None:
        """Remember it once."""
        if self.state.silent_since is None:
            self._write(replace(self.state, silent_since=since))

    def end_silence(self) -> None:
        """Forget it."""
        if self.state.silent_since is not None:
            self._write(replace(self.state, silent_since=None))

    def note_edition(self, edition: Edition) -> None:
        """Remember it."""
        self._write(replace(self.state, edition=edition))

    def _write(self, state: ZohoHealth) -> ZohoHealth:
        self.state, self.writes = state, self.writes + 1
        return state


class FakeAnnouncements:
    """What was said, in its order; a word that is not the latest is refused."""

    def __init__(self) -> None:
        self.said: list[tuple[Incident, str, int]] = []

    def store_announcement(self, incident: Incident, text: str, *, sequence: int) -> LedgerItem | None:
        """Keep it."""
        latest = max((known for one, _, known in self.said if one.event_id == incident.event_id), default=0)
        if sequence < latest:
            return None
        if sequence > latest:
            self.said.append((incident, text, sequence))
        return LedgerItem(incident.subject, event_id=incident.event_id, revision=len(self.said), sequence=sequence)

    @property
    def outages(self) -> list[Outage]:
        """Return what was said of outages."""
        return [Outage.from_json(text) for _, text, _ in self.said]


class Queue:
    """A queue that counts what the test says, and keeps what is sent."""

    def __init__(self, waiting: int = 7) -> None:
        self.waiting = waiting
        self.sent: list[Message] = []

    def count(self) -> int:
        """Return the count."""
        return self.waiting

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)
