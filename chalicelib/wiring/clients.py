"""The raw clients, each built once a process: AWS, HTTP sessions, the log, the clock."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from chalicelib import timing

if TYPE_CHECKING:
    import requests
    from aws_lambda_powertools import Logger
    from botocore.config import Config
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

    from chalicelib.aws.queues import Queue
    from chalicelib.metrics import CloudWatchMeter
    from chalicelib.wiring.sessions import Kept


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh UUID."""
    return str(uuid.uuid4())


@cache
def sqs() -> SQSClient:
    """Build the SQS client."""
    import boto3

    return boto3.client("sqs", config=_aws_config())


def queue(url: str) -> Queue:
    """Open a queue."""
    from chalicelib.aws.queues import Queue

    return Queue(sqs(), url)


@cache
def secretsmanager() -> SecretsManagerClient:
    """Build the Secrets Manager client."""
    import boto3

    return boto3.client("secretsmanager", config=_aws_config())


@cache
def table(name: str) -> Table:
    """Open a DynamoDB table."""
    import boto3

    return boto3.resource("dynamodb", config=_aws_config()).Table(name)


@cache
def logger() -> Logger:
    """Build the log: one JSON line per event, with ids, counts, durations, reasons, and the version that wrote it."""
    from aws_lambda_powertools import Logger

    from chalicelib.version import VERSION

    return Logger(service="leadmatch", use_rfc3339=True, version=VERSION)


@cache
def meter(stage: str) -> CloudWatchMeter:
    """Build the meter: its lines go where the log's go."""
    from chalicelib.metrics import CloudWatchMeter

    return CloudWatchMeter(stage=stage, write=_write_to_log)


def kept_session() -> requests.Session:
    """Keep connections to Zoho open while they are used; neither proxies nor .netrc of the environment have a say.

    It is asked for before each request, which tells for how long it rested.
    """
    return _kept().open()


def fresh_session() -> requests.Session:
    """Open a session for one call to Slack, on a connection of its own."""
    from chalicelib.wiring import sessions

    return sessions.for_one_call()


@cache
def _kept() -> Kept:
    from chalicelib.wiring.sessions import Kept

    return Kept(now=utc_now)


def _write_to_log(line: str) -> None:
    handler = logger().registered_handler
    if isinstance(handler, logging.StreamHandler):
        handler.stream.write(line + "\n")


def _aws_config() -> Config:
    """Fail within six seconds: Zoho waits for the webhook's answer, and queues try again by themselves."""
    from botocore.config import Config

    return Config(
        connect_timeout=timing.AWS_CONNECT_SECONDS,
        read_timeout=timing.AWS_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": timing.AWS_ATTEMPTS},
    )
