"""Rules 1 to 3: how strong evidence is, whose it is, and who competes."""

from __future__ import annotations

import pytest

from chalicelib.verdict.evidence import candidates, names_only, strength_of
from chalicelib.verdict.model import Candidate, Evidence, Module, Strength
from chalicelib.verdict.rules import competitors
from tests.strategies import COMPANY, EMAIL, NAME, PHONE, account, contact, same

STRENGTHS: list[tuple[Module, Evidence, Strength]] = [
    ("Contacts", same("Tax_Id", "T1", unique=True), Strength.EXACT),
    ("Contacts", same("Full_Name", "Ada Park", unique=True), Strength.EXACT),
    ("Contacts", EMAIL, Strength.STRONG),
    ("Contacts", same("Secondary_Email", "ada@zylker.example"), Strength.STRONG),
    ("Contacts", PHONE, Strength.WEAK),
    ("Contacts", same("Mobile", "555"), Strength.WEAK),
    ("Contacts", NAME, Strength.WEAK),
    ("Contacts", same("Tax_Id", "T1", unique=None), Strength.WEAK),
    ("Contacts", same("Tax_Id", "T1", unique=False), Strength.WEAK),
    ("Contacts", same("Email", "ada@zylker.example", unique=False), Strength.STRONG),
    ("Contacts", same("Website", "zylker.example"), Strength.WEAK),
    ("Accounts", PHONE, Strength.STRONG),
    ("Accounts", same("Website", "zylker.example"), Strength.STRONG),
    ("Accounts", COMPANY, Strength.WEAK),
    ("Accounts", same("Account_Name", "Zylker", unique=True), Strength.EXACT),
]


@pytest.mark.parametrize(("module", "evidence", "expected"), STRENGTHS)
def test_strength_of_one_piece_of_evidence(module: Module, evidence: Evidence, expected: Strength) -> None:
    """Rule 1: unique is exact; email, or an account's phone or website, is strong; a name or a switchboard is weak."""
    assert strength_of(evidence, module) is expected


def _shown(found: tuple[Candidate, ...] | None) -> list[tuple[str, tuple[Evidence, ...], Strength]]:
    assert found is not None
    return [(candidate.record.id, candidate.evidence, candidate.strength) for candidate in found]


def test_the_only_record_carries_all_of_its_modules_evidence() -> None:
    """Rule 2: with one record there is no doubt whose evidence it is, shown or not."""
    found = candidates((contact(Email=""),), (EMAIL, NAME), "Contacts")
    assert _shown(found) == [("1001", (EMAIL, NAME), Strength.STRONG)]


def test_each_of_several_records_carries_what_it_shows_strongest_first() -> None:
    """Rule 2: the record with the email carries it, the one with only the name does not."""
    named, mailed = contact(), contact("1002", "A. Park", Email="ADA@zylker.example")
    found = candidates((named, mailed), (EMAIL, NAME), "Contacts")
    assert _shown(found) == [("1002", (EMAIL,), Strength.STRONG), ("1001", (NAME,), Strength.WEAK)]


def test_evidence_that_no_record_shows_is_carried_by_none() -> None:
    """Rule 2: it stays with the module; records that show nothing compete with its strength."""
    found = candidates((contact(name="A"), contact("1002", "B")), (EMAIL,), "Contacts")
    assert _shown(found) == [("1001", (), Strength.STRONG), ("1002", (), Strength.STRONG)]


def test_a_record_that_shows_nothing_is_weak_when_all_evidence_has_its_record() -> None:
    """Zoho offers it for some reason, but not for the one that another record shows."""
    found = candidates((contact(Email="ada@zylker.example"), contact("1002", "B")), (EMAIL,), "Contacts")
    assert _shown(found) == [("1001", (EMAIL,), Strength.STRONG), ("1002", (), Strength.WEAK)]


def test_a_module_that_was_not_asked_has_no_candidates_but_none() -> None:
    """None means not asked, an empty tuple asked and none."""
    assert candidates(None, (EMAIL,), "Contacts") is None
    assert candidates((), (EMAIL,), "Contacts") == ()


def test_only_the_strongest_tier_competes() -> None:
    """Rule 3: weaker matches decide nothing."""
    found = candidates((contact(), contact("1002", Email="ada@zylker.example")), (EMAIL, NAME), "Contacts")
    assert [rival.record.id for rival in competitors(found)] == ["1002"]


def test_what_has_no_strength_does_not_compete() -> None:
    """An account that only matched by a void name is no competitor, and neither is nobody."""
    assert competitors(candidates((account(),), (), "Accounts", at_least=Strength.NONE)) == ()
    assert competitors(None) == ()


def test_names_only_needs_evidence_of_names_alone() -> None:
    """No evidence is not names only, and a phone beside the name is more than names."""
    assert names_only((NAME, COMPANY))
    assert not names_only((NAME, PHONE))
    assert not names_only(())
