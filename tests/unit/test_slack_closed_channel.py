"""The line that says why a message stands in the operator's channel."""

from __future__ import annotations

import pytest

from chalicelib.errors import ChannelClosed
from chalicelib.slack.announcements import CLOSED_CHANNELS, CLOSED_OTHERWISE, closed_line
from chalicelib.slack.error_codes import METHODS, UNLISTED, Meaning

CLOSED = {
    code
    for codes in (*(page.codes for page in METHODS.values()), UNLISTED)
    for code in codes
    if codes[code] is Meaning.CHANNEL_CLOSED
}


@pytest.mark.parametrize("code", sorted(CLOSED))
def test_each_way_in_which_a_channel_is_closed_has_its_own_cure(code: str) -> None:
    """An operator who reads it knows what to do without the log."""
    line = closed_line("C0LEADS", ChannelClosed("no", reason=f"slack_{code}"))
    assert line.startswith("This message belongs in <#C0LEADS> (C0LEADS), but ")
    assert line.endswith(
        "hoose another channel (provision --slack-channel and a deploy, or --lists where a rule names it)."
    )
    assert CLOSED_OTHERWISE[0] not in line


def test_the_lines_are_of_codes_that_close_a_channel() -> None:
    """None is for a code that Slack does not have."""
    assert {reason.removeprefix("slack_") for reason in CLOSED_CHANNELS} == CLOSED


def test_an_app_without_permission_is_invited() -> None:
    """Slack's page: make sure your app is a member of the conversation."""
    assert "Invite the app there" in closed_line("C0LEADS", ChannelClosed("no", reason="slack_no_permission"))
