"""A stage is removed: its stack with the queues and what is in them, and only on demand the ledger and the secrets.

While these stay, config.json keeps the stage's region: without it, a later command would look for them elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.config import REGION_KEY
from ops.errors import OpsError, aws_failures
from ops.provision import dashboard
from ops.stage import Stage
from ops.timing import SECRET_RECOVERY_DAYS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

QUEUES = ("inbox", "slack", "matches", "convert")
"""Those whose messages are a loss: a request for an access token is none."""
MATCHES_DEAD = "matches-dead"
DEAD = ("inbox-dead", "slack-dead", "convert-dead", MATCHES_DEAD)


@dataclass(frozen=True, slots=True)
class Removed:
    """What is gone and what stays, in words."""

    gone: tuple[str, ...]
    stays: tuple[str, ...]


def plan(stage: Stage, *, with_data: bool) -> Removed:
    """Say what there is that would go and that would stay; raise `OpsError` while functions are deployed, or for nothing."""
    _insist_on_something(stage)
    deployed = stage.deployed_functions()
    if deployed:
        raise OpsError(
            f"Stage {stage.name} is still deployed: {', '.join(deployed)}.",
            f"Remove the functions first: {_delete_command(stage)}",
        )
    stack, data, config = tuple(_stack(stage)), tuple(_data(stage)), stage.project.config_path.name
    section = (f"the stage's section of {config}",)
    if with_data:
        return Removed((*stack, *(section if stage.name in stage.project.stages() else ()), *data), ())
    more_than_region = stage.project.stage(stage.name).keys() - {REGION_KEY}
    return Removed(
        (*stack, *(section if more_than_region else ())),
        (*data, f"the region {stage.account.region}, recorded in {config}"),
    )


def remove(stage: Stage, *, with_data: bool) -> None:
    """Do what `plan` said; what is gone already is passed over."""
    stage.console.step(f"Stack {stage.stack.name}")
    stage.console.good("removed" if stage.stack.delete() else "it does not exist")
    dashboard.delete(stage)
    if with_data:
        _remove_data(stage)
    stage.project.write_stage(stage.name, None if with_data else {REGION_KEY: stage.account.region})


def queued_messages(client: SQSClient, stage: str, name: str) -> int:
    """Return how many messages of a stage's queue wait or are being worked on; 0 where there is no such queue."""
    with aws_failures("sqs"):
        try:
            url = client.get_queue_url(QueueName=f"leadmatch-{stage}-{name}.fifo")["QueueUrl"]
            found = client.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            )["Attributes"]
        except client.exceptions.QueueDoesNotExist:
            return 0
    return sum(map(int, found.values()))


def _stack(stage: Stage) -> Iterator[str]:
    if stage.stack.exists():
        messages = _queued_in_words(stage.account.session.client("sqs"), stage.name)
        yield f"the stack {stage.stack.name} with its queues and every message in them ({messages}), roles, logs, alarms and dashboard"


def _data(stage: Stage) -> Iterator[str]:
    if stage.ledger.exists():
        yield f"the ledger {stage.ledger.name}"
    if secrets := [store.name for store in stage.secrets if store.exists()]:
        yield f"the secret{'s' if len(secrets) > 1 else ''} {', '.join(secrets)}"


def _delete_command(stage: Stage) -> str:
    """Return the command, which asks AWS what is there when Chalice's record of it is not here, and Chalice would do nothing."""
    region = "" if stage.project.region(stage.name) else f" --region {stage.account.region}"
    recover = "" if stage.project.deployed(stage.name) else " --recover"
    return f"python -m ops deploy --stage {stage.name} --delete{recover}{region}"


def _insist_on_something(stage: Stage) -> None:
    """Refuse to report as removed what stands in another region or account; config.json's roles name the account."""
    exists = stage.stack.exists() or stage.ledger.exists() or any(store.exists() for store in stage.secrets)
    if not exists and not stage.project.is_provisioned(stage.name):
        raise OpsError(
            f"Nothing of stage {stage.name} is in {stage.account.region} of AWS account {stage.account.number}.",
            "If the stage is elsewhere, give its --region, or --profile. Otherwise there is nothing left to remove.",
        )


def _remove_data(stage: Stage) -> None:
    stage.console.step("Data")
    if stage.ledger.delete():
        stage.console.good(f"deleted {stage.ledger.name} (AWS keeps its last state for 35 days, as a system backup)")
    for store in stage.secrets:
        if store.schedule_deletion():
            stage.console.good(
                f"{store.name} will be deleted in {SECRET_RECOVERY_DAYS} days; until then provision restores it"
            )


def _queued_in_words(client: SQSClient, stage: str) -> str:
    """Say how many dead letters and other messages there are, as far as SQS knows."""
    dead, others = (sum(queued_messages(client, stage, name) for name in names) for names in (DEAD, QUEUES))
    return f"{_counted(dead, 'dead letter')}, {_counted(others, 'other message')}"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count or 'no'} {noun}s"
