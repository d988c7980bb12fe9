"""The records that match, as a lead's message lists them: numbered, with what tells them apart, evidence and links. Pure.

What all that compete share stands once in the heading, because it tells nobody which one to take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.match_event import Match, differing_values, listed, number_of, other_values
from chalicelib.slack.text import link, mrkdwn, plain
from chalicelib.verdict.model import Candidate, Evidence, Reference, Strength, Target
from chalicelib.verdict.sentence import evidence_words
from chalicelib.verdict.wording import shown_name

CANDIDATES_SHOWN = 3
LINES_SHOWN = 2
"""How many lines a record has below its name: what tells it apart is one, each piece of evidence another."""
VALUES_SHOWN = 3
NAME_LIMIT = 80
ACCOUNT_NAME_LIMIT = 60
EVIDENCE_VALUE_LIMIT = 60
EVIDENCE_WORDS_LIMIT = 40
SHARED_WORDS_LIMIT = 80
OTHER_VALUE_LIMIT = 40
"""With these limits and links of a hundred characters a column stays below the 2,000 characters of a section's field."""
ACCESSIBLE_LIMIT = 75
"""https://docs.slack.dev/reference/block-kit/block-elements/button-element"""
NAMELESS = "(no name)"
WEB_ADDRESS = re.compile(r"\Ahttps?://")

Kind = Literal["contact", "account"]


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A way to a record: `name` is a machine word, `label` what the button says, `description` what a screen reader says."""

    name: str
    label: str
    description: str
    url: str


@dataclass(frozen=True, slots=True)
class _Column:
    """What matches of a kind, the target first, then the strongest."""

    kind: Kind
    target: Target
    listed: tuple[Candidate, ...]
    left_out: int

    @property
    def shown(self) -> tuple[Candidate, ...]:
        return self.listed[:CANDIDATES_SHOWN]

    @property
    def strongest(self) -> tuple[Candidate, ...]:
        """Those that compete."""
        return tuple(one for one in self.listed if one.strength == self.listed[0].strength)

    @property
    def rivals(self) -> tuple[Candidate, ...]:
        """Those that compete, if they are several."""
        return self.strongest if len(self.strongest) > 1 else ()

    @property
    def shared(self) -> tuple[Evidence, ...]:
        """What is the same in all rivals, of the evidence that is shown of each."""
        every = [rival.evidence[:LINES_SHOWN] for rival in self.rivals]
        return tuple(piece for piece in every[0] if all(piece in one for one in every)) if every else ()

    def values(self, candidate: Candidate) -> tuple[str, ...]:
        """Return what tells a record from its rivals, or helps to check one that little speaks for."""
        rivals = [rival for rival in self.shown if rival in self.rivals]
        if candidate in rivals:
            return differing_values(candidate, rivals)
        is_doubtful = len(self.listed) == 1 and candidate.strength == Strength.WEAK
        return other_values(candidate) if is_doubtful else ()


def candidate_fields(match: Match) -> list[str]:
    """Return the contact's and the account's column as mrkdwn, if there is anything to show."""
    contacts, accounts = _columns(match)
    account = _drawn(accounts, match) if accounts.listed else _contacts_account(match)
    return [column for column in (_drawn(contacts, match) if contacts.listed else "", account) if column]


def open_links(match: Match) -> tuple[OpenLink, ...]:
    """Return the ways to the records that the conversion may touch: the decided ones, or up to three to choose from."""
    found = [one for column in _columns(match) for one in _open_links(column, match)]
    return tuple(one for one in found if one.url)[:CANDIDATES_SHOWN]


def _columns(match: Match) -> tuple[_Column, _Column]:
    verdict = match.verdict
    return (
        _column("contact", verdict.contacts, verdict.targets.contact, verdict.left_out.get("contacts", 0)),
        _column("account", verdict.accounts, verdict.targets.account, verdict.left_out.get("accounts", 0)),
    )


def _column(kind: Kind, found: tuple[Candidate, ...] | None, target: Target, left_out: int) -> _Column:
    return _Column(kind, target, listed(found, target), left_out)


def _drawn(column: _Column, match: Match) -> str:
    heading = f"*{column.kind.title()}{'s' if len(column.listed) > 1 else ''}*"
    shared = mrkdwn(evidence_words(column.shared), SHARED_WORDS_LIMIT)
    lines = [f"{heading} · {shared}" if shared else heading, *(_candidate(one, column, match) for one in column.shown)]
    more = len(column.listed) + column.left_out - CANDIDATES_SHOWN
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


def _candidate(candidate: Candidate, column: _Column, match: Match) -> str:
    record, number = candidate.record, number_of(candidate, column.listed)
    home = f", {_linked_home(match, record.account)}" if record.account and shown_name(record.account.name) else ""
    also = "also " if candidate.strength < column.listed[0].strength else ""
    first = f"{f'{number}. ' if number else ''}{also}{_linked_name(match, record.id, record.name)}{home}"
    values = _values(column.values(candidate))
    apart = [" · ".join(values)] if values else []
    own = [piece for piece in candidate.evidence[:LINES_SHOWN] if piece not in column.shared]
    told = own[: LINES_SHOWN - len(apart)]
    return "\n".join([first + _block_mark(match, record.id), *apart, *(_evidence(one, record.name) for one in told)])


def _values(values: Sequence[str]) -> list[str]:
    """Return the first values that can be seen; a website is known by its name alone."""
    shown = (mrkdwn(WEB_ADDRESS.sub("", value), OTHER_VALUE_LIMIT) for value in values)
    return [value for value in shown if value][:VALUES_SHOWN]


def _block_mark(match: Match, record_id: str) -> str:
    """Distinguish the record that blocks the conversion from others of its name."""
    blocking = (warning.record_id for warning in match.verdict.warnings if warning.severity == "block")
    return " :no_entry:" if record_id in blocking else ""


def _evidence(piece: Evidence, name: str) -> str:
    """Name what is the same, and its value unless it is the name that stands above."""
    how, value = mrkdwn(evidence_words([piece]), EVIDENCE_WORDS_LIMIT), mrkdwn(piece.value, EVIDENCE_VALUE_LIMIT)
    return f"{how}: {value}" if value and piece.value != name else how


def _linked_name(match: Match, record_id: str, name: str) -> str:
    return link(match.url(record_id), mrkdwn(name, NAME_LIMIT) or NAMELESS)


def _linked_home(match: Match, home: Reference) -> str:
    return link(match.url(home.id), mrkdwn(home.name, ACCOUNT_NAME_LIMIT) or NAMELESS)


def _contacts_account(match: Match) -> str:
    """Show the account that only the decided contact leads to."""
    target = match.verdict.targets.account.id
    homes = [candidate.record.account for candidate in match.verdict.contacts or () if candidate.record.account]
    home = next((home for home in homes if home.id == target), None)
    return f"*Account*\n{_linked_home(match, home)}\nthe contact's account" if home else ""


def _open_links(column: _Column, match: Match) -> Iterator[OpenLink]:
    word = f"open_{column.kind}"
    if column.target.kind == "existing":
        name = next((one.record.name for one in column.listed if one.record.id == column.target.id), "")
        yield _open_link(word, f"Open {column.kind}", name, match.url(column.target.id))
    if column.target.kind == "choose":
        for candidate in (one for one in column.shown if one in column.strongest):
            number = number_of(candidate, column.listed)
            label = f"Open {column.kind} {number}".strip()
            told = " · ".join([shown_name(candidate.record.name), *column.values(candidate)])
            yield _open_link(f"{word}_{number}".strip("_"), label, told, match.url(candidate.record.id))


def _open_link(name: str, label: str, about: str, url: str) -> OpenLink:
    return OpenLink(name, label, plain(f"{label}: {about}" if about else label, ACCESSIBLE_LIMIT), url)
