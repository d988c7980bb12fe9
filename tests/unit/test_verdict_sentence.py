"""The sentences, to the letter."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.verdict import already_converted, lead_not_found, unchecked, wait
from chalicelib.verdict.model import Cause, ConversionOptions, Evidence, Lead, Reference, Verdict
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
    "Probably Zylker is already an account (names only). Check first.": (
        offer((), (account(),), accounts_by=(COMPANY,)),
        ADA,
    ),
    "Probably Zylker is already an account (same Tax Id). Check first.": (
        offer((), (account(),), accounts_by=(same("Tax_Id", "T1"),)),
        ADA,
    ),
    "Probably Zylker is already an account. Check first.": (offer((), (account(),)), ADA),
    "Zylker is already an account (its website fits the email). Add this lead as a new contact there.": (
        offer((), (account(Website="www.zylker.example"),), accounts_by=(COMPANY,)),
        ADA,
    ),
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


INC, LTD = Reference("2001", "Zylker Inc."), replace(ADA, company="Zylker Ltd.")
ENDING: dict[str, tuple[ConversionOptions, Lead]] = {
    "Probably Ada Park at Zylker Inc. Check first.": (offer((contact(at=INC),)), replace(ADA, company="")),
    "Probably Ada Park jr. Check first.": (offer((contact(name="Ada Park jr."),)), ADA),
    "Probably Zylker Inc. is already an account. Check first.": (offer((), (account(name="Zylker Inc."),)), ADA),
    "2 accounts are called Zylker Inc. Pick one before converting.": (
        offer((), (account(name="Zylker Inc."), account("2002", "Zylker Inc")), accounts_by=(COMPANY,)),
        replace(ADA, email=""),
    ),
    "Ada Park is a contact at OldCo; this lead says Zylker Ltd. Ask which.": (
        offer((contact(at=OLDCO),), by=(EMAIL,)),
        LTD,
    ),
    "Zylker S.A. is already an account (same phone). Add this lead as a new contact there.": (
        offer((), (account(name="Zylker S.A."),), accounts_by=(PHONE,)),
        ADA,
    ),
}


@pytest.mark.parametrize(("expected", "case"), ENDING.items(), ids=ENDING)
def test_no_sentence_ends_in_two_full_stops(expected: str, case: tuple[ConversionOptions, Lead]) -> None:
    """A name that ends in a full stop brings the sentence's own."""
    options, lead = case
    assert judged(options, lead).sentence == expected


TWO_STOPS: dict[str, Verdict] = {
    "converted": already_converted(Lead(LEAD_ID, converted_contact="Ada Park", converted_account="Zylker Inc.")),
    "name differs": judged(offer((contact(name="Bob Other Sr.", Email="x"),), by=(EMAIL,)), replace(ADA, name="A. P.")),
    "company differs": judged(offer((), (account(name="OldCo Ltd."),), accounts_by=(PHONE,)), LTD),
    "account differs": judged(offer((contact(at=OLDCO),), (account(),), (EMAIL,), (COMPANY,)), LTD),
    "legal form differs": judged(offer((contact(at=INC),), by=(EMAIL,)), LTD),
    "ideographic full stop": judged(offer((contact(at=OLDCO),), by=(EMAIL,)), replace(ADA, company="株式会社ゼ。")),
    "two stops of its own": judged(offer((contact(at=OLDCO),), by=(EMAIL,)), replace(ADA, company="Zylker..")),
}


@pytest.mark.parametrize("verdict", TWO_STOPS.values(), ids=TWO_STOPS)
def test_no_warning_ends_in_two_full_stops(verdict: Verdict) -> None:
    """Sentence and warnings name records and the lead, and each ends once."""
    for said in (verdict.sentence, *(warning.message for warning in verdict.warnings)):
        assert said.endswith(".")
        assert not re.search(r"[.。]\.(\s|$)", said)


LONG = "Z" * 101
CUT: dict[str, Verdict] = {
    "contact": judged(offer((contact(name=LONG, at=ZYLKER),), by=(EMAIL,))),
    "contact's account": judged(offer((contact(at=Reference("2001", LONG)),), by=(EMAIL,)), replace(ADA, company="")),
    "account": judged(offer((), (account(name=LONG),), accounts_by=(PHONE,))),
    "the lead's company": judged(offer((contact(at=OLDCO),), by=(EMAIL,)), replace(ADA, company=LONG)),
    "the company to search for": judged(offer(), replace(ADA, company=LONG)),
    "several of one name": judged(offer((), (account(name=LONG), account("2002", LONG)), accounts_by=(COMPANY,))),
    "a locked record": judged(offer((contact(name=LONG, locked=True),), by=(EMAIL,))),
    "a placeholder": judged(offer(), replace(ADA, name=LONG, company=LONG)),
    "converted": already_converted(Lead(LEAD_ID, converted_account=LONG)),
}


@pytest.mark.parametrize("verdict", CUT.values(), ids=CUT)
def test_a_name_is_cut_at_100_characters(verdict: Verdict) -> None:
    """In the sentence and in every warning, whosever name it is, with an ellipsis."""
    text = " ".join((verdict.sentence, *(warning.message for warning in verdict.warnings)))
    assert set(re.findall("Z{2,}…?", text)) == {"Z" * 99 + "…"}


CONVERTED = Lead(LEAD_ID, converted=True, converted_contact="Ada Park", converted_account="Zylker")
OUTCOMES: list[tuple[Verdict, str, str]] = [
    (
        wait("not_approved", Cause.NOT_APPROVED),
        "wait",
        "Awaiting approval; Zoho blocks conversion. We check again every 4 hours.",
    ),
    (
        wait("record_locked", Cause.LOCKED),
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
    (already_converted(None), "already_converted", "Already converted. Nothing to do."),
    (
        already_converted(replace(CONVERTED, converted_deal="Zylker renewal")),
        "already_converted",
        "Already converted into Ada Park, Zylker, Zylker renewal. Nothing to do.",
    ),
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
        unchecked("zoho_unavailable", Cause.NO_ANSWER),
        "unchecked",
        "NOT CHECKED: Zoho did not answer. Search by hand before converting.",
    ),
    (
        unchecked("zoho_http_200", Cause.UNREADABLE),
        "unchecked",
        "NOT CHECKED: Zoho's answer could not be read. Search by hand before converting.",
    ),
    (
        unchecked("zoho_no_permission", Cause.NO_ACCESS),
        "unchecked",
        "NOT CHECKED: Zoho refused us access. Search by hand before converting.",
    ),
    (
        judged(offer(), None),
        "unchecked",
        "NOT CHECKED: Zoho did not show us the lead itself. Search by hand before converting.",
    ),
]


@pytest.mark.parametrize(
    ("verdict", "action", "sentence"),
    OUTCOMES,
    ids=[f"{number} {sentence}" for number, (_, _, sentence) in enumerate(OUTCOMES)],
)
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
