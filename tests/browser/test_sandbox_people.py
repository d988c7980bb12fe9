"""People in front of the Slack of `make sandbox`: two at once, one who may not, and one with a keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.visitor import Visitor


def test_of_two_people_at_once_one_converts_and_both_are_told(new_visitor: NewVisitor) -> None:
    """Each has the form of the lead open in a window of their own, and submits it; Zoho is called once."""
    ada, bo = new_visitor(person="U0ADA"), new_visitor(person="U0BO")
    ada.add_lead("Twyla", "Contested", company="Two Hands")
    for one in (ada, bo):
        one.message("Twyla Contested").get_by_role("button", name="Convert").click()
        expect(one.form).to_contain_text("Twyla Contested")
    for one in (ada, bo):
        one.form.get_by_role("button", name="Convert").click()
    for one in (ada, bo):
        expect(one.message("Twyla Contested")).to_contain_text(re.compile("(Ada Park|Bo Chen) converted this lead"))
        expect(one.form).to_contain_text(
            re.compile("Converted into|(is converting|converted) this lead|is converted already")
        )
        expect(one.form.get_by_role("button", name="Convert", exact=True)).to_have_count(0)
    ada.close_form()
    way = ada.way_of("Twyla Contested")
    expect(way.filter(has_text="POST convert")).to_have_count(1)


def test_a_person_whose_profile_may_not_convert_is_told_so(new_visitor: NewVisitor) -> None:
    """The form opens and is refused; the lead stays as it is. Named again, the same person converts."""
    visitor = new_visitor(person="U0BO")
    visitor.change_rights("has a Zoho profile that may not")
    try:
        visitor.add_lead("Greta", "Guarded", company="Guarded Goods")
        visitor.message("Greta Guarded").get_by_role("button", name="Convert").click()
        visitor.form.get_by_role("button", name="Convert", exact=True).click()
        expect(visitor.form).to_contain_text("Your Zoho profile is not one of those that may convert")
        visitor.close_form()
        expect(visitor.lead("Greta Guarded")).to_contain_text("in Slack")
    finally:
        new_visitor(person="U0BO").change_rights("may convert")


def test_a_lead_is_qualified_and_its_form_opened_by_the_keyboard_alone(visitor: Visitor) -> None:
    """The focus stays where the person is: on the button that was pressed, in the form while it is open, and back where it was."""
    page = visitor.page
    visitor.add_lead("Kay", "Boardman", company="Keys Only")
    expect(visitor.message("Kay Boardman")).to_have_count(1)
    qualify = visitor.lead("Kay Boardman").get_by_role("button", name="Qualify again")
    qualify.focus()
    page.keyboard.press("Enter")
    expect(visitor.said).to_contain_text("202 Accepted")
    expect(visitor.message("Kay Boardman")).to_contain_text("No exact match")
    expect(qualify).to_be_focused()
    convert = visitor.message("Kay Boardman").get_by_role("button", name="Convert")
    convert.focus()
    page.keyboard.press("Enter")
    expect(visitor.form).to_contain_text("Kay Boardman")
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(visitor.form).to_have_count(0)
    expect(convert).to_be_focused()


def test_the_focus_stays_where_it_is_while_the_page_changes_below_it(new_visitor: NewVisitor) -> None:
    """Behind the form the message is drawn again with another verdict, and the form gives the focus back to its button.

    On a lead's way, which grows meanwhile, the focus and the step that is looked at stay as they are.
    """
    visitor, other = new_visitor(), new_visitor(person="U0BO")
    visitor.add_lead("Faye", "Focus", company="Focal Point")
    message = visitor.message("Faye Focus")
    convert = message.get_by_role("button", name="Convert")
    convert.focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.form).to_contain_text("Faye Focus")
    other.add_account("Focal Point")
    other.lead("Faye Focus").get_by_role("button", name="Qualify again").click()
    expect(message).to_contain_text("Probably Focal Point is already an account")
    visitor.close_form()
    expect(convert).to_be_focused()
    way = visitor.way_of("Faye Focus")
    following, count = visitor.page.get_by_role("button", name="Next step"), visitor.page.get_by_text("Step 2 of")
    following.focus()
    for _ in range(2):
        visitor.page.keyboard.press("Enter")
    before = way.count()
    other.lead("Faye Focus").get_by_role("button", name="Qualify again").click()
    expect(way.filter(has_text="POST /zoho/leads")).to_have_count(3)
    assert way.count() > before
    expect(following).to_be_focused()
    expect(count).to_be_visible()


def test_an_account_that_is_chosen_stays_so_when_others_come(new_visitor: NewVisitor) -> None:
    """The list is drawn again with another person's account, and what this one has chosen in it is kept."""
    visitor, other = new_visitor(), new_visitor(person="U0BO")
    visitor.add_account("Chosen First")
    choice = visitor.drawer("Accounts and contacts").get_by_role("combobox", name="Account")
    choice.select_option(label="Chosen First")
    other.add_account("Came Second")
    expect(choice.get_by_role("option", name="Came Second")).to_have_count(1)
    assert choice.evaluate("list => list.selectedOptions[0].textContent") == "Chosen First"


def test_every_part_is_reached_with_tab(visitor: Visitor) -> None:
    """From the top of the page on: a Qualify button, a drawer, the channels and a message's button, none of them skipped."""
    visitor.add_lead("Tabea", "Stopp", company="Tab Stops")
    expect(visitor.message("Tabea Stopp")).to_have_count(1)
    wanted = {"Qualify again Tabea Stopp", "A lead of your own", "Break Zoho", "You are", "Convert"}
    wanted.add(visitor.slack.get_by_role("tab", selected=True).inner_text())
    visitor.page.evaluate("document.activeElement.blur()")
    for _ in range(600):
        visitor.page.keyboard.press("Tab")
        name = visitor.page.evaluate(
            "document.activeElement.ariaLabel || document.activeElement.innerText || document.activeElement.tagName"
        )
        wanted -= {one for one in wanted if str(name).startswith(one)}
        if not wanted:
            break
    assert not wanted


def test_arrow_keys_change_the_channel(visitor: Visitor) -> None:
    """As tabs do: the chosen one has the focus and its messages are shown, the others are hidden."""
    first, second = visitor.slack.get_by_role("tab").nth(0), visitor.slack.get_by_role("tab").nth(1)
    first.focus()
    visitor.page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(visitor.slack.get_by_role("tabpanel")).to_have_count(1)
    visitor.page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-selected", "true")
