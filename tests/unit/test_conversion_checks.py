"""Whether what Zoho made is what was chosen, record by record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.conversion import NEW, DealWanted, Made, MadeRecords, Wanted
from chalicelib.match_event import read, write
from chalicelib.steps.conversion_checks import differences, still_decides
from tests.golden.cases import CASES as MATCHES

CONTACT, ACCOUNT, DEAL = Made("1001"), Made("2001"), Made("3001")
WANTED = DealWanted("Zylker", "2031-01-01", "Qualification")
CHOSEN = Wanted("2001", "1001")
CASES: dict[str, tuple[Wanted, MadeRecords, tuple[str, ...]]] = {
    "as chosen": (CHOSEN, MadeRecords(CONTACT, ACCOUNT), ()),
    "another contact": (CHOSEN, MadeRecords(Made("1002"), ACCOUNT), ("contact_is_another",)),
    "another account": (CHOSEN, MadeRecords(CONTACT, Made("2002")), ("account_is_another",)),
    "nothing named": (CHOSEN, MadeRecords(), ("contact_is_missing", "account_is_missing")),
    "new ones": (Wanted(NEW, NEW), MadeRecords(Made("9001"), Made("9002")), ()),
    "a known one for a new one": (Wanted(NEW, NEW), MadeRecords(CONTACT, Made("9002")), ("contact_is_another",)),
    "a deal": (Wanted("2001", "1001", WANTED), MadeRecords(CONTACT, ACCOUNT, DEAL), ()),
    "no deal": (Wanted("2001", "1001", WANTED), MadeRecords(CONTACT, ACCOUNT), ("deal_is_missing",)),
    "a deal that nobody wanted": (CHOSEN, MadeRecords(CONTACT, ACCOUNT, DEAL), ("deal_is_extra",)),
}


@pytest.mark.parametrize(("wanted", "made", "words"), CASES.values(), ids=CASES)
def test_every_record_is_compared_with_what_was_chosen(
    wanted: Wanted, made: MadeRecords, words: tuple[str, ...]
) -> None:
    """A record that was to be made is none of those that matched."""
    assert differences(wanted, made, known={"1001", "2001"}, has_company=True) == words


@pytest.mark.parametrize(("has_company", "words"), [(True, ("account_is_missing",)), (False, ())])
def test_a_lead_without_a_company_makes_no_account(*, has_company: bool, words: tuple[str, ...]) -> None:
    """Its absence is a difference only where there was one to make."""
    made = MadeRecords(Made("9001"))
    assert differences(Wanted(NEW, NEW), made, known=set(), has_company=has_company) == words


@pytest.mark.parametrize("name", ["x" * 300, "Ada\ufffe Park", "Ada\ud83d Park", "Ada Park"])
def test_a_lead_is_as_it_was_checked_although_the_ledger_holds_less_of_a_value(name: str) -> None:
    """What no event can hold of a name is no change in Zoho; another name is one."""
    match = MATCHES["contact_same_email"]
    assert match.lead is not None
    lead = replace(match.lead, name=name)
    held = read(write(replace(match, lead=lead), stage="dev"))
    assert still_decides(held, lead)
    assert not still_decides(held, replace(lead, name="Bo Chen"))
