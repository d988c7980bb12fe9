"""What docs/security.md says of functions, keys at rest, scopes and the log's days is what template, manifest and code say."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ops.zoho import ACTION_SCOPES, SCOPES
from tests.pages import CODE, section, tables
from tests.template import RESOURCES, STAGE, of_type

PAGE = "docs/security.md"
COLUMNS = {
    "reads the secrets": "secretsmanager:GetSecretValue",
    "writes the secret": "secretsmanager:PutSecretValue",
    "sends to the queues": "sqs:SendMessage",
    "takes from the queues": "sqs:ReceiveMessage",
}
READS, WRITES = ("dynamodb:GetItem", "dynamodb:BatchGetItem"), ("dynamodb:UpdateItem",)
KEYS_AT_REST = {
    "queues, dead letters too": ("AWS::SQS::Queue", lambda queue: queue["SqsManagedSseEnabled"] is True),
    "ledger and its recovery": (
        "AWS::DynamoDB::Table",
        lambda table: table["SSESpecification"] == {"SSEEnabled": True},
    ),
    "alarm topic": ("AWS::SNS::Topic", lambda topic: "KmsMasterKeyId" not in topic),
    "logs": ("AWS::Logs::LogGroup", lambda group: "KmsKeyId" not in group and group["RetentionInDays"] == 90),
}


def rows(heading: str) -> list[dict[str, str]]:
    """Return the rows of the one table below a heading."""
    (table,) = tables(section(PAGE, heading))
    return table


def statements(role: str) -> list[dict[str, Any]]:
    """Return what a role allows."""
    found: list[dict[str, Any]] = RESOURCES[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def resources(role: str, action: str) -> set[str]:
    """Return the last part of the names of the secrets or queues on which a role allows an action."""
    found: set[str] = set()
    for statement in statements(role):
        if action in statement["Action"]:
            named = statement["Resource"]
            found |= {named} if isinstance(named, str) else set(named)
    return {re.sub(rf".*leadmatch[-/]{STAGE}[-/]|\.fifo$|-\?+$", "", name) for name in found}


def items(role: str, actions: tuple[str, ...]) -> set[str]:
    """Return the keys of the items on which a role allows one of the actions."""
    return {
        key
        for statement in statements(role)
        if set(actions) & set(statement["Action"])
        for key in statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    }


def said(cell: str) -> set[str]:
    """Return what stands in code marks; nothing for `none`."""
    assert cell == "none" or CODE.search(cell), cell
    return set(CODE.findall(cell))


@pytest.mark.parametrize("row", rows("## What a function can do at worst"), ids=lambda row: row["role"].strip("`"))
def test_the_page_says_of_a_function_what_its_role_allows(row: Mapping[str, str]) -> None:
    """Secrets, queues and items, exactly; a right that a role gets or loses has to be told here."""
    role = row["role"].strip("`")
    for column, action in COLUMNS.items():
        assert said(row[column]) == resources(role, action), column
    assert said(row["reads items"]) == items(role, READS)
    assert said(row["writes items"]) == items(role, WRITES)


def test_the_page_has_every_function_and_what_no_role_may() -> None:
    """No role scans, deletes items, or reaches what is not a secret, a queue, the table or its own log."""
    assert {row["role"].strip("`") for row in rows("## What a function can do at worst")} == set(
        of_type("AWS::IAM::Role")
    )
    allowed = {action for role in of_type("AWS::IAM::Role") for one in statements(role) for action in one["Action"]}
    assert {action.partition(":")[0] for action in allowed} == {"logs", "secretsmanager", "sqs", "dynamodb"}
    assert not allowed & {
        "dynamodb:Scan",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "sqs:PurgeQueue",
        "sqs:SetQueueAttributes",
    }
    assert "subnet_ids" not in Path(".chalice/config.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", KEYS_AT_REST)
def test_the_page_says_with_which_key_a_resource_is_encrypted(what: str) -> None:
    """Of every resource of the kind."""
    assert what in [row["what"] for row in rows("## What is encrypted, and with which key")]
    kind, holds = KEYS_AT_REST[what]
    found = of_type(kind)
    assert found
    assert [name for name, properties in found.items() if not holds(properties)] == []


def test_the_page_says_how_long_logs_are_kept() -> None:
    """In days, as the log groups have it."""
    days = re.search(r"kept for (\d+) days", section(PAGE, "## What is logged"))
    assert days
    assert {group["RetentionInDays"] for group in of_type("AWS::Logs::LogGroup").values()} == {int(days[1])}


def test_the_page_has_every_field_that_the_code_logs() -> None:
    """Whatever is given to the log by its name, or to what becomes a log line."""
    documented = {name for row in rows("## What is logged") for name in CODE.findall(row["fields"])}
    assert {
        name for path in Path("chalicelib").rglob("*.py") for name in logged_by(ast.parse(path.read_text()))
    } <= documented


def logged_by(tree: ast.AST) -> Iterator[str]:
    """Yield the names in `extra={...}`, in what a `StepResult` and `of_event` get, and in a reply's `about`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        given = [named[name] for name in ("extra", "about") if name in named]
        if called == "StepResult":
            given += node.args[1:2]
        if called == "of_event":
            yield from (name for name in named if name not in {None, "now"})
        for value in given:
            yield from (key.value for key in getattr(value, "keys", ()) if isinstance(key, ast.Constant))


def test_the_page_names_every_scope_and_no_other() -> None:
    """Zoho's as provision asks for them, Slack's as the larger manifest has them."""
    manifest = json.loads(Path("docs/slack-manifest-actions.json").read_text(encoding="utf-8"))
    asked = [*SCOPES, *ACTION_SCOPES, *manifest["oauth_config"]["scopes"]["bot"]]
    assert [row["scope"].strip("`") for row in rows("## Which scopes, and why")] == asked


def test_the_flood_costs_what_the_prices_make_it() -> None:
    """The page's unit prices, a million calls of two milliseconds and a day at the account's limit, in dollars."""
    text = section(PAGE, "## What strangers can do")
    prices = [float(price) for price in re.findall(r"(\d\.\d\d) for", text)]
    assert prices[:2] == [3.50, 0.20]
    compute = 1_000_000 * 0.002 * 0.0000133334
    assert compute < 0.05
    million = sum(prices[:2]) + compute + 0.50
    assert round(million) == 4
    assert round(864 * million, -2) == pytest.approx(3_600, abs=100)
    assert 10 * 86_400 / 1e6 * million < 4
