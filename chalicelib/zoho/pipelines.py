"""The pipelines of an org's deals and the stages that belong to each: Zoho refuses a deal whose stage is not its pipeline's.

https://www.zoho.com/crm/developer/docs/api/v7/get-pipelines.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.conversion import Pipeline
from chalicelib.zoho.users import UserSource

MOST_LAYOUTS = 10


def read_pipelines(zoho: UserSource) -> tuple[Pipeline, ...]:
    """Ask for the pipelines of every active layout of deals; raises Zoho's errors of `errors.py`, as for a missing scope."""
    layouts = _mappings(zoho.ask("settings/layouts", {"module": "Deals"}, part="layouts").get("layouts"))
    found: dict[str, Pipeline] = {}
    for layout in list(layouts)[:MOST_LAYOUTS]:
        if layout.get("status") in ("inactive", "-1"):
            continue
        body = zoho.ask("settings/pipeline", {"layout_id": str(layout.get("id"))}, part="pipeline")
        for pipeline in map(_pipeline, _mappings(body.get("pipeline"))):
            if pipeline.name and pipeline.stages:
                found.setdefault(pipeline.name, pipeline)
    return tuple(found.values())


def _pipeline(item: Mapping[str, Any]) -> Pipeline:
    stages = sorted(_mappings(item.get("maps")), key=_sequence)
    return Pipeline(_value(item), tuple(value for value in map(_value, stages) if value))


def _value(item: Mapping[str, Any]) -> str:
    """Return what a picklist's entry is called in the API: its actual value, which another language does not change."""
    value = item.get("actual_value") or item.get("display_value")
    return value.strip() if isinstance(value, str) else ""


def _sequence(item: Mapping[str, Any]) -> int:
    text = str(item.get("sequence_number") or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else iter(())
