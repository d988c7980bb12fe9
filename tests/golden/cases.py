"""The matches whose messages stand beside this file, by name: one per sentence, and the extremes."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.match_event import Match
from chalicelib.verdict import already_converted, lead_not_found, unchecked, wait, with_recheck
from chalicelib.verdict.model import Cause, Reference
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
    match,
    offer,
    same,
)

CONVERTED = replace(ADA, converted=True, converted_contact="Ada Park", converted_account="Zylker")
KESTREL = replace(ADA, company="Kestrel Labs", email="ada@gmail.com")
PERSON = replace(ADA, company="N/A")
HOSTILE_NAME = "\u202e<!channel> *Ada* `Park` & <https://evil.example|Sons>\u200b\x07"
HOSTILE = replace(ADA, name=HOSTILE_NAME, company="<@U123> :skull:\nLtd", phone="<tel:1>", source="a\u2028b")
LONG = replace(ADA, name="N" * 255, company="C" * 255, source="S" * 255, phone="5" * 255)

ADA_AT_ZYLKER = contact(at=ZYLKER, Email="ada@zylker.example")
TWO_KESTRELS = (account("2003", "Kestrel Labs"), account("2004", "Kestrel Labs", Phone="+1 555 0199"))
BY_KESTREL = (same("Account_Name", "Kestrel Labs"),)
HUNDRED = tuple(contact(str(number), Email="ada@zylker.example") for number in range(1001, 1101))
LONG_CONTACT = contact(name="N" * 255, at=Reference("2001", "C" * 255), Email=f"{'e' * 240}@zylker.example")
LONG_BY = (same("Email", f"{'e' * 240}@zylker.example"), same("Full_Name", "N" * 255), same("T" * 255, "t" * 255))
HOSTILE_CONTACT = contact(name=HOSTILE_NAME, at=Reference("2001", "<!here>\u2066"), Email="<a&b>@zylker.example")
NO_ANSWER = unchecked("zoho_unavailable", Cause.NO_ANSWER)
LOCKED = contact(at=ZYLKER, Email="ada@zylker.example", locked=True, editable=False)

SENTENCES: dict[str, Match] = {
    "contact_same_email": match(judged(offer((ADA_AT_ZYLKER,), (account(),), (EMAIL, NAME), (COMPANY,)))),
    "contact_alone": match(judged(offer((ADA_AT_ZYLKER,), by=(EMAIL,)))),
    "contact_names_only": match(judged(offer((contact(at=ZYLKER),), by=(NAME,)))),
    "contact_names_only_at_matched_account": match(
        judged(offer((contact(at=ZYLKER),), (account(),), (NAME,), (COMPANY,)))
    ),
    "account_same_phone": match(judged(offer((), (account(Phone="+1 555 0100"),), accounts_by=(PHONE,)))),
    "choose_accounts_of_one_name": match(judged(offer((), TWO_KESTRELS, accounts_by=BY_KESTREL), KESTREL), KESTREL),
    "choose_contacts_of_one_email": match(
        judged(offer(HUNDRED[:2], by=(EMAIL,))),
    ),
    "choose_contact_elsewhere": match(
        judged(offer((contact(at=OLDCO, Email="ada@zylker.example"),), (account(),), (EMAIL,), (COMPANY,)))
    ),
    "create_new": match(judged(offer())),
    "create_contact_only": match(judged(offer(), replace(ADA, company="")), replace(ADA, company="")),
    "wait_for_approval": match(wait("not_approved", Cause.NOT_APPROVED)),
    "wait_for_merge": match(wait("record_locked", Cause.LOCKED), None),
    "already_converted": match(already_converted(CONVERTED), CONVERTED),
    "lead_not_found": match(lead_not_found(LEAD_ID), None),
    "unchecked_no_answer": match(with_recheck(NO_ANSWER, is_due=False), None),
    "unchecked_no_options": match(with_recheck(unchecked("zoho_no_options", Cause.NO_OPTIONS), is_due=False)),
    "unchecked_refused": match(with_recheck(unchecked("zoho_scope_missing", Cause.NO_ACCESS), is_due=True), None),
    "unchecked_lead_unread": match(with_recheck(judged(offer(), None), is_due=False), None),
}
EXTREMES: dict[str, Match] = {
    "hundred_contacts": match(judged(offer(HUNDRED, by=(EMAIL,)))),
    "longest_names": match(judged(offer((LONG_CONTACT,), by=LONG_BY), LONG), LONG),
    "hostile_names": match(
        judged(offer((HOSTILE_CONTACT,), by=(same("Email", "<a&b>@zylker.example"),)), HOSTILE), HOSTILE
    ),
    "nothing_but_an_id": replace(match(NO_ANSWER, None), urls={}),
    "blocked_contact": match(judged(offer((LOCKED,), by=(EMAIL,)))),
    "one_of_two_blocked": match(
        judged(offer((contact(), contact("1002", approval_state="approval_process_pending")), by=(NAME,)))
    ),
    "several_layouts": match(judged(offer(modules_with_multiple_layouts=("Contacts", "Accounts", "Deals")))),
    "placeholder_company": match(
        judged(offer((), (account("2005", "N/A"),), accounts_by=(same("Account_Name", "N/A"),)), PERSON), PERSON
    ),
    "also_weaker": match(
        judged(offer((ADA_AT_ZYLKER, contact("1002", at=OLDCO)), (account(),), (EMAIL, NAME), (COMPANY,)))
    ),
}
CASES = SENTENCES | EXTREMES
