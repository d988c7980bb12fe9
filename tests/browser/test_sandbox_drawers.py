"""What can be tried beside the sample leads on the page of `make sandbox`, and what a lead's way shows."""

from __future__ import annotations

import json

import pytest
import requests
from playwright.sync_api import expect

from sandbox.system import SECRETS
from tests.browser.served import Served
from tests.browser.visitor import Visitor

STRANGERS = {
    "no key": "401",
    "a wrong key": "401",
    "the key before, which still holds": "202",
    "the key, but no lead id": "400",
    "the key, and a body that is no JSON": "400",
    "the key, and 101 ids": "400",
    "the key, and 70 kB": "413",
}


@pytest.mark.parametrize("call", STRANGERS)
def test_a_stranger_s_call_shows_its_answer(visitor: Visitor, call: str) -> None:
    """The page says what the webhook answered."""
    drawer = visitor.drawer("Call the webhook as a stranger")
    drawer.get_by_label("Call it with").select_option(label=call)
    drawer.get_by_role("button", name="Call").click()
    expect(visitor.said).to_contain_text(f"With {call}: HTTP {STRANGERS[call]}")


def test_an_account_and_a_contact_that_are_added_match(visitor: Visitor) -> None:
    """A lead with the contact's email is said to be that contact, and Zoho's part lists both."""
    visitor.add_account("Millstone Paper")
    visitor.add_contact("Pauline", "Adder", email="pauline@millstone.example", account="Millstone Paper")
    visitor.add_lead("Pauline", "Adder", company="Millstone Paper", email="pauline@millstone.example")
    expect(visitor.message("Pauline Adder")).to_contain_text("Pauline Adder is already a contact at Millstone Paper")
    records = visitor.drawer("Accounts and contacts")
    expect(records.get_by_role("link", name="Millstone Paper")).to_have_count(1)
    expect(records.get_by_role("link", name="Pauline Adder")).to_have_count(1)


def test_an_own_answer_of_zoho_decides(visitor: Visitor) -> None:
    """Whatever a person writes as Zoho's answer reaches the verdict; one that is no answer is not taken."""
    contacts = [{"id": "7203914000000000777", "Full_Name": "Olga Written", "Email": "olga@own.example"}]
    answer = {"__conversion_options": {"Accounts": None, "Contacts": contacts, "Deals": None}}
    try:
        visitor.break_zoho("answers what you write below", body=json.dumps(answer))
        visitor.add_lead("Olga", "Written", company="Own Answers", email="olga@own.example")
        expect(visitor.message("Olga Written").get_by_role("link", name="Olga Written").first).to_be_visible()
        visitor.switch("answers what you write below", status="99")
        expect(visitor.said).to_contain_text("The status must be a number from 200 to 599.")
    finally:
        visitor.mend_zoho()


def test_a_lead_s_way_shows_what_was_sent_and_what_came_back_and_no_secret(visitor: Visitor) -> None:
    """Step by step: the webhook's call, Zoho's answer and Slack's; keys and tokens are masked."""
    visitor.add_lead("Walt", "Weber", company="Way Works", email="walt@way.example")
    expect(visitor.message("Walt Weber")).to_have_count(1)
    way = visitor.way_of("Walt Weber")
    for name in ("POST /zoho/leads", "GET conversion options", "chat.postMessage"):
        step = way.filter(has_text=name).first
        step.locator("summary").click()
        expect(step.get_by_role("heading", name="Sent")).to_be_visible()
        expect(step.get_by_role("heading", name="Came back")).to_be_visible()
    expect(way.filter(has_text="POST /zoho/leads").first).to_contain_text("202")
    expect(visitor.page.locator("#one-way")).to_contain_text("walt@way.example")
    shown = visitor.page.content()
    assert "X-Leadmatch-Key" in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_another_name_for_this_machine_and_another_origin_are_refused(served: Served) -> None:
    """A page of the web cannot work the sandbox through a person's browser."""
    form = {"reading": "down", "converting": "works", "delay": "0"}
    assert requests.get(served.url, headers={"Host": "evil.example"}, timeout=60).status_code == 403
    for origin in ("http://evil.example", "null", f"http://localhost:{served.port}", ""):
        answer = requests.post(f"{served.url}/zoho/switch", form, headers={"Origin": origin}, timeout=60)
        assert answer.status_code == 403, origin
