"""A herd of processes that all want the access token at once: `python -m tests.faults.herd FAULT` tells what they got.

The stand-ins, the herd and the refresher are processes of their own. One parent imports everything and builds the clients, which open
no connection yet, and forks the herd; each process then runs the real code over real HTTP, and knows of the others only by
the secret and the queue. Another parent forks a refresher for each message of the tokens queue, as Lambda does; a killed one's message
comes again after its visibility time.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from chalicelib import timing
from chalicelib.aws.client import Answer, Http
from chalicelib.errors import Retryable
from chalicelib.settings import Settings, read_settings
from chalicelib.wiring import Wiring, clients
from chalicelib.wiring.check import build_tokens
from sandbox.aws import READ_SECONDS, EmbeddedAws
from sandbox.pump import lambda_record
from sandbox.zoho.crm import Crm
from sandbox.zoho.server import ZohoStandIn

PROCESSES = 50
STAGE = "herd"
ZOHO = {"client_id": "1000.HERD", "client_secret": "herd-secret", "refresh_token": "1000.herd-refresh"}
WAIT_SECONDS = 40
"""Longer than in the product: on a busy machine fifty processes take their time."""
VISIBILITY_SECONDS = "3"
TRIES = 10
POLL_SECONDS = 0.1
ENDED = "ended"


def main(fault: str) -> None:
    """Start the stand-ins with an expired token, let the herd loose on them, print what came of it as JSON."""
    herd, refresher = Fork(run_herd), Fork(run_refresher)
    with EmbeddedAws() as aws, ZohoStandIn(Crm(), **ZOHO) as zoho, tempfile.TemporaryDirectory() as folder:
        outputs = aws.provision(STAGE, {"ZohoClientSecret": ZOHO})
        attributes = {"VisibilityTimeout": VISIBILITY_SECONDS}
        aws.client("sqs").set_queue_attributes(QueueUrl=outputs["TokensQueueUrl"], Attributes=attributes)
        secrets, name = aws.client("secretsmanager"), outputs["ZohoTokenSecret"]
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(expired_token()))
        spec = {"environment": environment(aws, zoho, outputs), "folder": folder, "fault": fault}
        refresher.begin(spec)
        herd.begin(spec)
        got = herd.end()
        (Path(folder) / ENDED).touch()
        refreshed = refresher.end()
        stored = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])["access_token"]
        refreshes = sum(call.name == "token" for call in zoho.calls)
        live = zoho.tokens.is_live(stored)
        print(json.dumps({"refreshes": refreshes, "stored": stored, "live": live, **refreshed, **got}))  # noqa: T201


def expired_token() -> dict[str, str]:
    """Return the secret's value after its hour."""
    expires_at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    return {"access_token": "1000.expired", "api_domain": "https://www.zohoapis.com", "expires_at": expires_at}


def environment(aws: EmbeddedAws, zoho: ZohoStandIn, outputs: dict[str, str]) -> dict[str, str]:
    """Return the variables of a function of this stage."""
    return aws.environment() | {
        "LEADMATCH_STAGE": STAGE,
        "LEADMATCH_INBOX_QUEUE": outputs["InboxQueueUrl"],
        "LEADMATCH_MATCHES_QUEUE": outputs["MatchesQueueUrl"],
        "LEADMATCH_SLACK_QUEUE": outputs["SlackQueueUrl"],
        "LEADMATCH_TOKENS_QUEUE": outputs["TokensQueueUrl"],
        "LEADMATCH_TABLE": outputs["TableName"],
        "LEADMATCH_CREDENTIALS": outputs["CredentialsSecret"],
        "LEADMATCH_ZOHO_CLIENT": outputs["ZohoClientSecret"],
        "LEADMATCH_ZOHO_TOKEN": outputs["ZohoTokenSecret"],
        "LEADMATCH_ZOHO_ACCOUNTS_URL": zoho.url,
        "LEADMATCH_ZOHO_API_URL": zoho.url,
        "LEADMATCH_SLACK_CHANNEL": "C0123456789",
    }


class Fork:
    """A process that was forked before any thread began, waits for its work, and says what came of it."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        there, self._say = os.pipe()
        self._hear, back = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._say)
            os.close(self._hear)
            with os.fdopen(there) as line:
                spec = json.loads(line.readline())  # not to its end: another fork has it open too
            os.write(back, json.dumps(work(spec)).encode())
            os._exit(0)
        os.close(there)
        os.close(back)

    def begin(self, spec: Any) -> None:
        """Give the worker its work."""
        os.write(self._say, (json.dumps(spec) + "\n").encode())
        os.close(self._say)

    def end(self) -> Any:
        """Return what came of it."""
        found = json.loads(read_all(self._hear))
        os.waitpid(self.pid, 0)
        return found


def get_ready(spec: Any) -> Settings:
    """Build the clients that forks share; they open no connection yet."""
    os.environ.update(spec["environment"])
    settings = read_settings(os.environ)
    timing.AWS_READ_SECONDS = READ_SECONDS
    for build in (clients.sqs, clients.secretsmanager, clients.kept_session, clients.dynamodb):
        build()
    return settings


def run_herd(spec: Any) -> Any:
    """Fork the herd, let all of it start at once, and collect what each process got."""
    settings = get_ready(spec)
    hear, say = os.pipe()
    wait, start = os.pipe()
    pids = []
    for _ in range(PROCESSES):
        if (pid := os.fork()) == 0:
            os.close(start)
            read_all(wait)  # until the parent lets go of the other end
            if spec["fault"] == "lost":
                first_request_is_lost(Path(spec["folder"]))
            os.write(say, (json.dumps(get_token(settings)) + "\n").encode())
            os._exit(0)
        pids.append(pid)
    os.close(say)
    os.close(start)
    lines = [json.loads(line) for line in read_all(hear).splitlines()]
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    return {"got": lines, "ended": ends.count(0)}


def get_token(settings: Settings) -> str | None:
    """Do what check does that needs a token, and come back after a Retryable as a lead does."""
    tokens = build_tokens(settings, clients.logger(), wait_seconds=WAIT_SECONDS)
    for _ in range(TRIES):
        try:
            return tokens.get().value
        except Retryable as error:  # moto did not answer in time: the machine is busy
            print(error.reason, file=sys.stderr)  # noqa: T201
            time.sleep(1)
    return None


def run_refresher(spec: Any) -> Any:
    """Give each message of the tokens queue to a refresher of its own, until the herd has ended; count the invocations."""
    settings, folder = get_ready(spec), Path(spec["folder"])
    ends: list[int] = []
    again = 1 if spec["fault"] == "twice" else 0
    while not (folder / ENDED).exists() or len(ends) <= again:
        found = clients.sqs().receive_message(QueueUrl=settings.tokens_queue, AttributeNames=["All"])
        for message in found.get("Messages", ()):
            ends.append(invoke_refresh(message, spec["fault"], folder))
            if ends[-1] == 0 and len(ends) > again:
                clients.sqs().delete_message(QueueUrl=settings.tokens_queue, ReceiptHandle=message["ReceiptHandle"])
        if not found.get("Messages"):
            time.sleep(POLL_SECONDS)
    return {"invoked": len(ends), "killed": ends.count(-signal.SIGKILL)}


def invoke_refresh(message: Any, fault: str, folder: Path) -> int:
    """Run one invocation in a process of its own; return how it ended."""
    if (pid := os.fork()) == 0:
        FAULTS[fault](folder / "fault-happened")
        sys.stdout = sys.stderr  # the log
        Wiring(os.environ).refresh.handle(lambda_record(message, "tokens"))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def nothing(_once: Path) -> None:
    """Let everything work."""


def killed_before_zoho_is_asked(once: Path) -> None:
    """Let the first refresher die when the record says that Zoho was asked, and Zoho was not."""
    kill_at_zoho(once, with_the_answer=False)


def killed_with_the_answer(once: Path) -> None:
    """Let the first refresher that Zoho has answered die at once, before it can store the token."""
    kill_at_zoho(once, with_the_answer=True)


def kill_at_zoho(once: Path, *, with_the_answer: bool) -> None:
    """Let the first refresher die at its call of Zoho."""

    class Killer(HTTPAdapter):
        """Kills its process before a request is sent, or when it has the answer."""

        def send(self, *arguments: Any, **options: Any) -> requests.Response:
            dies = is_first(once)
            if dies and not with_the_answer:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = super().send(*arguments, **options)
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

    clients.kept_session().mount(os.environ["LEADMATCH_ZOHO_ACCOUNTS_URL"], Killer())


def first_write_fails(once: Path) -> None:
    """Let the first write of the secret be refused, with an error that boto3 does not try again by itself."""

    def refuse(_: bytes) -> HTTPResponse | None:
        return HTTPResponse(b'{"__type": "EncryptionFailure"}', status=400) if is_first(once) else None

    answer_in_place_of_aws(clients.secretsmanager(), "secretsmanager.PutSecretValue", refuse)


def first_request_is_lost(folder: Path) -> None:
    """Let the first request of all be one that SQS says it has, and has not."""

    def lose(asked: bytes) -> HTTPResponse | None:
        body = json.loads(asked)["MessageBody"].encode()
        said = {"MessageId": "lost", "MD5OfMessageBody": hashlib.md5(body, usedforsecurity=False).hexdigest()}
        return HTTPResponse(json.dumps(said).encode(), status=200) if is_first(folder / "lost") else None

    answer_in_place_of_aws(clients.sqs(), "AmazonSQS.SendMessage", lose)


def answer_in_place_of_aws(client: Any, target: str, answer: Callable[[bytes], HTTPResponse | None]) -> None:
    """Let `answer` answer an action of a client by its body, as often as it does not return None."""
    aws: Http = client.http

    class Between:
        """Stands between a client and AWS."""

        def urlopen(self, method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
            said = answer(body) if headers["X-Amz-Target"] == target else None
            return said or aws.urlopen(method, url, body=body, headers=headers)

    client.http = Between()


def is_first(once: Path) -> bool:
    """Return whether this process is the first of all to come here."""
    try:
        once.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def read_all(end: int) -> bytes:
    """Read a pipe to its end, and close it."""
    with os.fdopen(end, "rb") as pipe:
        return pipe.read()


FAULTS = {
    "none": nothing,
    "killed_before": killed_before_zoho_is_asked,
    "killed_after": killed_with_the_answer,
    "write_fails": first_write_fails,
    "lost": nothing,
    "twice": nothing,
}

if __name__ == "__main__":
    main(sys.argv[1])
