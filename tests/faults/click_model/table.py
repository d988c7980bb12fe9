"""DynamoDB's own parsers and conditions on one item, remembered: the same write to the same item comes to the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb import to_item
from tests.faults.click_model.tape import LEAD_ID, MATCH
from tests.faults.world.embedded import EmbeddedTable

LEAD_KEY, CONVERSION_KEY = f"lead#{LEAD_ID}", f"convert#{LEAD_ID}"
SAME = {"expires_at": "1", "lease_until": "1767614530", "due_at": "1767614530", "revision": "1"}
"""What differs from write to write and decides nothing here: a clock of the model sees each lease as running or as over."""
CALLED_AT = "2026-01-05T12:00:00Z"


class Written(NamedTuple):
    """What a write came to."""

    item: str
    is_written: bool


Write = Callable[[str, str], Written]


def first_lead() -> str:
    """Return the lead's item as check and notify left it."""
    item = {"pk": LEAD_KEY, "event_id": "e1", "match": MATCH, "revision": 1}
    return json.dumps(to_item(item), sort_keys=True)


def writer(table: EmbeddedTable) -> Write:
    """Return what writes: an item's text and the request's in, the item's text as it stands then out."""

    @cache
    def write(item: str, request: str) -> Written:
        asked = json.loads(request)
        asked["TableName"] = table.name
        key = {"TableName": table.name, "Key": asked["Key"]}
        if item:
            table.client.put_item(TableName=table.name, Item=json.loads(item))
        else:
            table.client.delete_item(**key)
        try:
            table.client.update_item(**asked)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return Written(item, is_written=False)
        return Written(_same(table.client.get_item(**key)["Item"]), is_written=True)

    return write


def _same(item: dict[str, Any]) -> str:
    item.pop("history", None)
    for name, number in SAME.items():
        if name in item:
            item[name] = {"N": number}
    if "called_at" in item:
        item["called_at"] = {"S": CALLED_AT}
    return json.dumps(item, sort_keys=True)


@cache
def decision(lead: str) -> str:
    """Return what the lead's item says was decided, and by which click; empty for nothing."""
    made: dict[str, Any] = json.loads(lead).get("decision", {}).get("M", {})
    return f"{made['state']['S']} {made['click_id']['S']}" if made else ""


@cache
def both(lead: str, conversion: str) -> str:
    """Return the two items as a list."""
    return json.dumps([json.loads(item) for item in (lead, conversion) if item])


@cache
def value(item: str, name: str) -> str:
    """Return an item's text or number, or a decision's state; empty for none."""
    found = json.loads(item).get(name, {}) if item else {}
    return str(next(iter(found.values()), ""))
