"""Where people see a record in Zoho CRM."""

from __future__ import annotations

import pytest

from chalicelib.data_centers import OrgPages, data_center, production_pages, record_links


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


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("Zylker", "Zylker"),
        ("ada+x@zylker.example", "ada%2Bx%40zylker.example"),
        ("Müller & Söhne/Co?#", "M%C3%BCller%20%26%20S%C3%B6hne%2FCo%3F%23"),
        ('"><|', "%22%3E%3C%7C"),
    ],
)
def test_a_search_has_its_page(word: str, written: str) -> None:
    """Whatever the word holds, it stays the word."""
    found = production_pages(data_center("ca"), "700").search(word)
    assert found == f"https://crm.zohocloud.ca/crm/org700/search?searchword={written}&isRelevance=false"


OWN = "https://crmsandbox.zoho.eu/crm/acmetest"


def pages(own_url: str = "", api_url: str = "") -> OrgPages:
    """Return the pages of an org in Europe."""
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
        for found in (known.link(module, "71"), known.search("Zylker").replace("/search?", "/tab/")):
            assert found.startswith(expected)
            assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    "own",
    ["https://crm.zoho.eu/crm/org1", "https://crm.zoho.com/crm/org1", "https://crm.zohocloud.ca/crm/org1",
     "https://www.zoho.com/crm/lead", "https://accounts.zoho.com/crm/a", "https://one.zoho.eu/crm/org1",
     "https://crmplus.zoho.com/crm/org1", "https://crm.zoho.com.au/crm/org1"],
)  # fmt: skip
def test_a_setting_that_is_no_sandbox_s_address_is_not_used(own: str) -> None:
    """It leads a sandbox's stage into no production org of any data centre, and costs a production org no link."""
    known = pages(own)
    known.heard("https://sandbox.zohoapis.eu")
    assert known.url == ""
    known.heard("https://www.zohoapis.eu")
    assert known.link("Leads", "71") == "https://crm.zoho.eu/crm/org60001234/tab/Leads/71"


@pytest.mark.parametrize("domain", ["", "http://127.0.0.1:9", "https://[", "null"])
def test_a_production_org_keeps_its_links(domain: str) -> None:
    """Whatever a later token's answer names, or another worker has heard of it."""
    known = pages()
    known.learn("production")
    known.heard(domain)
    assert known.link("Leads", "71") == "https://crm.zoho.eu/crm/org60001234/tab/Leads/71"


@pytest.mark.parametrize("domain", ["", "http://127.0.0.1:9", "https://[", "null"])
def test_an_org_whose_kind_is_not_named_yet_has_the_pages_that_were_set(domain: str) -> None:
    """A sandbox or developer org has an address of its own, without which provision and check refuse its stage."""
    production = "https://crm.zoho.eu/crm/org60001234/tab/Leads/71"
    for own, expected in (
        ("", production),
        (OWN, f"{OWN}/tab/Leads/71"),
        (f"{OWN}/tab/Home/begin", f"{OWN}/tab/Leads/71"),
    ):
        known = pages(own)
        known.heard(domain)
        assert known.link("Leads", "71") == expected


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
