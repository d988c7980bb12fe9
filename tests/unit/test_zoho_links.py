"""Where people see a record in Zoho CRM."""

from __future__ import annotations

import pytest

from chalicelib.zoho.data_centers import data_center
from chalicelib.zoho.links import OrgPages, record_links


@pytest.mark.parametrize(
    ("org", "module", "path"),
    [
        ("", "Leads", "/crm/tab/Leads/71"),
        ("60001234", "Leads", "/crm/org60001234/tab/Leads/71"),
        ("org60001234", "Contacts", "/crm/org60001234/tab/Contacts/71"),
        ("60001234", "Accounts", "/crm/org60001234/tab/Accounts/71"),
        ("60001234", "Deals", "/crm/org60001234/tab/Potentials/71"),
    ],
)
def test_a_record_has_its_page(org: str, module: str, path: str) -> None:
    """With an org id or without; deals still carry their old name."""
    assert record_links(data_center("ca"), org)(module, "71") == f"https://crm.zohocloud.ca{path}"


OWN = "https://crmsandbox.zoho.eu/crm/acmetest"


def pages(own_url: str = "", api_url: str = "") -> OrgPages:
    """Give the pages of an org in Europe."""
    return OrgPages(data_center("eu"), "60001234", own_url=own_url, api_url=api_url)


@pytest.mark.parametrize(
    "api", ["https://sandbox.zohoapis.eu", "https://developer.zohoapis.eu", "https://sandbox.zohoapis.eu/", "https://sandbox.zohoapis.com"]
)  # fmt: skip
@pytest.mark.parametrize("by_setting", [False, True])
@pytest.mark.parametrize("module", ["Leads", "Contacts", "Accounts", "Deals"])
def test_no_link_leads_from_another_org_into_production(api: str, module: str, *, by_setting: bool) -> None:
    """Its own pages, where the operator named them, or no link."""
    for own, expected in (("", ""), (OWN, f"{OWN}/tab/"), ("https://crm.zoho.eu/crm/org60001234", "")):
        known = pages(own, api if by_setting else "")
        known.heard("https://www.zohoapis.eu" if by_setting else api)
        found = known.link(module, "71")
        assert found.startswith(expected)
        assert bool(found) == bool(expected)


@pytest.mark.parametrize("domain", ["https://www.zohoapis.eu", "", "http://127.0.0.1:9", "https://[", "null"])
def test_a_production_org_keeps_its_links(domain: str) -> None:
    """And so does one of which no token has told yet."""
    known = pages()
    known.heard(domain)
    assert known.link("Leads", "71") == "https://crm.zoho.eu/crm/org60001234/tab/Leads/71"


def test_a_production_org_s_links_lead_into_no_sandbox() -> None:
    """The setting of a stage that was moved must not outlive the move."""
    known = pages(OWN)
    assert known.link("Leads", "71") == f"{OWN}/tab/Leads/71"
    known.heard("https://www.zohoapis.eu")
    assert known.link("Leads", "71") == ""


def test_what_this_worker_has_heard_counts_more_than_what_others_have() -> None:
    """The token in hand is the newest."""
    known = pages()
    known.learn("sandbox")
    assert known.link("Leads", "71") == ""
    known.heard("https://www.zohoapis.eu")
    known.learn("sandbox")
    assert known.link("Leads", "71") != ""
