"""The stage that is checked: its settings, its parts as its functions build them, its address, and the operator's account.

The parts are the product's own (`chalicelib.wiring`), so that what is checked is what runs; they work with the
operator's AWS credentials, which is why these are put in place of the environment's. The address is what Chalice noted when it
deployed the stage.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.aws.queues import dead_letter_url
from chalicelib.aws.secrets import Credentials
from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings, read_settings
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.wiring import Wiring, clients
from chalicelib.wiring.check import build_tokens, build_zoho
from chalicelib.wiring.notify import open_slack
from chalicelib.wiring.refresh import token_item
from chalicelib.zoho.client import ZohoClient
from ops.account import Account, open_account
from ops.config import Project
from ops.config_checks import require_readable
from ops.errors import OpsError
from ops.functions import ACTIONS_PATH, WEBHOOK_PATH, function_name

HEALTH_PATH = "health"


@dataclass(frozen=True)
class DeployedStage:
    """One stage; every part is built when it is asked for."""

    name: str
    settings: Settings
    wiring: Wiring
    project: Project
    account: Account

    @property
    def credentials(self) -> Credentials:
        """The secret `credentials`, kept for a minute."""
        return self.wiring.credentials.read()

    @property
    def queues(self) -> dict[str, str]:
        """The URLs of the eight queues by what they are for; of a stage from before `convert`, of six."""
        known = self.settings
        found = {
            "inbox": known.inbox_queue,
            "inbox-dead": dead_letter_url(known.inbox_queue),
            "matches": known.matches_queue,
            "slack": known.slack_queue,
            "slack-dead": dead_letter_url(known.slack_queue),
            "convert": known.convert_queue,
            "convert-dead": dead_letter_url(known.convert_queue) if known.convert_queue else "",
            "tokens": known.tokens_queue,
        }
        return {name: url for name, url in found.items() if url}

    def zoho(self) -> ZohoClient:
        """Open Zoho with the access token that all functions share; a wait for one ends with what refresh writes down of it."""
        log = Logger(service="leadmatch-check", level="CRITICAL", stream=sys.stderr)  # the findings say it
        tokens = build_tokens(self.settings, log, read_record=self._token_record)
        tokens.heard(self._token_record())
        return build_zoho(self.settings, tokens, on_credits=_unmeasured, on_api_domain=self.wiring.pages.heard)

    def _token_record(self) -> Mapping[str, Any]:
        return token_item(self.settings).read()[0]

    def slack(self) -> SlackBot | SlackWebhook:
        """Open Slack as notify does."""
        return open_slack(self.settings, self.credentials)

    def function(self, key: str) -> str:
        """Return the name of a function in AWS by its key in config.json."""
        return function_name(self.name, key)

    def aws(self, command: str) -> str:
        """Return a command of AWS's own command line for this stage's region and credentials."""
        profile = self.account.session.profile_name
        return f"aws {command} --region {self.account.region}" + (
            "" if profile == "default" else f" --profile {profile}"
        )

    def log_of(self, key: str = "api_handler", *, holding: str = "", since: str = "15m") -> str:
        """Return the command that shows a function's log, or only the lines that hold something."""
        chosen = f" --filter-pattern '\"{holding}\"'" if holding else ""
        return self.aws(f"logs tail /aws/lambda/{self.function(key)} --since {since}{chosen}")


def open_stage(name: str, *, profile: str | None, region: str | None) -> DeployedStage:
    """Return a stage of the project in this folder; raise `OpsError` when it is not provisioned."""
    project = Project(Path.cwd())
    require_readable(name, project.written_environment(name), then=f"run: python -m ops deploy --stage {name}")
    environment = project.environment(name)
    try:
        settings = read_settings(environment)
    except Misconfigured:
        raise project.not_provisioned(name, then=f", then: python -m ops deploy --stage {name}") from None
    account = open_account(project, name, profile=profile, region=region)
    clients.environ = account.environment()
    return DeployedStage(name, settings, Wiring(environment), project, account)


@dataclass(frozen=True, slots=True)
class Address:
    """The API's base URL, with a slash at its end."""

    base: str

    @property
    def leads(self) -> str:
        """The webhook."""
        return self.base + WEBHOOK_PATH

    @property
    def actions(self) -> str:
        """Where Slack tells of clicks."""
        return self.base + ACTIONS_PATH

    @property
    def health(self) -> str:
        """The route that asks nobody."""
        return self.base + HEALTH_PATH


def address_of(stage: DeployedStage) -> Address:
    """Return the stage's address; raise `OpsError` when it was not deployed from here."""
    noted = next((one.fields for one in stage.project.deployed(stage.name) if one.kind == "rest_api"), None)
    if noted is None:
        raise OpsError(
            f"The stage is not deployed, or its record is missing here: .chalice/deployed/{stage.name}.json names no API.",
            "If it was deployed, take that file from git, or write it again with deploy --recover:\n"
            f"python -m ops deploy --stage {stage.name} --recover\n"
            "Otherwise run:\n"
            f"python -m ops deploy --stage {stage.name}",
        )
    url = noted.get("rest_api_url") or _url(stage, noted["rest_api_id"])
    return Address(url.rstrip("/") + "/")


def _url(stage: DeployedStage, api_id: str) -> str:
    """Return the URL of an API of which only the id was noted, as after `deploy --recover`."""
    region, session = stage.account.region, stage.account.session
    suffix = "amazonaws.com.cn" if session.get_partition_for_region(region) == "aws-cn" else "amazonaws.com"
    gateway_stage = stage.project.gateway_stage(stage.name)
    return f"https://{api_id}.execute-api.{region}.{suffix}/{gateway_stage}"


def _unmeasured(_what: object) -> None:
    """Keep an operator's check out of the stage's metrics."""
