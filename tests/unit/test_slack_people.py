"""Who a person is to Slack, and whom its word forbids to convert."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.slack.people import objection, read_user

ADA: dict[str, Any] = {
    "id": "U0ADA",
    "team_id": "T0OURS",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_email_confirmed": True,
    "profile": {"email": "ada@kestrel.example"},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def said_of(**changes: Any) -> str:
    """Return what forbids Ada to convert when Slack says something else of her."""
    return objection(read_user({**ADA, **changes}), user_id="U0ADA", team="T0OURS")


def test_a_colleague_may_convert() -> None:
    """An active person of our workspace, whose address is confirmed, whether Slack says so or says nothing of it."""
    assert said_of() == ""
    silent = {name: ADA[name] for name in ("id", "deleted", "profile")}
    assert objection(read_user(silent), user_id="U0ADA", team="T0OURS") == ""


def test_in_an_enterprise_org_a_person_may_be_ours_by_the_org() -> None:
    """The workspace that Slack names is then another one of the same org."""
    assert said_of(team_id="T0SISTER", enterprise_user={"enterprise_id": "T0OURS"}) == ""


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"deleted": True}, "slack_user_deleted"),
        ({"deleted": "no"}, "slack_user_deleted"),
        ({"is_bot": True}, "slack_user_is_bot"),
        ({"is_workflow_bot": True}, "slack_user_is_bot"),
        ({"is_restricted": True}, "slack_user_is_guest"),
        ({"is_ultra_restricted": True}, "slack_user_is_guest"),
        ({"is_stranger": True}, "slack_user_is_stranger"),
        ({"team_id": "T0OTHER"}, "slack_user_is_stranger"),
        ({"is_email_confirmed": False}, "slack_email_unconfirmed"),
        ({"is_email_confirmed": None}, "slack_email_unconfirmed"),
        ({"profile": {}}, "slack_email_missing"),
        ({"profile": {"email": " "}}, "slack_email_missing"),
        ({"profile": ["ada@kestrel.example"]}, "slack_email_missing"),
        ({"id": "U0BO"}, "slack_user_unreadable"),
    ],
)
def test_others_may_not(changes: dict[str, Any], word: str) -> None:
    """Each for one reason; a flag that is no boolean forbids as if it were set."""
    assert said_of(**changes) == word


@given(JSON)
def test_what_cannot_be_read_is_nobody(fields: object) -> None:
    """Nothing raises, and nobody may convert by it."""
    assert objection(read_user(fields), user_id="U0ADA", team="T0OURS")


def test_an_email_is_not_shown() -> None:
    """Whatever prints a person prints no address."""
    assert "ada@" not in repr(read_user(ADA))
