"""Who reads a queue: the event source mappings that `chalice deploy` makes, one for each worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import ClientError

from ops.check.deployed import DeployedStage
from ops.check.findings import Findings
from ops.config_checks import is_own_queue
from ops.errors import aws_failures, error_code

ENABLED = ("Enabled", "Enabling", "Creating", "Updating")


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader of one queue."""

    uuid: str
    function: str
    queue_arn: str
    state: str

    @property
    def queue(self) -> str:
        """The queue's name."""
        return self.queue_arn.rpartition(":")[2]


def look_at_readers(stage: DeployedStage, function: str, *, queue_arn: str, findings: Findings) -> None:
    """Note whether the function reads the queue, alone, and no other one."""
    own, queue = stage.function(function), queue_arn.rpartition(":")[2]
    if not is_own_queue(stage.name, queue):  # no cure for its readers: they may be another stage's, and healthy
        findings.trouble(
            f"config.json names {queue}, which is not a queue of this stage.",
            f"Put it right by:\npython -m ops provision --stage {stage.name}\npython -m ops deploy --stage {stage.name}",
        )
        return
    mappings = _mappings(stage, own, queue_arn)
    right = [one for one in mappings if one.function == own and one.queue_arn == queue_arn]
    before = len(findings.troubles)
    if not right:
        findings.trouble(
            f"{own} does not read {queue}: what arrives there stays there.",
            f"Connect it by a deploy:\npython -m ops deploy --stage {stage.name}",
        )
    for one in (*right[1:], *(one for one in mappings if one not in right)):
        findings.trouble(_what_is_odd(one, own, queue), _removal(stage, one))
    for one in right:
        if one.state not in ENABLED:
            findings.trouble(
                f"{own} reads {queue} no more: its event source mapping is {one.state.lower()}.",
                "Switch it on again:\n" + stage.aws(f"lambda update-event-source-mapping --uuid {one.uuid} --enabled"),
            )
    if len(findings.troubles) == before:
        findings.fact(f"{function} reads {queue}.")


def _what_is_odd(one: Reader, own: str, queue: str) -> str:
    if one.function != own:
        return f"{one.function} reads {queue} too, and takes leads away from {own}."
    if one.queue != queue:
        return f"{own} reads {one.queue}, which is not its queue ({queue})."
    return f"{own} reads {queue} twice: a lead may be worked on by both at once."


def _removal(stage: DeployedStage, one: Reader) -> str:
    return f"Remove that event source mapping:\n{stage.aws(f'lambda delete-event-source-mapping --uuid {one.uuid}')}"


def _mappings(stage: DeployedStage, function: str, queue_arn: str) -> list[Reader]:
    """Give the mappings of the function and those of the queue, each once."""
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
