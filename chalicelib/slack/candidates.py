"""The two columns of the message: the contact and the account, each with its evidence in words and a link."""

from __future__ import annotations

from chalicelib.match_event import TELLING_FIELDS, Match
from chalicelib.slack.text import link, mrkdwn
from chalicelib.verdict.model import Candidate, Evidence, Strength, Target
from chalicelib.verdict.sentence import evidence_words

SHOWN = 3
NAME_LIMIT = 100
VALUE_LIMIT = 80
WORDS_LIMIT = 50
APART_LIMIT = 60
EVIDENCE_SHOWN = 2
NAMELESS = "(no name)"


def candidate_fields(match: Match) -> list[str]:
    """Give the contact's and the account's column as mrkdwn, without those that have nothing to say."""
    contact = _column("contacts", match, match.verdict.contacts, match.verdict.targets.contact)
    account = _column("accounts", match, match.verdict.accounts, match.verdict.targets.account)
    account = account or _contacts_account(match)
    return [column for column in (contact, account) if column]


def _column(kind: str, match: Match, found: tuple[Candidate, ...] | None, target: Target) -> str:
    """List the target and what matches; what Zoho offers for a void reason is left out."""
    telling = [c for c in found or () if c.strength > Strength.NONE or c.record.id == target.id]
    if not telling:
        return ""
    ordered = sorted(telling, key=lambda candidate: (candidate.record.id != target.id, -candidate.strength))
    best = ordered[0].strength
    lines = [f"*{kind.removesuffix('s').title()}*"]
    rivals = sum(candidate.strength == best for candidate in ordered) > 1
    bullet = "• " if len(ordered) > 1 else ""
    lines += [bullet + _lines(candidate, match, best=best, rivals=rivals) for candidate in ordered[:SHOWN]]
    more = len(ordered) + match.verdict.left_out.get(kind, 0) - SHOWN
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _lines(candidate: Candidate, match: Match, *, best: Strength, rivals: bool) -> str:
    record = candidate.record
    name = _linked(match, record.id, record.name)
    home = mrkdwn(record.account.name, VALUE_LIMIT) if record.account else ""
    also = "also " if candidate.strength < best else ""
    first = f"{also}{name}, {home}" if home else f"{also}{name}"
    apart = _apart(candidate) if rivals else []
    shown = candidate.evidence[: EVIDENCE_SHOWN - len(apart)]
    evidence = (_evidence(piece, record.name) for piece in shown)
    return "\n".join([first + _mark(match, record.id), *apart, *evidence])


def _apart(candidate: Candidate) -> list[str]:
    """Give a line that tells a record from others that fit as well: plain values that are no evidence."""
    evident = {piece.field for piece in candidate.evidence}
    fields = {name: candidate.record.fields.get(name, "") for name in TELLING_FIELDS if name not in evident}
    values = [mrkdwn(value, APART_LIMIT) for value in fields.values() if mrkdwn(value, APART_LIMIT)]
    return [" · ".join(values[:EVIDENCE_SHOWN])] if values else []


def _mark(match: Match, record_id: str) -> str:
    """Tell the record that blocks the conversion from others of its name."""
    blocking = (warning.record_id for warning in match.verdict.warnings if warning.severity == "block")
    return " :no_entry:" if record_id in blocking else ""


def _evidence(piece: Evidence, name: str) -> str:
    """Name what is the same, and its value unless it is the name that stands above."""
    how, value = mrkdwn(evidence_words([piece]), WORDS_LIMIT), mrkdwn(piece.value, VALUE_LIMIT)
    return f"{how}: {value}" if value and piece.value != name else how


def _linked(match: Match, record_id: str, name: str) -> str:
    return link(match.url(record_id), mrkdwn(name, NAME_LIMIT) or NAMELESS)


def _contacts_account(match: Match) -> str:
    """Show the account that only the decided contact leads to."""
    target = match.verdict.targets.account.id
    homes = [candidate.record.account for candidate in match.verdict.contacts or () if candidate.record.account]
    home = next((home for home in homes if home.id == target), None)
    return f"*Account*\n{_linked(match, home.id, home.name)}\nthe contact's account" if home else ""
