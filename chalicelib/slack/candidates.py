"""The two columns of the message: the contact and the account, each with its evidence in words and a link."""

from __future__ import annotations

from chalicelib.match_event import Match
from chalicelib.slack.text import link, mrkdwn
from chalicelib.verdict.model import Candidate, Evidence, Strength, Target
from chalicelib.verdict.sentence import evidence_words

SHOWN = 3
NAME_LIMIT = 120
VALUE_LIMIT = 90
EVIDENCE_SHOWN = 2
NAMELESS = "(no name)"


def candidate_fields(match: Match) -> list[str]:
    """Give the contact's and the account's column as mrkdwn, without those that have nothing to say."""
    verdict = match.verdict
    contact = _column("Contact", verdict.contacts, verdict.targets.contact, match)
    account = _column("Account", verdict.accounts, verdict.targets.account, match)
    account = account or _contacts_account(match)
    return [column for column in (contact, account) if column]


def _column(title: str, found: tuple[Candidate, ...] | None, target: Target, match: Match) -> str:
    ordered = sorted(found or (), key=lambda candidate: (candidate.record.id != target.id, -candidate.strength))
    if not ordered:
        return ""
    best = next((c.strength for c in ordered if c.record.id == target.id), ordered[0].strength)
    lines = [f"*{title}*", *(_lines(candidate, match, best=best) for candidate in ordered[:SHOWN])]
    more = len(ordered) - SHOWN
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _lines(candidate: Candidate, match: Match, *, best: Strength) -> str:
    record = candidate.record
    name = link(match.url(record.id), record.name or NAMELESS, NAME_LIMIT)
    home = f", {mrkdwn(record.account.name, NAME_LIMIT)}" if record.account and record.account.name else ""
    also = "also " if candidate.strength < best else ""
    return "\n".join([f"{also}{name}{home}", *(_evidence(piece) for piece in candidate.evidence[:EVIDENCE_SHOWN])])


def _evidence(piece: Evidence) -> str:
    return f"{mrkdwn(evidence_words([piece]), VALUE_LIMIT)}: {mrkdwn(piece.value, VALUE_LIMIT)}"


def _contacts_account(match: Match) -> str:
    """Show the account that only the decided contact leads to."""
    target = match.verdict.targets.account.id
    homes = [candidate.record.account for candidate in match.verdict.contacts or () if candidate.record.account]
    home = next((home for home in homes if home.id == target), None)
    if home is None:
        return ""
    return f"*Account*\n{link(match.url(home.id), home.name or NAMELESS, NAME_LIMIT)}\nthe contact's account"
