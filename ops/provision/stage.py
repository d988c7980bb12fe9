"""The parts of one stage that provision works on, in one account and one region."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from ops.account import Account
from ops.cli import Console
from ops.config import Project, tags
from ops.errors import aws_failures
from ops.functions import FUNCTIONS, function_name
from ops.provision.following import Pause
from ops.provision.ledger_table import LedgerTable
from ops.provision.secret_store import SecretStore
from ops.provision.stack import Stack


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
        """The secret that people write."""
        return SecretStore(self.account.session.client("secretsmanager"), f"leadmatch/{self.name}/credentials")

    @property
    def zoho_token(self) -> SecretStore:
        """The secret that functions write."""
        return SecretStore(self.account.session.client("secretsmanager"), f"leadmatch/{self.name}/zoho-token")

    @property
    def tags(self) -> Mapping[str, str]:
        """What everything of this stage is tagged with."""
        return tags(self.name)

    def deployed_functions(self) -> list[str]:
        """Give the names of the stage's functions that are deployed."""
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
