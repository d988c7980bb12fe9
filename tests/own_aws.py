"""An AWS account in a process of its own, for tests beside others that have one in theirs: moto's state is global."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

import boto3

from sandbox.aws import OPERATOR, REGION, EmbeddedAws
from tests.aws_calls import action
from tests.gate import Gate
from tests.local_http import closed_port_url
from tests.waiting import SECONDS, first_line

ACTIONS_PATH = "/actions-so-far"
PERSON = "AKIAPERSON"


class OwnAws:
    """The embedded AWS, started by this class in a child process; empty at first, and again after `reset`."""

    def __enter__(self) -> Self:
        """Start it."""
        command = [sys.executable, "-W", "ignore", "-m", "tests.own_aws"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = first_line(self._process)
        assert self.url.startswith("http://127.0.0.1:")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it end: its stdin is closed."""
        self._process.communicate(timeout=SECONDS)

    def actions(self) -> set[str]:
        """Return what the programs in `environment` asked for since the last reset, as a policy names it."""
        with urlopen(f"{self.url}{ACTIONS_PATH}") as answer:  # noqa: S310 - loopback
            return set(json.loads(answer.read()))

    def reset(self) -> None:
        """Empty the account, and forget what was asked for."""
        urlopen(Request(f"{self.url}/moto-api/reset", method="POST")).close()  # noqa: S310 - loopback

    def environment(self) -> dict[str, str]:
        """Return an environment whose AWS programs work in this account, and in no other."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | {
            "AWS_ENDPOINT_URL": self.url,
            "LEADMATCH_SLACK_API_URL": closed_port_url(),  # no test asks the real one
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": PERSON,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a client of this account."""
        keys = {"aws_access_key_id": OPERATOR, "aws_secret_access_key": "sandbox"}
        return boto3.client(service, region, endpoint_url=self.url, **keys)


class RecordingAws(EmbeddedAws):
    """The embedded AWS that notes the actions of whoever has the key of `environment`."""

    def __enter__(self) -> Self:
        """Start it, and stand between its callers and moto."""
        super().__enter__()
        inner, noted = self.app, set[str]()

        def noting(environ: dict[str, Any], start_response: Any) -> Any:
            if environ["PATH_INFO"] == ACTIONS_PATH:
                start_response("200 OK", [("Content-Type", "application/json")])
                return [json.dumps(sorted(noted)).encode()]
            if environ["PATH_INFO"] == "/moto-api/reset":
                noted.clear()
            if f"Credential={PERSON}/" in environ.get("HTTP_AUTHORIZATION", ""):
                noted.add(action(environ))
            return inner(environ, start_response)

        self.app = Gate(noting)
        return self


if __name__ == "__main__":
    with RecordingAws() as aws:
        print(aws.url, flush=True)  # noqa: T201 - the parent reads it
        sys.stdin.read()
