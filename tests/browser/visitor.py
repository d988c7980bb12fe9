"""A person in front of the sandbox's page: finds what the page shows by its words and roles, and waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from re import Pattern

from playwright.sync_api import Locator, Page, expect

from tests.waiting import SECONDS

expect.set_options(timeout=SECONDS * 1000)


class Visitor:
    """One browser page, and what a person does on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(SECONDS * 1000)

    @property
    def zoho(self) -> Locator:
        """The part of the page that is Zoho."""
        return self.page.get_by_role("region", name="Zoho")

    @property
    def slack(self) -> Locator:
        """The part of the page that is Slack."""
        return self.page.get_by_role("region", name="Slack")

    @property
    def said(self) -> Locator:
        """What the page says about the last thing that the person did."""
        return self.page.get_by_role("status")

    @property
    def form(self) -> Locator:
        """The form that Slack has open."""
        return self.page.get_by_role("dialog")

    @property
    def name(self) -> str:
        """The name of the person who uses Slack on this page."""
        return self.slack.get_by_text("You are").get_by_role("strong").inner_text()

    def open(self, url: str, *, person: str = "") -> None:
        """Open the page, and wait until the leads are there."""
        self.page.goto(f"{url}/?person={person}" if person else url)
        expect(self.leads.first).to_be_visible()

    @property
    def leads(self) -> Locator:
        """The leads of the list."""
        return self.zoho.get_by_role("list", name="Leads", exact=True).get_by_role("listitem")

    def lead(self, name: str | Pattern[str]) -> Locator:
        """Return a lead of the list."""
        return self.leads.filter(has=self.page.get_by_text(name, exact=True))

    def message(self, name: str) -> Locator:
        """Return the message about a lead in the sales channel."""
        return self.slack.get_by_role("article").filter(has_text=name)

    def drawer(self, title: str) -> Locator:
        """Return one of Zoho's drawers, opened."""
        drawer = self.zoho.get_by_role("group").filter(has=self.page.get_by_text(title, exact=True))
        if drawer.get_attribute("open") is None:
            drawer.get_by_text(title, exact=True).click()
        return drawer

    def add_lead(self, first: str, last: str, **fields: str) -> None:
        """Add a lead of the person's own and qualify it; fields by their labels, in lower case."""
        drawer = self.drawer("A lead of your own")
        for label, text in {"First name": first, "Last name": last, **fields}.items():
            drawer.get_by_label(label.capitalize()).fill(text)
        drawer.get_by_role("button", name="Add and qualify").click()
        expect(self.said).to_contain_text("202 Accepted")

    def switch(self, reading: str, *, converting: str = "converts as usual", **own: str) -> None:
        """Tell Zoho how to answer from now on; `status` and `body` of an answer of one's own."""
        drawer = self.drawer("Break Zoho")
        drawer.get_by_label("When it is asked about a lead").select_option(label=reading)
        for name, text in own.items():
            drawer.locator(f"[name={name}]").fill(text)
        drawer.get_by_label("When it is to convert").select_option(label=converting)
        drawer.get_by_role("button", name="Let Zoho do that").click()

    def break_zoho(
        self, reading: str = "answers as usual", *, converting: str = "converts as usual", **own: str
    ) -> None:
        """Tell Zoho so, and wait until it does."""
        self.switch(reading, converting=converting, **own)
        expect(self.said).to_contain_text("Zoho now:")

    def mend_zoho(self) -> None:
        """Let Zoho answer as usual."""
        self.drawer("Break Zoho").get_by_role("button", name="Mend Zoho").click()
        expect(self.said).to_contain_text("all is well")

    def add_account(self, name: str, **fields: str) -> None:
        """Add an account; fields by their labels, in lower case."""
        self._add("A new account", "Add the account", {"Name": name, **fields})

    def add_contact(self, first: str, last: str, **fields: str) -> None:
        """Add a contact; fields by their labels, in lower case."""
        self._add("A new contact", "Add the contact", {"First name": first, "Last name": last, **fields})

    def _add(self, title: str, button: str, fields: Mapping[str, str]) -> None:
        drawer = self.drawer("Accounts and contacts")
        form = drawer.locator("form").filter(has=self.page.get_by_role("heading", name=title))
        for label, text in fields.items():
            if label == "account":
                form.get_by_role("combobox", name="Account").select_option(label=text)
            else:
                form.get_by_label(label.capitalize(), exact=True).fill(text)
        form.get_by_role("button", name=button).click()
        expect(self.said).to_contain_text("Zoho has a new")

    def close_form(self) -> None:
        """Close what Slack has open."""
        self.page.keyboard.press("Escape")
        expect(self.form).to_have_count(0)

    def change_rights(self, about: str) -> None:
        """Let the person have other rights, by what is read of them."""
        self.slack.get_by_text("You are").locator("..").evaluate("drawer => { drawer.open = true; }")
        self.slack.get_by_role("combobox", name="Who").select_option(label=about)
        self.slack.get_by_role("button", name="Change the person").click()
        expect(self.said).to_contain_text(about)

    def way_of(self, name: str) -> Locator:
        """Open a lead's way, and return its steps."""
        self.lead(name).get_by_role("button", name="The way of").click()
        expect(self.page.get_by_role("heading", name=f"The way of {name}")).to_be_visible()
        return self.page.locator("#one-way .way-steps > li")
