"""The match: a lead, its verdict and where to look, as other systems read it (CloudEvents 1.0) and as the ledger keeps it.

The JSON Schema is docs/match-event.schema.json; https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.events import LeadEvent, read_time, time_text
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

TYPE = "leadmatch.lead.checked.v1"
SCHEMA_URI = "urn:leadmatch:schema:match-event:1"
MAX_BYTES = 200_000
MAX_EVIDENCE = 10
MAX_VALUE_LENGTH = 255
TRIMS = ((100, True), (100, False), (25, False), (5, False))
"""How much of each kind is kept until the text fits: records, and whether with all their fields."""


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict about a lead; `lead` is None when it could not be read, `urls` leads from record ids to Zoho's pages."""

    event: LeadEvent
    lead: Lead | None
    verdict: Verdict
    urls: Mapping[str, str]
    checked_at: datetime

    def url(self, record_id: str | None) -> str:
        """Give the page of a record, or an empty text."""
        return self.urls.get(record_id or "", "")


def write(match: Match, *, stage: str) -> str:
    """Give the CloudEvents JSON, always below `MAX_BYTES`: the weakest records' fields go first, then the records."""
    for most, with_fields in TRIMS:
        text = json.dumps(_envelope(match, stage, most, with_fields=with_fields), ensure_ascii=False)
        if len(text.encode()) < MAX_BYTES:
            break
    return text


def read(text: str) -> Match:
    """Read back what `write` gave."""
    envelope = json.loads(text)
    data = envelope["data"]
    lead, verdict = data["lead"], data["verdict"]
    return Match(
        event=LeadEvent(envelope["subject"], envelope["id"], read_time(envelope["acceptedat"]), envelope["trigger"]),
        lead=_read_lead(lead) if lead["name"] is not None else None,
        verdict=_read_verdict(verdict, data),
        urls=_urls(data),
        checked_at=read_time(envelope["time"]),
    )


def _envelope(match: Match, stage: str, most: int, *, with_fields: bool) -> dict[str, Any]:
    event, verdict = match.event, match.verdict
    kinds = {"accounts": verdict.accounts, "contacts": verdict.contacts, "deals": verdict.deals}
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
        "data": {
            "lead": _lead(match),
            "verdict": _verdict(verdict),
            **{kind: _candidates(found, match, most, with_fields=with_fields) for kind, found in kinds.items()},
            "module_preference": verdict.module_preference,
            "modules_with_multiple_layouts": list(verdict.modules_with_multiple_layouts),
        },
    }


def _lead(match: Match) -> dict[str, Any]:
    lead = match.lead
    names = ("name", "company", "email", "phone", "source", "status")
    owner = lead.owner if lead else None
    return {
        "id": match.event.lead_id,
        **{name: getattr(lead, name)[:MAX_VALUE_LENGTH] if lead else None for name in names},
        "owner": {"id": owner.id, "name": owner.name, "email": owner.email} if owner else None,
        "url": match.url(match.event.lead_id),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "action": verdict.action,
        "confidence": verdict.confidence,
        "reason": verdict.reason,
        "sentence": verdict.sentence,
        "target": {
            "contact": {"kind": verdict.targets.contact.kind, "id": verdict.targets.contact.id},
            "account": {"kind": verdict.targets.account.kind, "id": verdict.targets.account.id},
        },
        "warnings": [
            {"code": w.code, "severity": w.severity, "message": w.message, "record_id": w.record_id}
            for w in verdict.warnings[:MAX_EVIDENCE]
        ],
    }


def _candidates(
    found: tuple[Candidate, ...] | None, match: Match, most: int, *, with_fields: bool
) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    return [
        {
            "id": candidate.record.id,
            "name": candidate.record.name[:MAX_VALUE_LENGTH],
            "url": match.url(candidate.record.id),
            "account": _account(candidate.record.account, match),
            "strength": candidate.strength.word,
            "evidence": [
                {"field": e.field, "label": e.label, "value": e.value[:MAX_VALUE_LENGTH], "unique": e.unique}
                for e in candidate.evidence[:MAX_EVIDENCE]
            ],
            "fields": _fields(candidate.record) if with_fields else {},
        }
        for candidate in found[:most]
    ]


def _fields(record: Record) -> dict[str, str]:
    return {name: value[:MAX_VALUE_LENGTH] for name, value in record.fields.items()}


def _account(home: Reference | None, match: Match) -> dict[str, str] | None:
    return {"id": home.id, "name": home.name[:MAX_VALUE_LENGTH], "url": match.url(home.id)} if home else None


def _read_lead(lead: Mapping[str, Any]) -> Lead:
    names = ("id", "name", "company", "email", "phone", "source", "status")
    owner = lead["owner"]
    return Lead(**{name: lead[name] for name in names}, owner=Owner(**owner) if owner else None)


def _read_verdict(verdict: Mapping[str, Any], data: Mapping[str, Any]) -> Verdict:
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


def _urls(data: Mapping[str, Any]) -> dict[str, str]:
    records = [record for kind in ("accounts", "contacts", "deals") for record in data[kind] or ()]
    homes = [record["account"] for record in records if record["account"]]
    return {record["id"]: record["url"] for record in (data["lead"], *records, *homes)}
