"""The page of `make sandbox` in a real headless Chromium: a lead from Zoho to Slack and back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitor import Visitor


def test_a_lead_is_qualified_read_and_converted(visitor: Visitor) -> None:
    """Its message comes, the form opens from it, and after the form the same message says who converted the lead."""
    visitor.add_lead("Vera", "Lindqvist", company="Linden Foods")
    message = visitor.message("Vera Lindqvist")
    expect(message).to_have_count(1)
    expect(message).to_contain_text("No exact match")
    expect(visitor.lead("Vera Lindqvist")).to_contain_text("in Slack")
    message.get_by_role("button", name="Convert").click()
    expect(visitor.form).to_contain_text("Vera Lindqvist")
    visitor.form.get_by_role("button", name="Convert").click()
    expect(visitor.form).to_contain_text("Converted into contact Vera Lindqvist, account Linden Foods.")
    visitor.form.get_by_role("button", name="Close").last.click()
    expect(visitor.form).to_have_count(0)
    expect(message).to_contain_text(f"{visitor.name} converted this lead")
    expect(message).to_have_count(1)
    expect(message.get_by_role("button", name="Convert")).to_have_count(0)
    expect(visitor.lead("Vera Lindqvist")).to_contain_text("converted")


def test_the_newest_message_is_in_sight(visitor: Visitor) -> None:
    """With its buttons and its footer, as long as nobody scrolls up."""
    for first in ("Nele", "Nils", "Nina", "Nora", "Nuri"):
        visitor.add_lead(first, "Newest", company="Newest News")
        footer = visitor.message(f"{first} Newest").get_by_text("Lead in Zoho")
        expect(footer).to_be_in_viewport(ratio=1)
    visitor.slack.get_by_role("tabpanel").first.hover()
    visitor.page.mouse.wheel(0, -2000)
    expect(footer).not_to_be_in_viewport()
    visitor.add_lead("Noah", "Newest", company="Newest News")
    expect(visitor.message("Noah Newest")).to_have_count(1)
    expect(footer).not_to_be_in_viewport()


def test_an_outage_has_a_banner_until_zoho_is_well_again(visitor: Visitor) -> None:
    """The lead waits meanwhile, and its message comes when Zoho answers again."""
    visitor.break_zoho("is down: HTTP 503")
    try:
        visitor.add_lead("Otto", "Wartmann", company="Waiting Works")
        expect(visitor.lead("Otto Wartmann")).to_contain_text("waits")
        banner = visitor.slack.get_by_role("article").filter(has_text="Zoho has not answered since")
        expect(banner).to_contain_text("1 lead is waiting")
        expect(visitor.message("Otto Wartmann")).to_have_count(0)
    finally:
        visitor.mend_zoho()
    expect(visitor.message("Otto Wartmann")).to_contain_text("No exact match")
    expect(visitor.slack.get_by_role("article").filter(has_text="Zoho answered again")).to_have_count(1)
    expect(banner).to_have_count(0)
