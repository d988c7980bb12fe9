"""The three secrets: `credentials` and `zoho-client`, which people write and we read, and `zoho-token`, which we write."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.aws.errors import aws_failures, part_of
from chalicelib.errors import Misconfigured
from chalicelib.timing import SECRET_AGE_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

VERSIONS = uuid.UUID("5f0a4c1e-2d6b-5b8a-9a57-6f1c0e7b4d23")
"""Namespace of the versions of the secret `zoho-token`."""


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What people put into the secret `credentials`; texts that are absent are empty."""

    slack: Mapping[str, str]
    webhook_keys: tuple[str, ...]

    def live_keys(self) -> tuple[str, ...]:
        """Return the webhook's keys; raise `Misconfigured` when there is none."""
        if not self.webhook_keys:
            raise Misconfigured("The secret credentials has no webhook_keys.", reason="no_webhook_keys")
        return self.webhook_keys

    def signing_secret(self) -> str:
        """Return what Slack signs its calls with; raise `Misconfigured` when there is none, as in the trial mode."""
        if secret := self.slack.get("signing_secret", ""):
            return secret
        raise Misconfigured("The secret credentials has no slack.signing_secret.", reason="no_signing_secret")


class CredentialsSecret:
    """The secret `credentials`, kept in memory for at most a minute, so that a retired key dies within one."""

    def __init__(self, client: SecretsManagerClient, name: str, *, now: Callable[[], datetime]) -> None:
        self._client, self._name, self._now = client, name, now
        self._held: Credentials | None = None
        self._read_at: datetime | None = None
        self._lock = Lock()

    def read(self) -> Credentials:
        """Return the credentials; raise `AwsUnavailable` or `Misconfigured` when they cannot be had."""
        with self._lock:
            now = self._now()
            if (
                self._held is None
                or self._read_at is None
                or (now - self._read_at).total_seconds() >= SECRET_AGE_SECONDS
            ):
                self._held, self._read_at = read_credentials(_text(self._client, self._name)), now
            return self._held


class ZohoClientSecret:
    """The secret `zoho-client`, read anew each time: what replaces refused credentials is tried at once."""

    def __init__(self, client: SecretsManagerClient, name: str) -> None:
        self._client, self._name = client, name

    def read(self) -> Mapping[str, str]:
        """Return the client id, the client secret and the refresh token, as far as they are there."""
        return read_zoho_client(_text(self._client, self._name))


class ZohoTokenSecret:
    """The secret `zoho-token`, which may exist without a value."""

    def __init__(self, client: SecretsManagerClient, name: str) -> None:
        self._client, self._name = client, name

    def read(self) -> tuple[dict[str, str] | None, str]:
        """Return the stored token's fields and their version; None and `none` without a value, None with one that is not ours."""
        with aws_failures("secretsmanager"):
            try:
                answer = self._client.get_secret_value(SecretId=self._name)
            except self._client.exceptions.ResourceNotFoundException:
                return None, "none"
        return _texts(_json(answer.get("SecretString", ""))), part_of(answer, "VersionId", "secretsmanager")

    def write(self, fields: Mapping[str, str]) -> str:
        """Store a token's fields and return their version; the same fields written again are the same one."""
        text = json.dumps(dict(fields))
        version = str(uuid.uuid5(VERSIONS, text))
        with aws_failures("secretsmanager"):
            answer = self._client.put_secret_value(SecretId=self._name, SecretString=text, ClientRequestToken=version)
        part_of(answer, "VersionId", "secretsmanager")
        return version


def read_credentials(text: str) -> Credentials:
    """Read the JSON of the secret `credentials`; raise `Misconfigured`, which repeats nothing of it."""
    secret = _json(text)
    if not isinstance(secret, Mapping):
        raise Misconfigured("The secret credentials is not a JSON object.", reason="credentials_unreadable")
    keys = secret.get("webhook_keys")
    return Credentials(
        slack=_texts(secret.get("slack")) or {},
        webhook_keys=tuple(key for key in keys if isinstance(key, str) and key) if isinstance(keys, list) else (),
    )


def read_zoho_client(text: str) -> Mapping[str, str]:
    """Read the JSON of the secret `zoho-client`; what is no object with texts is empty."""
    return _texts(_json(text)) or {}


def _text(client: SecretsManagerClient, name: str) -> str:
    with aws_failures("secretsmanager"):
        answer = client.get_secret_value(SecretId=name)
    part_of(answer, "VersionId", "secretsmanager")
    return answer.get("SecretString", "")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _texts(value: object) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    return {name: text for name, text in value.items() if isinstance(text, str)}
