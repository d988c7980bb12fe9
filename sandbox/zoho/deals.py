"""How the stand-in's org keeps its deals: layouts, the pipelines of each, and the stages of a pipeline.

https://github.com/zoho/crm-oas/blob/main/v8.0/pipeline/pipeline.yaml and
https://github.com/zoho/crm-oas/blob/main/v8.0/layouts/layouts.yaml
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.zoho import faults
from sandbox.zoho.faults import NO_CONTENT, Answer
from sandbox.zoho.ids import system_id

_MODULES = ("Leads", "Contacts", "Accounts", "Deals")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a deal: `value` is what a record holds, `label` what people see."""

    value: str
    label: str = ""
    forecast: str = "Open"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline and its stages, in their order."""

    value: str
    stages: tuple[Stage, ...]
    default: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of deals and its pipelines; an org whose layouts have none has not switched pipelines on."""

    name: str
    pipelines: tuple[Pipeline, ...] = ()
    visible: bool = True

    @property
    def id(self) -> str:
        """Zoho's id of the layout."""
        return system_id(f"layout {self.name}")


OPEN = (
    Stage("Qualification"),
    Stage("Needs Analysis"),
    Stage("Id. Decision Makers", "Identify Decision Makers"),
    Stage("Proposal/Price Quote"),
)
CLOSED = (Stage("Closed Won", forecast="Closed Won"), Stage("Closed Lost", forecast="Closed Lost"))
STANDARD = Layout(
    "Standard",
    (
        Pipeline("Standard (Standard)", (*OPEN, *CLOSED), default=True),
        Pipeline("Renewals", (Stage("Renewal Due"), *CLOSED)),
    ),
)
WITHOUT_PIPELINES = Layout("Standard")


@dataclass(slots=True)
class DealSettings:
    """What an administrator set up for deals; may be changed at any time.

    `mandatory` are fields of the org's own that a deal must have; `stages` those of an org without pipelines.
    """

    layouts: tuple[Layout, ...] = (STANDARD,)
    mandatory: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = field(default=(*OPEN, *CLOSED))

    @property
    def pipelines(self) -> dict[str, tuple[str, ...]]:
        """The stages of each pipeline, by what a record holds."""
        each = (pipeline for layout in self.layouts for pipeline in layout.pipelines)
        return {pipeline.value: tuple(stage.value for stage in pipeline.stages) for pipeline in each}


def layouts(settings: DealSettings, module: str | None) -> Answer:
    """Answer `GET /settings/layouts`; modules other than Deals have one layout."""
    if not module:
        return faults.error(400, "REQUIRED_PARAM_MISSING", "required param missing", param_name="module")
    if module not in _MODULES:
        return faults.INVALID_MODULE
    kept = settings.layouts if module == "Deals" else (Layout("Standard"),)
    return Answer(200, {"layouts": [_layout(one) for one in kept]})


def pipelines(settings: DealSettings, layout_id: str | None) -> Answer:
    """Answer `GET /settings/pipeline`."""
    if not layout_id:
        return faults.error(400, "REQUIRED_PARAM_MISSING", "required param missing", param_name="layout_id")
    layout = next((one for one in settings.layouts if one.id == layout_id), None)
    if layout is None:
        return faults.error(400, "INVALID_DATA", "Invalid layoutid", param_name="layout_id")
    if not layout.pipelines:
        return NO_CONTENT
    return Answer(200, {"pipeline": [_pipeline(one) for one in layout.pipelines]})


def _layout(layout: Layout) -> dict[str, object]:
    return {
        "id": layout.id,
        "name": layout.name,
        "api_name": layout.name,
        "display_label": layout.name,
        "visible": layout.visible,
        "status": "active" if layout.visible else "inactive",
        "has_more_profiles": False,
        "created_for": None,
        "created_time": None,
        "profiles": None,
        "sections": [],
    }


def _pipeline(pipeline: Pipeline) -> dict[str, object]:
    return {
        "display_value": pipeline.label or pipeline.value,
        "actual_value": pipeline.value,
        "default": pipeline.default,
        "id": system_id(f"pipeline {pipeline.value}"),
        "maps": [_stage(stage, number) for number, stage in enumerate(pipeline.stages, 1)],
    }


def _stage(stage: Stage, number: int) -> dict[str, object]:
    category = {"Open": "Pipeline", "Closed Won": "Closed"}.get(stage.forecast, "Omitted")
    return {
        "display_value": stage.label or stage.value,
        "actual_value": stage.value,
        "sequence_number": number,
        "forecast_type": stage.forecast,
        "forecast_category": {"name": category, "id": system_id(f"forecast {category}")},
        "id": system_id(f"stage {stage.value}"),
    }
