"""The bench's replacement for SQS and DynamoDB answers what moto answers to the calls that leadmatch makes for a lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from bench.fast_aws import FastQueue, FastTable, parse_condition, size_of
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import Attempt, Held, LedgerItem, Posting, Shown
from chalicelib.aws.queues import InboxTurn
from chalicelib.aws.zoho_health import ZohoHealthItem
from chalicelib.conversion import HistoryEntry
from chalicelib.errors import OutOfOrder
from chalicelib.events import LeadEvent

KEY = {"pk": {"S": "lead#1"}}


def write(table: FastTable, update: str, condition: str = "", **values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Update the one item."""
    asked = {"Key": KEY, "UpdateExpression": update, "ReturnValues": "ALL_NEW"}
    asked |= {"ConditionExpression": condition} if condition else {}
    asked |= {"ExpressionAttributeNames": {"#owner": "owner"}}
    return table.update(asked | {"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}})


def test_an_update_sets_adds_and_removes() -> None:
    """Its three sections, and a value that is kept when there is one."""
    table = FastTable()
    write(table, "SET a = :a, #owner = :a ADD epoch :one", a={"S": "x"}, one={"N": "1"})
    _, answer = write(
        table, "SET a = if_not_exists(a, :b), c = :b REMOVE #owner ADD epoch :one", b={"S": "y"}, one={"N": "1"}
    )
    assert answer["Attributes"] == KEY | {"a": {"S": "x"}, "c": {"S": "y"}, "epoch": {"N": "2"}}


def test_a_list_grows_at_its_end() -> None:
    """One that is not there begins, as a lead's history does."""
    table = FastTable()
    for name in ("x", "y"):
        update = "SET past = list_append(if_not_exists(past, :none), :entry)"
        _, answer = write(table, update, none={"L": []}, entry={"L": [{"S": name}]})
    assert answer["Attributes"]["past"] == {"L": [{"S": "x"}, {"S": "y"}]}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("attribute_exists(pk) AND (attribute_not_exists(lease) OR lease < :ten)", True),
        ("attribute_not_exists(pk) OR #owner = :other", False),
        ("#owner = :me AND NOT contains(earlier, :me)", True),
        ("contains(earlier, :other)", True),
        ("missing < :ten", False),
        ("missing <> :ten", True),
        ("lease > :ten", False),
        ("lease >= :nine AND lease <= :nine", True),
    ],
)
def test_a_condition_holds_or_the_item_stays(condition: str, holds: bool) -> None:  # noqa: FBT001 - a row's value
    """Numbers are compared as numbers, "9" below "10"; a refusal shows the item as it stands."""
    table = FastTable()
    item = KEY | {"owner": {"S": "me"}, "lease": {"N": "9"}, "earlier": {"L": [{"S": "other"}]}}
    table.items["lead#1"] = item
    values = {"me": {"S": "me"}, "other": {"S": "other"}, "nine": {"N": "9"}, "ten": {"N": "10"}}
    status, answer = write(table, "SET won = :me", condition, **values)
    assert (status == 200) is holds
    assert ("won" in table.items["lead#1"]) is holds
    assert holds or answer["Item"] == item


def test_an_expression_that_is_not_known_is_no_answer() -> None:
    """A bench that guessed what DynamoDB says would measure something else."""
    with pytest.raises(KeyError):
        parse_condition("begins_with(a, :b)")


def test_units_grow_with_the_item_and_count_for_refusals() -> None:
    """A write of 2.5 kB takes three units, a refused one as many, a read of it one."""
    table = FastTable()
    write(table, "SET a = :a", a={"S": "x" * 2500})
    write(table, "SET b = :a", "attribute_not_exists(pk)", a={"S": "y"})
    table.get({"Key": KEY})
    assert table.units == {"write_units": 6, "read_units": 1}
    assert size_of(KEY) == len("pk") + len("lead#1")


def entry(group: str, name: str) -> dict[str, str]:
    """Return a message to send."""
    return {"MessageGroupId": group, "MessageDeduplicationId": name, "MessageBody": name}


def test_a_group_gives_one_message_at_a_time_and_others_go_on() -> None:
    """The second message of a group comes once the first is deleted; a repeat never comes."""
    queue = FastQueue()
    for group, name in (("a", "1"), ("a", "2"), ("b", "3"), ("a", "1")):
        queue.send(entry(group, name))
    taken = [queue.take(0), queue.take(0), queue.take(0)]
    assert [message and message["Body"] for message in taken] == ["1", "3", None]
    assert taken[0]
    queue.delete(taken[0]["ReceiptHandle"])
    again = queue.take(0)
    assert again
    assert again["Body"] == "2"
    assert queue.left == 2


def test_a_message_that_is_given_back_comes_again() -> None:
    """At once, or when it was put off to; its receives are counted."""
    queue = FastQueue()
    queue.send(entry("a", "1"))
    first = queue.take(0)
    assert first
    queue.give_back(first["ReceiptHandle"])
    second = queue.take(0)
    assert second
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    queue.delay(second["ReceiptHandle"], 3600)
    queue.give_back(second["ReceiptHandle"])
    assert queue.take(0) is None


class Refused(ClientError):
    """What a client raises when a condition does not hold."""


class Client:
    """A client of the table, as far as the ledger calls it."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=Refused)

    def __init__(self) -> None:
        self.table = FastTable()

    def update_item(self, **asked: Any) -> dict[str, Any]:
        """Write, or raise."""
        status, answer = self.table.update(asked)
        if status != 200:
            raise Refused(answer, "UpdateItem")  # type: ignore[arg-type] # with the item beside the error, as AWS answers
        return answer

    def batch_get_item(self, **asked: Any) -> dict[str, Any]:
        """Read."""
        return self.table.get_all(asked)[1]


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def event(name: str, *, after: float = 0) -> LeadEvent:
    """Return an event of the one lead."""
    return LeadEvent("1", name, NOW + timedelta(seconds=after), "webhook")


def test_the_ledger_keeps_its_promises_on_it() -> None:
    """What check and notify write for a lead goes through; what another worker holds, or a newer event wrote, does not."""
    client = Client()
    table = Table(client, "ledger")  # type: ignore[arg-type] # a part of a client
    ledger = Ledger(table, now=lambda: NOW)
    turn = InboxTurn(NOW, NOW + timedelta(seconds=9))
    ledger.store_match(event("new", after=9), "{}", turn=turn, happened=HistoryEntry(NOW, "checked"))
    with pytest.raises(OutOfOrder):
        ledger.store_match(event("old"), "{}", turn=InboxTurn(NOW, NOW))
    held = ledger.claim("1", owner="me", lease_seconds=45, attempt=Attempt("m-1", 1))
    assert isinstance(held, LedgerItem)
    assert ledger.claim("1", owner="you", lease_seconds=45, attempt=Attempt("m-2", 1)) == Held(held)
    shown = Shown("C1", "1.0", "new", "", held.revision, "create_new///")
    ledger.intend(held, Posting(shown, "", 0))
    ledger.posted(held, shown)
    context = ZohoHealthItem(table, now=lambda: NOW).read_with("1")
    assert context.item
    assert (context.item.state, context.item.shown, context.item.owner) == ("POSTED", shown, "")
    assert client.table.units["write_units"] == 6
