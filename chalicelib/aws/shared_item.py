"""One item of the table that all workers share: read whole, replaced whole, and only by whoever has seen its last state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.conditional import update_if
from chalicelib.aws.failures import aws_failures

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class SharedItem:
    """The item `key`; it counts its writes (`epoch`), so that of two writers who saw the same state one is told no."""

    def __init__(
        self, table: Table, key: str, *, keep_seconds: int, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._table, self._key, self._keep_seconds = table, key, keep_seconds
        self._now, self._new_id = now, new_id

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Give the content and its epoch; nothing and 0 before the first write."""
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
