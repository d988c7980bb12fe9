"""One secret in Secrets Manager, outside the stack: made, restored, closed to plain HTTP, read and written.

It stands outside because its values must not pass through a template, because CloudFormation cannot take a retained
secret back by its name, and because a deleted name stays taken for days.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from ops.errors import aws_failures
from ops.timing import SECRET_RECOVERY_DAYS

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

Fate = Literal["made", "restored", "kept"]
STATEMENT_ID = "RefusePlainHttp"


class SecretStore:
    """The secret of one name."""

    def __init__(self, client: SecretsManagerClient, name: str) -> None:
        self._client, self.name = client, name

    def ensure(self, *, description: str, tags: Mapping[str, str]) -> Fate:
        """Let the secret be there, tagged and closed to plain HTTP; say what was done for that. Its value stays."""
        with aws_failures("secretsmanager"):
            fate = self._appear(description, [{"Key": key, "Value": value} for key, value in tags.items()])
            self._refuse_plain_http()
        return fate

    def read(self) -> str:
        """Return the value; an empty text when there is none."""
        with aws_failures("secretsmanager"):
            try:
                return self._client.get_secret_value(SecretId=self.name).get("SecretString", "")
            except self._client.exceptions.ResourceNotFoundException:
                return ""

    def write(self, text: str) -> None:
        """Store a new value."""
        with aws_failures("secretsmanager"):
            self._client.put_secret_value(SecretId=self.name, SecretString=text)

    def exists(self) -> bool:
        """Return whether it is there and not on its way out."""
        with aws_failures("secretsmanager"):
            found = self._described()
        return found is not None and not found.get("DeletedDate")

    def schedule_deletion(self) -> bool:
        """Let the secret be deleted in seven days; tell whether there was one to delete."""
        with aws_failures("secretsmanager"):
            found = self._described()
            if found is None or found.get("DeletedDate"):
                return False
            self._client.delete_secret(SecretId=self.name, RecoveryWindowInDays=SECRET_RECOVERY_DAYS)
        return True

    def _appear(self, description: str, tags: list[Any]) -> Fate:
        found = self._described()
        if found is None:
            self._client.create_secret(Name=self.name, Description=description, Tags=tags)
            return "made"
        if found.get("DeletedDate"):
            self._client.restore_secret(SecretId=self.name)
        self._client.tag_resource(SecretId=self.name, Tags=tags)
        return "restored" if found.get("DeletedDate") else "kept"

    def _described(self) -> Mapping[str, Any] | None:
        try:
            return self._client.describe_secret(SecretId=self.name)
        except self._client.exceptions.ResourceNotFoundException:
            return None

    def _refuse_plain_http(self) -> None:
        """Put our statement into the resource policy; statements that others put there stay."""
        text = self._client.get_resource_policy(SecretId=self.name).get("ResourcePolicy")
        policy: dict[str, Any] = json.loads(text) if text else {"Version": "2012-10-17", "Statement": []}
        others = [one for one in policy["Statement"] if one.get("Sid") != STATEMENT_ID]
        wanted = policy | {"Statement": [*others, _statement()]}
        if wanted != policy:
            self._client.put_resource_policy(
                SecretId=self.name, ResourcePolicy=json.dumps(wanted), BlockPublicPolicy=True
            )


def _statement() -> dict[str, Any]:
    return {
        "Sid": STATEMENT_ID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
