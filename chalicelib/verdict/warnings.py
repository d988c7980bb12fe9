"""What to know before converting: rule 8 of the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.verdict.model import Candidate, Lead, Record, Reference, VerdictWarning
from chalicelib.verdict.names import companies_differ, forms_differ, names_differ, same_company
from chalicelib.verdict.wording import ended, shown_name

MOST = 8
STOPPED_CONSENT = ("stop processing", "withdrawn")


def of_records(candidates: Iterable[Candidate]) -> tuple[VerdictWarning, ...]:
    """Return the warnings of the records that the conversion may touch, each once, those that block it first."""
    found = dict.fromkeys(warning for candidate in candidates for warning in _of_record(candidate.record))
    return tuple(sorted(found, key=lambda warning: warning.severity != "block"))[:MOST]


def placeholder(company: str) -> VerdictWarning:
    """Say that what stands in the lead's company field is no company."""
    message = f"“{shown_name(company)}” is entered as the lead's company, but it is not a company."
    return VerdictWarning("placeholder_company", "note", message)


def of_names(contact: Candidate | None, account: Candidate | None, lead: Lead) -> list[VerdictWarning]:
    """Return what differs between the names of the found contact or account and those of the lead."""
    found = []
    if contact and names_differ(contact.record.name, lead.name):
        message = ended(f"The contact is {shown_name(contact.record.name)}; this lead is {shown_name(lead.name)}")
        found.append(VerdictWarning("name_differs", "note", message, contact.record.id))
    home = contact.record.account if contact else None
    if home is None and account:
        home = Reference(account.record.id, account.record.name)
    if home is None or not lead.company:
        return found
    claim = f"The account is {shown_name(home.name)}; this lead says {shown_name(lead.company)}"
    if not contact and companies_differ(home.name, lead.company):
        found.append(VerdictWarning("company_differs", "note", ended(claim), home.id))
    if same_company(home.name, lead.company) and forms_differ(home.name, lead.company):
        message = f"{claim}: the legal forms differ."
        found.append(VerdictWarning("legal_form_differs", "note", message, home.id))
    return found


def account_differs(contact: Record, home: Reference, lead: Lead) -> VerdictWarning:
    """Say that the decided contact belongs to another account than the lead points to."""
    other = f"not to {shown_name(lead.company)}"
    if not lead.company or same_company(home.name, lead.company):
        other = "but another account matches this lead"
    who, where = shown_name(contact.name) or "The contact", shown_name(home.name) or "another account"
    return VerdictWarning("account_differs", "note", ended(f"{who} belongs to {where}, {other}"), contact.id)


def _of_record(record: Record) -> Iterator[VerdictWarning]:
    name = shown_name(record.name) or "The record"
    if record.locked:
        yield VerdictWarning("locked", "block", f"{name} is locked in Zoho.", record.id)
    if record.account and record.account.locked:
        yield VerdictWarning(
            "locked",
            "block",
            f"{shown_name(record.account.name) or 'Its account'} is locked in Zoho.",
            record.account.id,
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
