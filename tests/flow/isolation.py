"""What puts a flow test's changes back at its end, so that no test can tell which one came before it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

import app
from chalicelib.aws.queues import dead_letter_url
from chalicelib.wiring import clients
from sandbox.aws import REGION
from sandbox.system import Sandbox
from tests.flow.ministack import MiniStack
from tests.kept import Kept

SERVICES = ("sqs", "dynamodb", "secretsmanager", "sns", "cloudwatch", "lambda")
"""The AWS services in which tests change something."""


@contextmanager
def isolated(running: Sandbox, log: io.StringIO) -> Iterator[None]:
    """Put back what a block changed in AWS, Zoho and Slack, what they recorded, and what the functions hold in memory.

    A function's parts are attributes of `app.wiring` that are built when first needed: put back, there are none, as in a
    new process. A message that is on its way is worked on to the end if a function has it, and is gone if not.
    """
    aws = running.aws
    before = Kept(stage=running, functions=app, **({} if isinstance(aws, MiniStack) else _services()))
    try:
        yield
    finally:
        with running.pump.resting():
            before.restore()
            if isinstance(aws, MiniStack):
                aws.restore()
            clients.kept_session().close()
            log.seek(0)
            log.truncate()


class Started:
    """The stage's own parts and its functions as they are when this is made, to be compared with before each test."""

    def __init__(self, running: Sandbox) -> None:
        self._aws = running.aws
        if isinstance(self._aws, MiniStack):
            self._parts = Kept(stage=running, functions=app)
        else:
            self._parts = Kept(stage=running, functions=app, **_of_stage(running.outputs))

    def differences(self) -> list[str]:
        """Return the names of what is different now."""
        return self._parts.differences() + (self._aws.differences() if isinstance(self._aws, MiniStack) else [])


def _of_stage(outputs: Mapping[str, str]) -> Mapping[str, Any]:
    aws = _services()
    urls = [outputs[f"{name}QueueUrl"] for name in ("Inbox", "Matches", "Slack", "Tokens", "Convert")]
    urls += [dead_letter_url(outputs[f"{name}QueueUrl"]) for name in ("Inbox", "Slack", "Convert")]
    secrets = ("CredentialsSecret", "ZohoClientSecret", "ZohoTokenSecret")
    return {
        "queues": {url: aws["sqs"].queues[url.rpartition("/")[2]] for url in urls},
        "ledger": aws["dynamodb"].tables[outputs["TableName"]],
        "secrets": {name: aws["secretsmanager"].secrets.get(outputs[name]) for name in secrets},
    }


def _services() -> Mapping[str, Any]:
    return {name: get_backend(name)[DEFAULT_ACCOUNT_ID][REGION] for name in SERVICES}  # type: ignore[call-overload] # a few of many names
