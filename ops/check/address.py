"""Where the deployed webhook is: what Chalice noted when it deployed the stage."""

from __future__ import annotations

from dataclasses import dataclass

from ops.check.deployed import DeployedStage
from ops.errors import OpsError
from ops.functions import ACTIONS_PATH, WEBHOOK_PATH

HEALTH_PATH = "health"


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
    """Give the stage's address; raise `OpsError` when it was not deployed from here."""
    noted = next((one.fields for one in stage.project.deployed(stage.name) if one.kind == "rest_api"), None)
    if noted is None:
        raise OpsError(
            f"The stage is not deployed, or has no record here: .chalice/deployed/{stage.name}.json names no API.",
            "If it was deployed, take that file from git, or have it written anew by deploy --recover:\n"
            f"python -m ops deploy --stage {stage.name} --recover\n"
            "Otherwise run:\n"
            f"python -m ops deploy --stage {stage.name}",
        )
    url = noted.get("rest_api_url") or _url(stage, noted["rest_api_id"])
    return Address(url.rstrip("/") + "/")


def _url(stage: DeployedStage, api_id: str) -> str:
    """Give the URL of an API of which only the id was noted, as after `deploy --recover`."""
    region, session = stage.account.region, stage.account.session
    suffix = "amazonaws.com.cn" if session.get_partition_for_region(region) == "aws-cn" else "amazonaws.com"
    gateway_stage = stage.project.gateway_stage(stage.name)
    return f"https://{api_id}.execute-api.{region}.{suffix}/{gateway_stage}"
