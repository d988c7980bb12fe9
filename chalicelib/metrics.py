"""What is measured: names, units, the line that CloudWatch turns into metrics, and the ports that handlers write to.

A line in the embedded metric format costs nothing while Zoho or Slack wait; CloudWatch reads it from the log. There are
few metrics, with the stage as their one dimension: ten are free, and one costs only for the hours in which it is written.
Those that count what ought not to happen are therefore written only when it does.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Protocol

NAMESPACE = "leadmatch"
DIMENSION = "stage"
COUNT, SECONDS = "Count", "Seconds"


class Metric(Enum):
    """A metric: its name in CloudWatch and its unit."""

    LEADS_RECEIVED = ("LeadsReceived", COUNT)
    CALLS_NOT_TAKEN = ("CallsNotTaken", COUNT)
    CALLS_LOST = ("CallsLost", COUNT)
    VERDICTS = ("Verdicts", COUNT)
    UNCHECKED = ("Unchecked", COUNT)
    SECONDS_TO_SLACK = ("SecondsToSlack", SECONDS)
    RETRIES = ("Retries", COUNT)
    FAILURES = ("Failures", COUNT)
    TOKEN_REFRESH_FAILURES = ("TokenRefreshFailures", COUNT)
    ZOHO_CREDITS_LEFT = ("ZohoCreditsLeft", COUNT)


class Log(Protocol):
    """Writes one JSON line."""

    def info(self, msg: str, *, extra: Mapping[str, Any]) -> None: ...  # noqa: D102 - the logger's own methods
    def warning(self, msg: str, *, extra: Mapping[str, Any]) -> None: ...  # noqa: D102
    def error(self, msg: str, *, extra: Mapping[str, Any]) -> None: ...  # noqa: D102


class Meter(Protocol):
    """Writes measurements."""

    def record(self, measures: Mapping[Metric, float]) -> None:
        """Write what was measured."""


class CloudWatchMeter:
    """Writes measurements of one stage, one line a call; `write` takes the line without its end."""

    def __init__(self, *, stage: str, write: Callable[[str], None]) -> None:
        self._stage, self._write = stage, write

    def record(self, measures: Mapping[Metric, float]) -> None:
        """Write what was measured; nothing when there is nothing."""
        if measures:
            self._write(json.dumps(self._embedded(measures), separators=(",", ":")))

    def _embedded(self, measures: Mapping[Metric, float]) -> object:
        from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

        # The provider, not `Metrics`: that one keeps its state in the class and adds a dimension of its own.
        lines = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, dimension_set={DIMENSION: self._stage})
        for metric, value in measures.items():
            name, unit = metric.value
            lines.add_metric(name=name, unit=unit, value=value)
        return lines.serialize_metric_set()
