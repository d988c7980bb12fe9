"""Real DynamoDB tables of an AWS that is embedded in this process, asked without the detour over HTTP."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.responses import DynamoHandler

from tests.template import RESOURCES

KEYS = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
REGION = "us-east-1"
SHORT = ("GetItem", "BatchGetItem", "UpdateItem", "DeleteItem", "Query")
"""What is asked a thousand times; the rest takes moto's own way."""


class EmbeddedTable(NamedTuple):
    """An empty table and boto3's client, which reaches it."""

    client: Any
    name: str


@contextmanager
def embedded_table() -> Iterator[Callable[[], EmbeddedTable]]:
    """Return a maker of empty ledgers; each call drops the one before."""
    import boto3
    from botocore.config import Config
    from moto import mock_aws

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    here = Config(ignore_configured_endpoint_urls=True)
    properties = {name: RESOURCES["LedgerTable"]["Properties"][name] for name in KEYS}
    numbers = itertools.count()
    last: list[EmbeddedTable] = []
    mock = mock_aws(config={"core": {"mock_credentials": False}})  # which would be set for everything in this process
    mock.start(reset=False)  # a sandbox of the same process shares moto's state
    client = boto3.client("dynamodb", REGION, config=here, **keys)
    for operation in SHORT:
        client.meta.events.register(f"before-call.dynamodb.{operation}", answer)

    def make() -> EmbeddedTable:
        if last:
            client.delete_table(TableName=last.pop().name)
        last.append(EmbeddedTable(client, f"ledger-{next(numbers)}"))
        client.create_table(TableName=last[0].name, **properties)
        return last[0]

    try:
        yield make
    finally:
        while last:
            client.delete_table(TableName=last.pop().name)
        mock.stop(remove_data=False)  # same


def answer(model: Any, params: Mapping[str, Any], **_: object) -> tuple[Any, dict[str, Any]]:
    """Let moto's DynamoDB answer a call that botocore is about to send.

    Its parsers and conditions are the same ones; what is left out is writing and reading the answer as HTTP, most of the time.
    """
    handler: Any = DynamoHandler()
    handler.body, handler.region, handler.current_account = json.loads(params["body"]), REGION, DEFAULT_ACCOUNT_ID
    try:
        said = getattr(handler, camelcase_to_underscores(model.name))().result
    except DynamodbException as error:
        said = json.loads(error.description or "{}")
        failed = {"Code": said.pop("__type").rpartition("#")[2], "Message": said.get("message", "")}
        return SimpleNamespace(status_code=400), {**said, "Error": failed, "ResponseMetadata": {}}
    return SimpleNamespace(status_code=200), {**json.loads(json.dumps(said)), "ResponseMetadata": {}}
