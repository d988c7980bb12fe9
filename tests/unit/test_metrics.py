"""The meter: lines in CloudWatch's embedded metric format."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.metrics import DIMENSION, NAMESPACE, CloudWatchMeter, Metric

FREE_METRICS = 10


def recorded(*measures: dict[Metric, float]) -> list[dict[str, Any]]:
    """Return the lines that a meter writes for these measurements."""
    lines: list[str] = []
    meter = CloudWatchMeter(stage="prod", write=lines.append)
    for one in measures:
        meter.record(one)
    return [json.loads(line) for line in lines]


def test_a_measurement_is_one_line_that_cloudwatch_reads() -> None:
    """Namespace, the stage as the one dimension, names with units, values beside them."""
    (line,) = recorded({Metric.VERDICTS: 1, Metric.SECONDS_TO_SLACK: 2.5})
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert directive["Dimensions"] == [[DIMENSION]]
    assert directive["Metrics"] == [
        {"Name": "Verdicts", "Unit": "Count"},
        {"Name": "SecondsToSlack", "Unit": "Seconds"},
    ]
    assert (line["stage"], line["Verdicts"], line["SecondsToSlack"]) == ("prod", [1.0], [2.5])
    assert line["_aws"]["Timestamp"] > 10**12


def test_measurements_do_not_run_into_each_other() -> None:
    """A line holds what its own call measured."""
    first, second = recorded({Metric.RETRIES: 1}, {Metric.FAILURES: 1})
    assert "Retries" in first
    assert "Retries" not in second


def test_nothing_measured_writes_nothing() -> None:
    """CloudWatch refuses an empty directive."""
    assert recorded({}) == []


def test_there_are_no_more_metrics_than_are_free() -> None:
    """Ten custom metrics a month cost nothing; one stage has fewer."""
    assert len(Metric) <= FREE_METRICS
    assert len({metric.value[0] for metric in Metric}) == len(Metric)
