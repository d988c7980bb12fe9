"""Real DynamoDB tables of an AWS that is embedded in this process."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.local_api import environment
from tests.template import RESOURCES

KEYS = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")


@contextmanager
def embedded_table() -> Iterator[Callable[[], Any]]:
    """Return a maker of empty ledgers; each call drops the one before."""
    import boto3
    from moto import mock_aws

    own = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    properties = {name: RESOURCES["LedgerTable"]["Properties"][name] for name in KEYS}
    numbers = itertools.count()
    last: list[Any] = []
    mock = mock_aws()
    with environment(own):
        mock.start(reset=False)  # a sandbox of the same process shares moto's state
        dynamodb = boto3.resource("dynamodb")

        def make() -> Any:
            if last:
                last.pop().delete()
            last.append(dynamodb.create_table(TableName=f"ledger-{next(numbers)}", **properties))
            return last[0]

        try:
            yield make
        finally:
            while last:
                last.pop().delete()
            mock.stop(remove_data=False)  # same
