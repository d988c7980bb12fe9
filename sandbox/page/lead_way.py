"""The way of one lead, as the page shows it: its steps, its ledger item, and the event that other systems read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chalicelib.aws.ledger_item import lead_key
from sandbox.page import draw
from sandbox.system import Sandbox
from sandbox.watch import Watch


def way_of(lead_id: str, sandbox: Sandbox, watch: Watch) -> str:
    """Draw it."""
    record = sandbox.crm.get("Leads", lead_id) or {}
    item = sandbox.aws.table(sandbox.outputs["TableName"]).get(lead_key(lead_id))
    events = (json.loads(text) for text in reversed(sandbox.match_texts()))
    event = next((one for one in events if one["subject"] == lead_id), None)
    return draw.way(
        str(record.get("Full_Name") or lead_id),
        _readable(_opened(item)) if item else "",
        _readable(event) if event else "",
        watch.of_lead(lead_id),
    )


def _opened(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an item with the match event that it holds as text read."""
    return {**item, "match": json.loads(item["match"])} if item.get("match") else item


def _readable(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
