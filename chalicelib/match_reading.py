"""The data of a match event read back into the lead, the verdict and the pages of its records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


def read_lead(lead: Mapping[str, Any]) -> Lead:
    """Read the lead's fields that the event holds."""
    names = ("id", "name", "company", "email", "phone", "source", "status")
    owner = lead["owner"]
    return Lead(**{name: lead[name] for name in names}, owner=Owner(**owner) if owner else None)


def read_verdict(verdict: Mapping[str, Any], data: Mapping[str, Any]) -> Verdict:
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


def read_urls(data: Mapping[str, Any]) -> dict[str, str]:
    """Collect the pages of all records by their ids."""
    records = [record for kind in ("accounts", "contacts", "deals") for record in data[kind] or ()]
    homes = [record["account"] for record in records if record["account"]]
    return {record["id"]: record["url"] for record in (data["lead"], *records, *homes)}
