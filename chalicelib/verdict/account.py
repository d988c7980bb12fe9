"""The account target, and whether it contradicts the contact: rules 5, 6 and 7 of the verdict."""

from __future__ import annotations

from chalicelib.verdict.compare import company_domain, domain
from chalicelib.verdict.contact import Choice, competitors
from chalicelib.verdict.model import Candidate, Lead, Record, Reference, Strength, Target
from chalicelib.verdict.names import contradict


def choose_account(found: tuple[Candidate, ...] | None, contact: Choice, lead: Lead) -> Choice:
    """Rules 5 and 7: a decided contact's account, else the one competitor, else the one of the lead's email domain."""
    competing = competitors(found)
    home = contact.winner.record.account if contact.winner else None
    if home:
        winner = next((candidate for candidate in found or () if candidate.record.id == home.id), None)
        return Choice(Target("existing", home.id), competing, winner)
    fitting = [candidate for candidate in competing if fits_email(candidate.record, lead.email)]
    winner = competing[0] if len(competing) == 1 else fitting[0] if len(fitting) == 1 else None
    if winner:
        by_domain = winner in fitting and (len(competing) > 1 or winner.strength == Strength.WEAK)
        return Choice(Target("existing", winner.record.id), competing, winner, by_domain=by_domain)
    if competing:
        return Choice(Target("choose"), competing)
    return Choice(Target("new" if lead.company else "none"))


def contradiction(contact: Choice, account: Choice, lead: Lead) -> Reference | None:
    """Rule 6: give the decided contact's account when the lead points to another one."""
    home = contact.winner.record.account if contact.winner else None
    if home is None:
        return None
    if account.competitors:
        return None if any(rival.record.id == home.id for rival in account.competitors) else home
    return home if contradict(lead.company, home.name) else None


def fits_email(account: Record, email: str) -> bool:
    """Return whether the account's website has the domain of the lead's email; free mail says nothing."""
    wanted = company_domain(email)
    return bool(wanted) and domain(account.fields.get("Website", "")) == wanted
