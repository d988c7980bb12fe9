"""The access token's record, as the table keeps it: one item, which refresh writes and check reads.

What it holds is read and written in `chalicelib/zoho/token_record.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb import Table
from chalicelib.timing import TOKEN_KEEP_SECONDS

KEY = "token#zoho"


class TokenItem:
    """The item, read whole and replaced whole, only by a writer that has seen its last state.

    It counts its writes (`epoch`), so that of two writers who saw the same state one is refused.
    """

    def __init__(self, table: Table, *, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._table, self._now, self._new_id = table, now, new_id

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Return the record's fields and its epoch; nothing and 0 before the first write."""
        item = self._table.get(KEY) or {}
        return record_fields(item), int(str(item.get("epoch", 0)))

    def write(self, fields: Mapping[str, Any], *, after: int) -> bool:
        """Replace the record, unless somebody wrote after the epoch `after`; return whether it was replaced.

        A refusal because our own write had landed (its answer was lost) counts as success.
        """
        writer = self._new_id()
        item, written = self._table.update_if(
            KEY,
            update="content = :content, writer = :writer, epoch = :epoch",
            condition="epoch = :after" + ("" if after else " OR attribute_not_exists(epoch)"),
            values={":content": dict(fields), ":writer": writer, ":after": after, ":epoch": after + 1},
            names={},
            now=self._now().timestamp(),
            keep_seconds=TOKEN_KEEP_SECONDS,
        )
        return written or item.get("writer") == writer


def record_fields(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record's fields that the item holds; nothing before the first write."""
    content = item.get("content")
    return content if isinstance(content, Mapping) else {}
