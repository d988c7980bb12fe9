"""The views of a conversion: what they offer, what they say will exist afterwards, and Slack's limits whatever the lead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.conversion import NEW, DealWanted, Pipeline, Wanted
from chalicelib.match_event import Match
from chalicelib.slack.candidates import open_links
from chalicelib.slack.form import Choices, Form, account_options, contact_options, recommended, stage_id
from chalicelib.slack.modal import (
    CANNOT_BE_UNDONE,
    NOT_FILLED,
    changed_form,
    conversion_form,
    converting,
    dismissal_form,
    dismissing,
    statement,
    summary,
)
from chalicelib.verdict import wait
from chalicelib.verdict.model import Cause, Reference
from tests import strategies
from tests.golden.cases import (
    ADA_AT_ZYLKER,
    CASES,
    HOSTILE,
    HOSTILE_CONTACT,
    HUNDRED,
    LOCKED,
    LONG,
    LONG_CONTACT,
    SENTENCES,
)
from tests.strategies import ADA, COMPANY, EMAIL, ZYLKER, account, contact, judged, match, offer
from tests.unit.fit_for_slack import is_fit_view
from tests.unit.test_slack_text import ALIVE

STANDARD = Pipeline("Standard", ("Qualification", "Closed Won"))
PARTNERS = Pipeline("Partners", ("Qualification", "Handed over"))
MANY = tuple(Pipeline("🦊" * 250 + str(number), tuple(f"{'🦊' * 250}{n}" for n in range(150))) for number in range(120))
ONE = SENTENCES["contact_same_email"]
CHOOSE = SENTENCES["choose_accounts_of_one_name"]
ELSEWHERE = SENTENCES["choose_contact_elsewhere"]


def form(given_match: Match = ONE, pipelines: tuple[Pipeline, ...] | None = (STANDARD, PARTNERS)) -> Form:
    """Return the form of a match."""
    return Form(given_match, 7, "C0LEADS", pipelines, date(2026, 3, 2))


def element(view: Mapping[str, Any], block: str) -> dict[str, Any]:
    """Return the element of one of a view's inputs."""
    (found,) = [one["element"] for one in view["blocks"] if one.get("block_id") == block]
    return dict(found)


def offered(view: Mapping[str, Any], block: str) -> dict[str, str]:
    """Return what can be chosen, by its value, with what is said of it."""
    options = element(view, block)["options"]
    return {
        one["value"]: " / ".join([one["text"]["text"], one.get("description", {}).get("text", "")]) for one in options
    }


def initial(view: Mapping[str, Any], block: str) -> str | None:
    """Return what is selected when the view opens."""
    return element(view, block).get("initial_option", {}).get("value")


def said(view: Mapping[str, Any]) -> str:
    """Return all that a view says, inputs aside."""
    texts = [block["text"]["text"] for block in view["blocks"] if "text" in block]
    return "\n".join([*texts, *(one["text"] for block in view["blocks"] for one in block.get("elements", []))])


def test_the_recommended_records_are_selected_and_each_has_its_evidence() -> None:
    """Two clicks convert a lead whose person is known."""
    view = conversion_form(form())
    assert offered(view, "contact") == {
        "1001": "Ada Park, Zylker / same email and name: ada@zylker.example",
        "new": "New contact: Ada Park / ",
    }
    assert offered(view, "account") == {"2001": "Zylker / same name", "new": "New account: Zylker / "}
    assert (initial(view, "contact"), initial(view, "account")) == ("1001", "2001")
    assert "*Makes:* contact Ada Park, account Zylker, no deal" in said(view)
    assert CANNOT_BE_UNDONE in said(view)


def test_nothing_is_selected_where_a_person_has_to_choose() -> None:
    """A choice that is made for people is not looked at."""
    view = conversion_form(form(CHOOSE))
    assert initial(view, "account") is None
    assert offered(view, "account") == {
        "2003": "1. Kestrel Labs / same name",
        "2004": "2. Kestrel Labs / same name · +1 555 0199",
        "new": "New account: Kestrel Labs / ",
    }
    assert "account (choose one)" in said(view)


def test_a_record_has_the_same_number_as_in_the_message() -> None:
    """Whoever looked at account 2 finds it again as 2."""
    seen = set()
    for one in CASES.values():
        numbers = {one.url(option.id): option.number for option in (*contact_options(one), *account_options(one))}
        for link in open_links(one):
            if (shown := link.label.rpartition(" ")[2]).isdigit():
                assert numbers[link.url] == shown
                seen.add(link.label)
    assert seen >= {"Open contact 1", "Open contact 2", "Open account 1", "Open account 2"}


def test_records_of_one_name_are_told_apart() -> None:
    """By plain values that are no evidence; a record without rivals needs none."""
    two = (account("2003", "Zylker", Website="zylker.example", Account_Type="Customer"), account("2004", Phone="555"))
    view = conversion_form(form(match(judged(offer((), two, accounts_by=(COMPANY,))))))
    assert offered(view, "account") == {
        "2003": "1. Zylker / same name · Customer · zylker.example",
        "2004": "2. Zylker / same name · 555",
        "new": "New account: Zylker / ",
    }
    alone = conversion_form(form(match(judged(offer((), two[:1], accounts_by=(COMPANY,))))))
    assert offered(alone, "account")["2003"] == "Zylker / same name"


def test_a_lead_that_matches_nothing_makes_both() -> None:
    """And its form says so before."""
    view = conversion_form(form(SENTENCES["create_new"]))
    assert (initial(view, "contact"), initial(view, "account")) == ("new", "new")
    assert "*Makes:* contact Ada Park (new), account Zylker (new), no deal" in said(view)


def test_a_lead_without_a_company_makes_no_account() -> None:
    """Zoho makes none without a name."""
    view = conversion_form(form(SENTENCES["create_contact_only"]))
    assert offered(view, "account") == {"new": "No account: the lead names no company / "}
    assert "contact Ada Park (new), no account, no deal" in said(view)


def test_a_contact_of_another_account_is_said_to_stay_there() -> None:
    """Zoho keeps a contact's account; and that account can be chosen too."""
    context = form(ELSEWHERE)
    view = conversion_form(context, chosen=Choices(account="2001", contact="1001"))
    assert "contact Ada Park (stays with OldCo), account Zylker" in said(view)
    assert offered(view, "account")["2002"] == "OldCo / the contact's account"
    assert summary(context, Choices(account="2002", contact="1001")).startswith(
        "*Makes:* contact Ada Park, account OldCo"
    )


def test_a_warning_stands_beside_the_choice_with_its_effect() -> None:
    """A read-only record is converted into without a word, and its fields stay as they are."""
    read_only = contact(at=ZYLKER, Email="ada@zylker.example", editable=False)
    view = conversion_form(form(match(judged(offer((read_only,), by=(EMAIL,))))))
    blocks = view["blocks"]
    place = next(number for number, block in enumerate(blocks) if block.get("block_id") == "contact")
    assert NOT_FILLED in blocks[place + 1]["elements"][0]["text"]


def test_the_deal_is_asked_about_only_once_it_is_wanted() -> None:
    """Its stage is chosen together with its pipeline, so that they fit."""
    closed = conversion_form(form())
    assert [block for block in closed["blocks"] if block.get("block_id") == "stage"] == []
    view = conversion_form(form(), chosen=replace(recommended(form()), makes_deal=True))
    groups = element(view, "stage")["option_groups"]
    assert [(one["label"]["text"], [o["text"]["text"] for o in one["options"]]) for one in groups] == [
        ("Standard", ["Qualification · Standard", "Closed Won · Standard"]),
        ("Partners", ["Qualification · Partners", "Handed over · Partners"]),
    ]
    assert initial(view, "stage") == stage_id("Standard", "Qualification")
    assert element(view, "deal_name")["initial_value"] == "Zylker"
    assert element(view, "closing_date")["initial_date"] == "2026-04-01"
    assert "*Makes:* contact Ada Park, account Zylker, a new deal, as filled in above" in said(view)
    assert element(view, "deal")["initial_options"][0]["value"] == "make_deal"


def test_the_line_of_what_is_made_says_nothing_that_is_typed() -> None:
    """Slack tells of a typed name only with the submission, so a name in that line would go on saying what stood there before."""
    before = replace(recommended(form()), makes_deal=True)
    after = replace(before, deal_name="Big one", closing_date="2027-01-01", stage="", amount="5")
    silent = [block["block_id"] for block in conversion_form(form(), chosen=after)["blocks"] if is_silent(block)]
    assert silent == ["deal_name", "closing_date", "stage", "amount", "extras"]
    for changed in (after, replace(after, notify_owner=True, carry_over_tags=False)):
        assert summary(form(), changed) == summary(form(), before)


def is_silent(block: Mapping[str, Any]) -> bool:
    """Return whether an input's change is told only when the form is submitted."""
    return block["type"] == "input" and not block["dispatch_action"]


def test_a_stage_of_the_only_pipeline_stands_alone() -> None:
    """There is nothing to tell it from."""
    view = conversion_form(form(pipelines=(STANDARD,)), chosen=Choices(makes_deal=True))
    (group,) = element(view, "stage")["option_groups"]
    assert [one["text"]["text"] for one in group["options"]] == ["Qualification", "Closed Won"]


@pytest.mark.parametrize("pipelines", [None, (), (Pipeline("Empty", ()),)])
def test_without_stages_no_deal_is_offered_and_the_form_says_why(pipelines: tuple[Pipeline, ...] | None) -> None:
    """A deal whose stage is not its pipeline's is refused by Zoho."""
    view = conversion_form(form(pipelines=pipelines), chosen=Choices(makes_deal=True))
    assert "deal" not in {block.get("block_id") for block in view["blocks"]}
    assert "No deal can be made here yet" in said(view)
    assert "no deal" in said(view)


def test_a_form_comes_back_filled_with_what_was_wrong() -> None:
    """Nobody types a deal twice."""
    deal = DealWanted("Big one", "2026-12-31", "Handed over", "Partners", "12500.50")
    wanted = Wanted(NEW, "1001", deal, notify_owner=True, carry_over_tags=False)
    view = conversion_form(form(), chosen=wanted, error="Zoho says *no*.")
    assert (initial(view, "account"), initial(view, "contact")) == ("new", "1001")
    assert initial(view, "stage") == stage_id("Partners", "Handed over")
    assert (element(view, "deal_name")["initial_value"], element(view, "amount")["initial_value"]) == (
        "Big one",
        "12500.50",
    )
    assert [one["value"] for one in element(view, "extras")["initial_options"]] == ["notify_owner"]
    assert (view["blocks"][0]["type"], view["blocks"][0]["level"]) == ("alert", "error")
    assert "Zoho says *no*." in said(view)


def test_what_comes_back_with_a_form_is_ids_and_the_revision() -> None:
    """Slack keeps it in the clear."""
    told = json.loads(conversion_form(form())["private_metadata"])
    assert told == {
        "lead_id": strategies.LEAD_ID,
        "event_id": strategies.EVENT.event_id,
        "revision": 7,
        "channel": "C0LEADS",
        "makes": "1001/2001/",
    }


@pytest.mark.parametrize(
    "refused",
    [
        match(judged(offer((LOCKED,), by=(EMAIL,)))),
        match(wait("not_approved", Cause.NOT_APPROVED)),
        SENTENCES["lead_not_found"],
    ],
)
def test_what_cannot_be_converted_has_nothing_to_submit(refused: Match) -> None:
    """The view says why instead, also where the lead changed meanwhile."""
    for view in (conversion_form(form(refused)), changed_form(form(refused))):
        assert "submit" not in view
        assert refused.verdict.sentence.split(" ")[0] in said(view)
        is_fit_view(view)


def test_what_was_chosen_for_an_earlier_state_is_not_kept() -> None:
    """Slack keeps what was put into an element while its ids stay, and the line would say something else."""
    first, later = conversion_form(form()), conversion_form(replace(form(), revision=8))
    assert element(first, "contact")["action_id"] == element(conversion_form(form()), "contact")["action_id"]
    assert element(first, "contact")["action_id"] != element(later, "contact")["action_id"]


def test_a_changed_lead_is_shown_as_it_is_now() -> None:
    """The person decides again."""
    view = changed_form(form())
    assert "changed" in view["blocks"][0]["text"]["text"]
    assert "submit" in view


@pytest.mark.parametrize(
    "given_match",
    [
        *SENTENCES.values(),
        match(judged(offer(HUNDRED, by=(EMAIL,)))),
        match(judged(offer((LONG_CONTACT,), by=(EMAIL,)), LONG), LONG),
        match(judged(offer((HOSTILE_CONTACT,), by=(EMAIL,)), HOSTILE), HOSTILE),
        match(judged(offer((ADA_AT_ZYLKER,), (account(),), (EMAIL,), (COMPANY,)), ADA)),
        match(
            judged(
                offer(
                    tuple(contact(str(n), "🦊" * 255, Reference(str(n + 5000), "🦊" * 255)) for n in range(1001, 1101)),
                    tuple(account(str(n), "🦊" * 255) for n in range(2001, 2101)),
                    (strategies.same("Full_Name", "🦊" * 255),),
                    (strategies.same("Account_Name", "🦊" * 255),),
                )
            )
        ),
    ],
)
def test_slack_takes_the_form_of_any_lead(given_match: Match) -> None:
    """A hundred matches, names of 255 characters, markup: with a deal and hundreds of long stages."""
    for pipelines in (None, (STANDARD,), MANY):
        context = form(given_match, pipelines)
        chosen = replace(recommended(context), makes_deal=True)
        is_fit_view(conversion_form(context, chosen=chosen, error="No."))
        is_fit_view(dismissal_form(context))


def test_a_hundred_matches_are_a_menu() -> None:
    """Slack shows ten radio buttons at the most."""
    for number, kind in ((9, "radio_buttons"), (10, "static_select")):
        found = offer(tuple(contact(str(1001 + n), Email="ada@zylker.example") for n in range(number)), by=(EMAIL,))
        assert element(conversion_form(form(match(judged(found)))), "contact")["type"] == kind
    view = conversion_form(form(match(judged(offer(HUNDRED, by=(EMAIL,))))))
    assert element(view, "contact")["type"] == "static_select"
    assert len(element(view, "contact")["options"]) == 100


@settings(max_examples=60)
@given(given_match=strategies.matches, chosen=st.none() | st.builds(Choices))
def test_slack_takes_whatever_zoho_answers(given_match: Match, chosen: Choices | None) -> None:
    """And nothing of the CRM's comes alive in it."""
    context = form(given_match)
    view = conversion_form(context, chosen=chosen)
    is_fit_view(view)
    text = said(view).replace("*Makes:*", "").replace(":warning:", "")
    text = "\n".join(line[1:-1] if line.startswith("*") else line for line in text.splitlines())
    assert [name for name, alive in ALIVE.items() if alive.search(text)] == [], text


def test_what_is_said_in_a_forms_place_is_fit() -> None:
    """While it is worked on, and when it is done."""
    for view in (converting(), dismissing(), statement("Converted", "Converted into *nothing*.")):
        is_fit_view(view)
