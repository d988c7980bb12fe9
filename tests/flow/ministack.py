"""A second AWS: MiniStack, in a process of its own, behind what stands in front of moto.

Its state is looked at and put back by calls, as that of an account is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import urllib3

from sandbox.aws import EmbeddedAws
from tests.template import TEMPLATE
from tests.waiting import wait_for

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

PYTHON = Path(".venv/ministack/bin/python")
ACCOUNT = "123456789012"
NOT_SETTABLE = ("QueueArn", "ApproximateNumberOf", "CreatedTimestamp", "LastModifiedTimestamp")
OF_A_CONNECTION = ("connection", "keep-alive", "transfer-encoding", "content-length")
NO_METRIC_MATH = "AWS::CloudWatch::Alarm"


@dataclass(slots=True)
class Stock:
    """What an account holds: queues with their attributes, tables, secrets with their values, subscriptions."""

    queues: dict[str, dict[str, str]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    secrets: dict[str, str | None] = field(default_factory=dict)


class MiniStack(EmbeddedAws):
    """MiniStack as the account. https://github.com/ministackorg/ministack"""

    def __init__(self) -> None:
        super().__init__()
        self._port = _free_port()
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", self._port, maxsize=32, retries=False)
        self._process: subprocess.Popen[bytes] | None = None
        self._kept = Stock()
        self._handles: dict[str, set[str]] = {}

    def services(self) -> WSGIApplication:
        """Return what passes each request on."""
        return self._relay

    def start(self) -> None:
        """Start MiniStack, and wait until it answers."""
        environment = {
            "PATH": os.environ["PATH"],
            "GATEWAY_PORT": str(self._port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "LOG_LEVEL": "CRITICAL",
        }
        self._process = subprocess.Popen(
            [PYTHON, "-m", "ministack"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self._is_ready)
        self._serving.start()

    def stop(self) -> None:
        """Stop it."""
        while self._clients:
            self._clients.popitem()[1].close()
        self._serving.stop()
        self._pool.close()
        if self._process:
            self._process.terminate()
            self._process.wait()

    def template(self) -> str:
        """Return the template without the alarms that compute with metrics, which MiniStack refuses."""
        resources = {
            name: one
            for name, one in TEMPLATE["Resources"].items()
            if not (one["Type"] == NO_METRIC_MATH and "Metrics" in one["Properties"])
        }
        return json.dumps(TEMPLATE | {"Resources": resources}, separators=(",", ":"))

    def message_count(self, url: str) -> int:
        """Return how many messages a queue holds."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def would_give(self, url: str) -> bool:  # noqa: ARG002 - only a receive can tell
        """Let the pump ask."""
        return True

    def show(self, url: str) -> None:
        """Let what was given out be visible now."""
        sqs = self.client("sqs")
        for handle in self._handles.get(url, ()):
            try:
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            except sqs.exceptions.ClientError:
                continue  # deleted, or given out again

    def provision(self, stage: str, secrets: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
        """Deploy a stage, and remember what the account holds then, to be compared with and put back."""
        outputs = super().provision(stage, secrets)
        self._kept = self._stock()
        return outputs

    def differences(self) -> list[str]:
        """Return the names of what is different from what was kept, and of tables and queues that are not empty."""
        now, kept = self._stock(), self._kept
        full = [url for url in kept.queues if self.message_count(url)]
        full += [name for name in kept.tables if self._keys(name)]
        changed = [name for name, value in kept.secrets.items() if now.secrets.get(name) != value]
        return full + changed

    def restore(self) -> None:
        """Remove what was made since, empty what was there, and store the secrets that were."""
        self._restore_queues()
        for name in self._kept.tables:
            for key in self._keys(name):
                self.client("dynamodb").delete_item(TableName=name, Key=key)
        self._restore_secrets()
        self._handles.clear()
        self.calls.clear()

    def _restore_queues(self) -> None:
        """Make each queue anew, since one that is purged still knows its deduplication ids."""
        sqs = self.client("sqs")
        for url in sqs.list_queues().get("QueueUrls", ()):
            sqs.delete_queue(QueueUrl=url)
        for url, attributes in self._kept.queues.items():
            sqs.create_queue(QueueName=url.rpartition("/")[2], Attributes=attributes)

    def _restore_secrets(self) -> None:
        secrets, now = self.client("secretsmanager"), self._stock().secrets
        for name, value in now.items():
            if name not in self._kept.secrets or value != self._kept.secrets[name]:
                secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        for name, value in self._kept.secrets.items():
            if name not in now or now[name] != value:
                secrets.create_secret(Name=name, **({} if value is None else {"SecretString": value}))

    def _stock(self) -> Stock:
        sqs, secrets = self.client("sqs"), self.client("secretsmanager")
        queues = {}
        for url in sorted(sqs.list_queues().get("QueueUrls", ()), key=lambda url: "-dead" not in url):
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            queues[url] = {name: value for name, value in found.items() if not name.startswith(NOT_SETTABLE)}
        names = [one["Name"] for one in secrets.list_secrets(MaxResults=100)["SecretList"]]
        tables = self.client("dynamodb").list_tables()["TableNames"]
        return Stock(queues, set(tables), {name: self._secret(name) for name in names})

    def _secret(self, name: str) -> str | None:
        try:
            return self.client("secretsmanager").get_secret_value(SecretId=name).get("SecretString")  # type: ignore[no-any-return]
        except self.client("secretsmanager").exceptions.ClientError:
            return None

    def _keys(self, table: str) -> list[Mapping[str, Any]]:
        found = self.client("dynamodb").scan(TableName=table, ProjectionExpression="pk").get("Items", [])
        return [{"pk": item["pk"]} for item in found]

    def _is_ready(self) -> bool:
        try:
            return self._pool.request("GET", "/_ministack/ready").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _relay(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on, and note the receipt handles that come back."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        path = (
            f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else environ["PATH_INFO"]
        )
        answer = self._pool.request(environ["REQUEST_METHOD"], path, body=body, headers=headers)
        if environ.get("HTTP_X_AMZ_TARGET") == "AmazonSQS.ReceiveMessage" and answer.status == 200:
            url = json.loads(body)["QueueUrl"]
            found = json.loads(answer.data).get("Messages", ())
            self._handles.setdefault(url, set()).update(one["ReceiptHandle"] for one in found)
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in OF_A_CONNECTION]
        start_response(f"{answer.status} {answer.reason or 'OK'}", [*kept, ("Content-Length", str(len(answer.data)))])
        return [answer.data]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
