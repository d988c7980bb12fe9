"""Conditional writes to the table: each says whether it was made, and how the item stands then.

Two kinds of items need them: those that several functions change a part of, and the one that all workers share as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.errors import aws_failures
from chalicelib.timing import LEDGER_KEEP_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def update_if(
    table: Table,
    key: str,
    *,
    update: str,
    condition: str,
    values: Mapping[str, Any],
    names: Mapping[str, str],
    now: float,
    keep_seconds: int = LEDGER_KEEP_SECONDS,
) -> tuple[Mapping[str, Any], bool]:
    """Write if the condition holds, and keep the item for 90 days from `now` on, or as long as the caller says.

    `update` begins with what is SET and may go on with REMOVE and ADD, or begins with one of these.
    """
    options: dict[str, Any] = {"ExpressionAttributeNames": dict(names)} if names else {}
    sets_more = not update.startswith(("REMOVE ", "ADD "))
    with aws_failures("dynamodb"):
        try:
            answer = table.update_item(
                Key={"pk": key},
                UpdateExpression=f"SET expires_at = :expires{',' if sets_more else ''} {update}",
                ConditionExpression=condition,
                ExpressionAttributeValues={**values, ":expires": int(now) + keep_seconds},
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **options,
            )
        except table.meta.client.exceptions.ConditionalCheckFailedException as refused:
            return _as_it_stands(refused.response, key), False
    return answer["Attributes"], True


def _as_it_stands(response: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    from boto3.dynamodb.types import TypeDeserializer

    old = response.get("Item") or {"pk": {"S": key}}
    return {name: TypeDeserializer().deserialize(value) for name, value in old.items()}


class SharedItem:
    """The item `key`, read whole and replaced whole, only by a writer that has seen its last state.

    It counts its writes (`epoch`), so that of two writers who saw the same state one is refused.
    """

    def __init__(
        self, table: Table, key: str, *, keep_seconds: int, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._table, self._key, self._keep_seconds = table, key, keep_seconds
        self._now, self._new_id = now, new_id

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Return the content and its epoch; nothing and 0 before the first write."""
        with aws_failures("dynamodb"):
            item = self._table.get_item(Key={"pk": self._key}, ConsistentRead=True).get("Item", {})
        return _content(item), int(str(item.get("epoch", 0)))

    def write(self, content: Mapping[str, Any], *, after: int) -> bool:
        """Replace the content, unless somebody wrote after the epoch `after`; tell whether it was replaced.

        A refusal because our own write had landed (its answer was lost) counts as success.
        """
        writer = self._new_id()
        item, written = update_if(
            self._table,
            self._key,
            update="content = :content, writer = :writer, epoch = :epoch",
            condition="epoch = :after" + ("" if after else " OR attribute_not_exists(epoch)"),
            values={":content": dict(content), ":writer": writer, ":after": after, ":epoch": after + 1},
            names={},
            now=self._now().timestamp(),
            keep_seconds=self._keep_seconds,
        )
        return written or item.get("writer") == writer


def _content(item: Mapping[str, Any]) -> Mapping[str, Any]:
    content = item.get("content")
    return content if isinstance(content, Mapping) else {}
