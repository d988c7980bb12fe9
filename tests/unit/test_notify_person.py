"""What one person is told: their view once act's answer cannot come any more, else a message that nobody else reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.conversion import Person, PersonNotice, read_person_notice
from chalicelib.errors import PersonAbsent, SlackRefused, SlackUnavailable, ViewGone
from chalicelib.steps.notify_person import notify_person
from chalicelib.steps.results import StepResult
from chalicelib.timing import CLICK_ANSWER_SECONDS

NOW = datetime(2031, 1, 1, tzinfo=UTC)
ADA = Person("U0ADA", "C0SALES", "V0001")
NOTICE = PersonNotice("c/refused", ADA, "Nothing was converted.", '{"type": "modal"}', NOW)


@dataclass
class Slack:
    """Takes what is shown, or fails; notes what happened in order."""

    view_fails: Exception | None = None
    message_fails: Exception | None = None
    did: list[Any] = field(default_factory=list)

    def update_view(self, *, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> None:
        """Replace a view."""
        assert view_hash == ""
        self._do((view_id, dict(view)), self.view_fails)

    def ephemeral(self, *, channel: str, user_id: str, text: str) -> None:
        """Show a message to one person."""
        self._do((channel, user_id, text), self.message_fails)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        if seconds:
            self.did.append(seconds)

    def _do(self, what: object, fails: Exception | None) -> None:
        if fails:
            raise fails
        self.did.append(what)


def tell(slack: Slack, notice: PersonNotice = NOTICE, now: Callable[[], datetime] = lambda: NOW) -> StepResult:
    """Tell a person."""
    return notify_person(notice, slack=slack, now=now, sleep=slack.sleep)


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(0, CLICK_ANSWER_SECONDS), (1, CLICK_ANSWER_SECONDS - 1), (60, None), (-3600, CLICK_ANSWER_SECONDS)],
    ids=["at once", "a second later", "later", "a clock that is behind"],
)
def test_a_view_is_replaced_when_the_answer_to_its_form_cannot_come_any_more(
    seconds: float, waits: float | None
) -> None:
    """Else "Converting…" might come last, and stay."""
    slack = Slack()
    assert tell(slack, now=lambda: NOW + timedelta(seconds=seconds)).name == "view_updated"
    assert slack.did == [*([waits] if waits else []), ("V0001", {"type": "modal"})]


@pytest.mark.parametrize("error", [ViewGone("closed", reason="slack_not_found"), SlackRefused("x", reason="slack_x")])
def test_who_has_no_view_any_more_is_told_in_the_channel(error: SlackRefused) -> None:
    """It is an end, and no fault."""
    slack = Slack(view_fails=error)
    result = tell(slack)
    assert (result.name, result.measures) == ("person_told", {})
    assert slack.did[-1] == ("C0SALES", "U0ADA", "Nothing was converted.")


def test_who_is_gone_from_the_channel_is_counted() -> None:
    """Nobody can be told, and trying again changes nothing."""
    slack = Slack(
        ViewGone("closed", reason="slack_not_found"), PersonAbsent("gone", reason="slack_user_not_in_channel")
    )
    result = tell(slack)
    assert result.name == "person_absent"
    assert result.measures


def test_a_view_that_says_it_all_needs_no_message() -> None:
    """The lead's message says so as well."""
    slack = Slack(view_fails=ViewGone("closed", reason="slack_not_found"))
    notice = PersonNotice("c/dismissed", ADA, "", '{"type": "modal"}', NOW)
    assert tell(slack, notice).name == "nothing_to_tell"


@pytest.mark.parametrize("call", ["view", "message"])
def test_what_slack_does_not_do_now_is_tried_again(call: str) -> None:
    """The error goes to the queue."""
    down = SlackUnavailable("down", reason="slack_down")
    slack = Slack(view_fails=down) if call == "view" else Slack(ViewGone("x", reason="slack_not_found"), down)
    with pytest.raises(SlackUnavailable):
        tell(slack)


def test_a_notice_is_told_from_one_of_a_channel() -> None:
    """By its own word; a group of its own keeps both from waiting for each other."""
    assert read_person_notice(NOTICE.to_json()) == NOTICE
    assert read_person_notice('{"kind": "verdict"}') is None
    assert read_person_notice("no JSON") is None
    assert NOTICE.group == "V0001"
    assert PersonNotice("n", Person("U0ADA", "C0SALES")).group == "U0ADA"
