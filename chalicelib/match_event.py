"""The match: a lead, its verdict and where to look, as other systems read it (CloudEvents 1.0) and as the ledger keeps it.

`write` gives the event's text and `read` gives back the match, as far as the text had room for it.
The JSON Schema is docs/match-event.schema.json; https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from chalicelib.events import LeadEvent
from chalicelib.verdict.model import (
    Candidate,
    Evidence,
    Lead,
    Owner,
    Record,
    Reference,
    Strength,
    Target,
    Targets,
    Verdict,
    VerdictWarning,
)
from chalicelib.wire import read_time, time_text

TYPE = "leadmatch.lead.checked.v1"
SCHEMA_URI = "urn:leadmatch:schema:match-event:1"
MAX_BYTES = 200_000
DISTINGUISHING_FIELDS = ("Email", "Website", "Phone", "Account_Type")
"""What tells records of one name apart, and so stays longest."""
MAX_VALUE_LENGTH = 255
MAX_NAME_LENGTH = 100
MAX_SENTENCE_LENGTH = 3000
MAX_MESSAGE_LENGTH = 1000
MAX_WARNINGS = 10
MAX_MODULES = 10
UNSENDABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What UTF-8 cannot write, and what SQS refuses."""


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict about a lead; `lead` is None when it could not be read, `urls` leads from record ids to Zoho's pages."""

    event: LeadEvent
    lead: Lead | None
    verdict: Verdict
    urls: Mapping[str, str]
    checked_at: datetime

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
    envelope = json.loads(text)
    data = envelope["data"]
    lead, verdict = data["lead"], data["verdict"]
    return Match(
        event=LeadEvent(envelope["subject"], envelope["id"], read_time(envelope["acceptedat"]), envelope["trigger"]),
        lead=_read_lead(lead) if lead["name"] is not None else None,
        verdict=_read_verdict(verdict, data),
        urls=_read_urls(data),
        checked_at=read_time(envelope["time"]),
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
    return UNSENDABLE.sub("", json.dumps(_envelope(match, stage, trim), ensure_ascii=False))


def _envelope(match: Match, stage: str, trim: Trim) -> dict[str, Any]:
    event = match.event
    return {
        "specversion": "1.0",
        "type": TYPE,
        "source": f"/leadmatch/{stage}",
        "id": event.event_id,
        "subject": event.lead_id,
        "time": time_text(match.checked_at),
        "datacontenttype": "application/json",
        "dataschema": SCHEMA_URI,
        "trigger": event.trigger,
        "acceptedat": time_text(event.accepted_at),
        "data": _data(match, trim),
    }


def _data(match: Match, trim: Trim) -> dict[str, Any]:
    verdict, most = match.verdict, trim.records
    found = {"accounts": verdict.accounts, "contacts": verdict.contacts, "deals": verdict.deals}
    kinds = {kind: _targets_first(candidates, verdict) for kind, candidates in found.items()}
    preference = verdict.module_preference
    return {
        "lead": _lead(match),
        "verdict": _verdict(verdict),
        **{kind: _candidates(candidates, match, trim) for kind, candidates in kinds.items()},
        "left_out": {
            kind: sum(candidate.strength > Strength.NONE for candidate in (candidates or [])[most:])
            for kind, candidates in kinds.items()
        },
        "module_preference": preference and preference[:MAX_NAME_LENGTH],
        "modules_with_multiple_layouts": [
            name[:MAX_NAME_LENGTH] for name in verdict.modules_with_multiple_layouts[:MAX_MODULES]
        ],
    }


def _lead(match: Match) -> dict[str, Any]:
    lead = match.lead
    names = ("name", "company", "email", "phone", "source", "status")
    owner = lead.owner if lead else None
    return {
        "id": match.event.lead_id,
        **{name: getattr(lead, name)[:MAX_VALUE_LENGTH] if lead else None for name in names},
        "owner": {name: value[:MAX_VALUE_LENGTH] for name, value in asdict(owner).items()} if owner else None,
        "url": match.url(match.event.lead_id),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "action": verdict.action,
        "confidence": verdict.confidence,
        "reason": verdict.reason,
        "sentence": verdict.sentence[:MAX_SENTENCE_LENGTH],
        "target": asdict(verdict.targets),
        "highest_severity": verdict.highest_severity,
        "warnings": [
            asdict(warning) | {"message": warning.message[:MAX_MESSAGE_LENGTH]}
            for warning in verdict.warnings[:MAX_WARNINGS]
        ],
    }


def _targets_first(found: tuple[Candidate, ...] | None, verdict: Verdict) -> list[Candidate] | None:
    """Put the targets before the others, which stand strongest first, so that none of them is cut off."""
    targets = (verdict.targets.contact.id, verdict.targets.account.id)
    return None if found is None else sorted(found, key=lambda candidate: candidate.record.id not in targets)


def _candidates(found: list[Candidate] | None, match: Match, trim: Trim) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    return [
        {
            "id": candidate.record.id,
            "name": candidate.record.name[:MAX_VALUE_LENGTH],
            "url": match.url(candidate.record.id),
            "account": _account(candidate.record.account, match),
            "strength": candidate.strength.word,
            "evidence": [_evidence(piece) for piece in candidate.evidence[: trim.evidence]],
            "fields": _fields(candidate.record, whole=trim.all_fields),
        }
        for candidate in found[: trim.records]
    ]


def _evidence(piece: Evidence) -> dict[str, Any]:
    return {
        "field": piece.field[:MAX_NAME_LENGTH],
        "label": piece.label[:MAX_NAME_LENGTH],
        "value": piece.value[:MAX_VALUE_LENGTH],
        "unique": piece.unique,
    }


def _fields(record: Record, *, whole: bool) -> dict[str, str]:
    kept = record.fields if whole else [name for name in DISTINGUISHING_FIELDS if name in record.fields]
    return {name: record.fields[name][:MAX_VALUE_LENGTH] for name in kept}


def _account(home: Reference | None, match: Match) -> dict[str, str] | None:
    return {"id": home.id, "name": home.name[:MAX_VALUE_LENGTH], "url": match.url(home.id)} if home else None


def _read_lead(lead: Mapping[str, Any]) -> Lead:
    """Read the lead's fields that the event holds."""
    names = ("id", "name", "company", "email", "phone", "source", "status")
    owner = lead["owner"]
    return Lead(**{name: lead[name] for name in names}, owner=Owner(**owner) if owner else None)


def _read_verdict(verdict: Mapping[str, Any], data: Mapping[str, Any]) -> Verdict:
    """Read the verdict and, beside it in the event's data, what Zoho offered."""
    target = verdict["target"]
    return Verdict(
        action=verdict["action"],
        confidence=verdict["confidence"],
        reason=verdict["reason"],
        sentence=verdict["sentence"],
        targets=Targets(Target(**target["contact"]), Target(**target["account"])),
        warnings=tuple(VerdictWarning(**warning) for warning in verdict["warnings"]),
        contacts=_read_candidates(data["contacts"]),
        accounts=_read_candidates(data["accounts"]),
        deals=_read_candidates(data["deals"]),
        module_preference=data["module_preference"],
        modules_with_multiple_layouts=tuple(data["modules_with_multiple_layouts"]),
        left_out=data["left_out"],
    )


def _read_candidates(found: list[dict[str, Any]] | None) -> tuple[Candidate, ...] | None:
    if found is None:
        return None
    return tuple(
        Candidate(
            _read_record(candidate),
            tuple(Evidence(**piece) for piece in candidate["evidence"]),
            Strength[candidate["strength"].upper()],
        )
        for candidate in found
    )


def _read_record(candidate: Mapping[str, Any]) -> Record:
    home = candidate["account"]
    account = Reference(home["id"], home["name"]) if home else None
    return Record(candidate["id"], candidate["name"], candidate["fields"], account)


def _read_urls(data: Mapping[str, Any]) -> dict[str, str]:
    """Collect the pages of all records by their ids."""
    records = [record for kind in ("accounts", "contacts", "deals") for record in data[kind] or ()]
    homes = [record["account"] for record in records if record["account"]]
    return {record["id"]: record["url"] for record in (data["lead"], *records, *homes)}
