"""Whether Zoho still calls: check remembers the time of the last call, sweep alerts the operator when none has come for days.

A rule that was switched off, a webhook that was deleted or an edition that lapsed fails nothing here: no call comes, that
is all. No alarm of CloudWatch looks back further than seven days. The times lie in the item that all workers share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import LeadmatchError, Retryable
from chalicelib.events import LeadEvent
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.timing import CALL_FAR_AHEAD, CALLS_NOTED_EVERY

CALLS = ("webhook", "notification")
"""The triggers that are a call of Zoho's; the operator's check, the sweep and a replay say nothing about Zoho."""


class CallRecord(Protocol):
    """The shared state of Zoho; a time that no clock can mean is replaced, another one only grows."""

    def note_call(self, at: datetime) -> None: ...
    def begin_watch(self) -> None: ...
    def begin_silence(self, since: datetime) -> None: ...
    def end_silence(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CallNotes:
    """Writes down when Zoho called; `warn` is called when a write failed, which is no reason to keep a lead waiting."""

    health: CallRecord
    now: Callable[[], datetime]
    warn: Callable[[LeadmatchError], None]

    def note(self, event: LeadEvent, state: ZohoHealth) -> None:
        """Write down the call that a lead event came with, unless one of about the same time or a later one is known."""
        if event.trigger not in CALLS:
            return
        at = min(event.accepted_at, self.now())
        if state.called_at and -CALL_FAR_AHEAD <= at - state.called_at < CALLS_NOTED_EVERY:
            return
        try:
            self.health.note_call(at)
        except Retryable as error:
            self.warn(error)


@dataclass(frozen=True, slots=True)
class CallWatch:
    """Alerts once when calls stop and once when they come again; `alert` takes the alert and its subject.

    A call in the future, by whichever clock, does not count as a silence. With 0 days nothing is sent.
    """

    health: CallRecord
    alert: Callable[[OperatorAlert, str], None]
    now: Callable[[], datetime]
    days: int
    stage: str

    def look(self, state: ZohoHealth) -> None:
        """Send the alert that is due. What was sent is stored last: sent again after a crash, it is posted once."""
        last = state.called_at or state.watched_since
        if not self.days:
            return
        if last is None:
            self.health.begin_watch()  # nothing has come yet: the days count from here
        elif state.silent_since:
            self._look_for_end(state, state.silent_since)
        elif self.now() - last >= timedelta(days=self.days):
            self.alert(self._silence(state, last), f"zoho-silence-{last:%Y%m%dT%H%M%S}")
            self.health.begin_silence(last)

    def _look_for_end(self, state: ZohoHealth, since: datetime) -> None:
        if state.called_at and state.called_at > since:
            self.alert(_end(state.called_at), f"zoho-silence-over-{since:%Y%m%dT%H%M%S}")
            self.health.end_silence()

    def _silence(self, state: ZohoHealth, last: datetime) -> OperatorAlert:
        days = (self.now() - last).days
        happened = (
            f"Zoho has not called for {_days(days)}: the last call came on {_moment(last)}."
            if state.called_at
            else f"Zoho has never called this stage. leadmatch has waited for a call for {_days(days)}, since {_moment(last)}."
        )
        return OperatorAlert(
            happened,
            (
                "If no lead has qualified since then, there is nothing to do.",
                "Check in Zoho whether the rule is active and still has the webhook (Setup, Automation, Workflow Rules), and "
                "whether Zoho lists failures (Setup, Automation, Actions, Webhooks). A Notification channel ends after a week at most.",
                f"Check whether the webhook's address and key are still right: python -m ops check --stage {self.stage}",
                "Set one lead to Qualified: it must appear in Slack. This channel gets a message when Zoho calls again.",
            ),
        )


def _end(called_at: datetime) -> OperatorAlert:
    return OperatorAlert(f"Zoho is calling again: a call came on {_moment(called_at)}.", (), is_over=True)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
