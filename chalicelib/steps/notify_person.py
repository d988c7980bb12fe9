"""notify, for one person: their open view is replaced, or they are told in the channel, where nobody else reads it.

Done twice, as after a crash, it shows the same view again, or says the same text again: nobody is left without an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from chalicelib import timing
from chalicelib.conversion import PersonNotice
from chalicelib.errors import PersonAbsent, SlackRefused
from chalicelib.metrics import Metric
from chalicelib.steps.results import StepResult


class PersonalSlack(Protocol):
    """Views and messages that one person sees."""

    def update_view(self, *, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> None:
        """Replace a view that is open; raise `ViewGone` when it was closed."""

    def ephemeral(self, *, channel: str, user_id: str, text: str) -> None:
        """Show a message to one person in a channel."""


def notify_person(
    notice: PersonNotice,
    *,
    slack: PersonalSlack,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> StepResult:
    """Tell one person; a view that was closed is an end, and then the text is said.

    act's answer to the click may still be on its way, and replaces the view as well: only after it this one is the last.
    Raises `SlackUnavailable` or `SlackUnclear` to be called again.
    """
    about: dict[str, str | int | float] = {"person": notice.person.user_id, "notice_id": notice.notice_id[:40]}
    if notice.view and notice.person.view_id:
        sleep(_seconds_left(notice, now()))
        try:
            slack.update_view(view_id=notice.person.view_id, view=json.loads(notice.view))
        except SlackRefused as error:  # closed, or Slack does not take it: the text says the same
            about["reason"] = error.reason
        else:
            return StepResult("view_updated", about)
    if not notice.text:
        return StepResult("nothing_to_tell", about)
    try:
        slack.ephemeral(channel=notice.person.channel, user_id=notice.person.user_id, text=notice.text)
    except PersonAbsent as error:
        return StepResult("person_absent", {**about, "reason": error.reason}, {Metric.FAILURES: 1})
    return StepResult("person_told", about)


def _seconds_left(notice: PersonNotice, now: datetime) -> float:
    """Return for how long act's answer may yet come; a clock that is wrong makes nobody wait for longer than that."""
    longest = timing.CLICK_ANSWER_SECONDS
    since = (now - notice.clicked_at).total_seconds() if notice.clicked_at else longest
    return min(longest, max(0.0, longest - since))
