"""When two values mean the same."""

from __future__ import annotations

import pytest

from chalicelib.verdict.compare import company_domain, company_key, domain, is_placeholder, same_value

SAME_COMPANIES = [
    ("Zylker", "Zylker Inc."),
    ("Zylker", "ZYLKER, LLC"),
    ("Zylker", "Zylker L.L.C."),
    ("Zylker S.A.", "zylker sa"),
    ("Zylker GmbH & Co. KG", "Zylker"),
    ("J.P. Kestrel", "JP Kestrel"),
    ("Ada\u2019s Labs", "Adas Labs"),
    ("Kestrel\u00a0Labs", "kestrel-labs"),
]


@pytest.mark.parametrize(("left", "right"), SAME_COMPANIES)
def test_legal_form_case_and_punctuation_do_not_tell_companies_apart(left: str, right: str) -> None:
    """A company is the same with and without its legal form, however that is written."""
    assert company_key(left) == company_key(right)


@pytest.mark.parametrize(("left", "right"), [("Zylker", "OldCo"), ("Kestrel", "Kestrel Labs"), ("Inc", "Co")])
def test_other_words_tell_companies_apart(left: str, right: str) -> None:
    """Only legal forms are left out, and never the whole name."""
    assert company_key(left) != company_key(right)


@pytest.mark.parametrize(
    "company",
    ["N/A", "n.a.", "NA", "-", "--", "Individual", "self", "Self-Employed", "none", "Ada Park", "ADA  PARK", "Unknown"],
)
def test_a_placeholder_is_no_company(company: str) -> None:
    """Dashes, N/A, Individual, Self and the person's own name stand where no company is."""
    assert is_placeholder(company, "Ada Park")


@pytest.mark.parametrize("company", ["", "  ", "Zylker", "Nazca", "Self Storage", "株式会社"])
def test_a_company_or_nothing_is_no_placeholder(company: str) -> None:
    """An empty field is empty, and a company that merely starts like a placeholder is a company."""
    assert not is_placeholder(company, "Ada Park")


@pytest.mark.parametrize("company", ["Bot", "BOT ", "website visitor", "Website-Visitor"])
def test_the_org_has_placeholders_of_its_own(company: str) -> None:
    """What an org's bots type into the company field is no company there, however it is spelled, and one elsewhere."""
    assert is_placeholder(company, "Ada Park", ["bot", "Website Visitor"])
    assert not is_placeholder(company, "Ada Park")


DOMAINS = [
    ("https://www.zylker.example/about?x=1", "zylker.example"),
    ("Zylker.example", "zylker.example"),
    ("zylker.example:8080", "zylker.example"),
    ("ada@Zylker.example", "zylker.example"),
    ("https://ada@zylker.example/", "zylker.example"),
    ("zylker", ""),
    ("http://[broken", ""),
    ("", ""),
]


@pytest.mark.parametrize(("value", "expected"), DOMAINS)
def test_domain_of_a_website_or_an_email(value: str, expected: str) -> None:
    """The host counts, without www, port and path; what is no address has none."""
    assert domain(value) == expected


@pytest.mark.parametrize("email", ["ada@gmail.com", "ada@GMX.de", "zylker.example", ""])
def test_free_mail_says_nothing_about_a_company(email: str) -> None:
    """A free-mail domain, or a text that is no email, leads to no company."""
    assert company_domain(email) == ""


def test_an_email_at_a_company_leads_to_its_domain() -> None:
    """Any other domain may be a company's."""
    assert company_domain("ada@zylker.example") == "zylker.example"


SAME_VALUES = [
    ("Email", "Ada@Zylker.example ", "ada@zylker.example", True),
    ("Email", "ada@zylker.example", "adazylker.example", False),
    ("Phone", "+1 (555) 0100", "1 555 0100", True),
    ("Phone", "555 0100", "555 0101", False),
    ("Mobile", "ext.", "ext", False),
    ("Website", "https://www.zylker.example/", "zylker.example", True),
    ("Website", "zylker", "zylker!", False),
    ("Full_Name", "Ada  Park", "ada park", True),
    ("Account_Name", "Kestrel-Labs", "Kestrel Labs", True),
    ("Account_Name", "!!", "??", False),
    ("Tax_Id", "ab-1", "AB-1", True),
    ("Tax_Id", "ab-1", "ab 1", False),
    ("Email", "", "", False),
    ("Email", "ada@zylker.example", " ", False),
]


@pytest.mark.parametrize(("field", "left", "right", "expected"), SAME_VALUES)
def test_values_are_compared_as_their_field_asks(field: str, left: str, right: str, *, expected: bool) -> None:
    """Phones by digits, websites by host, names by words, all else but for case; nothing equals nothing."""
    assert same_value(field, left, right) is expected
