"""Conditional writes to the table: each says whether it was made, and how the item stands then."""

from __future__ import annotations

from collections.abc import Mapping
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
