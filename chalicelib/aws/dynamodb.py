"""One table of DynamoDB, with Python's values: reads that are up to date, and conditional writes that say whether they were made.

A number is an `int`, or a `Decimal` when it is none. The client is boto3's, or one with its interface.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chalicelib.aws.errors import aws_failures, part_of
from chalicelib.errors import AwsUnavailable
from chalicelib.timing import LEDGER_KEEP_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]


class Table:
    """A table whose key is `pk`; what AWS does not do is `AwsUnavailable`."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self._client, self._name = client, name

    def get(self, key: str) -> Item | None:
        """Return an item as it stands now."""
        with aws_failures("dynamodb"):
            answer = self._client.get_item(TableName=self._name, Key=to_item({"pk": key}), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else from_item(item)

    def get_all(self, keys: Sequence[str]) -> dict[str, Item]:
        """Return the items that there are, by their keys, all as they stand now, in one call."""
        asked: Any = {"Keys": [to_item({"pk": key}) for key in keys], "ConsistentRead": True}
        with aws_failures("dynamodb"):
            answer = self._client.batch_get_item(RequestItems={self._name: asked})
        if answer.get("UnprocessedKeys"):
            raise AwsUnavailable("DynamoDB did not read all items.", reason="dynamodb_unprocessed_keys")
        items = map(from_item, part_of(answer, "Responses", "dynamodb").get(self._name, ()))
        return {str(item["pk"]): item for item in items}

    def query(self, index: str, condition: str, values: Item) -> Iterator[Item]:
        """Yield an index's items that fit, page by page, each page when it is needed."""
        asked: dict[str, Any] = {
            "TableName": self._name,
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": to_item(values),
        }
        while True:
            with aws_failures("dynamodb"):
                page = self._client.query(**asked)
            yield from map(from_item, part_of(page, "Items", "dynamodb"))
            if "LastEvaluatedKey" not in page:
                return
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def update_if(
        self,
        key: str,
        *,
        update: str,
        condition: str,
        values: Item,
        names: Mapping[str, str],
        now: float,
        keep_seconds: int = LEDGER_KEEP_SECONDS,
    ) -> tuple[Item, bool]:
        """Write if the condition holds, and keep the item for 90 days from `now` on, or as long as the caller says.

        Return the item as it stands then, and whether it was written. `update` begins with what is SET and may go on with REMOVE
        and ADD, or begins with one of these.
        """
        options: dict[str, Any] = {"ExpressionAttributeNames": dict(names)} if names else {}
        sets_more = not update.startswith(("REMOVE ", "ADD "))
        with aws_failures("dynamodb"):
            try:
                answer = self._client.update_item(
                    TableName=self._name,
                    Key=to_item({"pk": key}),
                    UpdateExpression=f"SET expires_at = :expires{',' if sets_more else ''} {update}",
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_item({**values, ":expires": int(now) + keep_seconds}),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **options,
                )
            except self._client.exceptions.ConditionalCheckFailedException as refused:
                old: Any = refused.response
                return from_item(old.get("Item") or to_item({"pk": key})), False
        return from_item(part_of(answer, "Attributes", "dynamodb")), True


def to_item(values: Item) -> dict[str, Any]:
    """Return values in DynamoDB's own form."""
    return {name: _attribute(value) for name, value in values.items()}


def from_item(attributes: Mapping[str, Any]) -> Item:
    """Return what an item in DynamoDB's own form holds."""
    return {name: _value(attribute) for name, attribute in attributes.items()}


def _attribute(value: Any) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    if isinstance(value, Mapping):
        return {"M": to_item(value)}
    if isinstance(value, list | tuple):
        return {"L": [_attribute(one) for one in value]}
    raise TypeError(f"leadmatch stores no {type(value).__name__}")


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    if kind == "N":
        return int(value) if value.lstrip("-").isdigit() else Decimal(value)
    if kind == "M":
        return from_item(value)
    if kind == "L":
        return [_value(one) for one in value]
    return None if kind == "NULL" else value
