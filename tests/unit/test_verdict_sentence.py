"""The sentences, to the letter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.verdict import already_converted, lead_not_found, unchecked, wait
from chalicelib.verdict.model import ConversionOptions, Evidence, Lead, Reference, Verdict
from chalicelib.verdict.sentence import evidence_words
from tests.strategies import (
    ADA,
    COMPANY,
    EMAIL,
    LEAD_ID,
    NAME,
    OLDCO,
    PHONE,
    ZYLKER,
    account,
    contact,
    judged,
    offer,
    same,
)

MAILED = {"Email": "ada@zylker.example"}
KESTREL = replace(ADA, company="Kestrel Labs", email="")
KESTRELS = (account("2003", "Kestrel Labs"), account("2004", "kestrel labs"))
BY_KESTREL = (same("Account_Name", "Kestrel Labs"),)
NAMELESS = Reference("2009", "")

MATCHED: dict[str, tuple[ConversionOptions, Lead]] = {
    "Ada Park is already a contact at Zylker (same email). Convert into that contact.": (
        offer((contact(at=ZYLKER),), by=(EMAIL,)),
        ADA,
    ),
    "Ada Park is already a contact (same email). Convert into that contact.": (
        offer((contact(),), by=(EMAIL, PHONE, NAME)),
        ADA,
    ),
    "A record without a name is already a contact (same email). Convert into that contact.": (
        offer((contact(name="", at=NAMELESS),), by=(EMAIL,)),
        ADA,
    ),
    "Probably Ada Park at Zylker (names only). Check first.": (
        offer((contact(at=ZYLKER),), (account(),), (NAME,), (COMPANY,)),
        ADA,
    ),
    "Probably Ada Park (names only). Check first.": (offer((contact(),), by=(NAME,)), ADA),
    "Probably Ada Park (same phone). Check first.": (offer((contact(),), by=(PHONE,)), ADA),
    "Probably Ada Park. Check first.": (offer((contact(),)), ADA),
    "Zylker is already an account (same phone). Add this lead as a new contact there.": (
        offer((), (account(),), accounts_by=(PHONE,)),
        ADA,
    ),
    "Zylker is already an account (same website). Add this lead as a new contact there.": (
        offer((), (account(),), accounts_by=(COMPANY, same("Website", "zylker.example"))),
        ADA,
    ),
    "Zylker is already an account. Add this lead as a new contact there.": (offer((), (account(),)), ADA),
    "2 accounts are called Kestrel Labs. Pick one before converting.": (
        offer((), KESTRELS, accounts_by=BY_KESTREL),
        KESTREL,
    ),
    "2 contacts are called Ada Park. Pick one before converting.": (
        offer((contact(), contact("1002")), (account(),), (NAME,), (COMPANY,)),
        ADA,
    ),
    "2 contacts have the same email. Pick one before converting.": (
        offer((contact(**MAILED), contact("1002", "A. Park", **MAILED)), by=(EMAIL, NAME)),
        ADA,
    ),
    "2 contacts match this lead. Pick one before converting.": (
        offer(
            (contact(**MAILED), contact("1002", Phone="+1 555 0100", Tax_Id="T1")),
            by=(EMAIL, same("Tax_Id", "T1", unique=True), same("Email", "ada@zylker.example", unique=True)),
        ),
        ADA,
    ),
    "Ada Park is a contact at OldCo; this lead says Zylker. Ask which.": (
        offer((contact(at=OLDCO),), (account(),), (EMAIL,), (COMPANY,)),
        ADA,
    ),
    "Ada Park is a contact at another account; this lead says Zylker. Ask which.": (
        offer((contact(at=NAMELESS),), (account(),), (EMAIL,), (COMPANY,)),
        ADA,
    ),
    "Ada Park is a contact at Zylker, but another account matches this lead. Ask which.": (
        offer((contact(at=replace(ZYLKER, id="2009")),), (account(),), (EMAIL,), (PHONE,)),
        ADA,
    ),
    "Ada Park is a contact at OldCo, but another account matches this lead. Ask which.": (
        offer((contact(at=OLDCO),), (account(),), (EMAIL,), (PHONE,)),
        replace(ADA, company=""),
    ),
    "A. Park is a contact at OldCo; this lead says Zylker. Ask which.": (
        offer((contact(name="A. Park", at=OLDCO),), by=(same("Last_Name", "Park"),)),
        ADA,
    ),
    "No exact match for email, company or name. Search Zylker once, then create.": (offer(), ADA),
    "No exact match for company or name. Search Zylker once, then create.": (offer(), replace(ADA, email="")),
    "No exact match for company. Search Zylker once, then create.": (offer(), Lead(LEAD_ID, company="Zylker")),
    "No exact match. Zoho will create a contact only.": (offer(), replace(ADA, company="")),
    "Ada Park is locked in Zoho. Do not convert yet. Once cleared: Ada Park is already a contact (same email). Convert into that contact.": (
        offer((contact(locked=True),), by=(EMAIL,)),
        ADA,
    ),
}


@pytest.mark.parametrize(("expected", "case"), MATCHED.items(), ids=MATCHED)
def test_sentence_about_a_checked_lead(expected: str, case: tuple[ConversionOptions, Lead]) -> None:
    """The sentence names who is there, by what, and what to do."""
    options, lead = case
    assert judged(options, lead).sentence == expected


CONVERTED = Lead(LEAD_ID, converted=True, converted_contact="Ada Park", converted_account="Zylker")
OUTCOMES: list[tuple[Verdict, str, str]] = [
    (wait("not_approved"), "wait", "Awaiting approval; Zoho blocks conversion. We check again every 4 hours."),
    (
        wait("record_locked"),
        "wait",
        "Locked while Zoho merges it; Zoho blocks conversion. We check again every 4 hours.",
    ),
    (
        already_converted(CONVERTED),
        "already_converted",
        "Already converted into Ada Park, Zylker. Nothing to do.",
    ),
    (
        already_converted(replace(CONVERTED, converted_account="")),
        "already_converted",
        "Already converted into Ada Park. Nothing to do.",
    ),
    (already_converted(Lead(LEAD_ID)), "already_converted", "Already converted. Nothing to do."),
    (
        lead_not_found(LEAD_ID),
        "lead_not_found",
        "Zoho shows us no lead 365…001: deleted, merged, or hidden from our user.",
    ),
    (
        lead_not_found("1234567"),
        "lead_not_found",
        "Zoho shows us no lead 1234567: deleted, merged, or hidden from our user.",
    ),
    (
        unchecked("zoho_unavailable"),
        "unchecked",
        "NOT CHECKED: Zoho did not answer. Search by hand before converting.",
    ),
    (
        unchecked("zoho_http_200"),
        "unchecked",
        "NOT CHECKED: Zoho's answer could not be read. Search by hand before converting.",
    ),
    (
        unchecked("zoho_no_permission"),
        "unchecked",
        "NOT CHECKED: Zoho refused our access. Search by hand before converting.",
    ),
    (
        judged(offer(), None),
        "unchecked",
        "NOT CHECKED: Zoho did not show us the lead itself. Search by hand before converting.",
    ),
]


@pytest.mark.parametrize(("verdict", "action", "sentence"), OUTCOMES, ids=[sentence for _, _, sentence in OUTCOMES])
def test_sentence_without_matching(verdict: Verdict, action: str, sentence: str) -> None:
    """What Zoho says of the lead itself, or does not say, is told plainly and is sure of nothing."""
    assert (verdict.action, verdict.confidence, verdict.sentence) == (action, "none", sentence)


NOUNS: list[tuple[list[Evidence], str]] = [
    ([], ""),
    ([EMAIL], "same email"),
    ([EMAIL, same("Secondary_Email", "a@b.example")], "same email"),
    ([same("Mobile", "555")], "same phone"),
    ([same("Tax_Id", "T1")], "same Tax Id"),
    ([Evidence("Tax_Id", "", "T1")], "same Tax Id"),
    ([Evidence("Tax_Id", "VAT number", "T1"), NAME], "same VAT number and name"),
]


@pytest.mark.parametrize(("evidence", "expected"), NOUNS)
def test_evidence_in_words(evidence: list[Evidence], expected: str) -> None:
    """Each kind of field is named once, one of the org's own fields by its label."""
    assert evidence_words(evidence) == expected
