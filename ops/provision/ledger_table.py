"""The ledger's table as an operator sees it: is it there, the lists that people keep in it, and away with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from chalicelib.aws.stage_lists import KEY, item_fields
from ops.errors import aws_failures

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LedgerTable:
    """The table of one stage."""

    def __init__(self, client: DynamoDBClient, stage: str) -> None:
        self._client, self.name = client, f"leadmatch-{stage}-ledger"

    def exists(self) -> bool:
        """Tell whether it is there."""
        return self._protected() is not None

    def write_lists(self, lists: Mapping[str, list[Any]]) -> None:
        """Replace the lists that people keep for the stage; one that is not given is empty from now on."""
        kept = item_fields(lists)
        with aws_failures("dynamodb"):
            self._client.update_item(
                TableName=self.name,
                Key={"pk": {"S": KEY}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in kept),
                ExpressionAttributeNames={f"#{name}": name for name in kept},
                ExpressionAttributeValues={f":{name}": TypeSerializer().serialize(kept[name]) for name in kept},
            )

    def delete(self) -> bool:
        """Delete it and wait until it is gone; tell whether it was there."""
        protected = self._protected()
        if protected is None:
            return False
        with aws_failures("dynamodb"):
            if protected:
                self._client.update_table(TableName=self.name, DeletionProtectionEnabled=False)
            self._client.delete_table(TableName=self.name)
            self._client.get_waiter("table_not_exists").wait(TableName=self.name, WaiterConfig={"Delay": 2})
        return True

    def _protected(self) -> bool | None:
        """Tell whether the table is protected against deletion; None when there is no table."""
        with aws_failures("dynamodb"):
            try:
                table = self._client.describe_table(TableName=self.name)["Table"]
            except self._client.exceptions.ResourceNotFoundException:
                return None
        return bool(table.get("DeletionProtectionEnabled"))
