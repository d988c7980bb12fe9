"""Reads the sandbox's log, which is one for the whole session."""

from __future__ import annotations

import io
import json
from typing import Any


def lines_since(log: io.StringIO, start: int) -> list[dict[str, Any]]:
    """Return the log's lines from a position on."""
    return [json.loads(line) for line in log.getvalue()[start:].splitlines()]


def measured(lines: list[dict[str, Any]]) -> dict[str, float]:
    """Add up every metric as CloudWatch does."""
    totals: dict[str, float] = {}
    for line in lines:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
            for metric in directive["Metrics"]:
                totals[metric["Name"]] = totals.get(metric["Name"], 0) + sum(line[metric["Name"]])
    return totals
