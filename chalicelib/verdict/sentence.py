"""The verdict in a sales person's words: what to do, and the evidence for it.

Never "weak" or "strong", which are internal terms; never "safe" or "new company", which we cannot know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.timing import RECHECK_HOURS
from chalicelib.verdict.compare import is_email, is_name, is_phone
from chalicelib.verdict.evidence import deciding, names_only
from chalicelib.verdict.model import (
    Action,
    Candidate,
    Cause,
    Choice,
    Evidence,
    Lead,
    Module,
    Reference,
    Strength,
    Verdict,
    VerdictWarning,
)
from chalicelib.verdict.names import contradict, same_company, same_name
from chalicelib.verdict.wording import boundary, clean, ended, shown_name

SHORT_ID_ENDS = 3
SEARCH_BY_HAND = "Search by hand"
SEARCH_WORD_LIMIT = 60
"""A word of a search is part of an address, in which each of its characters may take twelve."""


def matched(
    action: Action,
    contact: Choice,
    account: Choice,
    lead: Lead,
    warnings: Sequence[VerdictWarning],
    elsewhere: Reference | None,
) -> str:
    """Say what to do with a lead that was checked; what blocks the conversion is said first."""
    advice = _advice(action, contact, account, lead, elsewhere)
    blocks = [warning.message for warning in warnings if warning.severity == "block"]
    return f"{blocks[0]} Do not convert yet. Once cleared: {advice}" if blocks else advice


def wait(cause: Cause) -> str:
    """Say that Zoho blocks the conversion for now."""
    return f"{cause.value}; Zoho blocks conversion. We check again every {RECHECK_HOURS} hours."


def already_converted(lead: Lead | None) -> str:
    """Say that there is nothing to do."""
    names = (lead.converted_contact, lead.converted_account, lead.converted_deal) if lead else ()
    into = ", ".join(shown_name(name) for name in names if name)
    return f"{ended(f'Already converted into {into}' if into else 'Already converted')} Nothing to do."


def lead_not_found(lead_id: str) -> str:
    """Say that the lead is not to be seen, by the two ends of its id."""
    short = lead_id
    if len(lead_id) > 2 * SHORT_ID_ENDS + 1:
        short = f"{lead_id[:SHORT_ID_ENDS]}…{lead_id[-SHORT_ID_ENDS:]}"
    return f"Zoho shows us no lead {short}: deleted, merged, or hidden from our user."


def unchecked(cause: Cause) -> str:
    """Say aloud that nothing was checked, and why."""
    return f"NOT CHECKED: {cause.value}. {SEARCH_BY_HAND} before converting."


def checked_again(*, is_due: bool) -> str:
    """Say of a lead that was not checked whether that will be made up for without anybody's doing."""
    return f"We check again every {RECHECK_HOURS} hours." if is_due else "It is not checked again by itself."


def search_phrase(action: Action, lead: Lead | None) -> str:
    """Return the words of the sentence that tell a person to search Zoho; empty where none does."""
    if action == "unchecked":
        return SEARCH_BY_HAND
    return f"Search {shown_name(lead.company)} once" if action == "create_new" and lead else ""


def search_words(verdict: Verdict, lead: Lead | None) -> tuple[str, ...]:
    """Return what a person searches Zoho for when the sentence tells them to, the most telling first."""
    phrase = search_phrase(verdict.action, lead)
    if lead is None or not phrase or phrase not in verdict.sentence:
        return ()
    values = (lead.email, lead.name, lead.company) if verdict.action == "unchecked" else (lead.company,)
    words = (clean(value) for value in values)
    return tuple(dict.fromkeys(word[: boundary(word, SEARCH_WORD_LIMIT)].strip() for word in words if word))


def evidence_words(evidence: Iterable[Evidence]) -> str:
    """Name what is the same: "same email and phone"; empty without evidence."""
    nouns = list(dict.fromkeys(_noun(piece) for piece in evidence))
    if not nouns:
        return ""
    return f"same {nouns[0]}" if len(nouns) == 1 else f"same {', '.join(nouns[:-1])} and {nouns[-1]}"


def _advice(action: Action, contact: Choice, account: Choice, lead: Lead, elsewhere: Reference | None) -> str:
    if elsewhere and contact.winner:
        return _contradiction(contact.winner, elsewhere, lead)
    if action == "choose":
        return _choose(contact if contact.target.kind == "choose" else account, contact, lead)
    if contact.winner:
        return _contact(contact.winner)
    if account.winner:
        return _account(account.winner, by_domain=account.by_domain)
    return _nothing(lead, company=account.target.kind == "new")


def _contact(winner: Candidate) -> str:
    if winner.strength == Strength.WEAK:
        return _thin(winner)
    claim = ended(f"{_name(winner)} is already a contact{_at(winner)}{_because(winner, 'Contacts')}")
    return f"{claim} Convert into that contact."


def _account(winner: Candidate, *, by_domain: bool) -> str:
    if winner.strength == Strength.WEAK and not by_domain:
        why = " (names only)" if names_only(winner.evidence) else _because(winner, "Accounts")
        return f"{ended(f'Probably {_name(winner)} is already an account{why}')} Check first."
    why = " (its website fits the email)" if by_domain else _because(winner, "Accounts")
    return f"{_name(winner)} is already an account{why}. Add this lead as a new contact there."


def _thin(candidate: Candidate) -> str:
    why = " (names only)" if names_only(candidate.evidence) else _because(candidate, "Contacts")
    return f"{ended(f'Probably {_name(candidate)}{_at(candidate)}{why}')} Check first."


def _contradiction(winner: Candidate, home: Reference, lead: Lead) -> str:
    where = shown_name(home.name) or "another account"
    if not lead.company or same_company(home.name, lead.company):
        return f"{_name(winner)} is a contact at {where}, but another account matches this lead. Ask which."
    claim = ended(f"{_name(winner)} is a contact at {where}; this lead says {shown_name(lead.company)}")
    return f"{claim} Ask which."


def _choose(undecided: Choice, contact: Choice, lead: Lead) -> str:
    rivals = undecided.competitors
    if len(rivals) == 1:
        return _lone_name(rivals[0], lead)
    kind = "contacts" if undecided is contact else "accounts"
    name = rivals[0].record.name
    only_names = all(is_name(piece.field) for rival in rivals for piece in rival.evidence)
    if only_names and all(same_name(name, rival.record.name) for rival in rivals):
        return f"{ended(f'{len(rivals)} {kind} are called {shown_name(name)}')} Pick one before converting."
    shared = [piece for piece in rivals[0].evidence if all(piece in rival.evidence for rival in rivals)]
    how = f"have the {evidence_words(shared)}" if shared else "match this lead"
    return f"{len(rivals)} {kind} {how}. Pick one before converting."


def _lone_name(candidate: Candidate, lead: Lead) -> str:
    home = candidate.record.account
    if home and contradict(home.name, lead.company):
        return _contradiction(candidate, home, lead)
    return _thin(candidate)


def _nothing(lead: Lead, *, company: bool) -> str:
    if not company:
        return "No exact match. Zoho will create a contact only."
    held = [word for word, value in (("email", lead.email), ("company", lead.company), ("name", lead.name)) if value]
    asked = held[0] if len(held) == 1 else f"{', '.join(held[:-1])} or {held[-1]}"
    return f"No exact match for {asked}. {search_phrase('create_new', lead)}, then create."


def _name(candidate: Candidate) -> str:
    return shown_name(candidate.record.name) or "A record without a name"


def _at(candidate: Candidate) -> str:
    home = candidate.record.account
    return f" at {shown_name(home.name)}" if home and home.name else ""


def _because(candidate: Candidate, module: Module) -> str:
    found = evidence_words(deciding(candidate, module))
    return f" ({found})" if found else ""


def _noun(piece: Evidence) -> str:
    if is_email(piece.field):
        return "email"
    if is_phone(piece.field):
        return "phone"
    if is_name(piece.field):
        return "name"
    return "website" if piece.field == "Website" else (piece.label or piece.field.replace("_", " "))
