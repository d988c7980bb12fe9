"""The pipelines and stages of the org's deals, as the sweep read them last: one item of the table, which the form is filled from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb import Table
from chalicelib.conversion import Pipeline
from chalicelib.wire import from_fields, time_text, to_fields

KEY = "pipelines#zoho"


@dataclass(frozen=True, slots=True)
class Pipelines:
    """What was read, and when."""

    pipelines: tuple[Pipeline, ...]
    read_at: datetime


class PipelineItem:
    """The item, replaced as a whole."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def read(self) -> Pipelines | None:
        """Return what was read last; None before the first time."""
        return read_pipeline_item(self._table.get(KEY))

    def write(self, pipelines: Sequence[Pipeline]) -> None:
        """Replace the list, unless a later one stands there."""
        now = self._now()
        self._table.update_if(
            KEY,
            update="pipelines = :pipelines, read_at = :now",
            condition="attribute_not_exists(read_at) OR read_at <= :now",
            values={":pipelines": [to_fields(one) for one in pipelines], ":now": time_text(now)},
            names={},
            now=now.timestamp(),
        )


def read_pipeline_item(item: Mapping[str, Any] | None) -> Pipelines | None:
    """Read the item as the table gives it."""
    return from_fields(Pipelines, item) if item else None
