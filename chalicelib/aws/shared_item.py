"""One item of the table that all workers share: read whole, replaced whole, and only by whoever has seen its last state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.failures import aws_failures

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class SharedItem:
    """The item `key`; it counts its writes (`epoch`), so that of two writers who saw the same state one is told no."""

    def __init__(
        self, table: Table, key: str, *, keep_seconds: int, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._table, self._key, self._keep_seconds = table, {"pk": key}, keep_seconds
        self._now, self._new_id = now, new_id

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Give the content and its epoch; nothing and 0 before the first write."""
        with aws_failures("dynamodb"):
            item = self._table.get_item(Key=self._key, ConsistentRead=True).get("Item", {})
        return _content(item), int(str(item.get("epoch", 0)))

    def write(self, content: Mapping[str, Any], *, after: int) -> bool:
        """Replace the content, unless somebody wrote after the epoch `after`; tell whether it was replaced.

        A refusal because our own write had landed (its answer was lost) counts as success.
        """
        writer = self._new_id()
        values: dict[str, Any] = {
            ":content": dict(content),
            ":writer": writer,
            ":after": after,
            ":epoch": after + 1,
            ":expires": int(self._now().timestamp()) + self._keep_seconds,
        }
        refusal = self._table.meta.client.exceptions.ConditionalCheckFailedException
        with aws_failures("dynamodb"):
            try:
                self._table.update_item(
                    Key=self._key,
                    UpdateExpression="SET content = :content, writer = :writer, epoch = :epoch, expires_at = :expires",
                    ConditionExpression="epoch = :after" + ("" if after else " OR attribute_not_exists(epoch)"),
                    ExpressionAttributeValues=values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except refusal as refused:
                return _writer_of(refused.response) == writer
        return True


def _content(item: Mapping[str, Any]) -> Mapping[str, Any]:
    content = item.get("content")
    return content if isinstance(content, Mapping) else {}


def _writer_of(response: Mapping[str, Any]) -> str:
    """Give who wrote the item that refused us, in the form of DynamoDB's own API."""
    return str(response.get("Item", {}).get("writer", {}).get("S", ""))
