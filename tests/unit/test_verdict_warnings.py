"""Rule 8, and the warning of rule 6: what to know before converting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.verdict.model import Lead, Record, Reference, VerdictWarning
from chalicelib.verdict.warnings import MOST
from tests.strategies import ADA, COMPANY, EMAIL, NAME, OLDCO, PHONE, ZYLKER, account, contact, judged, offer

LOCKED_ZYLKER = Reference("2001", "Zylker", locked=True)
OF_A_CONTACT: dict[str, tuple[Record, VerdictWarning]] = {
    "locked": (contact(locked=True), VerdictWarning("locked", "block", "Ada Park is locked in Zoho.", "1001")),
    "its account is locked": (
        contact(at=LOCKED_ZYLKER),
        VerdictWarning("locked", "block", "Zylker is locked in Zoho.", "2001"),
    ),
    "its nameless account is locked": (
        contact(at=Reference("2001", "", locked=True)),
        VerdictWarning("locked", "block", "Its account is locked in Zoho.", "2001"),
    ),
    "approval pending": (
        contact(approval_state="approval_process_pending"),
        VerdictWarning("approval_pending", "block", "Ada Park is waiting for approval.", "1001"),
    ),
    "approval rejected": (
        contact(approval_state="approval_process_rejected"),
        VerdictWarning("approval_rejected", "block", "Ada Park was rejected in approval.", "1001"),
    ),
    "consent stopped": (
        contact(consent="Consent - Stop Processing"),
        VerdictWarning("consent_withdrawn", "block", "Ada Park withdrew consent: do not process their data.", "1001"),
    ),
    "consent withdrawn, no name": (
        contact(name="", consent="Consent - Withdrawn"),
        VerdictWarning("consent_withdrawn", "block", "The record withdrew consent: do not process their data.", "1001"),
    ),
    "not editable": (
        contact(editable=False),
        VerdictWarning("not_editable", "note", "Ada Park cannot be edited by our Zoho user.", "1001"),
    ),
}


@pytest.mark.parametrize(("record", "warning"), OF_A_CONTACT.values(), ids=OF_A_CONTACT)
def test_the_decided_contact_warns(record: Record, warning: VerdictWarning) -> None:
    """Each state of the record gives its warning, and a blocking one begins the sentence."""
    verdict = judged(offer((record,), by=(EMAIL,)))
    assert verdict.warnings == (warning,)
    assert verdict.blocked is (warning.severity == "block")
    assert verdict.sentence.startswith(f"{warning.message} Do not convert yet. ") is verdict.blocked


@pytest.mark.parametrize("record", [contact(approval_state="approved", consent="Consent - Obtained"), contact()])
def test_a_free_record_warns_of_nothing(record: Record) -> None:
    """Approved, editable, unlocked, consenting or silent: nothing to say."""
    assert judged(offer((record,), by=(EMAIL,))).warnings == ()


def test_blocking_warnings_come_first() -> None:
    """A note never stands before what forbids converting."""
    verdict = judged(
        offer((contact(at=ZYLKER, editable=False),), (account(approval_state="review_process_pending"),), (EMAIL,))
    )
    assert [(w.code, w.record_id) for w in verdict.warnings] == [("approval_pending", "2001"), ("not_editable", "1001")]
    assert verdict.highest_severity == "block"


def test_no_number_of_notes_pushes_a_block_out() -> None:
    """The last of many records is the one that is locked, and a person might pick it."""
    notes = tuple(contact(str(number), editable=False) for number in range(1001, 1001 + MOST))
    verdict = judged(offer((*notes, contact("1999", locked=True)), by=(NAME,)))
    assert (len(verdict.warnings), verdict.warnings[0].record_id) == (MOST, "1999")
    assert verdict.blocked


def test_every_record_that_competes_is_warned_of() -> None:
    """Mixed approval: one of two contacts of one name is pending, and a person might pick it."""
    pending = contact("1002", approval_state="approval_process_pending")
    verdict = judged(offer((contact(), pending), by=(NAME,)))
    assert [(w.code, w.record_id) for w in verdict.warnings] == [("approval_pending", "1002")]
    assert verdict.sentence.startswith("Ada Park is waiting for approval.")


def test_a_record_that_decides_nothing_warns_of_nothing() -> None:
    """An "also" record is not touched by the conversion."""
    also = contact("1002", locked=True)
    assert judged(offer((contact(Email="ada@zylker.example"), also), by=(EMAIL, NAME))).warnings == ()


def test_the_target_account_warns_although_its_name_is_void() -> None:
    """Rule 7 voids the evidence, not the lock: the decided contact's account is touched all the same."""
    home = account("2001", "N/A", approval_state="approval_process_pending")
    verdict = judged(
        offer((contact(at=Reference("2001", "N/A")),), (home,), (EMAIL,), (COMPANY,)), replace(ADA, company="-")
    )
    assert verdict.targets.account.id == "2001"
    assert [w.code for w in verdict.warnings] == ["approval_pending", "placeholder_company"]


def test_a_lock_is_told_once() -> None:
    """The contact's answer and the account's own say the same of one account."""
    verdict = judged(offer((contact(at=LOCKED_ZYLKER),), (account(locked=True),), (EMAIL,), (COMPANY,)))
    assert [(w.code, w.record_id) for w in verdict.warnings] == [("locked", "2001")]


def test_a_hundred_locked_records_do_not_hide_the_note() -> None:
    """Nobody reads a hundred warnings; the notes of our own stay."""
    many = tuple(contact(str(number), locked=True) for number in range(1001, 1101))
    verdict = judged(offer(many, by=(NAME,)), replace(ADA, company="N/A"))
    assert len(verdict.warnings) == MOST + 1
    assert verdict.warnings[-1].code == "placeholder_company"


def test_a_placeholder_is_a_note() -> None:
    """Rule 7: what stands in the company field is said, and blocks nothing."""
    verdict = judged(offer(), replace(ADA, company="N/A"))
    told = VerdictWarning(
        "placeholder_company", "note", "“N/A” is entered as the lead's company, but it is not a company."
    )
    assert (verdict.warnings, verdict.blocked) == ((told,), False)


DIFFERING: dict[str, tuple[Record, Lead, str]] = {
    "another company": (contact(at=OLDCO), ADA, "Ada Park belongs to OldCo, not to Zylker."),
    "another account of the same name": (
        contact(at=Reference("2009", "Zylker Inc.")),
        ADA,
        "Ada Park belongs to Zylker Inc., but another account matches this lead.",
    ),
    "a lead without a company": (
        contact(at=OLDCO),
        replace(ADA, company=""),
        "Ada Park belongs to OldCo, but another account matches this lead.",
    ),
    "nothing has a name": (
        contact(name="", at=Reference("2009", "")),
        ADA,
        "The contact belongs to another account, not to Zylker.",
    ),
}


@pytest.mark.parametrize(("record", "lead", "message"), DIFFERING.values(), ids=DIFFERING)
def test_a_contradiction_is_a_note_about_the_contact(record: Record, lead: Lead, message: str) -> None:
    """Rule 6: the warning says whose the contact is, and never to overwrite it."""
    verdict = judged(offer((record,), (account(),), (EMAIL,), (COMPANY, PHONE)), lead)
    assert verdict.warnings == (VerdictWarning("account_differs", "note", message, "1001"),)


def test_several_layouts_are_no_warning() -> None:
    """Rule 8: layouts are a line in the footer."""
    assert judged(offer(modules_with_multiple_layouts=("Contacts", "Deals"))).warnings == ()


def test_a_contact_of_another_name_is_said() -> None:
    """A shared mailbox leads to somebody else; nobody should find out after the conversion."""
    verdict = judged(offer((contact(name="Bob Other", Email="ada@zylker.example"),), by=(EMAIL,)))
    (warning,) = [one for one in verdict.warnings if one.code == "name_differs"]
    assert (warning.severity, warning.record_id) == ("note", "1001")
    assert warning.message == "The contact is Bob Other; this lead is Ada Park."


FORMS: dict[str, tuple[Record | None, str, str]] = {
    "the contact's account": (contact(at=Reference("2001", "Zylker AG")), "Zylker GmbH", "2001"),
    "the account": (None, "Zylker Ltd", "2001"),
    "in full": (contact(at=Reference("2001", "Zylker Aktiengesellschaft")), "Zylker SE", "2001"),
    "at the front": (contact(at=Reference("2001", "PT Zylker")), "CV Zylker", "2001"),
    "in another script": (contact(at=Reference("2001", "株式会社ゼルカ")), "合同会社ゼルカ", "2001"),
}


@pytest.mark.parametrize(("found", "company", "record_id"), FORMS.values(), ids=FORMS)
def test_another_legal_form_is_said_and_contradicts_nothing(found: Record | None, company: str, record_id: str) -> None:
    """Two companies of one group: the verdict stands, and a person is told before converting."""
    options = offer((found,), by=(EMAIL,)) if found else offer((), (account(name="Zylker AG"),), accounts_by=(PHONE,))
    verdict = judged(options, replace(ADA, company=company))
    (warning,) = verdict.warnings
    assert verdict.action == ("convert_into_contact" if found else "convert_into_account")
    assert (warning.code, warning.severity, warning.record_id) == ("legal_form_differs", "note", record_id)
    assert warning.message.endswith(f"; this lead says {company}: the legal forms differ.")


@pytest.mark.parametrize(
    "company", ["Zylker", "Zylker Ag", "ZYLKER Aktiengesellschaft", "zylker a.g.", "Totally Different GmbH"]
)
def test_one_legal_form_or_another_company_is_no_other_form(company: str) -> None:
    """Said only of the same company, when both names carry a form."""
    verdict = judged(offer((), (account(name="Zylker AG"),), accounts_by=(PHONE,)), replace(ADA, company=company))
    assert "legal_form_differs" not in {one.code for one in verdict.warnings}


@pytest.mark.parametrize("company", ["Totally Different GmbH", "OldCo GmbH"])
def test_a_shared_legal_form_does_not_hide_another_company(company: str) -> None:
    """The form is no word of the name."""
    verdict = judged(offer((), (account(name="Zylker GmbH"),), accounts_by=(PHONE,)), replace(ADA, company=company))
    assert [one.code for one in verdict.warnings] == ["company_differs"]


def test_an_account_of_another_name_is_said() -> None:
    """So does a switchboard."""
    verdict = judged(offer((), (account(name="Totally Different"),), accounts_by=(PHONE,)))
    (warning,) = [one for one in verdict.warnings if one.code == "company_differs"]
    assert warning.message == "The account is Totally Different; this lead says Zylker."


@pytest.mark.parametrize("name", ["Ada Park", "Park, Ada", "Ada M. Park", "A. Park", "", "Adá Pärk", "ADA PÅRK"])
def test_a_name_that_shares_a_word_does_not_differ(name: str) -> None:
    """People write their names in many ways."""
    verdict = judged(offer((contact(name=name, Email="ada@zylker.example"),), by=(EMAIL,)))
    assert "name_differs" not in {one.code for one in verdict.warnings}
