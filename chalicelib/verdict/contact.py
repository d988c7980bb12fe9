"""The contact target: rules 3 and 4 of the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.verdict.model import Candidate, Strength, Target


@dataclass(frozen=True, slots=True)
class Choice:
    """A target, the candidates that competed for it, and the one that won."""

    target: Target
    competitors: tuple[Candidate, ...] = ()
    winner: Candidate | None = None
    by_domain: bool = False
    """The winner's website fits the lead's email; what matched would not have decided without it."""

    @property
    def strength(self) -> Strength:
        """Give the strength of the tier that competed."""
        return max((candidate.strength for candidate in self.competitors), default=Strength.NONE)


def competitors(found: tuple[Candidate, ...] | None) -> tuple[Candidate, ...]:
    """Rule 3: only the strongest tier competes.

    A record that shows no evidence may contest what others show but cannot win by what nobody shows: when its tier is
    above theirs, their strongest compete with it.
    """
    best = _best(found or ())
    shown = _best(candidate for candidate in found or () if candidate.evidence) or best
    return tuple(c for c in found or () if c.strength and c.strength in (best, shown))


def _best(found: Iterable[Candidate]) -> Strength:
    return max((candidate.strength for candidate in found), default=Strength.NONE)


def choose_contact(found: tuple[Candidate, ...] | None, accounts: tuple[Candidate, ...]) -> Choice:
    """Rule 4: one exact or strong competitor is decided; a weak one only when it belongs to the one matched account."""
    competing = competitors(found)
    if not competing:
        return Choice(Target("new"))
    if len(competing) == 1 and (competing[0].strength >= Strength.STRONG or _belongs(competing[0], accounts)):
        return Choice(Target("existing", competing[0].record.id), competing, competing[0])
    return Choice(Target("choose"), competing)


def _belongs(contact: Candidate, accounts: tuple[Candidate, ...]) -> bool:
    account = contact.record.account
    return account is not None and len(accounts) == 1 and account.id == accounts[0].record.id
