"""A modal view as HTML: real inputs with their labels, every value as chosen, and nothing that Slack does not show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from chalicelib.conversion import Pipeline
from chalicelib.match_event import Match
from chalicelib.slack.form import Form, recommended, stage_id
from chalicelib.slack.modal import CANNOT_BE_UNDONE, conversion_form, dismissal_form, statement
from sandbox.view import modal
from sandbox.view.page import draw_message, gallery
from sandbox.view.shown import with_names
from tests import strategies
from tests.golden.cases import SENTENCES
from tests.unit.test_sandbox_view_page import Page, message, mrkdwn, plain

PIPELINES = (Pipeline("Standard", ("Qualification", "Closed Won")), Pipeline("Partners", ("Handed over",)))
HOSTILE = '"><script>alert(1)</script>'


def form(given_match: Match = SENTENCES["contact_same_email"]) -> Form:
    """Return what our form is made from."""
    return Form(given_match, 7, "C0LEADS", PIPELINES, date(2026, 3, 2))


def with_deal() -> dict[str, Any]:
    """Return our form with everything in it that it can have."""
    choices = replace(recommended(form()), makes_deal=True, amount="12500.50", notify_owner=True)
    return conversion_form(form(), chosen=choices, error="Zoho says no.")


def view(*blocks: dict[str, Any]) -> dict[str, Any]:
    """Return a view of these blocks."""
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), "private_metadata": "secret-metadata"}


def put(element: dict[str, Any], label: str = "Label", **more: Any) -> dict[str, Any]:
    """Return an input."""
    return {"type": "input", "block_id": "b", "label": plain(label), "element": {**element, "action_id": "a"}, **more}


def choices(*names: str) -> list[dict[str, Any]]:
    """Return options."""
    return [{"text": plain(name), "value": name.lower()} for name in names]


def controls(page: Page) -> dict[tuple[str, str], dict[str, str]]:
    """Return what can be chosen or filled in, by name and value."""
    return {(one["name"], one["value"]): one for one in page.all("input")}


def test_our_form_is_drawn_with_all_that_it_asks_and_says() -> None:
    """From the title down to the buttons, in the order of its blocks."""
    text = Page(modal.render(with_deal())).text
    parts = [
        "Convert lead",
        "Error: Zoho says no.",
        "Ada Park · Zylker",
        "Contact",
        "Ada Park, Zylker",
        "same email and",
    ]
    parts += ["New contact: Ada Park", "Account", "New account: Zylker", "Deal (optional)", "Create a deal"]
    parts += ["Deal name", "Closing date", "Stage", "Qualification · Standard", "Handed over · Partners"]
    parts += [
        "Amount (optional)",
        "Also (optional)",
        "Notify the lead's owner",
        "Makes:",
        f"Warning: {CANNOT_BE_UNDONE}",
    ]
    places = [text.index(part) for part in [*parts, "Cancel"]]
    assert places == sorted(places)
    assert text.endswith("Cancel Convert")


def test_every_value_is_as_it_was_chosen() -> None:
    """Whatever the element."""
    page = Page(modal.render(with_deal()))
    found = controls(page)
    assert [key for key, one in found.items() if "checked" in one] == [
        ("contact", "1001"),
        ("account", "2001"),
        ("deal", "make_deal"),
        ("extras", "notify_owner"),
        ("extras", "carry_over_tags"),
    ]
    assert found["deal_name", "Zylker"]["type"] == "text"
    assert found["closing_date", "2026-04-01"]["type"] == "date"
    assert found["amount", "12500.50"]["type"] == "number"
    (stage,) = [one for one in page.all("option") if "selected" in one]
    assert stage["value"] == stage_id("Standard", "Qualification")
    assert [group["label"] for group in page.all("optgroup")] == ["Standard", "Partners"]


def test_what_a_person_put_in_comes_before_what_the_app_chose() -> None:
    """A form that is open shows both."""
    element = {"type": "static_select", "options": choices("One", "Two"), "initial_option": choices("One")[0]}
    text = {"type": "plain_text_input", "initial_value": "before"}
    blocks = (put(element), put(text, block_id="c"))
    chosen = {"type": "static_select", "selected_option": choices("Two")[0]}
    typed = {"type": "plain_text_input", "value": "after"}
    page = Page(modal.render(view(*blocks), values={"b": {"a": chosen}, "c": {"a": typed}}))
    assert [one["value"] for one in page.all("option") if "selected" in one] == ["two"]
    assert [one["value"] for one in page.all("input")] == ["after"]


def test_a_menu_with_nothing_chosen_says_so() -> None:
    """As Slack does, with the app's own text if it has one."""
    element = {"type": "static_select", "options": choices("One")}
    assert "Select an option One" in Page(modal.render(view(put(element)))).text
    assert "Which? One" in Page(modal.render(view(put({**element, "placeholder": plain("Which?")})))).text


def test_everything_can_be_read_aloud_and_nothing_can_be_changed() -> None:
    """Every control has a label or is one of a group with a legend; all of them are disabled by the fieldset around them."""
    for shown in (with_deal(), dismissal_form(form())):
        html = modal.render(shown)
        page = Page(html)
        assert page.open == []
        inside = html[html.index("<fieldset disabled>") : html.rindex("</fieldset>")]
        for tag in ("<input", "<select", "<textarea", "<button"):
            assert html.count(tag) == inside.count(tag)
        labels = len(page.all("label"))
        assert labels == len(page.all("input")) + len(page.all("select")) + len(page.all("textarea"))
        assert html.count("<legend>") == html.count("<fieldset class")


def test_what_slack_does_not_show_is_not_shown() -> None:
    """The app's own data is none of a person's business."""
    assert "secret-metadata" not in modal.render(view())
    html = modal.render(with_deal())
    assert "private_metadata" not in html
    assert form().match.event.event_id not in html


def test_what_is_said_in_a_forms_place_can_only_be_closed() -> None:
    """It asks for nothing."""
    assert Page(modal.render(statement("Convert lead", "*Done.*"))).text == "Convert lead ✕ Done. Close"


@pytest.mark.parametrize("level", ["info", "warning", "error", "success", "default", HOSTILE])
def test_an_alert_has_its_level(level: str) -> None:
    """In its look, and in words for who does not see it; a level that is none is the usual one."""
    page = Page(modal.render(view({"type": "alert", "level": level, "text": mrkdwn("Look.")})))
    (alert,) = [one for one in page.all("p") if one.get("class", "").startswith("alert")]
    assert alert["class"] == f"alert {level if level != HOSTILE else 'default'}"
    assert ("Warning: Look." in page.text) == (level == "warning")


@pytest.mark.parametrize("known", [True, False])
def test_a_block_or_an_element_that_is_not_known_is_named(*, known: bool) -> None:
    """Nothing is dropped silently."""
    kinds = ("header", "radio_buttons") if known else ("video", "email_text_input")
    page = Page(modal.render(view({"type": kinds[0]}, put({"type": kinds[1], "options": choices("One")}, "Where"))))
    assert ("(video)" in page.text, "Where (email_text_input)" in page.text) == (not known, not known)


def test_a_value_cannot_become_markup() -> None:
    """In whatever place of a view."""
    group = {"label": plain(HOSTILE), "options": choices(HOSTILE)}
    option = {"text": plain(HOSTILE), "value": HOSTILE, "description": plain(HOSTILE)}
    blocks = [
        put({"type": HOSTILE}, HOSTILE, block_id=HOSTILE, hint=plain(HOSTILE)),
        put({"type": "radio_buttons", "options": [option], "initial_option": option}, HOSTILE, block_id=HOSTILE),
        put({"type": "static_select", "option_groups": [group], "placeholder": plain(HOSTILE)}),
        put({"type": "plain_text_input", "initial_value": HOSTILE}),
        put({"type": "plain_text_input", "multiline": True, "initial_value": HOSTILE}),
        {"type": "alert", "text": mrkdwn(HOSTILE)},
    ]
    html = modal.render({**view(*blocks), "submit": plain(HOSTILE), "close": plain(HOSTILE)})
    page = Page(html)
    assert "<script" not in html
    assert page.open == []
    assert page.text.count("alert(1)") == 12
    assert controls(page)["b", HOSTILE]["type"] == "text"


@settings(max_examples=20)
@given(given_match=strategies.matches)
def test_the_form_of_any_lead_is_whole(given_match: Match) -> None:
    """Every element that opens closes, and no direction is turned."""
    html = modal.render(conversion_form(form(given_match)))
    assert Page(html).open == []
    assert "\u202e" not in html


def test_a_gallery_names_each_of_its_parts() -> None:
    """So that a picture needs no arrows."""
    html = gallery("Pictures", [("Before", draw_message(message())), ("A form", modal.render(view()))], is_wide=True)
    page = Page(html)
    assert page.open == []
    assert page.text.startswith("Pictures Pictures Before leadmatch APP")
    assert [main["class"] for main in page.all("main")] == ["wide"]


def test_people_are_mentioned_by_name() -> None:
    """As Slack shows them, whatever their name has in it; who is not known stays an id."""
    said = message({"type": "section", "text": mrkdwn("<@U1> asked <@U2>")})
    html = draw_message(with_names(said, {"U1": 'Zoë "<b>|x'}))
    assert "<b>" not in html
    assert '@Zoë "<b> x asked @U2' in Page(html).text
