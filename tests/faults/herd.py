"""A herd of processes that all want the access token at once: `python -m tests.faults.herd FAULT` tells what they got.

The stand-ins and the herd are processes of their own. One parent imports everything and builds the clients, which open no
connection yet, and forks the herd; each process then runs the real code over real HTTP, and knows of the others only by
the shared secret and the lease.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from botocore.awsrequest import AWSResponse
from chalicelib.zoho.token_events import TokenEvents
from chalicelib.zoho.token_lease import TokenTiming
from requests.adapters import HTTPAdapter

from chalicelib import timing
from chalicelib.errors import Retryable
from chalicelib.settings import Settings, read_settings
from chalicelib.wiring import Wiring, clients
from chalicelib.wiring.check import build_tokens
from sandbox.aws import READ_SECONDS, EmbeddedAws
from sandbox.zoho.crm import Crm
from sandbox.zoho.server import ZohoStandIn

PROCESSES = 50
STAGE = "herd"
ZOHO = {"client_id": "1000.HERD", "client_secret": "herd-secret", "refresh_token": "1000.herd-refresh"}
WAIT_SECONDS = 40
"""Longer than in the product: on a busy machine fifty processes take their time."""
TRIES = 10


def main(fault: str) -> None:
    """Start the stand-ins with an expired token, let the herd loose on them, print what came of it as JSON."""
    herd = Fork(lambda spec: run_herd(spec, FAULTS[fault]))
    with EmbeddedAws() as aws, ZohoStandIn(Crm(), **ZOHO) as zoho, tempfile.TemporaryDirectory() as folder:
        outputs = aws.provision(STAGE, {"CredentialsSecret": {}, "ZohoClientSecret": ZOHO})
        secrets, name = aws.client("secretsmanager"), outputs["ZohoTokenSecret"]
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(expired_token()))
        found = herd.run({"environment": environment(aws, zoho, outputs), "once": f"{folder}/fault-happened"})
        stored = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])["access_token"]
        refreshes = sum(call.name == "token" for call in zoho.calls)
        print(json.dumps({"refreshes": refreshes, "stored": stored, "live": zoho.tokens.is_live(stored), **found}))  # noqa: T201


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
            spec = json.loads(read_all(there))
            os.write(back, json.dumps(work(spec)).encode())
            os._exit(0)
        os.close(there)
        os.close(back)

    def run(self, spec: Any) -> Any:
        """Give the worker its work; return what came of it."""
        os.write(self._say, json.dumps(spec).encode())
        os.close(self._say)
        found = json.loads(read_all(self._hear))
        os.waitpid(self.pid, 0)
        return found


def run_herd(spec: Any, prepare: Callable[[Settings, Path], None]) -> Any:
    """Fork the herd, let all of it start at once, and collect what each process got."""
    os.environ.update(spec["environment"])
    settings = read_settings(os.environ)
    timing.AWS_READ_SECONDS = READ_SECONDS
    for build in (clients.secretsmanager, clients.kept_session, lambda: clients.table(settings.table)):
        build()
    hear, say = os.pipe()
    wait, start = os.pipe()
    token_timing = TokenTiming(wait_seconds=WAIT_SECONDS)
    pids = []
    for _ in range(PROCESSES):
        if (pid := os.fork()) == 0:
            os.close(start)
            read_all(wait)  # until the parent lets go of the other end
            prepare(settings, Path(spec["once"]))
            os.write(say, (json.dumps(get_token(settings, token_timing)) + "\n").encode())
            os._exit(0)
        pids.append(pid)
    os.close(say)
    os.close(start)
    lines = [json.loads(line) for line in read_all(hear).splitlines()]
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    return {"got": lines, "killed": ends.count(-signal.SIGKILL), "ended": ends.count(0)}


def get_token(settings: Settings, token_timing: TokenTiming) -> dict[str, Any]:
    """Do what a function does that needs a token, and come back after a Retryable as a lead does."""
    warnings: list[str] = []
    events = TokenEvents(
        warn=lambda name, _error: warnings.append(name),
        on_failure=lambda error: warnings.append(error.reason),
        on_revoked=lambda error, *_: warnings.append(error.reason),
        on_tokens_refused=lambda _digest, _day: warnings.append("tokens_refused"),
    )
    tokens = build_tokens(settings, Wiring(os.environ).zoho_client, events, timing=token_timing)
    for _ in range(TRIES):
        try:
            return {"token": tokens.get().value, "warnings": warnings}
        except Retryable as error:  # moto did not answer in time: the machine is busy
            print(error.reason, file=sys.stderr)  # noqa: T201
            time.sleep(1)
    return {"token": None, "warnings": warnings}


def nothing(_settings: Settings, _once: Path) -> None:
    """Let everything work."""


def killed_with_the_answer(settings: Settings, once: Path) -> None:
    """Let the first process that Zoho has answered die at once, before it can store the token."""

    class Killer(HTTPAdapter):
        """Sends the request, reads the answer, and kills its process."""

        def send(self, *arguments: Any, **options: Any) -> requests.Response:
            answer = super().send(*arguments, **options)
            if is_first(once):
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

    clients.kept_session().mount(settings.zoho_accounts_url, Killer())


def first_write_fails(_settings: Settings, once: Path) -> None:
    """Let the first write of the secret be refused, with an error that boto3 does not try again by itself."""

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if not is_first(once):
            return None
        answer = AWSResponse(request.url, 400, {}, None)
        answer._content = b'{"__type": "EncryptionFailure"}'  # noqa: SLF001 - what the answer's body has said
        return answer

    clients.secretsmanager().meta.events.register("before-send.secretsmanager.PutSecretValue", refuse)


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


FAULTS = {"none": nothing, "killed": killed_with_the_answer, "write_fails": first_write_fails}

if __name__ == "__main__":
    main(sys.argv[1])
