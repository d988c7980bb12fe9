"""What every edge writes to: the log and the meter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.metrics import Metric


class Log(Protocol):
    """Writes one JSON line."""

    def info(self, msg: str, *, extra: Mapping[str, Any]) -> None: ...  # noqa: D102 - the logger's own methods
    def warning(self, msg: str, *, extra: Mapping[str, Any]) -> None: ...  # noqa: D102
    def error(self, msg: str, *, extra: Mapping[str, Any]) -> None: ...  # noqa: D102


class Meter(Protocol):
    """Writes measurements."""

    def record(self, measures: Mapping[Metric, float]) -> None:
        """Write what was measured."""
