"""Whose evidence it is, and how strong: rules 1 and 2 of the verdict.

Zoho says which fields matched which values of the lead, never which record; so a record carries what it shows itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.verdict.compare import is_email, is_name, is_phone, same_value
from chalicelib.verdict.model import Candidate, Evidence, Module, Record, Strength


def strength_of(evidence: Evidence, module: Module) -> Strength:
    """Rule 1: a unique field is exact; an email, or an account's phone or website, strong; all else weak."""
    if evidence.unique:
        return Strength.EXACT
    if is_email(evidence.field):
        return Strength.STRONG
    if module == "Accounts" and (is_phone(evidence.field) or evidence.field == "Website"):
        return Strength.STRONG
    return Strength.WEAK


def strongest(evidence: Iterable[Evidence], module: Module) -> Strength:
    """Return the strength of the best piece of evidence."""
    return max((strength_of(piece, module) for piece in evidence), default=Strength.NONE)


def candidates(
    records: tuple[Record, ...] | None,
    matched: tuple[Evidence, ...],
    module: Module,
    *,
    at_least: Strength = Strength.WEAK,
) -> tuple[Candidate, ...] | None:
    """Rule 2: give each record the evidence it shows; the module's only record carries all of it.

    A record that shows none was matched by something that no record shows, so it competes with the strength of that,
    and with `at_least`: Zoho offers it for some reason. The strongest come first.
    """
    if records is None:
        return None
    if len(records) == 1:
        return (Candidate(records[0], matched, strongest(matched, module) or at_least),)
    own = [tuple(piece for piece in matched if _shows(record, piece)) for record in records]
    shown = {piece for pieces in own for piece in pieces}
    hidden = strongest([piece for piece in matched if piece not in shown], module) or at_least
    found = [
        Candidate(record, pieces, strongest(pieces, module) if pieces else hidden)
        for record, pieces in zip(records, own, strict=True)
    ]
    return tuple(sorted(found, key=lambda candidate: -candidate.strength))


def deciding(candidate: Candidate, module: Module) -> tuple[Evidence, ...]:
    """Return the pieces that make the candidate as strong as it is."""
    return tuple(piece for piece in candidate.evidence if strength_of(piece, module) == candidate.strength)


def names_only(evidence: Sequence[Evidence]) -> bool:
    """Return whether there is evidence and all of it is names."""
    return bool(evidence) and all(is_name(piece.field) for piece in evidence)


def _shows(record: Record, piece: Evidence) -> bool:
    return same_value(piece.field, record.fields.get(piece.field, ""), piece.value)
