"""An AWS account in a process of its own, for tests beside others that have one in theirs: moto's state is global."""

from __future__ import annotations

import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

import boto3

from sandbox.aws import OPERATOR, REGION, EmbeddedAws


class OwnAws:
    """The embedded AWS, started by this class in a child process; empty at first, and again after `reset`."""

    def __enter__(self) -> Self:
        """Start it."""
        command = [sys.executable, "-W", "ignore", "-m", "tests.own_aws"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it end: its stdin is closed."""
        self._process.communicate()

    def reset(self) -> None:
        """Empty the account."""
        urlopen(Request(f"{self.url}/moto-api/reset", method="POST")).close()  # noqa: S310 - loopback

    def environment(self) -> dict[str, str]:
        """Give an environment whose AWS programs work in this account, and in no other."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": OPERATOR,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """Give a client of this account."""
        keys = {"aws_access_key_id": OPERATOR, "aws_secret_access_key": "sandbox"}
        return boto3.client(service, region, endpoint_url=self.url, **keys)


if __name__ == "__main__":
    with EmbeddedAws() as aws:
        print(aws.url, flush=True)  # noqa: T201 - the parent reads it
        sys.stdin.read()
