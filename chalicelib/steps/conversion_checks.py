"""What is compared around a conversion: is the lead still what the person saw, is what they want on offer, and is it what Zoho made? Pure."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.conversion import NEW, Click, Made, MadeRecords, Wanted
from chalicelib.match_event import Match, kept
from chalicelib.slack.form import is_offered, kept_account
from chalicelib.verdict.model import Lead, Verdict

DECIDING_FIELDS = ("name", "company", "email", "phone")
"""The lead's fields that a verdict rests on and that the ledger keeps; a website is compared with the evidence."""


def is_as_seen(lead: LedgerItem, click: Click) -> bool:
    """Return whether the lead's item is about the event that the person saw, and nobody has dismissed the lead since."""
    made = lead.current_decision
    return lead.event_id == click.event_id and not (made and made.state == "dismissed")


def still_decides(match: Match, lead: Lead) -> bool:
    """Return whether the lead's fields that a verdict rests on are as they were when it was checked."""
    if match.lead is None or any(getattr(match.lead, name) != kept(getattr(lead, name)) for name in DECIDING_FIELDS):
        return False
    found = (*(match.verdict.accounts or ()), *(match.verdict.contacts or ()))
    websites = {piece.value for candidate in found for piece in candidate.evidence if piece.field == "Website"}
    return websites <= {kept(lead.website)}


def contact_ids(verdict: Verdict) -> set[str]:
    """Return the ids of the contacts that may be chosen."""
    return {candidate.record.id for candidate in verdict.contacts or ()}


def account_ids(verdict: Verdict) -> set[str]:
    """Return the ids of the accounts that may be chosen: what matches, and the contacts' own accounts."""
    homes = {candidate.record.account.id for candidate in verdict.contacts or () if candidate.record.account}
    return {candidate.record.id for candidate in verdict.accounts or ()} | homes


def offers(match: Match, wanted: Wanted) -> bool:
    """Return whether the form of a match would take what is wanted."""
    chosen = {"contact": wanted.contact, "account": wanted.account}
    return is_offered(match, **chosen) and kept_account(match, **chosen) is None


def differences(wanted: Wanted, made: MadeRecords, *, known: Set[str], has_company: bool) -> tuple[str, ...]:
    """Return where the records that Zoho names are not the chosen ones, as machine words of `slack/outcomes.py`.

    A record that was to be made is none of the `known` ones. Without a company Zoho makes no account.
    """
    found = [
        *_difference("contact", wanted.contact, made.contact, known, is_needed=True),
        *_difference("account", wanted.account, made.account, known, is_needed=has_company or wanted.account != NEW),
    ]
    if wanted.deal and made.deal is None:
        found.append("deal_is_missing")
    if made.deal and not wanted.deal:
        found.append("deal_is_extra")
    return tuple(found)


def _difference(kind: str, chosen: str, made: Made | None, known: Set[str], *, is_needed: bool) -> Iterator[str]:
    if made is None:
        if is_needed:
            yield f"{kind}_is_missing"
    elif made.id in known if chosen == NEW else made.id != chosen:
        yield f"{kind}_is_another"


def summary(verdict: Verdict) -> tuple[Any, ...]:
    """Return what a person acts on: a verdict that says the same may have been read at any time."""
    warnings = {(warning.code, warning.record_id) for warning in verdict.warnings}
    records = contact_ids(verdict), account_ids(verdict)
    return verdict.action, verdict.confidence, verdict.targets, warnings, records
