"""Rules 3 to 7: the two targets, the action, how sure, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.verdict import decide
from chalicelib.verdict.model import ConversionOptions, Lead, Reference, Target, Verdict
from tests.strategies import ADA, COMPANY, EMAIL, NAME, OLDCO, PHONE, ZYLKER, account, contact, judged, offer, same

MAILED = contact(at=ZYLKER, Email="ada@zylker.example")
ELSEWHERE = contact(at=OLDCO, Email="ada@zylker.example")
TWO = (account("2001", "Zylker"), account("2003", "Zylker", Website="www.zylker.example"))
UNIQUE = same("Tax_Id", "T1", unique=True)
NEW, NONE, CHOOSE = Target("new"), Target("none"), Target("choose")
NO_COMPANY, FREE_MAIL = replace(ADA, company=""), replace(ADA, email="ada@gmail.com")


def there(record_id: str) -> Target:
    return Target("existing", record_id)


Expected = tuple[str, str, str, Target, Target]
CASES: dict[str, tuple[ConversionOptions, Lead | None, Expected]] = {
    "one contact by email is decided": (
        offer((contact(Email="ada@zylker.example"),), by=(EMAIL,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), NEW),
    ),
    "one contact by a unique field is decided": (
        offer((contact(),), by=(UNIQUE,)),
        NO_COMPANY,
        ("convert_into_contact", "exact", "exact_match", there("1001"), NONE),
    ),
    "an unknown unique is no unique": (
        offer((contact(),), by=(replace(UNIQUE, unique=None),)),
        ADA,
        ("choose", "weak", "weak_match", CHOOSE, NEW),
    ),
    "a false unique is no unique": (
        offer((contact(),), by=(replace(UNIQUE, unique=False),)),
        ADA,
        ("choose", "weak", "weak_match", CHOOSE, NEW),
    ),
    "a weaker contact decides nothing": (
        offer((MAILED, contact("1002", at=OLDCO)), (account(),), (EMAIL, NAME), (COMPANY,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "what no record shows may belong to any of them": (
        offer((MAILED, contact("1002", name="Bo Chen")), by=(EMAIL, UNIQUE)),
        ADA,
        ("choose", "exact", "several_matches", CHOOSE, NEW),
    ),
    "weak evidence that no record shows contests nothing strong": (
        offer((MAILED, contact("1002", name="Bo Chen")), by=(EMAIL, PHONE)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "a name alone is for a person to choose": (
        offer((contact(at=OLDCO),), by=(NAME,)),
        ADA,
        ("choose", "weak", "names_only", CHOOSE, NEW),
    ),
    "a contact's phone alone is a switchboard": (
        offer((contact(),), by=(PHONE,)),
        ADA,
        ("choose", "weak", "weak_match", CHOOSE, NEW),
    ),
    "a contact offered without a word is for a person to choose": (
        offer((contact(),)),
        ADA,
        ("choose", "weak", "weak_match", CHOOSE, NEW),
    ),
    "a name at the one matched account is decided, weak": (
        offer((contact(at=ZYLKER),), (account(),), (NAME,), (COMPANY,)),
        ADA,
        ("convert_into_contact", "weak", "weak_match", there("1001"), there("2001")),
    ),
    "a name at one of two matched accounts is not decided": (
        offer((contact(at=ZYLKER),), TWO, (NAME,), (COMPANY,)),
        FREE_MAIL,
        ("choose", "weak", "names_only", CHOOSE, CHOOSE),
    ),
    "a name at another account is not decided": (
        offer((contact(at=OLDCO),), (account(),), (NAME,), (COMPANY,)),
        ADA,
        ("choose", "weak", "names_only", CHOOSE, there("2001")),
    ),
    "two contacts of equal strength": (
        offer((MAILED, replace(MAILED, id="1002")), by=(EMAIL,)),
        ADA,
        ("choose", "strong", "several_matches", CHOOSE, NEW),
    ),
    "the decided contact's account, though no account matched": (
        offer((MAILED,), by=(EMAIL,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "the decided contact's account among several": (
        offer((MAILED,), TWO, (EMAIL,), (COMPANY,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "a decided contact without an account, and one account": (
        offer((replace(MAILED, account=None),), (account(),), (EMAIL,), (COMPANY,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "a decided contact without an account, and two accounts": (
        offer((replace(MAILED, account=None),), TWO, (EMAIL,), (COMPANY,)),
        FREE_MAIL,
        ("choose", "strong", "several_matches", there("1001"), CHOOSE),
    ),
    "one account by name": (
        offer((), (account(),), accounts_by=(COMPANY,)),
        ADA,
        ("convert_into_account", "weak", "weak_match", NEW, there("2001")),
    ),
    "one account by phone": (
        offer((), (account(),), accounts_by=(COMPANY, PHONE)),
        ADA,
        ("convert_into_account", "strong", "strong_match", NEW, there("2001")),
    ),
    "one account by a unique name": (
        offer((), (account(),), accounts_by=(replace(COMPANY, unique=True),)),
        ADA,
        ("convert_into_account", "exact", "exact_match", NEW, there("2001")),
    ),
    "several accounts, one of them the email domain's": (
        offer((), TWO, accounts_by=(COMPANY,)),
        ADA,
        ("convert_into_account", "weak", "weak_match", NEW, there("2003")),
    ),
    "several accounts, both of the email domain": (
        offer((), tuple(replace(a, fields={"Website": "zylker.example"}) for a in TWO), accounts_by=(COMPANY,)),
        ADA,
        ("choose", "weak", "several_matches", NEW, CHOOSE),
    ),
    "several accounts and a free-mail address": (
        offer(
            (), tuple(replace(a, fields={"Website": "gmail.com"}) for a in TWO[:1]) + TWO[1:], accounts_by=(COMPANY,)
        ),
        FREE_MAIL,
        ("choose", "weak", "several_matches", NEW, CHOOSE),
    ),
    "several accounts and no email": (
        offer((), TWO, accounts_by=(COMPANY,)),
        replace(ADA, email=""),
        ("choose", "weak", "several_matches", NEW, CHOOSE),
    ),
    "the contact's account is not the matched account": (
        offer((ELSEWHERE,), (account(),), (EMAIL,), (COMPANY,)),
        ADA,
        ("choose", "strong", "account_differs", there("1001"), CHOOSE),
    ),
    "an account of the same name is another account": (
        offer((contact(at=Reference("2009", "Zylker")),), (account(),), (EMAIL,), (COMPANY,)),
        ADA,
        ("choose", "strong", "account_differs", there("1001"), CHOOSE),
    ),
    "the contact's account only matched more thinly than another": (
        offer((MAILED,), (account(), account("2003", "OldCo", Phone="15550100")), (EMAIL,), (COMPANY, PHONE)),
        ADA,
        ("choose", "strong", "account_differs", there("1001"), CHOOSE),
    ),
    "no account matched and the contact's is called otherwise": (
        offer((ELSEWHERE,), by=(EMAIL,)),
        ADA,
        ("choose", "strong", "account_differs", there("1001"), CHOOSE),
    ),
    "a legal form is no other name": (
        offer((contact(at=Reference("2001", "Zylker Inc.")),), by=(EMAIL,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "accents and dots are no other name": (
        offer((contact(at=Reference("2001", "Crédit X S.A.")),), by=(EMAIL,)),
        replace(ADA, company="Credit X SA"),
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "an umlaut written out is no other name": (
        offer((contact(at=Reference("2001", "Müller & Söhne KG")),), by=(EMAIL,)),
        replace(ADA, company="Mueller und Soehne"),
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "a name without an accent is not respelled": (
        offer((contact(at=Reference("2001", "Muller KG")),), by=(EMAIL,)),
        replace(ADA, company="Mueller KG"),
        ("choose", "strong", "account_differs", there("1001"), CHOOSE),
    ),
    "another legal form is no other name": (
        offer((contact(at=Reference("2001", "Zylker AG")),), by=(EMAIL,)),
        replace(ADA, company="Zylker GmbH"),
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "without a company in another language an account's name is void": (
        offer((), (account("2005", "Particulier"),), accounts_by=(same("Account_Name", "Particulier"),)),
        replace(ADA, company="Particulier"),
        ("create_new", "none", "no_match", NEW, NONE),
    ),
    "an account without a name contradicts nothing": (
        offer((contact(at=Reference("2001", "")),), by=(EMAIL,)),
        ADA,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2001")),
    ),
    "a lead without a company contradicts nothing": (
        offer((ELSEWHERE,), by=(EMAIL,)),
        NO_COMPANY,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2002")),
    ),
    "without a company an account's name is void": (
        offer((), (account("2005", "N/A"),), accounts_by=(same("Account_Name", "N/A"),)),
        replace(ADA, company="N/A"),
        ("create_new", "none", "no_match", NEW, NONE),
    ),
    "without a company an account's phone still counts": (
        offer((), (account("2005", "N/A"),), accounts_by=(same("Account_Name", "N/A"), PHONE)),
        replace(ADA, company="N/A"),
        ("convert_into_account", "strong", "strong_match", NEW, there("2005")),
    ),
    "blanks are no company": (
        offer((), (account(),), accounts_by=(COMPANY,)),
        replace(ADA, company="  "),
        ("create_new", "none", "no_match", NEW, NONE),
    ),
    "nothing matched": (offer(), ADA, ("create_new", "none", "no_match", NEW, NEW)),
    "nothing matched and no company": (offer(), NO_COMPANY, ("create_new", "none", "no_match", NEW, NONE)),
    "an answer that cannot be read": (
        ConversionOptions(None, None),
        ADA,
        ("unchecked", "none", "zoho_unreadable", NONE, NONE),
    ),
    "half an answer that cannot be read": (
        replace(offer((MAILED,), by=(EMAIL,)), accounts=None),
        ADA,
        ("unchecked", "none", "zoho_unreadable", NONE, NONE),
    ),
    "nothing matched and the lead unread": (offer(), None, ("unchecked", "none", "lead_unread", NONE, NONE)),
    "the lead unread but an account matched its company": (
        offer((), (account(),), accounts_by=(COMPANY,)),
        None,
        ("convert_into_account", "weak", "weak_match", NEW, there("2001")),
    ),
    "the lead unread but a contact matched": (
        offer((ELSEWHERE,), by=(EMAIL,)),
        None,
        ("convert_into_contact", "strong", "strong_match", there("1001"), there("2002")),
    ),
}


def _told(verdict: Verdict) -> Expected:
    targets = verdict.targets
    return verdict.action, verdict.confidence, verdict.reason, targets.contact, targets.account


@pytest.mark.parametrize(("options", "lead", "expected"), CASES.values(), ids=CASES)
def test_targets_action_and_confidence(options: ConversionOptions, lead: Lead | None, expected: Expected) -> None:
    """What matched decides the two targets; the action, how sure and why follow."""
    assert _told(judged(options, lead)) == expected


def test_all_that_was_offered_is_passed_on() -> None:
    """Deals, the preferred module and the layouts decide nothing and are told all the same."""
    deals = (account("3001", "Zylker renewal"),)
    verdict = judged(
        offer(
            (MAILED,), by=(EMAIL,), deals=deals, module_preference="Accounts", modules_with_multiple_layouts=("Deals",)
        )
    )
    assert verdict.deals is not None
    assert [candidate.record.id for candidate in verdict.deals] == ["3001"]
    assert (verdict.module_preference, verdict.modules_with_multiple_layouts) == ("Accounts", ("Deals",))
    assert verdict.action == "convert_into_contact"


def test_an_unread_lead_that_matched_nothing_was_asked_for_all_the_same() -> None:
    """`unchecked` because of an unread lead still says that Zoho answered with no contact and no account."""
    verdict = judged(offer(modules_with_multiple_layouts=("Contacts",)), None)
    assert (verdict.contacts, verdict.accounts, verdict.deals) == ((), (), None)
    assert verdict.modules_with_multiple_layouts == ("Contacts",)


def test_a_void_account_is_listed_without_evidence_or_strength() -> None:
    """Rule 7: the account called N/A stays in the list for other systems, and shows nothing."""
    verdict = judged(
        offer((), (account("2005", "-"),), accounts_by=(same("Account_Name", "-"),)), replace(ADA, company="-")
    )
    assert [(c.record.id, c.evidence, c.strength.word) for c in verdict.accounts or ()] == [("2005", (), "none")]


def test_the_org_own_placeholder_is_no_company() -> None:
    """Rule 7 holds for the org's own list: the account's name is void, and the placeholder is a note."""
    options = offer((), (account("2005", "Bot"),), accounts_by=(same("Account_Name", "Bot"),))
    verdict = decide(options, replace(ADA, company="bot"), lead_id=ADA.id, placeholders=["Bot"])
    assert (verdict.action, verdict.targets.account) == ("create_new", NONE)
    assert [warning.code for warning in verdict.warnings] == ["placeholder_company"]
