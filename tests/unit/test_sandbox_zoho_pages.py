"""The stand-in's pages: what they show of a record in each state, what a person can do there, and where links lead."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chalicelib.data_centers import data_center, record_links
from sandbox.view import page
from sandbox.view.links import ORG_PAGES, anchor, below, paths, to_stand_in
from sandbox.zoho import pages
from sandbox.zoho.crm import Crm
from sandbox.zoho.ids import ORG_ID, system_id
from sandbox.zoho.pages_server import blueprint
from tests.unit.test_sandbox_view_page import Page

HOSTILE = '"><script>alert(1)</script>\u202e <https://crm.zoho.com/crm/org700000001/tab/Leads/1|x> href="'


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def client(crm: Crm) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint(crm, "/zoho"))
    return app.test_client()


def shown(crm: Crm, path: str, **args: str) -> Page:
    """Return a page whole, as a browser reads it; everything that opens on it closes."""
    read = Page(pages.html(pages.page(crm, path, args), below("/zoho")))
    assert read.open == []
    return read


def hrefs(read: Page) -> list[str]:
    """Return where a page's links lead, without those to the lists."""
    return [link["href"] for link in read.all("a") if len(link["href"].split("/")) > 4]


def known_person(crm: Crm, **fields: object) -> tuple[str, str, str]:
    """Add a lead and a contact and account that match it."""
    account_id = crm.add("Accounts", Account_Name="Zylker", Website="https://zylker.example")
    account = crm.lookup("Accounts", account_id)
    contact_id = crm.add("Contacts", Full_Name="Ada Park", Email="ada@zylker.example", Account_Name=account)
    values = {"Full_Name": "Ada Park", "Company": "Zylker", "Email": "ada@zylker.example"} | fields
    return crm.add("Leads", **values), contact_id, account_id


def test_a_leads_page_shows_its_fields_and_leads_to_the_convert_screen(crm: Crm) -> None:
    """It calls itself the stand-in; its one heading is the lead's name."""
    lead_id, *_ = known_person(crm, Lead_Status="Qualified")
    read = shown(crm, f"tab/Leads/{lead_id}")
    assert "Zoho stand-in Lead Ada Park" in read.text
    assert "Lead Status Qualified Owner Rosa Quill" in read.text
    assert hrefs(read) == [f"/zoho/tab/Leads/{lead_id}/convert"]
    assert [tag for tag, _ in read.tags if tag in ("h1", "h2", "h3")] == ["h1"]


def test_an_accounts_page_leads_to_its_contacts_deals_and_the_leads_that_became_it(crm: Crm) -> None:
    """And a contact's to its account, a deal's to both, a converted lead's to all three."""
    lead_id, contact_id, account_id = known_person(crm)
    links = {"Account_Name": crm.lookup("Accounts", account_id), "Contact_Name": crm.lookup("Contacts", contact_id)}
    deal_id = crm.add("Deals", Deal_Name="Zylker renewal", Amount=1200, **links)
    crm.convert(lead_id, contact_id=contact_id, account_id=account_id, deal_id=deal_id)
    lead, contact, account, deal = (
        f"/zoho/tab/{tab}/{id_}"
        for tab, id_ in zip(pages.MODULES, (lead_id, contact_id, account_id, deal_id), strict=True)
    )
    assert hrefs(shown(crm, f"tab/Accounts/{account_id}")) == [lead, contact, deal]
    assert hrefs(shown(crm, f"tab/Contacts/{contact_id}")) == [account, lead, deal]
    assert hrefs(shown(crm, f"tab/Potentials/{deal_id}")) == [account, contact, lead]
    converted = shown(crm, f"tab/Leads/{lead_id}")
    assert hrefs(converted) == [contact, account, deal]
    assert "Converted into Ada Park , Zylker , Zylker renewal ." in converted.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"Locked__s": True}, "Locked: it cannot be changed or converted now."),
        ({"$approval_state": "approval_process_pending"}, "Not approved: approval process pending."),
        ({"$editable": False}, "leadmatch's user may not edit it."),
    ],
)
def test_a_records_state_is_said_above_its_fields(crm: Crm, state: dict[str, object], said: str) -> None:
    """A record that nothing is wrong with says none of it."""
    account_id = crm.add("Accounts", Account_Name="Zylker")
    assert said not in shown(crm, f"tab/Accounts/{account_id}").text
    crm.change("Accounts", account_id, **state)
    assert said in shown(crm, f"tab/Accounts/{account_id}").text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("tab/Leads/7203914999999999001", "The stand-in holds no lead with this id"),
        ("tab/Leads/7203914999999999001/convert", "The stand-in holds no lead with this id"),
        ("tab/Potentials/1", "The stand-in holds no deal with this id"),
        ("tab/Vendors/1", "no page at this address"),
        ("", "no page at this address"),
    ],
)
def test_what_is_not_there_is_said(crm: Crm, client: FlaskClient, path: str, said: str) -> None:
    """With status 404."""
    assert said in shown(crm, path).text
    assert client.get(f"/zoho/{path}").status_code == 404


def test_no_value_becomes_markup_or_a_link(crm: Crm) -> None:
    """A stranger's name is shown letter by letter, on every page that shows it."""
    account_id = crm.add("Accounts", Account_Name=HOSTILE)
    crm.add("Contacts", Full_Name=HOSTILE, Account_Name=crm.lookup("Accounts", account_id))
    deal_id = crm.add("Deals", Deal_Name="x", Contact_Name={"name": HOSTILE, "id": HOSTILE})
    assert "script" not in [tag for tag, _ in shown(crm, f"tab/Potentials/{deal_id}").tags]
    lead_id = crm.add("Leads", Full_Name=HOSTILE, Company=HOSTILE, Lead_Source=HOSTILE, Tag=[{"name": HOSTILE}])
    for path in (f"tab/Leads/{lead_id}", f"tab/Leads/{lead_id}/convert", f"tab/Accounts/{account_id}", "search"):
        read = shown(crm, path, searchword=HOSTILE)
        assert "script" not in [tag for tag, _ in read.tags]
        assert HOSTILE.replace("\u202e", "").strip() in read.text
        assert {urlsplit(href).path.split("/")[1] for href in hrefs(read)} <= {"zoho"}
        assert "/zoho/tab/Leads/1" not in hrefs(read)


def test_a_search_finds_records_of_every_module_by_any_text(crm: Crm) -> None:
    """Without regard to case; a word that nothing holds, or none, finds nothing."""
    lead_id, contact_id, account_id = known_person(crm)
    found = shown(crm, "search", searchword="zYLK")
    assert [href.rpartition("/")[2] for href in hrefs(found)] == [lead_id, contact_id, account_id]
    assert "Search: zYLK" in found.text
    assert hrefs(shown(crm, "search", searchword="nobody")) == hrefs(shown(crm, "search")) == []


def test_a_module_lists_its_records_newest_first_up_to_a_limit(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says how many more there are."""
    ids = [crm.add("Leads", Full_Name=name) for name in ("Ada Park", "Bo Chen", "Ivo Lind")]
    monkeypatch.setattr(pages, "MOST_LISTED", 2)
    read = shown(crm, "tab/Leads")
    assert [href.rpartition("/")[2] for href in hrefs(read)] == ids[:0:-1]
    assert "… and 1 more" in read.text


def test_the_convert_screen_offers_the_matches_and_new_records(crm: Crm) -> None:
    """Each choice by a radio button with a label, under the name of what is chosen."""
    lead_id, contact_id, account_id = known_person(crm)
    read = shown(crm, f"tab/Leads/{lead_id}/convert")
    radios = [(one["name"], one["value"]) for one in read.all("input") if one.get("type") == "radio"]
    assert radios == [("contact", contact_id), ("contact", "new"), ("account", account_id), ("account", "new")]
    assert len(read.all("label")) == len(radios)
    assert "Contact Ada Park Zylker · ada@zylker.example A new contact: Ada Park Account Zylker" in read.text


def test_a_lead_without_a_company_makes_no_account(crm: Crm) -> None:
    """The screen says why."""
    lead_id = crm.add("Leads", Full_Name="Lena Vogt")
    assert "No account: the lead names no company" in shown(crm, f"tab/Leads/{lead_id}/convert").text


@pytest.mark.parametrize("is_known", [True, False])
def test_a_person_converts_a_lead_in_the_stand_in(crm: Crm, client: FlaskClient, *, is_known: bool) -> None:
    """Into the records that they chose, or into new ones, as the lead's owner; then they see the lead."""
    lead_id, contact_id, account_id = known_person(crm)
    chosen = {"contact": contact_id, "account": account_id} if is_known else {"contact": "new", "account": "new"}
    answer = client.post(f"/zoho/tab/Leads/{lead_id}/convert", data=chosen)
    assert (answer.status_code, answer.location) == (303, f"/zoho/tab/Leads/{lead_id}")
    (done,) = crm.conversions(lead_id)
    assert done.by == system_id("owner")
    assert ((done.contact_id, done.account_id) == (contact_id, account_id)) is is_known
    assert "Converted into" in client.get(f"/zoho/tab/Leads/{lead_id}").text


def test_what_zoho_refuses_is_said_on_the_convert_screen(crm: Crm, client: FlaskClient) -> None:
    """And nothing is converted."""
    lead_id, contact_id, account_id = known_person(crm, Locked__s=True)
    answer = client.post(f"/zoho/tab/Leads/{lead_id}/convert", data={"contact": contact_id, "account": account_id})
    assert answer.status_code == 400
    assert "Zoho refuses: " in Page(answer.text).text
    assert crm.conversions() == []


def test_the_links_that_the_product_makes_are_those_that_are_led_here() -> None:
    """Others are left alone, and so is a text that looks like one."""
    link = record_links(data_center("us"), ORG_ID)
    urls = [link("Leads", "1"), f"{link('Leads', '1')}/convert", link("Deals", "2"), "https://zylker.example"]
    message = {
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": " ".join(f"<{url}|x>" for url in urls)}}]
    }
    drawn = page.draw_message(message)
    assert paths(drawn) == ("tab/Leads/1", "tab/Leads/1/convert", "tab/Potentials/2")
    led = [one["href"] for one in Page(to_stand_in(drawn, below("/zoho"))).all("a")]
    assert led == ["/zoho/tab/Leads/1", "/zoho/tab/Leads/1/convert", "/zoho/tab/Potentials/2", "https://zylker.example"]
    text = page.draw_message({"text": f'href="{ORG_PAGES}/tab/Leads/1"'})
    assert paths(text) == ()


def test_no_two_pages_share_a_place_in_a_file() -> None:
    """Whatever is searched for."""
    every = [
        "tab/Leads/1",
        "tab/Leads/1/convert",
        "search?searchword=a+b",
        "search?searchword=a-b",
        "search?searchword=a_b",
    ]
    assert len({anchor(path) for path in every}) == len(every)
    assert anchor("tab/Leads/1/convert") == "#zoho-Leads-1-convert"


def test_in_a_file_every_link_leads_to_a_section(crm: Crm) -> None:
    """Those of the messages and those of the sections that they lead to; nothing can be sent from it."""
    lead_id, contact_id, _ = known_person(crm)
    urls = [
        f"{ORG_PAGES}/tab/Leads/{lead_id}/convert",
        f"{ORG_PAGES}/search?searchword=Zylker&amp;x=1",
        f"{ORG_PAGES}/tab/Leads/9",
    ]
    drawn = page.channels([{"text": " ".join(f"<{url}|x>" for url in urls)}])
    read = Page(pages.file("leadmatch in Slack", crm, drawn))
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {one["href"].removeprefix("#") for one in read.all("a")} <= set(ids)
    assert f"zoho-Contacts-{contact_id}" in ids
    assert [tag for tag, _ in read.tags].count("h1") == 1
    assert all("disabled" in one for one in read.all("fieldset") if "class" not in one)
    assert "form-action 'none'" in next(meta["content"] for meta in read.all("meta") if "http-equiv" in meta)
