"""Our client of AWS beside boto3's: the same request, the same answer, the same error."""

from __future__ import annotations

import copy
import io
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError
from botocore.loaders import create_loader
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPResponse
from urllib3.exceptions import ConnectTimeoutError, ProtocolError

from chalicelib.aws.client import DYNAMODB, SECRETS_MANAGER, SQS, AwsClient, Service
from chalicelib.aws.dynamodb import Table, from_item, to_item
from chalicelib.aws.queues import Message, Queue
from chalicelib.aws.secrets import CredentialsSecret, ZohoClientSecret, ZohoTokenSecret
from chalicelib.errors import AwsUnavailable
from chalicelib.timing import AWS_BACKOFF
from tests.unit.zoho_answers import NOW

SOMEBODY = {
    "AWS_ACCESS_KEY_ID": "AKIA",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "session",
    "AWS_DEFAULT_REGION": "eu-west-1",
}
GOOD: Answer = (200, {}, b"{}")
Answer = tuple[int, dict[str, str], bytes]
KEY = {"pk": {"S": "lead#1"}}
URL = "https://sqs.eu-west-1.amazonaws.com/1/inbox.fifo"
NAMED = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
ACTIONS: dict[str, tuple[Service, str, dict[str, Any]]] = {
    "send": (SQS, "send_message", {"QueueUrl": URL, "MessageBody": 'a "body" of ü', **NAMED}),
    "batch": (
        SQS,
        "send_message_batch",
        {"QueueUrl": URL, "Entries": [{"Id": "0", "MessageBody": "b", **NAMED}]},
    ),
    "visibility": (
        SQS,
        "change_message_visibility",
        {"QueueUrl": URL, "ReceiptHandle": "r", "VisibilityTimeout": 5},
    ),
    "visibilities": (
        SQS,
        "change_message_visibility_batch",
        {"QueueUrl": URL, "Entries": [{"Id": "0", "ReceiptHandle": "r", "VisibilityTimeout": 0}]},
    ),
    "receive": (
        SQS,
        "receive_message",
        {"QueueUrl": URL, "MaxNumberOfMessages": 10, "MessageSystemAttributeNames": ["MessageGroupId"]},
    ),
    "delete": (SQS, "delete_message", {"QueueUrl": URL, "ReceiptHandle": "r"}),
    "attributes": (SQS, "get_queue_attributes", {"QueueUrl": URL, "AttributeNames": ["All"]}),
    "secret": (SECRETS_MANAGER, "get_secret_value", {"SecretId": "leadmatch/dev/credentials"}),
    "write of a secret": (
        SECRETS_MANAGER,
        "put_secret_value",
        {"SecretId": "s", "SecretString": "{}", "ClientRequestToken": "t" * 36},
    ),
    "read": (DYNAMODB, "get_item", {"TableName": "ledger", "Key": KEY, "ConsistentRead": True}),
    "reads": (DYNAMODB, "batch_get_item", {"RequestItems": {"ledger": {"Keys": [KEY]}}}),
    "query": (
        DYNAMODB,
        "query",
        {
            "TableName": "ledger",
            "IndexName": "due",
            "KeyConditionExpression": "x = :x",
            "ExpressionAttributeValues": {":x": {"S": "1"}},
        },
    ),
    "write": (
        DYNAMODB,
        "update_item",
        {
            "TableName": "ledger",
            "Key": KEY,
            "UpdateExpression": "SET x = :x",
            "ExpressionAttributeValues": {":x": {"N": "1"}},
        },
    ),
}


class Sent(NamedTuple):
    """A request as it was sent."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Aws:
    """What answers in place of AWS; an answer may be an error of the connection."""

    answers: list[Answer | Exception]
    sent: list[Sent] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)

    def connect(self, url: str) -> Aws:
        """Be the other side of a client's connections."""
        self.connected.append(url)
        return self

    def urlopen(self, method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        """Take a request of ours."""
        return self._answer(Sent(method, url, body, dict(headers)))

    def send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Take a request of boto3's."""
        given: Any = request.body
        body = given.encode() if isinstance(given, str) else given
        headers = {name: str_of(value) for name, value in request.headers.items()}
        said = self._answer(Sent(str(request.method), str(request.url), body, headers))
        raw: Any = said
        answer = AWSResponse(str(request.url), said.status, raw.headers, raw)
        answer._content = said.data  # noqa: SLF001 - the body that botocore would read
        return answer

    def _answer(self, sent: Sent) -> HTTPResponse:
        self.sent.append(sent)
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        status, headers, body = said
        return HTTPResponse(io.BytesIO(body), headers, status)


def ours(
    service: Service, *answers: Answer | Exception, wait: Callable[[float], None] = lambda _: None
) -> tuple[Any, Aws]:
    """Return our client and its AWS."""
    aws = Aws(list(answers))
    return AwsClient(service, SOMEBODY, connect=aws.connect, sleep=wait, random=lambda: 0.5), aws


@cache
def _boto3_client(name: str) -> Any:
    keys = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret", "aws_session_token": "session"}
    once = Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True)
    return boto3.session.Session(region_name="eu-west-1", **keys).client(name, config=once)  # type: ignore[call-overload] # any service


def boto3s(service: Service, answer: Answer) -> tuple[Any, Aws]:
    """Return boto3's client and its AWS; it tries once."""
    client, aws = _boto3_client(service.name), Aws([answer])
    client.meta.events.unregister("before-send", unique_id="aws")
    client.meta.events.register("before-send", aws.send, unique_id="aws")
    return client, aws


def test_each_method_of_a_service_is_compared_with_boto3() -> None:
    """A client has no other: what boto3's have besides is no action, and a slip of the pen is no call."""
    for service in METHODS:
        assert set(service.methods) == {method for one, method, _ in ACTIONS.values() if one is service}
        client, aws = ours(service)
        assert not any(hasattr(client, name) for name in ("close", "meta", "send_mesage", "__deepcopy__"))
        assert not hasattr(client.exceptions, "__deepcopy__")
        assert vars(copy.copy(client)) == vars(client)
        assert aws.sent == []


@pytest.mark.parametrize("action", ACTIONS)
def test_a_request_is_that_of_boto3(action: str) -> None:
    """The same place, the same words, signed for the same service; what boto3 says of itself is left out."""
    service, method, request = ACTIONS[action]
    (client, aws), (model, reference) = ours(service, GOOD), boto3s(service, GOOD)
    getattr(client, method)(**request)
    getattr(model, method)(**request)
    (sent,), (expected,) = aws.sent, reference.sent
    assert (sent.method, f"https://{sent.headers['Host']}{sent.url}") == (expected.method, expected.url)
    assert json.loads(sent.body) == json.loads(expected.body)
    left_out = {
        "User-Agent",
        "X-Amz-Date",
        "Authorization",
        "Host",
        "Content-Length",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
    }
    of_ours, of_boto3 = (
        {n.lower(): v for n, v in one.headers.items() if n not in left_out} for one in (sent, expected)
    )
    assert of_ours == of_boto3
    scope = sent.headers["Authorization"].partition(",")[0]
    assert scope == expected.headers["Authorization"].partition(",")[0]


def str_of(value: Any) -> str:
    """Return a text of bytes or of a text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def test_a_request_is_signed_with_the_function_s_keys() -> None:
    """With its session's token, which Lambda's keys are worth nothing without, and over its whole body."""
    client, aws = ours(SQS, GOOD)
    client.send_message(QueueUrl=URL, MessageBody="b", **NAMED)
    headers = aws.sent[0].headers
    assert headers["X-Amz-Security-Token"] == "session"
    assert "x-amz-target" in headers["Authorization"]
    signature = headers["Authorization"].rpartition("Signature=")[2]
    assert signature == signature_of(aws.sent[0], "secret")
    assert signature != signature_of(aws.sent[0], "another")


def signature_of(request: Sent, secret: str) -> str:
    """Sign what was sent once more, at its own time."""
    from botocore.awsrequest import AWSRequest

    signer = SigV4Auth(Credentials("AKIA", secret, "session"), "sqs", "eu-west-1")
    again: Any = AWSRequest("POST", f"https://{request.headers['Host']}{request.url}", data=request.body)
    for name, value in request.headers.items():
        if name != "Authorization":
            again.headers[name] = value
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    canonical = signer.canonical_request(again)
    return str(signer.signature(signer.string_to_sign(again, canonical), again))


ERRORS: dict[str, tuple[Service, Answer]] = {
    "a code with its namespace": (
        DYNAMODB,
        (400, {}, b'{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "none"}'),
    ),
    "a condition that failed": (
        DYNAMODB,
        (
            400,
            {},
            b'{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no",'
            b' "Item": {"pk": {"S": "lead#1"}}}',
        ),
    ),
    "a code without a namespace": (
        SECRETS_MANAGER,
        (400, {}, b'{"__type": "ResourceNotFoundException", "Message": "no value"}'),
    ),
    "SQS's code of before": (
        SQS,
        (
            400,
            {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"},
            b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no queue"}',
        ),
    ),
    "nothing": (SQS, (500, {}, b"")),
    "a code with an address": (
        DYNAMODB,
        (400, {}, b'{"__type": "com.amazon#ThrottlingException:http://internal.amazon.com/#d", "message": "slow"}'),
    ),
    "a query error without its kind": (
        SQS,
        (400, {"x-amzn-query-error": "Odd"}, b'{"__type": "com.amazonaws.sqs#InvalidAddress", "message": "no"}'),
    ),
    "a gateway's page": (SQS, (503, {}, b"<html>Unavailable</html>")),
}
METHODS = {SQS: "get_queue_attributes", DYNAMODB: "get_item", SECRETS_MANAGER: "get_secret_value"}
REQUESTS = {
    SQS: {"QueueUrl": URL},
    DYNAMODB: {"TableName": "ledger", "Key": KEY},
    SECRETS_MANAGER: {"SecretId": "s"},
}


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_is_that_of_boto3(case: str) -> None:
    """The same code, by which it is caught, and the same answer: what stands in the table comes with a refused write."""
    service, answer = ERRORS[case]
    (client, _), (model, _) = ours(service, answer, answer), boto3s(service, answer)
    with pytest.raises(ClientError) as raised:
        getattr(client, METHODS[service])(**REQUESTS[service])
    with pytest.raises(ClientError) as expected:
        getattr(model, METHODS[service])(**REQUESTS[service])
    own, theirs = raised.value.response, expected.value.response
    assert own["Error"]["Code"] == theirs["Error"]["Code"]
    assert own["ResponseMetadata"]["HTTPStatusCode"] == theirs["ResponseMetadata"]["HTTPStatusCode"]
    assert own.get("Item") == theirs.get("Item")


def test_an_error_is_caught_by_its_class() -> None:
    """As one of boto3's, and by no other's."""
    client, _ = ours(DYNAMODB, ERRORS["a condition that failed"][1])
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as raised:
        client.get_item(**REQUESTS[DYNAMODB])
    assert not isinstance(raised.value, client.exceptions.ResourceNotFoundException)


TIMED_OUT = ConnectTimeoutError("no connection in time")
BUSY: Answer = (400, {}, b'{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}')
PASSING: dict[str, Answer | Exception] = {
    "time-out": TIMED_OUT,
    "500": (500, {}, b""),
    "busy": BUSY,
    "too many": (429, {}, b""),
    "gateway": (502, {}, b"<html>"),
}


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_what_may_pass_is_tried_once_more_after_a_wait(failure: Answer | Exception) -> None:
    """With the same words: SQS knows them by their id, and a conditional write by what it wrote."""
    waits: list[float] = []
    client, aws = ours(DYNAMODB, failure, (200, {}, b'{"Item": {}}'), wait=waits.append)
    assert client.get_item(**REQUESTS[DYNAMODB]) == {"Item": {}}
    assert waits == [AWS_BACKOFF.first_seconds / 2]
    assert len({request.body for request in aws.sent}) == 1


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_tried_twice_and_no_more(failure: Answer | Exception) -> None:
    """Queues try again by themselves."""
    client, aws = ours(DYNAMODB, *[failure] * 5)
    with pytest.raises((ClientError, ConnectTimeoutError)):
        client.get_item(**REQUESTS[DYNAMODB])
    assert len(aws.sent) == 2


def test_an_answer_that_is_no_object_is_an_error_all_the_same() -> None:
    """What stands between us and AWS may answer anything."""
    client, _ = ours(DYNAMODB, (400, {}, b"[]"))
    with pytest.raises(ClientError, match="400"):
        client.get_item(**REQUESTS[DYNAMODB])


@pytest.mark.parametrize(
    "code", ["a\0b", "\ud800", "Ünicode", "", "A" * 101, "a b", "jane@zylker.example", {"a": 1}, ["a"]]
)
def test_what_is_no_code_of_aws_s_is_no_class_and_in_no_log(code: object) -> None:
    """It is whatever a body or a header says: the status takes its place."""
    query = {"x-amzn-query-error": f"{code};Sender"} if isinstance(code, str) and code.isascii() else {}
    for service, headers in ((DYNAMODB, {}), (SQS, query)):
        client, _ = ours(service, (400, headers, json.dumps({"__type": code}).encode()))
        with pytest.raises(ClientError) as raised:
            getattr(client, METHODS[service])(**REQUESTS[service])
        assert raised.value.response["Error"]["Code"] == "400"


def test_a_code_has_one_class_whatever_thread_asks_first() -> None:
    """Else one thread would not catch the error that it waits for, and take a lost race for a fault."""
    count, classes, switch = 2000, list[list[type[ClientError]]](), sys.getswitchinterval()
    both = threading.Barrier(2)

    def ask() -> None:
        client, _ = ours(DYNAMODB)
        both.wait()
        classes.append([getattr(client.exceptions, f"Code{number}") for number in range(count)])

    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switch)
    assert classes[0] == classes[1]


NESTED = b"[" * 100_000


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_is_nested_without_end_is_an_error_like_any_other(status: int) -> None:
    """Its own error would be a fault of ours."""
    client, _ = ours(DYNAMODB, *[(status, {}, NESTED)] * 2)
    with pytest.raises((ClientError, ProtocolError)):
        client.get_item(**REQUESTS[DYNAMODB])


@pytest.mark.parametrize("action", ACTIONS)
def test_no_body_is_an_answer_only_where_aws_has_nothing_to_say(action: str) -> None:
    """SQS says nothing of a message's visibility and of its end; a proxy that says nothing has kept no message."""
    service, method, request = ACTIONS[action]
    client, _ = ours(service, *[(200, {}, b"")] * 2)
    if action in {"visibility", "delete"}:
        assert getattr(client, method)(**request) == {}
    else:
        with pytest.raises(ProtocolError):
            getattr(client, method)(**request)


@pytest.mark.parametrize("body", [b"[]", b"null", b"<html>", b"\xff"])
def test_a_good_status_without_an_object_is_no_answer(body: bytes) -> None:
    """Else a message would count as sent, and an item as not there, that AWS never heard of."""
    client, aws = ours(DYNAMODB, (200, {}, body), (200, {}, body))
    with pytest.raises(ProtocolError):
        client.get_item(**REQUESTS[DYNAMODB])
    assert len(aws.sent) == 2


TOKEN = {"access_token": "t"}
NEED: dict[str, tuple[Service, Callable[[Any], object], str]] = {
    "a message": (SQS, lambda one: Queue(one, URL).send(Message("b", "g", "d")), "MessageId"),
    "a count": (SQS, lambda one: Queue(one, URL).count(), "Attributes"),
    "items": (DYNAMODB, lambda one: Table(one, "ledger").get_all(["lead#1"]), "Responses"),
    "a page": (DYNAMODB, lambda one: list(Table(one, "ledger").query("due", "x = :x", {":x": "1"})), "Items"),
    "a write": (
        DYNAMODB,
        lambda one: Table(one, "ledger").update_if(
            "lead#1", update="x = :x", condition="c", values={":x": 1}, names={}, now=0
        ),
        "Attributes",
    ),
    "credentials": (SECRETS_MANAGER, lambda one: CredentialsSecret(one, "s", now=lambda: NOW).read(), "VersionId"),
    "Zoho's client": (SECRETS_MANAGER, lambda one: ZohoClientSecret(one, "s").read(), "VersionId"),
    "a token": (SECRETS_MANAGER, lambda one: ZohoTokenSecret(one, "s").read(), "VersionId"),
    "a new token": (SECRETS_MANAGER, lambda one: ZohoTokenSecret(one, "s").write(TOKEN), "VersionId"),
}


@pytest.mark.parametrize("said", [{}, {"Oops": 1}, None], ids=["nothing", "something else", "null"])
@pytest.mark.parametrize("case", NEED)
def test_an_answer_without_what_was_asked_for_is_no_answer_of_aws_s(case: str, said: dict[str, Any] | None) -> None:
    """Nothing was done that we know of, and what may pass is tried again: it is neither done nor a fault of ours."""
    service, call, part = NEED[case]
    client, _ = ours(service, (200, {}, json.dumps({part: None} if said is None else said).encode()))
    with pytest.raises(AwsUnavailable) as raised:
        call(client)
    assert raised.value.reason == f"{service.name}_answer_incomplete"


def test_an_item_that_is_null_is_none() -> None:
    """As boto3 reads it."""
    client, _ = ours(DYNAMODB, (200, {}, b'{"Item": null}'))
    assert Table(client, "ledger").get("lead#1") is None


def test_every_region_of_botocore_has_its_partition_s_domain() -> None:
    """A new partition needs a line."""
    for partition in create_loader().load_data("partitions")["partitions"]:
        for region in (name for name in partition["regions"] if not name.endswith("-global")):
            aws = Aws([])
            AwsClient(SQS, {"AWS_REGION": region}, connect=aws.connect, sleep=lambda _: None, random=lambda: 0.5)
            assert aws.connected == [f"https://sqs.{region}.{partition['outputs']['dnsSuffix']}/"]


def test_what_is_no_value_of_ours_is_refused() -> None:
    """A set or bytes would come back as something else."""
    for value in ({"a"}, b"a", 1.5, range(2)):
        with pytest.raises(TypeError):
            to_item({"x": value})


def test_a_refusal_is_not_tried_again() -> None:
    """The same words would be refused again."""
    client, aws = ours(DYNAMODB, *[ERRORS["a condition that failed"][1]] * 2)
    with pytest.raises(ClientError):
        client.get_item(**REQUESTS[DYNAMODB])
    assert len(aws.sent) == 1


ENDPOINTS = {
    "the region's": ({}, "https://secretsmanager.eu-west-1.amazonaws.com/"),
    "Lambda's name of the region": (
        {"AWS_DEFAULT_REGION": "", "AWS_REGION": "us-gov-west-1"},
        "https://secretsmanager.us-gov-west-1.amazonaws.com/",
    ),
    "China's": (
        {"AWS_DEFAULT_REGION": "cn-north-1"},
        "https://secretsmanager.cn-north-1.amazonaws.com.cn/",
    ),
    "one for all": ({"AWS_ENDPOINT_URL": "http://here:1"}, "http://here:1/"),
    "the service's own": (
        {"AWS_ENDPOINT_URL": "http://here:1", "AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://there:2/"},
        "http://there:2/",
    ),
}


@pytest.mark.parametrize("case", ENDPOINTS)
def test_an_endpoint_is_the_region_s_unless_the_environment_names_another(case: str) -> None:
    """The variables are those of every AWS client."""
    variables, url = ENDPOINTS[case]
    aws = Aws([GOOD])
    client: Any = AwsClient(
        SECRETS_MANAGER, SOMEBODY | variables, connect=aws.connect, sleep=lambda _: None, random=lambda: 0.5
    )
    client.get_secret_value(SecretId="s")
    assert aws.connected == [url]


def test_without_keys_or_a_region_nothing_is_sent() -> None:
    """Each with botocore's error, which the adapters know."""
    aws = Aws([])
    client: Any = AwsClient(
        SQS, {"AWS_REGION": "eu-west-1"}, connect=aws.connect, sleep=lambda _: None, random=lambda: 0.5
    )
    with pytest.raises(NoCredentialsError):
        client.send_message(QueueUrl=URL)
    with pytest.raises(NoRegionError):
        AwsClient(SQS, {}, connect=aws.connect, sleep=lambda _: None, random=lambda: 0.5)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(10**30), 10**30)
    | st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_values_are_written_and_read_as_boto3_does(values: dict[str, Any]) -> None:
    """Numbers too, whatever their size: boto3 reads Decimals, which are equal."""
    from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

    written = to_item(values)
    assert written == {name: TypeSerializer().serialize(value) for name, value in values.items()}
    assert from_item(written) == {name: TypeDeserializer().deserialize(one) for name, one in written.items()} == values
