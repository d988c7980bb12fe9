"""The raw clients, each built once a process: AWS, HTTP sessions, the log, the clock."""

from __future__ import annotations

import logging
import os
import random
import time
import uuid
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from urllib3 import HTTPConnectionPool

    from chalicelib.aws.client import AwsClient, Http, Service
    from chalicelib.aws.dynamodb import Table
    from chalicelib.aws.queues import Queue
    from chalicelib.metrics import CloudWatchMeter

environ: Mapping[str, str] = os.environ
"""Where AWS's keys and region stand; an operator's command has others, of a profile."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a fresh UUID."""
    return str(uuid.uuid4())


@cache
def sqs() -> SQSClient:
    """Build the SQS client."""
    from chalicelib.aws.client import SQS

    return cast("SQSClient", _aws_client(SQS))


def queue(url: str) -> Queue:
    """Open a queue."""
    from chalicelib.aws.queues import Queue

    return Queue(sqs(), url)


@cache
def secretsmanager() -> SecretsManagerClient:
    """Build the Secrets Manager client."""
    from chalicelib.aws.client import SECRETS_MANAGER

    return cast("SecretsManagerClient", _aws_client(SECRETS_MANAGER))


@cache
def dynamodb() -> DynamoDBClient:
    """Build the DynamoDB client."""
    from chalicelib.aws.client import DYNAMODB

    return cast("DynamoDBClient", _aws_client(DYNAMODB))


def table(name: str) -> Table:
    """Open a table."""
    from chalicelib.aws.dynamodb import Table

    return Table(dynamodb(), name)


@cache
def logger() -> Logger:
    """Build the log: one JSON line per event, with ids, counts, durations, reasons, and the version that wrote it."""
    from aws_lambda_powertools import Logger

    from chalicelib.version import VERSION

    return Logger(service="leadmatch", use_rfc3339=True, version=VERSION)


@cache
def warn_of_list(name: str) -> None:
    """Log that one of the stage's lists cannot be read whole."""
    logger().warning("list_unreadable", extra={"list": name})


def meter(stage: str) -> CloudWatchMeter:
    """Build the meter: its lines go where the log's go."""
    from chalicelib.metrics import CloudWatchMeter

    return CloudWatchMeter(stage=stage, write=_write_to_log)


@cache
def kept_session() -> requests.Session:
    """Open the process's session for Zoho, whose connections are kept; neither proxies nor .netrc of the environment have a say."""
    return fresh_session()


def fresh_session() -> requests.Session:
    """Open a session for one call to Slack, on a connection of its own."""
    from chalicelib.wiring.sessions import open_session

    return open_session(now=utc_now)


def _write_to_log(line: str) -> None:
    handler = logger().registered_handler
    if isinstance(handler, logging.StreamHandler):
        handler.stream.write(line + "\n")


def _aws_client(service: Service) -> AwsClient:
    from chalicelib.aws.client import AwsClient

    return AwsClient(service, environ, connect=connect_to_aws, sleep=time.sleep, random=random.random)


def connect_to_aws(url: str) -> Http:
    """Open the connections to an AWS service, for its client."""
    return cast("Http", pool_to_aws(url))


def pool_to_aws(url: str) -> HTTPConnectionPool:
    """Open the connections to an AWS service; it may have other certificate authorities, as AWS's own tools read them.

    Raise `Misconfigured` when those cannot be read.
    """
    from chalicelib.errors import Misconfigured
    from chalicelib.wiring.connections import aws_pool

    try:
        return aws_pool(url, now=utc_now, authorities=environ.get("AWS_CA_BUNDLE", ""))
    except OSError:
        raise Misconfigured(
            "AWS_CA_BUNDLE names no file of certificates that can be read.", reason="aws_authorities_unreadable"
        ) from None
