"""The match: a lead, its verdict and where to look, as other systems read it and as the ledger keeps it.

`write` gives the event's text, and `read` gives back the match, as far as the text had room for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.events import LeadEvent
from chalicelib.match_contract import (
    LeftOut,
    MatchAccount,
    MatchData,
    MatchEvent,
    MatchLead,
    MatchRecord,
    MatchSearch,
    MatchVerdict,
)
from chalicelib.verdict.model import (
    OWNER_FIELD,
    VALUE_LENGTH,
    Candidate,
    Lead,
    Record,
    Reference,
    Strength,
    Target,
    Verdict,
)
from chalicelib.verdict.wording import shown_name
from chalicelib.wire import to_fields

MAX_BYTES = 200_000
DISTINGUISHING_FIELDS = (
    *("Email", "Billing_City", "Mailing_City", "Account_Type", "Phone", "Website"),
    OWNER_FIELD,
)
"""What tells records of one name apart, and so stays longest."""
LEAD_VALUES = ("name", "company", "email", "phone", "source", "status")
UNSENDABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What UTF-8 cannot write, and what SQS refuses."""


def kept(value: str) -> str:
    """Return a value as the event holds it."""
    return UNSENDABLE.sub("", value[:VALUE_LENGTH])


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict about a lead; `lead` is None when it could not be read, `urls` leads from record ids to Zoho's pages."""

    event: LeadEvent
    lead: Lead | None
    verdict: Verdict
    urls: Mapping[str, str]
    checked_at: datetime
    searches: Mapping[str, str] = field(default_factory=dict)
    """Where a person finds in Zoho what the sentence tells them to search for, by the words to search for."""

    @property
    def title(self) -> str:
        """Which lead it is, for people: person and company as far as anything can be seen of them, else the lead's id."""
        known = (shown_name(self.lead.name), shown_name(self.lead.company)) if self.lead else ()
        return " · ".join(filter(None, known)) or f"Lead {self.event.lead_id}"

    def url(self, record_id: str | None) -> str:
        """Return the page of a record, or an empty text."""
        return self.urls.get(record_id or "", "")


def write(match: Match, *, stage: str) -> str:
    """Return the CloudEvents JSON, always below `MAX_BYTES`: fields go first, then evidence, then the weakest records."""
    for trim in TRIMS[:-1]:
        text = _text(match, stage, trim)
        if len(text.encode()) < MAX_BYTES:
            return text
    return _text(match, stage, TRIMS[-1])


def read(text: str) -> Match:
    """Read back what `write` gave."""
    event = MatchEvent.from_json(text)
    data, said = event.data, event.data.verdict
    records = [record for found in (data.accounts, data.contacts, data.deals) for record in found or ()]
    pages: list[MatchLead | MatchRecord | MatchAccount] = [data.lead, *records]
    pages += [record.account for record in records if record.account]
    verdict = Verdict(
        action=said.action,
        confidence=said.confidence,
        reason=said.reason,
        sentence=said.sentence,
        targets=said.target,
        warnings=said.warnings,
        contacts=_candidates(data.contacts),
        accounts=_candidates(data.accounts),
        deals=_candidates(data.deals),
        module_preference=data.module_preference,
        modules_with_multiple_layouts=data.modules_with_multiple_layouts,
        left_out=to_fields(data.left_out),
    )
    urls = {page.id: page.url for page in pages}
    return Match(
        LeadEvent(event.subject, event.id, event.acceptedat, event.trigger),
        _read_lead(data.lead),
        verdict,
        urls,
        event.time,
        {search.word: search.url for search in said.searches},
    )


@dataclass(frozen=True, slots=True)
class Trim:
    """How much is kept: of each kind so many records, of each so many pieces of evidence, and all its fields or few."""

    records: int
    evidence: int
    all_fields: bool = False


TRIMS = (Trim(100, 10, all_fields=True), Trim(100, 10), Trim(100, 2), Trim(25, 2), Trim(3, 2))
"""One after the other, until the text fits."""


def _text(match: Match, stage: str, trim: Trim) -> str:
    return UNSENDABLE.sub("", json.dumps(to_fields(_event(match, stage, trim)), ensure_ascii=False))


def _event(match: Match, stage: str, trim: Trim) -> MatchEvent:
    return MatchEvent(
        source=f"/leadmatch/{stage}",
        id=match.event.event_id,
        subject=match.event.lead_id,
        time=match.checked_at,
        trigger=match.event.trigger,
        acceptedat=match.event.accepted_at,
        data=_data(match, trim),
    )


def _data(match: Match, trim: Trim) -> MatchData:
    verdict = match.verdict
    found = {"accounts": verdict.accounts, "contacts": verdict.contacts, "deals": verdict.deals}
    kinds = {kind: _targets_first(candidates, verdict) for kind, candidates in found.items()}
    left_out = {kind: (candidates or [])[trim.records :] for kind, candidates in kinds.items()}
    return MatchData(
        lead=_lead(match),
        verdict=_verdict(match),
        **{kind: _records(candidates, match, trim) for kind, candidates in kinds.items()},
        left_out=LeftOut(
            **{kind: sum(one.strength > Strength.NONE for one in others) for kind, others in left_out.items()}
        ),
        module_preference=verdict.module_preference,
        modules_with_multiple_layouts=verdict.modules_with_multiple_layouts,
    )


def _lead(match: Match) -> MatchLead:
    lead = match.lead
    values: dict[str, Any] = {name: getattr(lead, name) if lead else None for name in LEAD_VALUES}
    owner = lead.owner if lead else None
    return MatchLead(id=match.event.lead_id, **values, owner=owner, url=match.url(match.event.lead_id))


def _verdict(match: Match) -> MatchVerdict:
    verdict = match.verdict
    return MatchVerdict(
        action=verdict.action,
        confidence=verdict.confidence,
        reason=verdict.reason,
        sentence=verdict.sentence,
        target=verdict.targets,
        highest_severity=verdict.highest_severity,
        warnings=verdict.warnings,
        searches=tuple(MatchSearch(word=word, url=url) for word, url in match.searches.items()),
    )


def _targets_first(found: tuple[Candidate, ...] | None, verdict: Verdict) -> list[Candidate] | None:
    """Put the targets before the others, which stand strongest first, so that none of them is cut off."""
    targets = (verdict.targets.contact.id, verdict.targets.account.id)
    return None if found is None else sorted(found, key=lambda candidate: candidate.record.id not in targets)


def _records(found: list[Candidate] | None, match: Match, trim: Trim) -> tuple[MatchRecord, ...] | None:
    return None if found is None else tuple(_record(one, match, trim) for one in found[: trim.records])


def _record(candidate: Candidate, match: Match, trim: Trim) -> MatchRecord:
    record, home = candidate.record, candidate.record.account
    return MatchRecord(
        id=record.id,
        name=record.name,
        url=match.url(record.id),
        account=MatchAccount(id=home.id, name=home.name, url=match.url(home.id)) if home else None,
        strength=candidate.strength.word,
        evidence=candidate.evidence[: trim.evidence],
        fields=record.fields if trim.all_fields else _distinguishing(record.fields),
    )


def _distinguishing(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in DISTINGUISHING_FIELDS if name in fields}


def listed(found: Iterable[Candidate] | None, target: Target) -> tuple[Candidate, ...]:
    """Return what a person chooses from, in the order of its numbers: the target, then the strongest.

    What Zoho offers for a void reason is left out.
    """
    matching = [one for one in found or () if one.strength > Strength.NONE or one.record.id == target.id]
    return tuple(sorted(matching, key=lambda one: (one.record.id != target.id, -one.strength)))


def number_of(candidate: Candidate, among: Sequence[Candidate]) -> str:
    """Return the number by which a message and its form know a listed record; a record that stands alone has none."""
    return str(among.index(candidate) + 1) if len(among) > 1 else ""


def other_values(candidate: Candidate) -> tuple[str, ...]:
    """Return plain values that are no evidence, and tell a record from others that fit as well."""
    return _values(candidate, DISTINGUISHING_FIELDS)


def differing_values(candidate: Candidate, rivals: Sequence[Candidate]) -> tuple[str, ...]:
    """Return those of its other values that are not the same in all that fit as well: the rest tells nobody which one to take."""
    return _values(
        candidate,
        [name for name in DISTINGUISHING_FIELDS if len({rival.record.fields.get(name, "") for rival in rivals}) > 1],
    )


def _values(candidate: Candidate, names: Iterable[str]) -> tuple[str, ...]:
    evident = {piece.field for piece in candidate.evidence}
    held = {name: candidate.record.fields.get(name) for name in names if name not in evident}
    return tuple(f"owner {value}" if name == OWNER_FIELD else value for name, value in held.items() if value)


def _read_lead(lead: MatchLead) -> Lead | None:
    if lead.name is None:
        return None
    values: dict[str, Any] = {name: getattr(lead, name) or "" for name in LEAD_VALUES}
    return Lead(lead.id, **values, owner=lead.owner)


def _candidates(found: tuple[MatchRecord, ...] | None) -> tuple[Candidate, ...] | None:
    return None if found is None else tuple(_candidate(record) for record in found)


def _candidate(record: MatchRecord) -> Candidate:
    home = Reference(record.account.id, record.account.name) if record.account else None
    return Candidate(
        Record(record.id, record.name, record.fields, home), record.evidence, Strength[record.strength.upper()]
    )
