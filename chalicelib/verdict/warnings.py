"""What to know before converting: rule 8 of the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.verdict.compare import company_key, words
from chalicelib.verdict.model import Candidate, Lead, Record, Reference, VerdictWarning

MOST = 8
STOPPED_CONSENT = ("stop processing", "withdrawn")


def of_records(candidates: Iterable[Candidate]) -> tuple[VerdictWarning, ...]:
    """Give the warnings of the records that the conversion may touch, each once, those that block it first."""
    found = dict.fromkeys(warning for candidate in candidates for warning in _of_record(candidate.record))
    return tuple(sorted(found, key=lambda warning: warning.severity != "block"))[:MOST]


def placeholder(company: str) -> VerdictWarning:
    """Say that what stands in the lead's company field is no company."""
    return VerdictWarning("placeholder_company", "note", f"“{company}” stands as the lead's company; it is no company.")


def of_names(contact: Candidate | None, account: Candidate | None, lead: Lead) -> list[VerdictWarning]:
    """Say that the contact or the account found by email, phone or website bears another name than the lead has."""
    found = []
    if contact and _differ(contact.record.name, lead.name):
        message = f"The contact is {contact.record.name}; this lead is {lead.name}."
        found.append(VerdictWarning("name_differs", "note", message, contact.record.id))
    if account and not contact and _differ(account.record.name, lead.company):
        message = f"The account is {account.record.name}; this lead says {lead.company}."
        found.append(VerdictWarning("company_differs", "note", message, account.record.id))
    return found


def _differ(one: str, other: str) -> bool:
    """Tell whether two names that are both there share no word."""
    here, there = set(words(one).split()), set(words(other).split())
    return bool(here and there) and not here & there


def account_differs(contact: Record, home: Reference, lead: Lead) -> VerdictWarning:
    """Say that the decided contact belongs to another account than the lead points to."""
    other = f"not to {lead.company}"
    if not lead.company or company_key(home.name) == company_key(lead.company):
        other = "but another account matches this lead"
    message = f"{contact.name or 'The contact'} belongs to {home.name or 'another account'}, {other}."
    return VerdictWarning("account_differs", "note", message, contact.id)


def _of_record(record: Record) -> Iterator[VerdictWarning]:
    name = record.name or "The record"
    if record.locked:
        yield VerdictWarning("locked", "block", f"{name} is locked in Zoho.", record.id)
    if record.account and record.account.locked:
        yield VerdictWarning(
            "locked", "block", f"{record.account.name or 'Its account'} is locked in Zoho.", record.account.id
        )
    if record.approval_state.endswith("pending"):
        yield VerdictWarning("approval_pending", "block", f"{name} is waiting for approval.", record.id)
    if record.approval_state.endswith("rejected"):
        yield VerdictWarning("approval_rejected", "block", f"{name} was rejected in approval.", record.id)
    if any(word in record.consent.lower() for word in STOPPED_CONSENT):
        yield VerdictWarning(
            "consent_withdrawn", "block", f"{name} withdrew consent: do not process their data.", record.id
        )
    if not record.editable:
        yield VerdictWarning("not_editable", "note", f"{name} cannot be edited by our Zoho user.", record.id)
