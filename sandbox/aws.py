"""The embedded AWS: moto's server on the loopback interface, with the stage's stack deployed into it by CloudFormation."""

from __future__ import annotations

import functools
import json
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from chalicelib.aws.dynamodb import Table
from sandbox.aws_limits import Limits, read_body, write_body
from sandbox.direct import connect
from sandbox.serving import LocalServer, Serving

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

    from moto.sqs.models import Message, Queue

TEMPLATE = Path(__file__).parent.parent / "infra" / "resources.yaml"
REGION = "us-east-1"
DEDUPLICATION_SECONDS = 300
DYNAMODB, SQS = "DynamoDB_20120810", "AmazonSQS"
SERVICES = {SQS: "sqs", DYNAMODB: "dynamodb", "secretsmanager": "secretsmanager"}
UNKNOWN_TO_MOTO = (
    "AWS::CloudWatch::Alarm",
    "AWS::Logs::MetricFilter",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
)
"""What moto's CloudFormation skips with a warning; no function needs it to run."""
READ_SECONDS = 10
"""How long the functions wait for an answer here, which may come late on a busy machine."""
FUNCTIONS, OPERATOR = "AKIAFUNCTIONS", "AKIAOPERATOR"
"""Who is calling: the app's functions, or the sandbox itself; the access key tells them apart."""


@dataclass(frozen=True, slots=True)
class AwsCall:
    """One call: `action` as a policy names it, such as `sqs:SendMessage`, the queue, table, index or secret, and the items' keys."""

    action: str
    resource: str
    keys: tuple[str, ...] = ()


class EmbeddedAws(LocalServer):
    """An AWS account that starts empty and is gone with its block.

    moto's state is global: a second one in the same process is the same account, and has to say `emptied=False`.
    """

    def __init__(self, *, emptied: bool = True) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line per request helps nobody here
        self.app = self._watched(Limits(_answering_at_once(self.services())))
        """What answers a request; a subclass may put something before it."""
        self._serving = Serving(lambda environ, start: self.app(environ, start))  # noqa: PLW0108 - whatever it is by then
        self._emptied = emptied
        self._clients: dict[str, Any] = {}
        self.calls: list[AwsCall] = []
        """What the functions asked of AWS so far."""

    @property
    def url(self) -> str:
        """The address of every service, while the block lasts."""
        return self._serving.url

    def services(self) -> WSGIApplication:
        """Return what answers behind everything that stands in front here: moto; a subclass may have another."""
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        logging.getLogger("moto").setLevel(logging.ERROR)  # what CloudFormation skips: see UNKNOWN_TO_MOTO
        return DomainDispatcherApplication(create_backend_app)

    def template(self) -> str:
        """Return the template of a stage's stack."""
        return TEMPLATE.read_text()

    def start(self) -> None:
        """Start the server with an empty account."""
        _behave_as_fifo_queues_do()
        _compute_once()
        self._serving.start()
        if self._emptied:
            urlopen(Request(f"{self.url}/moto-api/reset", method="POST")).close()  # noqa: S310 - loopback

    def stop(self) -> None:
        """Stop the server."""
        while self._clients:
            self._clients.popitem()[1].close()
        self._serving.stop()

    def environment(self) -> dict[str, str]:
        """Return the variables that lead every boto3 client of this process here, and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": FUNCTIONS,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def message_count(self, url: str) -> int:
        """Return how many messages a queue holds at this moment, those that nobody can see now included."""
        return len(_queue(url)._messages)  # noqa: SLF001 - moto's own counts are two looks

    def would_give(self, url: str) -> bool:
        """Return whether a receive would give a message now: one that is visible, and whose group nobody works on."""
        queue = _queue(url)
        now = _milliseconds()
        busy = {message.group_id for message in list(queue.pending_messages) if message.visible_at >= now}
        return any(
            message.group_id not in busy and max(message.visible_at, message.delayed_until) < now
            for message in queue._messages  # noqa: SLF001 - moto's own lists every one before the first is looked at
        )

    def show(self, url: str) -> None:
        """Let every message of a queue be visible now, whoever works on it and however long it was put off."""
        for message in _queue(url)._messages:  # noqa: SLF001 - SQS shows them to nobody
            message.visible_at = 0.0

    def client(self, service: str) -> Any:
        """Return the boto3 client of this account for a service; it needs no connection, and is closed with the account."""
        if service not in self._clients:
            import boto3

            self._clients[service] = boto3.client(service, **self._by_operator())  # type: ignore[call-overload] # any service
            connect(self._clients[service], self.app)
        return self._clients[service]

    def table(self, name: str) -> Table:
        """Return a table of this account as the product reads and writes it, over the account's own client."""
        return Table(self.client("dynamodb"), name)

    def _by_operator(self) -> dict[str, str]:
        return {
            "endpoint_url": self.url,
            "region_name": REGION,
            "aws_access_key_id": OPERATOR,
            "aws_secret_access_key": "sandbox",
        }

    def provision(self, stage: str, secrets: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Deploy the stage's stack and store its secrets, each by its output; return the stack's outputs."""
        formation, name = self.client("cloudformation"), f"leadmatch-{stage}"
        with warnings.catch_warnings():
            for kind in UNKNOWN_TO_MOTO:
                warnings.filterwarnings("ignore", f"Tried to parse {kind} but", UserWarning)
            formation.create_stack(
                StackName=name,
                TemplateBody=self.template(),
                Parameters=[{"ParameterKey": "Stage", "ParameterValue": stage}],
                Capabilities=["CAPABILITY_IAM"],
            )
            formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        outputs = formation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
        found = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        self._create_secrets(found, secrets)
        return found

    def _watched(self, inner: WSGIApplication) -> WSGIApplication:
        """Return moto's app, but noting the functions' calls, and with those of DynamoDB and of SQS one after the other.

        moto looks at a write's condition and writes in two steps; it deletes a message by making a new list of the others.
        """
        turns: dict[str, AbstractContextManager[object]] = {name: threading.Lock() for name in (DYNAMODB, SQS)}

        def watching(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            target = environ.get("HTTP_X_AMZ_TARGET", "")
            if by_functions(environ):
                self.calls.append(read_call(target, read_body(environ)))
            with turns.get(target.partition(".")[0], nullcontext()):
                return inner(environ, start_response)

        return watching

    def _create_secrets(self, outputs: Mapping[str, str], secrets: Mapping[str, Mapping[str, Any]]) -> None:
        """Create the secrets, which stand outside the stack; that of the token has no value."""
        manager = self.client("secretsmanager")
        for output, content in secrets.items():
            manager.create_secret(Name=outputs[output], SecretString=json.dumps(content))
        manager.create_secret(Name=outputs["ZohoTokenSecret"])


def by_functions(environ: Mapping[str, Any]) -> bool:
    """Return whether it is the app's functions that call."""
    return FUNCTIONS in environ.get("HTTP_AUTHORIZATION", "")


def _answering_at_once(inner: WSGIApplication) -> WSGIApplication:
    """Let a receive not wait: here is one server, whose first empty answer is as true as that of a long poll."""

    def answering(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET") == f"{SQS}.ReceiveMessage":
            write_body(environ, read_body(environ) | {"WaitTimeSeconds": 0})
        return inner(environ, start_response)

    return answering


def _milliseconds() -> float:
    return time.time() * 1000


def _queue(url: str) -> Queue:
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.sqs.models import sqs_backends

    return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[url.rpartition("/")[2]]


@functools.cache
def _compute_once() -> None:
    """Let moto keep what it works out anew for each request, half of its time: its own folder's list, and what names are.

    For each message of a queue it asks whether it is visible, by a clock of two dates. Of its modules each has a name of its own for what it imports. It looks for each type that an attribute of DynamoDB may
    have under three names, but keeps attributes as they are sent.
    """
    from moto import backends
    from moto.core import responses, utils
    from moto.core.serialize import ResponseSerializer
    from moto.sqs import models

    folders = tuple(backends.list_of_moto_modules())
    kept: dict[Any, dict[str, Any]] = {
        backends: {"list_of_moto_modules": lambda: folders},
        responses: {"method_names_from_class": functools.cache(utils.method_names_from_class)},
        models: {
            "camelcase_to_underscores": functools.cache(utils.camelcase_to_underscores),
            "unix_time_millis": _milliseconds,
        },
    }
    for module, functions in kept.items():
        vars(module).update(functions)
    look_for = ResponseSerializer.get_value

    def get_value(serializer: ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
        is_attribute = type(value) is dict and getattr(getattr(shape, "parent", None), "name", "") == "AttributeValue"
        return value.get(key) if is_attribute else look_for(serializer, value, key, shape)

    ResponseSerializer.get_value = get_value  # type: ignore[assignment,method-assign]


@functools.cache
def _behave_as_fifo_queues_do() -> None:
    """Let moto's FIFO queues remember deduplication ids for five minutes in their scope, let moves count as sent, as SQS does.

    moto forgets an id together with its message, and asks the whole queue also where the scope is the group. What it moves to
    the dead letters keeps its time, which a FIFO queue counts anew. It deletes by the receipt handle of an earlier receive, too.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
    """
    from moto.sqs.models import Queue

    accept, delete = Queue.add_message, Queue.delete_message

    def add_message(queue: Queue, message: Message) -> None:
        if queue.fifo_queue and message.approximate_receive_count:
            message.mark_sent()
        if not _is_repeat(queue, message):
            _without_own_check(accept, queue, message)

    def delete_message(queue: Queue, receipt_handle: str) -> None:
        given = [message for message in queue._messages if message.had_receipt_handle(receipt_handle)]  # noqa: SLF001 - moto's own
        if all(message.receipt_handle == receipt_handle for message in given):
            delete(queue, receipt_handle)

    Queue.add_message = add_message  # type: ignore[assignment,method-assign]
    Queue.delete_message = delete_message  # type: ignore[assignment,method-assign]


def _is_repeat(queue: Queue, message: Message) -> bool:
    """Return whether a message was sent before; its queue remembers, so that a deleted queue's memory is gone with it."""
    if not (queue.fifo_queue and message.deduplication_id):
        return False
    memory: dict[tuple[str, str], float] = queue.__dict__.setdefault("remembered_ids", {})
    scope = (message.group_id or "") if getattr(queue, "deduplication_scope", "") == "messageGroup" else ""
    key = (scope, message.deduplication_id)
    sent_at = (message.sent_timestamp or 0) / 1000
    if sent_at - memory.get(key, float("-inf")) < DEDUPLICATION_SECONDS:
        return True
    memory[key] = sent_at
    return False


def _without_own_check(accept: Callable[[Queue, Message], None], queue: Queue, message: Message) -> None:
    """Add a message past moto's queue-wide comparison of ids."""
    known, message.deduplication_id = message.deduplication_id, None
    try:
        accept(queue, message)
    finally:
        message.deduplication_id = known


def read_call(target: str, body: Mapping[str, Any]) -> AwsCall:
    """Read a call of one of AWS's JSON protocols; a batch needs the right to its single action."""
    service, _, operation = target.partition(".")
    index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
    resource = (
        body.get("QueueUrl") or body.get("TableName") or body.get("SecretId") or "".join(body.get("RequestItems", ""))
    )
    action = f"{SERVICES[service]}:{operation.removesuffix('Batch')}"
    return AwsCall(action, resource.rpartition("/")[2] + index if "QueueUrl" in body else resource + index, _keys(body))


def _keys(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the partition keys that a call names, in DynamoDB's form or as boto3's resources take them."""
    named = (
        [body["Key"]]
        if "Key" in body
        else [key for one in body.get("RequestItems", {}).values() for key in one["Keys"]]
    )
    return tuple(key["pk"]["S"] if isinstance(key["pk"], Mapping) else key["pk"] for key in named)
