"""The account target, and whether it contradicts the contact: rules 5, 6 and 7 of the verdict."""

from __future__ import annotations

from chalicelib.verdict.compare import company_domain, company_key, domain
from chalicelib.verdict.contact import Choice, competitors
from chalicelib.verdict.model import Candidate, Lead, Reference, Target


def choose_account(found: tuple[Candidate, ...] | None, contact: Choice, lead: Lead) -> Choice:
    """Rules 5 and 7: a decided contact's account, else the one competitor, else the one of the lead's email domain."""
    competing = competitors(found)
    home = contact.winner.record.account if contact.winner else None
    if home:
        winner = next((candidate for candidate in found or () if candidate.record.id == home.id), None)
        return Choice(Target("existing", home.id), competing, winner)
    winner = competing[0] if len(competing) == 1 else _of_email_domain(competing, lead.email)
    if winner:
        return Choice(Target("existing", winner.record.id), competing, winner, by_domain=len(competing) > 1)
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
    here, there = company_key(lead.company), company_key(home.name)
    return home if here and there and here != there else None


def _of_email_domain(competing: tuple[Candidate, ...], email: str) -> Candidate | None:
    wanted = company_domain(email)
    fitting = [c for c in competing if wanted and domain(c.record.fields.get("Website", "")) == wanted]
    return fitting[0] if len(fitting) == 1 else None
