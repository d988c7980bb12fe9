"""The AWS account of a deploy test, seen from the test."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import boto3

from tests.deploy.account_server import CODE_PATH, REFUSE_APIS_PATH, RESET_PATH
from tests.local_http import closed_port_url
from tests.waiting import first_line

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """A running account."""

    url: str

    def environment(self) -> dict[str, str]:
        """Return the variables that lead boto3, in any process, here and nowhere else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "LEADMATCH_SLACK_API_URL": closed_port_url(),  # no test asks the real one
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "AKIADEPLOY",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of this account."""
        return _client(self.url, service)

    def reset(self) -> None:
        """Empty the account."""
        self._post(RESET_PATH)

    def refuse_apis(self) -> None:
        """Let the last step of every deploy fail, until the next reset."""
        self._post(REFUSE_APIS_PATH)

    def _post(self, path: str) -> None:
        urlopen(Request(f"{self.url}{path}", method="POST")).close()  # noqa: S310 - loopback

    def code(self, function: str) -> bytes:
        """Return the zip that a function was deployed with."""
        with urlopen(f"{self.url}{CODE_PATH}{function}") as answer:  # noqa: S310 - loopback
            return bytes(answer.read())

    def inventory(self) -> dict[str, list[str]]:
        """Return the names of everything that a deploy or provision can make."""
        stacks, secrets = self.client("cloudformation"), self.client("secretsmanager")
        functions, events, gateway = self.client("lambda"), self.client("events"), self.client("apigateway")
        return {
            "functions": sorted(one["FunctionName"] for one in functions.list_functions()["Functions"]),
            "mappings": sorted(
                f"{one['EventSourceArn'].rpartition(':')[2]} -> {one['FunctionArn'].rpartition(':')[2]}"
                for one in functions.list_event_source_mappings()["EventSourceMappings"]
            ),
            "rules": sorted(one["Name"] for one in events.list_rules()["Rules"]),
            "apis": sorted(one["id"] for one in gateway.get_rest_apis()["items"]),
            "stacks": sorted(one["StackName"] for one in stacks.describe_stacks()["Stacks"]),
            "secrets": sorted(one["Name"] for one in secrets.list_secrets()["SecretList"]),
            "tables": sorted(self.client("dynamodb").list_tables()["TableNames"]),
            "roles": sorted(one["RoleName"] for one in self.client("iam").list_roles()["Roles"]),
            "queues": sorted(url.rpartition("/")[2] for url in self.client("sqs").list_queues().get("QueueUrls", [])),
            "log groups": sorted(one["logGroupName"] for one in self.client("logs").describe_log_groups()["logGroups"]),
        }


@functools.cache  # loading a service's description takes longer than most calls
def _client(url: str, service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload] # any service
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="test",
    )


@contextmanager
def empty_account() -> Iterator[AwsAccount]:
    """Start an account that has nothing in it, for the length of a block."""
    program = [sys.executable, "-m", "tests.deploy.account_server"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield AwsAccount(first_line(server))
        finally:
            server.kill()
