"""Probe: are the eight queues there, does each worker read its own queue and nobody else, and what lies in them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from botocore.exceptions import ClientError

from chalicelib.timing import CONVERT_AGE_ALARM_SECONDS, TOKENS_AGE_ALARM_SECONDS
from chalicelib.wiring.clients import utc_now
from ops.check.stage import DeployedStage
from ops.config_checks import is_own_queue
from ops.errors import aws_failures, error_code
from ops.findings import Findings
from ops.remedies import NEVER_AGAIN
from ops.timing import AGE_PERIOD_SECONDS, DEAD_LETTERS_LIE, OLD_MESSAGE_SECONDS

GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
WORKERS = {"inbox": "check", "slack": "notify", "convert": "convert", "tokens": "refresh"}
OLD_SECONDS = {
    "inbox": OLD_MESSAGE_SECONDS,
    "slack": OLD_MESSAGE_SECONDS,
    "convert": CONVERT_AGE_ALARM_SECONDS,
    "tokens": TOKENS_AGE_ALARM_SECONDS,
}
LETTERS_LIE = f"{DEAD_LETTERS_LIE.days}d"
READING = ("Enabled", "Enabling", "Creating", "Updating")
"""The states of an event source mapping that reads, or is about to."""


@dataclass(frozen=True, slots=True)
class DescribedQueue:
    """A queue as SQS describes it; `messages` counts those that wait and those that are being worked on."""

    name: str
    arn: str
    messages: int


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader of one queue: an event source mapping, of which `chalice deploy` makes one for each worker."""

    uuid: str
    function: str
    queue_arn: str
    state: str

    @property
    def queue(self) -> str:
        """The queue's name."""
        return self.queue_arn.rpartition(":")[2]


def look(stage: DeployedStage, findings: Findings) -> None:
    """Look at each queue, at who reads it, and at what has lain in it for long."""
    findings.say("looking for the eight queues")
    seen = {name: found for name, url in stage.queues.items() if (found := describe(stage, url, findings))}
    _tell_counts(seen, findings)
    for name, function in WORKERS.items():
        if name in seen:
            findings.say(f"checking who reads {seen[name].name}")
            look_at_consumers(stage, function, queue_arn=seen[name].arn, findings=findings)
            _warn_of_age(stage, seen[name], function, findings, old_seconds=OLD_SECONDS[name])
            _warn_of_dead_letters(stage, seen.get(f"{name}-dead"), name, findings)


def describe(stage: DeployedStage, url: str, findings: Findings) -> DescribedQueue | None:
    """Return a queue, or note that it is not there."""
    sqs, name = stage.account.session.client("sqs"), url.rpartition("/")[2]
    with aws_failures("sqs"):
        try:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        except ClientError as error:
            if error_code(error) not in GONE:
                raise
            findings.problem(
                f"The queue {name} does not exist.",
                f"Create it with:\npython -m ops provision --stage {stage.name}",
            )
            return None
    waiting, worked_on = found["ApproximateNumberOfMessages"], found["ApproximateNumberOfMessagesNotVisible"]
    return DescribedQueue(name, found["QueueArn"], int(waiting) + int(worked_on))


def _tell_counts(seen: Mapping[str, DescribedQueue], findings: Findings) -> None:
    if seen:
        findings.fact("Messages: " + ", ".join(f"{name} {queue.messages}" for name, queue in seen.items()) + ".")
    findings.values.update({name.replace("-", "_"): queue.messages for name, queue in seen.items()})


def _warn_of_age(
    stage: DeployedStage, queue: DescribedQueue, function: str, findings: Findings, *, old_seconds: float
) -> None:
    """Warn of a message that waits long; SQS tells an age only to CloudWatch, minutes later."""
    seconds = _oldest_seconds(stage, queue.name) if queue.messages else 0
    if seconds >= old_seconds:
        findings.warn(
            f"The oldest message of {queue.name} has waited {seconds / 60:.0f} minutes.",
            f"Look in the log why {function} cannot process it:\n{stage.log_of(function)}",
        )


def _oldest_seconds(stage: DeployedStage, queue: str) -> float:
    now, cloudwatch = utc_now(), stage.account.session.client("cloudwatch")
    with aws_failures("cloudwatch"):
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": queue}],
            StartTime=now - timedelta(seconds=2 * AGE_PERIOD_SECONDS),
            EndTime=now,
            Period=AGE_PERIOD_SECONDS,
            Statistics=["Maximum"],
        )["Datapoints"]
    newest = max(points, key=lambda point: point["Timestamp"], default=None)
    return float(newest["Maximum"]) if newest else 0


def _warn_of_dead_letters(stage: DeployedStage, dead: DescribedQueue | None, source: str, findings: Findings) -> None:
    if dead is None or not dead.messages:
        return
    noun = "1 message is" if dead.messages == 1 else f"{dead.messages} messages are"
    findings.warn(
        f"{noun} in {dead.name}.",
        "Why (reason in the lines “given_up”):\n"
        f"{stage.log_of(WORKERS[source], holding='given_up', since=LETTERS_LIE)}\n{_way_out(stage, source)}",
    )


def _way_out(stage: DeployedStage, source: str) -> str:
    if source != "convert":
        return f"When the cause is fixed, replay them:\npython -m ops replay --stage {stage.name} --queue {source}"
    purge = stage.aws(f"sqs purge-queue --queue-url {stage.queues['convert-dead']}")
    return f"{NEVER_AGAIN} What the sweep has not removed after a quarter of an hour could not be read; remove it:\n{purge}"


def look_at_consumers(stage: DeployedStage, function: str, *, queue_arn: str, findings: Findings) -> None:
    """Note whether the function reads the queue, alone, and no other one."""
    own, queue = stage.function(function), queue_arn.rpartition(":")[2]
    if not is_own_queue(stage.name, queue):  # no remedy for its consumers: they may be another stage's, and healthy
        findings.problem(
            f"config.json names {queue}, which is not a queue of this stage.",
            f"Correct it with:\npython -m ops provision --stage {stage.name}\npython -m ops deploy --stage {stage.name}",
        )
        return
    mappings = _mappings(stage, own, queue_arn)
    right = [one for one in mappings if one.function == own and one.queue_arn == queue_arn]
    before = len(findings.troubles)
    if not right:
        findings.problem(
            f"{own} does not read {queue}: messages stay there.",
            f"Connect it with a deploy:\npython -m ops deploy --stage {stage.name}",
        )
    for one in (*right[1:], *(one for one in mappings if one not in right)):
        findings.problem(_what_is_odd(one, own, queue), _removal(stage, one))
    for one in right:
        if one.state not in READING:
            findings.problem(
                f"{own} no longer reads {queue}: its event source mapping is {one.state.lower()}.",
                "Switch it on again:\n" + stage.aws(f"lambda update-event-source-mapping --uuid {one.uuid} --enabled"),
            )
    if len(findings.troubles) == before:
        findings.fact(f"{function} reads {queue}.")


def _what_is_odd(one: Reader, own: str, queue: str) -> str:
    if one.function != own:
        return f"{one.function} also reads {queue}, and takes messages away from {own}."
    if one.queue != queue:
        return f"{own} reads {one.queue}, which is not its queue ({queue})."
    return f"{own} reads {queue} twice: two workers may handle the same lead at once."


def _removal(stage: DeployedStage, one: Reader) -> str:
    return f"Remove that event source mapping:\n{stage.aws(f'lambda delete-event-source-mapping --uuid {one.uuid}')}"


def _mappings(stage: DeployedStage, function: str, queue_arn: str) -> list[Reader]:
    """Return the mappings of the function and those of the queue, each once."""
    found = [*_listed(stage, FunctionName=function), *_listed(stage, EventSourceArn=queue_arn)]
    return list({one.uuid: one for one in found}.values())


def _listed(stage: DeployedStage, **of: str) -> Iterator[Reader]:
    pages = stage.account.session.client("lambda").get_paginator("list_event_source_mappings").paginate(**of)
    with aws_failures("lambda"):
        try:
            for one in (one for page in pages for one in page["EventSourceMappings"]):
                function = one["FunctionArn"].split(":")[6]
                yield Reader(one["UUID"], function, one["EventSourceArn"], one.get("State", ""))
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":  # a function that was never deployed
                raise
