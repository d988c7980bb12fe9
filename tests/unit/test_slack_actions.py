"""The message with which people act: its buttons in each state of a lead, and what it says of a person's decision."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from chalicelib.conversion import Decision, Made, MadeRecords
from chalicelib.data_centers import data_center, record_links
from chalicelib.match_event import Match
from chalicelib.slack.message import SlackMessage, render
from tests import strategies
from tests.golden.cases import HOSTILE_NAME, LOCKED, SENTENCES
from tests.strategies import EMAIL, LEAD_ID, judged, match, offer
from tests.unit.fit_for_slack import is_fit

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
RECORDS = MadeRecords(Made("1001", "Ada Park"), Made("2001", "Zylker"), Made("3001", "Zylker")).linked(
    record_links(data_center("us"), "org700")
)
DECIDED = {state: Decision(state, "c" * 64, "U0ADA", AT) for state in ("converting", "dismissed", "unclear")}
CONVERTED = Decision("converted", "c" * 64, "U0ADA", AT, records=RECORDS)
ONE = SENTENCES["contact_same_email"]


def acting(given_match: Match = ONE, decision: Decision | None = None) -> SlackMessage:
    """Return the message with which people act."""
    return render(given_match, decision=decision, actions=True, revision=7)


def buttons(message: SlackMessage) -> list[dict[str, Any]]:
    """Return a message's buttons."""
    return [button for block in message.blocks if block["type"] == "actions" for button in block["elements"]]


def names(message: SlackMessage) -> list[str]:
    """Return what the buttons do."""
    return [button["action_id"] for button in buttons(message)]


def said(message: SlackMessage) -> str:
    """Return the sections of a message."""
    return "\n".join(
        block["text"]["text"] for block in message.blocks if block["type"] == "section" and "text" in block
    )


def test_people_convert_check_again_and_dismiss() -> None:
    """Each button brings the lead and the revision that is shown; none leads away."""
    found = buttons(acting())
    assert [button["action_id"] for button in found] == ["convert", "check_again", "dismiss"]
    assert [json.loads(button["value"]) for button in found] == [{"lead_id": LEAD_ID, "revision": 7}] * 3
    assert not any("url" in button for button in found)
    assert found[0]["style"] == "primary"


def test_without_acting_the_message_is_as_it_was() -> None:
    """Off is the default."""
    assert render(ONE) == render(ONE, decision=None, actions=False, revision=7)
    assert all("url" in button for button in buttons(render(ONE)))


def test_the_lead_in_zoho_is_still_one_click_away() -> None:
    """Where the buttons no longer lead there, the footer does."""
    footer = acting().blocks[-1]["elements"][0]["text"]
    assert footer.startswith(f"<{ONE.url(LEAD_ID)}|Lead in Zoho>")


@pytest.mark.parametrize(
    ("given_match", "expected"),
    [
        (match(judged(offer((LOCKED,), by=(EMAIL,)))), ["check_again", "dismiss"]),
        (SENTENCES["wait_for_approval"], ["check_again", "dismiss"]),
        (SENTENCES["lead_not_found"], ["check_again"]),
        (SENTENCES["already_converted"], []),
    ],
)
def test_what_cannot_be_done_has_no_button(given_match: Match, expected: list[str]) -> None:
    """A lead that is blocked is not converted, and one that is converted needs nothing."""
    assert names(acting(given_match)) == expected


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (DECIDED["converting"], []),
        (CONVERTED, []),
        (DECIDED["dismissed"], ["check_again"]),
        (DECIDED["unclear"], ["convert", "check_again", "dismiss"]),
    ],
)
def test_a_decision_takes_the_buttons_that_it_leaves_no_use_for(decision: Decision, expected: list[str]) -> None:
    """Nobody clicks Convert on a lead that somebody is converting."""
    assert names(acting(decision=decision)) == expected


def test_the_message_says_who_converts_and_then_into_what() -> None:
    """With links, in the sentence's place; the text says it too."""
    during, after = acting(decision=DECIDED["converting"]), acting(decision=CONVERTED)
    assert "<@U0ADA> is converting this lead" in said(during)
    base = ONE.url(LEAD_ID).removesuffix(f"/Leads/{LEAD_ID}")
    for module, record in (("Contacts", "1001"), ("Accounts", "2001"), ("Potentials", "3001")):
        assert f"<{base}/{module}/{record}|" in said(after)
    assert "<@U0ADA> converted this lead" in after.text
    assert ONE.verdict.sentence not in said(after)
    assert "same email" in str(during.blocks)
    assert "same email" not in str(after.blocks)


def test_other_records_than_the_chosen_ones_are_named() -> None:
    """At once, and where everybody sees it."""
    assert "Not as chosen: the account is another one" in said(
        acting(decision=replace(CONVERTED, differences=("the account is another one",)))
    )


def test_a_dismissal_says_why_and_what_is_unclear_is_warned_of() -> None:
    """A lead that Zoho shows as open keeps its sentence."""
    dismissed = acting(decision=replace(DECIDED["dismissed"], reason="Duplicate (<!here>)"))
    assert "dismissed this lead" in said(dismissed)
    assert "Duplicate (&lt;!here&gt;)" in said(dismissed)
    unclear = said(acting(decision=DECIDED["unclear"]))
    assert "Zoho did not say whether it converted" in unclear
    assert ONE.verdict.sentence in unclear
    assert unclear.index("Zoho did not say") < unclear.index(ONE.verdict.sentence)
    assert not any("style" in button for button in buttons(acting(decision=DECIDED["unclear"])))


@settings(max_examples=40)
@given(given_match=strategies.matches)
def test_slack_takes_every_state_of_any_lead(given_match: Match) -> None:
    """Hostile names of what was made as well."""
    hostile = MadeRecords(Made("1001", HOSTILE_NAME), Made("2001", "x" * 300), Made("3001", ""))
    converted = replace(CONVERTED, records=hostile, differences=("x" * 500,) * 9)
    reason = replace(DECIDED["dismissed"], reason="y" * 500)
    for decision in (None, DECIDED["converting"], DECIDED["unclear"], converted, reason):
        is_fit(acting(given_match, decision))
