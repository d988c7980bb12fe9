"""The access token's record, against moto's DynamoDB: of two writers one is told no, and never the wrong one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from chalicelib.aws.dynamodb import Table
from chalicelib.aws.token_item import KEY, TokenItem
from chalicelib.errors import AwsUnavailable
from chalicelib.timing import TOKEN_KEEP_SECONDS
from chalicelib.wiring import clients
from sandbox.system import Sandbox

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Writer:
    """The item as one writer sees it, over a client of its own whose answers the test can lose."""

    def __init__(self, sandbox: Sandbox) -> None:
        import boto3

        client = boto3.client("dynamodb")
        self.item = TokenItem(Table(client, sandbox.outputs["TableName"]), now=lambda: NOW, new_id=clients.new_id)
        self._events = client.meta.events

    def lose_an_answer(self) -> None:
        """Let the next write land and its answer be a 500."""
        self._events.register_first("before-send.dynamodb.UpdateItem", self._send_and_lose)

    def _send_and_lose(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self._events.unregister("before-send.dynamodb.UpdateItem", self._send_and_lose)
        answer = URLLib3Session().send(request)
        return AWSResponse(answer.url, 500, {}, answer.raw)


def test_of_two_writers_who_saw_the_same_state_one_is_told_no(sandbox: Sandbox) -> None:
    """The other one's content stands, and whoever has seen it may replace it."""
    one, other = (Writer(sandbox).item for _ in range(2))
    assert one.read() == ({}, 0)
    assert one.write({"owner": "one", "times": [1, 2], "more": None}, after=0)
    assert not other.write({"owner": "other"}, after=0)
    assert other.read() == ({"owner": "one", "times": [1, 2], "more": None}, 1)
    assert other.write({"owner": "other"}, after=1)
    assert not one.write({"owner": "one"}, after=1)
    assert one.read() == ({"owner": "other"}, 2)


def test_of_many_writers_at_the_same_time_one_writes(sandbox: Sandbox) -> None:
    """DynamoDB looks at the condition and writes in one step, and so does the sandbox's."""
    item = Writer(sandbox).item
    with ThreadPoolExecutor(max_workers=8) as pool:
        for epoch in range(5):
            written = pool.map(lambda number, after=epoch: item.write({"owner": str(number)}, after=after), range(8))
            assert sum(written) == 1


def test_it_says_when_it_may_go(sandbox: Sandbox) -> None:
    """Every item of the table has its end."""
    Writer(sandbox).item.write({}, after=0)
    key = {"pk": {"S": KEY}}
    item = sandbox.aws.client("dynamodb").get_item(TableName=sandbox.outputs["TableName"], Key=key)["Item"]
    assert item["expires_at"] == {"N": str(int(NOW.timestamp()) + TOKEN_KEEP_SECONDS)}


def test_an_item_that_is_gone_is_no_longer_the_one_that_was_seen(sandbox: Sandbox) -> None:
    """DynamoDB has let it go: whoever has seen it looks again."""
    item = Writer(sandbox).item
    assert item.write({"owner": "one"}, after=0)
    key = {"pk": {"S": KEY}}
    sandbox.aws.client("dynamodb").delete_item(TableName=sandbox.outputs["TableName"], Key=key)
    assert not item.write({"owner": "one"}, after=1)
    assert item.read() == ({}, 0)


@pytest.mark.parametrize("after", [0, 1])
def test_an_own_write_whose_answer_was_lost_counts(sandbox: Sandbox, after: int) -> None:
    """boto3 sends it again, DynamoDB refuses the repeat, and the item says that it is ours."""
    writer = Writer(sandbox)
    if after:
        assert writer.item.write({"owner": "before"}, after=0)
    writer.lose_an_answer()
    assert writer.item.write({"owner": "ours"}, after=after)
    assert writer.item.read() == ({"owner": "ours"}, after + 1)


def test_the_table_out_of_reach_is_unavailable(sandbox: Sandbox) -> None:
    """A table that is not there is a Retryable with AWS's word."""
    item = TokenItem(clients.table("none"), now=lambda: NOW, new_id=clients.new_id)
    for work in (item.read, lambda: item.write({}, after=0)):
        with pytest.raises(AwsUnavailable) as error:
            work()
        assert error.value.reason == "dynamodb_resource_not_found_exception"
    assert sandbox
