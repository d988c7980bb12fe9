"""The parts of one stage that provision and deploy work on, in one account and one region."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from chalicelib.aws.stage_lists import KEY, NAMES, item_fields
from ops.account import Account
from ops.cli import Console
from ops.config import Project, tags
from ops.errors import aws_failures
from ops.functions import FUNCTIONS, function_name
from ops.secret_store import SecretStore
from ops.stack import Pause, Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage by its name; its parts are asked for when they are needed."""

    name: str
    project: Project
    account: Account
    console: Console
    pause: Pause = time.sleep

    @property
    def stack(self) -> Stack:
        """The CloudFormation stack."""
        client = self.account.session.client("cloudformation")
        return Stack(
            client, f"leadmatch-{self.name}", console=self.console, region=self.account.region, pause=self.pause
        )

    @property
    def ledger(self) -> LedgerTable:
        """The table, which outlives the stack."""
        return LedgerTable(self.account.session.client("dynamodb"), self.name)

    @property
    def credentials(self) -> SecretStore:
        """The secret of Slack and of the webhook's keys, which people write."""
        return SecretStore(self.account.session.client("secretsmanager"), f"leadmatch/{self.name}/credentials")

    @property
    def zoho_client(self) -> SecretStore:
        """The secret of Zoho's client, which people write."""
        return SecretStore(self.account.session.client("secretsmanager"), f"leadmatch/{self.name}/zoho-client")

    @property
    def zoho_token(self) -> SecretStore:
        """The secret that functions write."""
        return SecretStore(self.account.session.client("secretsmanager"), f"leadmatch/{self.name}/zoho-token")

    @property
    def secrets(self) -> dict[SecretStore, str]:
        """All of its secrets, and what AWS shows as the description of each."""
        return {
            self.credentials: "Slack token and signing secret, webhook keys. Written by people, read by functions.",
            self.zoho_client: "Zoho client and refresh token. Written by people, read by functions.",
            self.zoho_token: "Zoho's current access token. Written and read by functions.",
        }

    @property
    def tags(self) -> Mapping[str, str]:
        """What everything of this stage is tagged with."""
        return tags(self.name)

    def deployed_functions(self) -> list[str]:
        """Return the names of the stage's functions that are deployed."""
        client = self.account.session.client("lambda")
        found = []
        for name in (function_name(self.name, key) for key in FUNCTIONS):
            with aws_failures("lambda"):
                try:
                    client.get_function_configuration(FunctionName=name)
                except client.exceptions.ResourceNotFoundException:
                    continue
            found.append(name)
        return found


class LedgerTable:
    """The table of one stage."""

    def __init__(self, client: DynamoDBClient, stage: str) -> None:
        self._client, self.name = client, f"leadmatch-{stage}-ledger"

    def exists(self) -> bool:
        """Return whether it is there."""
        return self._protected() is not None

    def lists(self) -> dict[str, Any]:
        """Return the lists that an earlier run wrote; nothing where there is no table or no item."""
        if not self.exists():
            return {}
        with aws_failures("dynamodb"):
            item = self._client.get_item(TableName=self.name, Key={"pk": {"S": KEY}}).get("Item", {})
        return {name: TypeDeserializer().deserialize(item[name]) for name in NAMES if name in item}

    def write_lists(self, lists: Mapping[str, Any]) -> None:
        """Replace the lists that people keep for the stage; one that is not given is empty from now on."""
        kept = item_fields(lists)
        with aws_failures("dynamodb"):
            self._client.update_item(
                TableName=self.name,
                Key={"pk": {"S": KEY}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in kept),
                ExpressionAttributeNames={f"#{name}": name for name in kept},
                ExpressionAttributeValues={f":{name}": TypeSerializer().serialize(kept[name]) for name in kept},
            )

    def delete(self) -> bool:
        """Delete it and wait until it is gone; tell whether it was there."""
        protected = self._protected()
        if protected is None:
            return False
        with aws_failures("dynamodb"):
            if protected:
                self._client.update_table(TableName=self.name, DeletionProtectionEnabled=False)
            self._client.delete_table(TableName=self.name)
            self._client.get_waiter("table_not_exists").wait(TableName=self.name, WaiterConfig={"Delay": 2})
        return True

    def _protected(self) -> bool | None:
        """Return whether the table is protected against deletion; None when there is no table."""
        with aws_failures("dynamodb"):
            try:
                table = self._client.describe_table(TableName=self.name)["Table"]
            except self._client.exceptions.ResourceNotFoundException:
                return None
        return bool(table.get("DeletionProtectionEnabled"))
