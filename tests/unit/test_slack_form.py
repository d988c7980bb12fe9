"""What a submitted form is read as: a wish among what we offer, what is to be corrected, or what no form of ours asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversion import NEW, DealWanted, Pipeline, Wanted
from chalicelib.slack.form import (
    Choices,
    Form,
    Mistakes,
    NotOffered,
    account_options,
    choices_of,
    contact_options,
    read_choices,
    read_dismissal,
    read_submission,
    recommended,
    stage_id,
)
from chalicelib.slack.modal import conversion_form
from tests import strategies
from tests.golden.cases import SENTENCES

PIPELINES = (Pipeline("Standard", ("Qualification", "Won")), Pipeline("Partners", ("Qualification",)))
FORM = Form(SENTENCES["choose_contact_elsewhere"], 7, "C0LEADS", PIPELINES, date(2026, 3, 2))
BLOCKS = st.sampled_from(
    ["account", "contact", "deal", "extras", "stage", "selected_option", "selected_options", "value"]
) | st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(BLOCKS, inner, max_size=4),
)


def selected(value: str | None) -> dict[str, Any]:
    """Return the state of a choice of one."""
    return {"type": "radio_buttons", "selected_option": None if value is None else {"value": value}}


def boxes(*values: str) -> dict[str, Any]:
    """Return the state of checkboxes."""
    return {"type": "checkboxes", "selected_options": [{"value": value} for value in values]}


def values(**state: Any) -> dict[str, Any]:
    """Return a submitted state in which a contact and an account are chosen, and what else is given."""
    state = {"contact": selected("1001"), "account": selected("2001"), "deal": boxes(), "extras": boxes(), **state}
    return {block: {block: element} for block, element in state.items()}


def deal(**state: Any) -> dict[str, Any]:
    """Return a state that asks for a deal."""
    plain = {
        "deal": boxes("make_deal"),
        "deal_name": {"value": "Zylker"},
        "closing_date": {"selected_date": "2026-04-01"},
        "stage": selected(stage_id("Partners", "Qualification")),
        "amount": {"value": None},
    }
    return values(**(plain | state))


def test_a_submitted_form_is_read() -> None:
    """The records, the deal with the pipeline that the stage belongs to, and the options."""
    assert read_submission(values(extras=boxes("carry_over_tags")), FORM) == Wanted("2001", "1001")
    assert read_submission(deal(extras=boxes("notify_owner"), amount={"value": "12500.5"}), FORM) == Wanted(
        "2001",
        "1001",
        DealWanted("Zylker", "2026-04-01", "Qualification", "Partners", "12500.5"),
        notify_owner=True,
        carry_over_tags=False,
    )


@pytest.mark.parametrize("account", ["2001", "2002", NEW])
def test_what_matches_the_contacts_own_account_and_a_new_one_can_be_chosen(account: str) -> None:
    """Nothing else is among the records of this revision."""
    wanted = read_submission(values(account=selected(account), contact=selected(NEW)), FORM)
    assert isinstance(wanted, Wanted)
    assert wanted.account == account


def test_a_contact_that_has_an_account_gets_no_new_one() -> None:
    """Zoho would make none, and the lead would go to the contact's own: what cannot be undone is not left to chance."""
    wanted = read_submission(values(account=selected(NEW)), FORM)
    assert isinstance(wanted, Mistakes)
    assert "belongs to OldCo" in wanted.by_block["account"]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (values(account=selected("2999")), "record_not_offered"),
        (values(account=selected("1001")), "record_not_offered"),
        (values(contact=selected("2001")), "record_not_offered"),
        (values(contact=selected("NEW")), "record_not_offered"),
        (deal(stage=selected(stage_id("Partners", "Won"))), "stage_not_offered"),
        (deal(stage=selected("Qualification")), "stage_not_offered"),
    ],
)
def test_what_we_do_not_offer_is_refused(state: dict[str, Any], word: str) -> None:
    """Whoever forges a payload chooses nothing that the form did not have."""
    assert read_submission(state, FORM) == NotOffered(word)


def test_without_stages_no_deal_is_taken() -> None:
    """A form that offers none has none to submit."""
    bare = Form(FORM.match, 7, "C0LEADS", None, FORM.day)
    assert read_submission(deal(), bare) == NotOffered("deal_not_offered")


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        (values(account=selected(None)), ["account"]),
        ({}, ["contact", "account"]),
        (deal(deal_name={"value": " \u200b"}), ["deal_name"]),
        (deal(deal_name={"value": "x" * 121}), ["deal_name"]),
        (deal(closing_date={"selected_date": None}), ["closing_date"]),
        (deal(closing_date={"selected_date": "2026-02-30"}), ["closing_date"]),
        (deal(closing_date={"selected_date": "20260301"}), ["closing_date"]),
        (deal(closing_date={"selected_date": "٢٠٢٦-٠٣-٠١"}), ["closing_date"]),
        (deal(stage=selected(None)), ["stage"]),
        *(
            (deal(amount={"value": text}), ["amount"])
            for text in ("much", "-1", "1e9", "1,000", "٣", "9" * 14, "1.234")
        ),
    ],
)
def test_what_a_person_can_correct_is_told_beside_its_field(state: dict[str, Any], blocks: list[str]) -> None:
    """The form stays open; the amount is a number and the date a date."""
    read = read_submission(state, FORM)
    assert isinstance(read, Mistakes)
    assert list(read.by_block) == blocks
    assert set(blocks) <= {
        block.get("block_id") for block in conversion_form(FORM, chosen=Choices(makes_deal=True))["blocks"]
    }


@given(JSON)
def test_any_state_is_read(state: object) -> None:
    """Nothing raises, and nothing is wanted that is not offered."""
    given_values = state if isinstance(state, dict) else {"contact": state}
    read = read_submission(given_values, FORM)
    if isinstance(read, Wanted):
        assert read.contact in {NEW, *(one.id for one in contact_options(FORM.match))}
    assert isinstance(read_dismissal(given_values), str | NotOffered)


@given(strategies.matches)
def test_what_is_recommended_is_offered(given_match: strategies.Match) -> None:
    """And a wish fills the same form again."""
    form = Form(given_match, 1, "C0LEADS", PIPELINES, FORM.day)
    plain = recommended(form)
    assert plain.contact in {"", NEW, *(one.id for one in contact_options(given_match))}
    assert plain.account in {"", NEW, *(one.id for one in account_options(given_match))}


def test_a_wish_fills_the_form_that_it_was_read_from() -> None:
    """Zoho refused it, and the person corrects one field."""
    for state in (values(extras=boxes("carry_over_tags")), deal(amount={"value": "7"})):
        wanted = read_submission(state, FORM)
        assert isinstance(wanted, Wanted)
        again, read = choices_of(wanted, FORM), read_choices(state, FORM)
        assert again == read


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"reason": {"reason": selected("duplicate")}}, "Duplicate"),
        (
            {"reason": {"reason": selected("other")}, "note": {"note": {"value": " moved\u202e \n on "}}},
            "Other (moved on)",
        ),
        ({"reason": {"reason": selected("because")}}, NotOffered("reason_not_offered")),
    ],
)
def test_a_dismissal_says_why(state: dict[str, Any], said: object) -> None:
    """One of our reasons, and a note in the person's words."""
    assert read_dismissal(state) == said
