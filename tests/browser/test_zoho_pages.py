"""The stand-in's pages in a real headless Chromium: everybody can read them, nothing overflows, and the form converts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, request
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sandbox.serving import Serving
from sandbox.view.links import ORG_PAGES
from sandbox.view.page import channels
from sandbox.zoho import pages
from sandbox.zoho.crm import Crm
from sandbox.zoho.pages_server import blueprint
from tests.waiting import SECONDS

HOSTILE = '<img src=x onerror=alert(1)> *x* "q"' + "W" * 300


class Shown:
    """A CRM with its pages, and the origins from which they were posted to."""

    def __init__(self) -> None:
        self.crm, self.origins = Crm(), set[str]()
        crm = self.crm
        pending = {"$approval_state": "approval_process_pending"}
        account_id = crm.add("Accounts", Account_Name="Zylker", Website="https://zylker.example", **pending)
        account = crm.lookup("Accounts", account_id)
        contact_id = crm.add("Contacts", Full_Name="Ada Park", Email="ada@zylker.example", Account_Name=account)
        self.lead_id = crm.add("Leads", Full_Name="Ada Park", Company="Zylker", Email="ada@zylker.example")
        converted_id = crm.add("Leads", Full_Name=HOSTILE, Company="Zylker", Email="ada@zylker.example")
        crm.convert(converted_id, contact_id=contact_id, account_id=account_id)
        self.paths = (
            *(f"tab/Leads/{self.lead_id}", f"tab/Leads/{self.lead_id}/convert", f"tab/Leads/{converted_id}"),
            *(f"tab/Accounts/{account_id}", "tab/Leads", "tab/Leads/9", "search?searchword=zylk"),
        )

    def app(self) -> Flask:
        """Return the server of the pages."""
        app = Flask(__name__)
        app.register_blueprint(blueprint(self.crm))
        app.before_request(self._note_origin)
        return app

    def _note_origin(self) -> None:
        if request.method == "POST":
            self.origins.add(request.headers.get("Origin", ""))


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_every_page(chromium: Browser, width: int, scheme: Literal["light", "dark"]) -> None:
    """No violation that axe finds, in light and dark; nothing is wider than the window, and nothing of a name is an element."""
    shown = Shown()
    with Serving(shown.app()) as server, chromium.new_context(color_scheme=scheme) as context:
        page = _page(context)
        page.set_viewport_size({"width": width, "height": 800})
        for path in shown.paths:
            page.goto(f"{server.url}/zoho/{path}")
            assert [one["id"] for one in Axe().run(page).response["violations"]] == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == width, path
            expect(page.locator("img")).to_have_count(0)


def test_a_file_shows_the_page_that_a_link_leads_to(chromium: Browser, tmp_path: Path) -> None:
    """Below the messages, one at a time; everybody can read it, and nothing can be sent from it."""
    shown = Shown()
    url = f"{ORG_PAGES}/tab/Leads/{shown.lead_id}/convert"
    drawn = channels(
        [{"channel_name": "leads", "text": f"Ada Park: <{url}|Convert in Zoho> or <{ORG_PAGES}/tab/Leads/9|open it>"}]
    )
    path = tmp_path / "page.html"
    path.write_text(pages.file("Messages", shown.crm, drawn), encoding="utf-8")
    with chromium.new_context() as context:
        page = _page(context)
        page.goto(path.as_uri())
        expect(page.get_by_role("heading", level=2)).to_have_text(["#leads"])
        page.get_by_role("link", name="Convert in Zoho").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(["#leads", "Ada Park"])
        expect(page.get_by_role("button", name="Convert")).to_be_disabled()
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        page.get_by_role("link", name="Back to the lead").click()
        expect(page.get_by_text("ada@zylker.example", exact=True)).to_be_visible()
        page.get_by_role("link", name="open it").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(["#leads", "No such record"])


def test_a_person_finds_a_lead_and_converts_it(chromium: Browser) -> None:
    """The form is posted from the page's own origin, which a server that refuses strangers asks for."""
    shown = Shown()
    with Serving(shown.app()) as server, chromium.new_context() as context:
        page = _page(context)
        page.goto(f"{server.url}/zoho/tab/Leads")
        page.get_by_label("Search the records").fill("ada@zylker")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Ada Park").first.click()
        page.get_by_role("link", name="Convert").click()
        page.get_by_role("radio", name="Ada Park Zylker").check()
        page.get_by_role("radio", name="A new account: Zylker").check()
        page.get_by_role("button", name="Convert").click()
        expect(page.get_by_text("Converted into")).to_be_visible()
        assert shown.origins == {server.url}
    assert [one.lead_id for one in shown.crm.conversions()][1:] == [shown.lead_id]


def _page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    return page
