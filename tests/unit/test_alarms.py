"""The alarms and the dashboard: they watch what exists, at the limits that the code and the config have."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from chalicelib import metrics
from chalicelib.metrics import Metric
from ops.provision import dashboard
from tests.template import STAGE, of_type, resolved

ALARMS = of_type("AWS::CloudWatch::Alarm")
FUNCTIONS = json.loads(Path(".chalice/config.json").read_text())["lambda_functions"]
QUEUES = {queue["QueueName"] for queue in of_type("AWS::SQS::Queue").values()}
LOG_GROUPS = {group["LogGroupName"] for group in of_type("AWS::Logs::LogGroup").values()}
OURS = {metric.value[0] for metric in Metric}
ALARM_ARNS = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:leadmatch-{STAGE}"


def widgets(*, has_matches_dead_letters: bool) -> list[dict[str, Any]]:
    """Return the dashboard's widgets, as provision makes them."""
    text = dashboard.body(
        STAGE, region="us-east-1", alarms=ALARM_ARNS, has_matches_dead_letters=has_matches_dead_letters
    )
    return list(json.loads(text)["widgets"])


DASHBOARD = widgets(has_matches_dead_letters=True)


def function_name(key: str) -> str:
    """Return the name that Chalice gives to a function of its config."""
    return f"leadmatch-{STAGE}" if key == "api_handler" else f"leadmatch-{STAGE}-{key}"


def watched(alarm: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """Return namespace, name and dimensions of every metric of an alarm."""
    metrics = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", ()) if "MetricStat" in one] or [alarm]
    return [
        (one["Namespace"], one["MetricName"], {pair["Name"]: pair["Value"] for pair in one.get("Dimensions", ())})
        for one in metrics
    ]


def assert_exists(namespace: str, name: str, dimensions: dict[str, str]) -> None:
    """Fail unless somebody sends this metric."""
    match namespace:
        case metrics.NAMESPACE:
            assert name in OURS
            assert dimensions == {metrics.DIMENSION: STAGE}
        case "AWS/SQS":
            assert dimensions["QueueName"] in QUEUES
            assert name.startswith("Approximate")
        case "AWS/Lambda":
            assert dimensions["FunctionName"] in {function_name(key) for key in FUNCTIONS}
            assert name in {"Duration", "Throttles", "Errors"}
        case _:
            assert (namespace, name, dimensions) == (f"leadmatch/{STAGE}", "Crashes", {})


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_watches_what_exists_and_is_told_to_people(name: str) -> None:
    """Silence is no trouble; the text says what happened, what to look at and what to do."""
    alarm = ALARMS[name]
    for metric in watched(alarm):
        assert_exists(*metric)
    assert (alarm["TreatMissingData"], alarm["EvaluationPeriods"]) == ("notBreaching", 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    lasts = {"ApproximateAgeOfOldestMessage", "Duration"} & {metric for _, metric, _ in watched(alarm)}
    assert lasts or alarm["Threshold"] == 1  # what is counted is told of from the first one on
    assert alarm["AlarmActions"] == alarm["OKActions"] == [resolved(STAGE)["Outputs"]["AlarmTopicArn"]["Value"]]
    assert alarm["AlarmName"].startswith(f"leadmatch-{STAGE}-")
    assert "Look at: " in alarm["AlarmDescription"]
    assert "Do: " in alarm["AlarmDescription"]
    assert len(alarm["AlarmDescription"]) <= 1024  # CloudWatch's limit


@pytest.mark.parametrize("key", FUNCTIONS)
def test_a_time_out_is_noticed_at_the_time_out_of_the_config(key: str) -> None:
    """A stopped function's duration is its time limit; both stand in files that know nothing of each other."""
    (alarm,) = [
        one for one in ALARMS.values() if watched(one) == [("AWS/Lambda", "Duration", {"FunctionName": function_name(key)})]
    ]  # fmt: skip
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", FUNCTIONS[key]["lambda_timeout"] * 1000)
    assert f"limit of {FUNCTIONS[key]['lambda_timeout']} seconds" in alarm["AlarmDescription"]


def test_throttles_of_every_function_are_noticed() -> None:
    """By one alarm, since they share one cause."""
    assert {dimensions["FunctionName"] for *_, dimensions in watched(ALARMS["ThrottledAlarm"])} == {
        function_name(key) for key in FUNCTIONS
    }


def test_a_crash_of_every_function_is_counted() -> None:
    """A process that dies writes no line of ours, but Lambda does, into the same group."""
    filters = of_type("AWS::Logs::MetricFilter").values()
    assert {one["LogGroupName"] for one in filters} == LOG_GROUPS == {f"/aws/lambda/{function_name(key)}" for key in FUNCTIONS}  # fmt: skip
    for one in filters:
        (count,) = one["MetricTransformations"]
        assert (count["MetricNamespace"], count["MetricName"]) == watched(ALARMS["CrashedAlarm"])[0][:2]
        assert set(one["FilterPattern"].split()) == {
            '?"Runtime.ExitError"', '?"Runtime.OutOfMemory"', '?"Runtime.ImportModuleError"', '?"Runtime.HandlerNotFound"', "?INIT_REPORT",
        }  # fmt: skip


def test_no_stranger_can_raise_the_alarm_of_lost_calls() -> None:
    """A wrong key counts as not taken alone; what is lost is taken out of the alarm for wrong keys, which rings for the rest."""
    ours = {metrics.DIMENSION: STAGE}
    assert watched(ALARMS["CallsLostAlarm"]) == [(metrics.NAMESPACE, "CallsLost", ours)]
    alarm = ALARMS["CallsNotTakenAlarm"]
    assert watched(alarm) == [(metrics.NAMESPACE, "CallsNotTaken", ours), (metrics.NAMESPACE, "CallsLost", ours)]
    assert [one["Expression"] for one in alarm["Metrics"] if "Expression" in one] == ["all - FILL(lost, 0)"]
    assert alarm["Threshold"] == 1


def test_the_raises_that_retry_ring_no_alarm() -> None:
    """Neither as our metric nor as Lambda's."""
    every = [metric for alarm in ALARMS.values() for metric in watched(alarm)]
    assert "Retries" not in {name for _, name, _ in every}
    retrying = {function_name(key) for key in FUNCTIONS if key != "sweep"}
    assert not [metric for metric in every if metric[1] == "Errors" and metric[2]["FunctionName"] in retrying]


def test_a_sweep_that_raises_is_noticed() -> None:
    """No queue keeps what it was to do, and no metric of ours counts it."""
    alarm = ALARMS["SweepFailedAlarm"]
    assert watched(alarm) == [("AWS/Lambda", "Errors", {"FunctionName": function_name("sweep")})]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == (
        "Sum", 1, "GreaterThanOrEqualToThreshold",
    )  # fmt: skip


def test_only_this_stage_s_alarms_may_publish_to_the_topic() -> None:
    """And nobody of another account."""
    (policy,) = of_type("AWS::SNS::TopicPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:leadmatch-{STAGE}-*"},
    }


def test_an_address_is_subscribed_only_when_there_is_one() -> None:
    """An empty one would make CloudFormation fail."""
    subscription = resolved(STAGE, AlarmEmail="ops@example.com")["Resources"]["AlarmSubscription"]
    assert resolved(STAGE)["Conditions"][subscription["Condition"]] == {"Fn::Not": [{"Fn::Equals": ["", ""]}]}
    assert (subscription["Properties"]["Protocol"], subscription["Properties"]["Endpoint"]) == (
        "email",
        "ops@example.com",
    )


def dashboard_metrics() -> list[tuple[str, str, dict[str, str]]]:
    """Return namespace, name and dimensions of every metric on the dashboard."""
    found = []
    for widget in DASHBOARD:
        for row in widget["properties"].get("metrics", ()):
            names = [part for part in row if isinstance(part, str)]
            found.append((names[0], names[1], dict(zip(names[2::2], names[3::2], strict=True))))
    return found


def test_the_dashboard_shows_what_exists_and_everything_that_we_measure() -> None:
    """A widget with a misspelt metric is empty without a word."""
    for metric in dashboard_metrics():
        assert_exists(*metric)
    assert {name for namespace, name, _ in dashboard_metrics() if namespace == metrics.NAMESPACE} == OURS


def test_the_dashboard_shows_every_alarm() -> None:
    """By their ARNs, which are made from the names."""
    (widget,) = [one for one in DASHBOARD if one["type"] == "alarm"]
    shown = {arn.partition(":alarm:")[2] for arn in widget["properties"]["alarms"]}
    assert shown == {alarm["AlarmName"] for alarm in ALARMS.values()}


def test_without_dead_letters_for_matches_the_dashboard_shows_none() -> None:
    """An alarm that does not exist would stand there as unknown; nothing else is missing."""
    without = widgets(has_matches_dead_letters=False)
    assert "matches-dead" not in json.dumps(without)
    for one, other in zip(without, DASHBOARD, strict=True):
        for rows in ("alarms", "metrics"):
            gone = [row for row in other["properties"].get(rows, ()) if row not in one["properties"][rows]]
            assert all("matches-dead" in json.dumps(row) for row in gone)


def test_the_dashboard_counts_verdicts_from_the_log_of_check() -> None:
    """Logs Insights reads the line `checked` and its field `action`."""
    (widget,) = [one for one in DASHBOARD if one["type"] == "log"]
    query = widget["properties"]["query"]
    assert query.startswith(f"SOURCE '/aws/lambda/{function_name('check')}' |")
    assert "message = 'checked'" in query
    assert "by action" in query


def test_the_dashboard_s_limits_are_those_of_the_alarms() -> None:
    """The lines in the picture of the queues' ages are where the alarms ring."""
    (lines,) = [
        one["properties"]["annotations"]["horizontal"] for one in DASHBOARD if "annotations" in one["properties"]
    ]
    assert [line["value"] for line in lines] == [
        ALARMS[f"{name}AgeAlarm"]["Threshold"] for name in ("Inbox", "Slack", "Tokens", "Convert")
    ]


def test_the_dashboard_s_widgets_fit_and_have_a_title_and_a_region() -> None:
    """The grid is 24 wide, and widgets that overlap are pushed down by the console."""
    for widget in DASHBOARD:
        assert widget["x"] + widget["width"] <= 24
        assert widget["properties"]["title"]
        assert widget["type"] == "alarm" or widget["properties"]["region"] == "us-east-1"
    for one, other in combinations(DASHBOARD, 2):
        assert not (overlap(one, other, "x", "width") and overlap(one, other, "y", "height"))


def overlap(one: dict[str, Any], other: dict[str, Any], start: str, length: str) -> bool:
    """Return whether two widgets share a column or a row."""
    return bool(one[start] < other[start] + other[length] and other[start] < one[start] + one[length])
