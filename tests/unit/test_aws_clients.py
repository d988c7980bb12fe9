"""The functions' AWS clients: what a partly refused batch comes to, how long a call may take, whom they trust."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3.util.connection
from urllib3.exceptions import ProtocolError

from chalicelib import timing
from chalicelib.aws import client
from chalicelib.aws.client import Answer, Http
from chalicelib.aws.errors import aws_failures
from chalicelib.aws.queues import Message, Queue
from chalicelib.errors import AwsUnavailable, Misconfigured
from chalicelib.steps.receive import receive
from chalicelib.wiring import clients
from chalicelib.wiring.connections import MOST_ADDRESSES, aws_pool
from tests.certificates import Authority
from tests.local_http import Act, LocalHttp, answer, drip, drip_head, stall
from tests.unit.test_sessions import Forgetful, Network
from tests.unit.zoho_answers import NOW
from tests.waiting import SECONDS

JSON = {"Content-Type": "application/x-amz-json-1.0"}
WEBHOOK_SECONDS = 20
"""How long Zoho waits for the webhook's answer is not said; API Gateway and the function end at about this."""


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be somebody, without a file of this machine having a say."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)


def inbox(server: LocalHttp, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Return a queue of that server, over a client as the functions build it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    return Queue(clients.sqs.__wrapped__(), f"{server.url}/123456789012/inbox.fifo")


def takes(*ids: str, refuses: Sequence[str] = ()) -> Act:
    """Answer a batch: SQS says 200, also when it took a part or nothing."""
    failed = [{"Id": one, "SenderFault": False, "Code": "InternalError", "Message": "We failed."} for one in refuses]
    taken = [{"Id": one, "MessageId": one, "MD5OfMessageBody": "0" * 32} for one in ids]
    said: dict[str, Any] = ({"Successful": taken} if taken else {}) | ({"Failed": failed} if failed else {})
    return answer(200, json.dumps(said).encode(), JSON)


def batches(server: LocalHttp) -> list[list[str]]:
    """Return the groups of each batch that was sent."""
    sent = [json.loads(seen.body)["Entries"] for seen in server.seen]
    return [[entry["MessageGroupId"] for entry in entries] for entries in sent]


def messages(count: int) -> list[Message]:
    return [Message("{}", group=f"lead-{number}", deduplication_id=f"event-{number}") for number in range(count)]


NOT_TAKEN = {
    "one is refused twice": (takes("0", "2", refuses=["1"]), takes(refuses=["0"])),
    "all are refused twice": (takes(refuses=["0", "1", "2"]), takes(refuses=["0", "1", "2"])),
    "SQS names neither": (takes(), takes()),
    "one of them is not named": (takes("0", "1"), takes()),
}


@pytest.mark.parametrize("script", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_a_batch_that_sqs_took_in_part_is_not_taken(script: tuple[Act, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its leads would be answered 202, and nobody would ever check them."""
    with LocalHttp(*script) as server, pytest.raises(AwsUnavailable) as raised:
        inbox(server, monkeypatch).send_all(messages(3))
    assert raised.value.reason == "sqs_batch_refused"


@pytest.mark.parametrize("script", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_the_webhook_answers_503_when_sqs_took_a_part(script: tuple[Act, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """And names no lead as accepted: its caller sends the whole call again."""
    event = {"headers": {"X-Leadmatch-Key": "key"}, "body": json.dumps({"ids": ["1", "2", "3"]})}
    ids = iter("abc")
    with LocalHttp(*script) as server:
        queue = inbox(server, monkeypatch)
        reply = receive(event, keys=lambda: ["key"], inbox=queue, now=lambda: NOW, new_event_id=lambda: next(ids))
    assert (reply.status, reply.is_lost, reply.leads) == (503, True, 0)
    assert set(reply.body) == {"error"}


def test_what_sqs_refused_is_sent_once_more_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repeat of what it has would be dropped by its id, but it is no use to send it."""
    with LocalHttp(takes("0", "2", refuses=["1"]), takes("0")) as server:
        inbox(server, monkeypatch).send_all(messages(3))
        assert batches(server) == [["lead-0", "lead-1", "lead-2"], ["lead-1"]]


def test_more_than_ten_messages_are_several_batches_and_each_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal in the last batch counts as much as one in the first."""
    ten = [str(number) for number in range(10)]
    with LocalHttp(takes(*ten), takes("0", refuses=["1"]), takes(refuses=["0"])) as server:
        with pytest.raises(AwsUnavailable):
            inbox(server, monkeypatch).send_all(messages(12))
        assert [len(batch) for batch in batches(server)] == [10, 2, 1]


@dataclass(frozen=True, slots=True)
class Service:
    """One client as the functions build it, and a call of it."""

    service: client.Service
    call: Callable[[Any], object]

    def build(self) -> Any:
        """Return a client as the functions build it, but for its wait before a second attempt."""
        return client.AwsClient(
            self.service, os.environ, connect=clients.connect_to_aws, sleep=lambda _: None, random=lambda: 1.0
        )


SERVICES = {
    "sqs": Service(client.SQS, lambda sqs: sqs.send_message(QueueUrl="https://sqs/q", MessageBody="{}")),
    "secretsmanager": Service(client.SECRETS_MANAGER, lambda one: one.get_secret_value(SecretId="s")),
    "dynamodb": Service(
        client.DYNAMODB,
        lambda dynamodb: dynamodb.update_item(TableName="t", Key={"pk": {"S": "lead#1"}}),
    ),
}


@dataclass(slots=True)
class Counting:
    """Counts what a client sends."""

    http: Http
    sent: int = 0

    def urlopen(self, *request: Any, **options: Any) -> Answer:
        """Send it."""
        self.sent += 1
        return self.http.urlopen(*request, **options)


EACH = pytest.mark.parametrize("service", SERVICES)


def attempts(service: str, server: LocalHttp, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Make a call that fails; return how often the client tried, and the reason."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    built = SERVICES[service].build()
    built.http = Counting(built.http)
    with pytest.raises(AwsUnavailable) as raised, aws_failures(service):
        SERVICES[service].call(built)
    return built.http.sent, raised.value.reason


@EACH
def test_a_call_that_aws_does_not_answer_is_made_twice_and_no_more(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 would make it five times: half a minute, while Zoho waits. Queues try again by themselves."""
    monkeypatch.setattr(timing, "AWS_READ_SECONDS", 0.1)
    with LocalHttp(stall) as server:
        assert attempts(service, server, monkeypatch)[0] == timing.AWS_ATTEMPTS == 2


@EACH
@pytest.mark.parametrize("status", [500, 503])
def test_a_call_that_aws_fails_is_made_twice_and_no_more(
    service: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, with an answer."""
    with LocalHttp(answer(status, b"{}", JSON)) as server:
        assert attempts(service, server, monkeypatch)[0] == timing.AWS_ATTEMPTS


@EACH
def test_a_call_ends_within_seven_seconds_and_two_within_the_webhook_s_time(service: str) -> None:
    """The longest that a client may take: its attempts, each with its bound, and the wait between them."""
    timeout = SERVICES[service].build().http.timeout
    assert timeout.connect_timeout + timeout.read_timeout == timeout.total
    longest = timing.AWS_ATTEMPTS * timeout.total + timing.AWS_BACKOFF.first_seconds
    assert longest <= timing.AWS_CALL_SECONDS == 7
    assert 2 * longest < WEBHOOK_SECONDS


@pytest.mark.parametrize("act", [drip, drip_head])
def test_an_answer_that_drips_is_not_waited_for(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte of it would be in time for itself, and Lambda would kill the function that waits."""
    monkeypatch.setattr(timing, "AWS_READ_SECONDS", 0.1)
    with LocalHttp(act) as server:
        assert attempts("sqs", server, monkeypatch) == (timing.AWS_ATTEMPTS, "sqs_read_timeout_error")


@EACH
@pytest.mark.parametrize("error", [TimeoutError, ConnectionRefusedError])
def test_an_attempt_does_not_try_all_addresses_of_a_host(
    service: str, error: type[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight that swallow packets would take sixteen seconds; the next attempt tries two again."""
    network = Network(error)
    monkeypatch.setattr(urllib3.util.connection, "socket", network)
    with pytest.raises(AwsUnavailable), aws_failures(service):
        SERVICES[service].call(SERVICES[service].build())
    assert network.waits == [timing.AWS_CONNECT_SECONDS] * MOST_ADDRESSES * timing.AWS_ATTEMPTS


REST = timing.IDLE_CONNECTION_SECONDS + 1


@pytest.mark.parametrize(("rest", "connections"), [(REST, 3), (-REST, 3), (REST - 2, 1)])
def test_a_connection_that_rested_while_lambda_was_frozen_is_not_used_again(rest: float, connections: int) -> None:
    """A first attempt on it would cost the webhook's caller seconds; one that is in use is used again, and here breaks."""
    now = NOW

    def clock() -> datetime:
        return now

    with Forgetful().serving() as server, closing(aws_pool(server.url, now=clock)) as pool:
        with nullcontext() if connections > 1 else pytest.raises(ProtocolError):
            for _ in range(3):
                assert pool.urlopen("GET", "/").data == b"ok"
                now += timedelta(seconds=rest)
        assert server.connections == connections


@EACH
def test_a_call_s_body_does_not_wait_for_its_head(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are two writes, and the second would wait for the other side's word about the first: 40 ms a call."""
    with LocalHttp(stall) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        with closing(SERVICES[service].build().http._new_conn()) as connection:  # noqa: SLF001 - urllib3 does not say it otherwise
            connection.connect()
            assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@EACH
def test_an_aws_with_a_foreign_certificate_learns_nothing(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands between a function and AWS gets no secret and no lead."""
    with LocalHttp(answer(200, b"{}", JSON), tls=Authority.create(tmp_path).serves("foreign")) as server:
        assert attempts(service, server, monkeypatch)[1] == f"{service}_sslerror"
        assert server.seen == []


@EACH
def test_an_aws_of_the_authorities_that_the_environment_names_is_answered(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gives AWS_CA_BUNDLE, as AWS's own tools read it; the test above can fail."""
    authority = Authority.create(tmp_path)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.path))
    with LocalHttp(answer(200, b"{}", JSON), tls=authority.serves("good")) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        assert SERVICES[service].call(SERVICES[service].build()) == {}


@pytest.mark.parametrize("wrong", ["no such file", ".", "pyproject.toml"])
def test_authorities_that_cannot_be_read_wait_for_a_person(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As any other setting that is wrong; the system's own error would be a fault of ours, and give leads up."""
    monkeypatch.setenv("AWS_CA_BUNDLE", wrong)
    with pytest.raises(Misconfigured, match="AWS_CA_BUNDLE"):
        clients.sqs.__wrapped__()


@EACH
def test_calls_at_once_each_keep_their_connection_and_nothing_is_logged(
    service: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A thread that was left behind may call while a lead goes on; urllib3 would warn, with addresses, and throw one away."""
    both = threading.Barrier(2, timeout=SECONDS)

    def together(handler: Any) -> None:
        both.wait()
        answer(200, b"{}", JSON)(handler)

    with LocalHttp(together) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        client = SERVICES[service].build()
        with ThreadPoolExecutor(max_workers=2) as pool:
            for _ in range(2):
                assert list(pool.map(SERVICES[service].call, [client, client])) == [{}, {}]
        assert client.http.num_connections == 2
    assert caplog.records == []
