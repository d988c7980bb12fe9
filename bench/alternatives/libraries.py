"""The same calls by the usual libraries: what the floor does, with boto3's clients and a session of requests."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urljoin

import boto3
import floor  # type: ignore[import-not-found] # it lies beside this file where both are measured
import requests
from botocore import xform_name

SESSION = requests.Session()
receive, check, notify = floor.receive, floor.check, floor.notify


@cache
def client(service: str) -> Any:
    """Return a service's client."""
    return boto3.client(service)  # type: ignore[call-overload] # any service


def aws(target: str, content: dict[str, Any]) -> Any:
    """Call AWS."""
    prefix, _, action = target.partition(".")
    return getattr(client(floor.KEYS[prefix]), xform_name(action))(**content)


def call(base: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
    """Send a request to Zoho or Slack and return the JSON of its answer."""
    response = SESSION.request(method, urljoin(base, path), data=body or None, headers=headers, timeout=10)
    response.raise_for_status()
    return response.json()


floor.aws, floor.call = aws, call
