"""Settings and the stage's section of config.json: what was given before stays, what people wrote beside it too."""

from __future__ import annotations

from typing import Any

import pytest
from chalice.config import Config
from chalice.deploy.validate import _validate_manage_iam_role

from chalicelib.settings import read_settings
from ops.config import section
from ops.errors import OpsError
from ops.provision.prompts import Nobody
from ops.provision.settings import accounts_url, console_url, decided
from tests.template import TEMPLATE
from tests.unit.operator_fakes import Answers

OUTPUTS = {name: f"value-of-{name}" for name in TEMPLATE["Outputs"]}
SETTINGS = {"LEADMATCH_SLACK_CHANNEL": "C0123456789", "LEADMATCH_ZOHO_DATA_CENTER": "eu"}


def made(old: dict[str, Any]) -> dict[str, Any]:
    """Return the section of a stage."""
    return section(old, stage="dev", region="eu-west-1", outputs=OUTPUTS, settings=SETTINGS)


def test_the_functions_find_every_setting_in_it() -> None:
    """Their own reader finds nothing missing, and each queue where it belongs."""
    found = read_settings(made({})["environment_variables"])
    assert (found.stage, found.inbox_queue, found.table) == ("dev", "value-of-InboxQueueUrl", "value-of-TableName")
    assert (found.credentials, found.zoho_client) == ("value-of-CredentialsSecret", "value-of-ZohoClientSecret")
    assert found.zoho_token == "value-of-ZohoTokenSecret"
    assert (found.slack_channel, found.zoho_data_center) == ("C0123456789", "eu")


@pytest.mark.parametrize(
    ("function", "role"),
    [
        ("api_handler", "ApiRoleArn"),
        ("check", "CheckRoleArn"),
        ("notify", "NotifyRoleArn"),
        ("convert", "ConvertRoleArn"),
        ("refresh", "RefreshRoleArn"),
        ("sweep", "SweepRoleArn"),
    ],
)
def test_chalice_takes_each_function_s_own_role_from_it(function: str, role: str) -> None:
    """Chalice's own reader and its validation, which looks at the stage and not at the function."""
    whole = Config(chalice_stage="dev", config_from_disk={"app_name": "leadmatch", "stages": {"dev": made({})}})
    _validate_manage_iam_role(whole)
    own = Config(chalice_stage="dev", function_name=function, config_from_disk={"stages": {"dev": made({})}})
    assert (own.manage_iam_role, own.iam_role_arn) == (False, f"value-of-{role}")
    assert own.tags.items() >= {"app": "leadmatch", "stage": "dev"}.items()


def test_what_people_wrote_stays_and_so_does_the_order() -> None:
    """Memory, a variable, a tag of their own; provisioned again it is the same to the letter."""
    old = {
        "api_gateway_stage": "api",
        "environment_variables": {"LEADMATCH_ZOHO_API_VERSION": "v8", "LEADMATCH_TABLE": "outdated"},
        "tags": {"cost-center": "7"},
        "lambda_functions": {"check": {"lambda_memory_size": 2048}},
    }
    first = made(old)
    assert list(first)[:4] == list(old)
    assert first["environment_variables"]["LEADMATCH_ZOHO_API_VERSION"] == "v8"
    assert first["environment_variables"]["LEADMATCH_TABLE"] == "value-of-TableName"
    assert first["tags"] == {"cost-center": "7", "app": "leadmatch", "stage": "dev"}
    assert first["lambda_functions"]["check"]["lambda_memory_size"] == 2048
    assert made(first) == first
    assert str(made(first)) == str(first)


def test_an_option_that_is_not_given_keeps_what_was_given_before() -> None:
    """And a new one replaces it."""
    kept = {"LEADMATCH_SLACK_CHANNEL": "C0123456789", "LEADMATCH_ZOHO_CONCURRENCY": "25", "OTHER": "x"}
    options = {"SLACK_CHANNEL": None, "ZOHO_DATA_CENTER": "eu", "ZOHO_CONCURRENCY": None}
    assert decided(options, kept, asker=Nobody()) == {
        "LEADMATCH_SLACK_CHANNEL": "C0123456789",
        "LEADMATCH_ZOHO_CONCURRENCY": "25",
        "LEADMATCH_ZOHO_DATA_CENTER": "eu",
    }


def test_a_first_provision_has_the_defaults_and_asks_for_the_channel() -> None:
    """They stand in config.json, where they can be reviewed."""
    assert decided({}, {}, asker=Answers("C0123456789", "eu")) == {
        "LEADMATCH_SLACK_CHANNEL": "C0123456789",
        "LEADMATCH_ZOHO_DATA_CENTER": "eu",
        "LEADMATCH_ZOHO_CONCURRENCY": "10",
    }
    with pytest.raises(OpsError, match="Slack channel") as caught:
        decided({}, {}, asker=Nobody())
    assert "--slack-channel" in caught.value.hint
    channel = {"SLACK_CHANNEL": "C0123456789"}
    assert decided(channel, {}, asker=Nobody())["LEADMATCH_ZOHO_DATA_CENTER"] == "us"  # nobody can be asked


def test_what_is_switched_off_is_forgotten() -> None:
    """In the decision, and in what config.json has."""
    kept = {"LEADMATCH_SLACK_CHANNEL": "C0123456789", "LEADMATCH_OPERATOR_CHANNEL": "C0PERATORS", "OTHER": "x"}
    options = {"OPERATOR_CHANNEL": "", "ZOHO_DATA_CENTER": "us"}
    settings = decided(options, kept, asker=Nobody())
    assert settings["LEADMATCH_OPERATOR_CHANNEL"] == ""
    old = {"environment_variables": kept}
    written = section(old, stage="dev", region="r", outputs=OUTPUTS, settings=settings)["environment_variables"]
    assert ("LEADMATCH_OPERATOR_CHANNEL" in written, written["OTHER"]) == (False, "x")


def test_the_console_is_that_of_the_data_centre() -> None:
    """Canada's has another name."""
    assert console_url({"LEADMATCH_ZOHO_DATA_CENTER": "eu"}) == "https://api-console.zoho.eu"
    assert console_url({"LEADMATCH_ZOHO_DATA_CENTER": "ca"}) == "https://api-console.zohocloud.ca"


def test_a_channel_may_be_pasted_as_a_link() -> None:
    """As Slack copies it."""
    answer = Answers("https://acme.slack.com/archives/C0123456789")
    found = decided({"ZOHO_DATA_CENTER": "us"}, {}, asker=answer)
    assert found["LEADMATCH_SLACK_CHANNEL"] == "C0123456789"


def test_grant_codes_go_where_the_functions_get_their_tokens() -> None:
    """By data centre, or by the address that the stage sets."""
    assert accounts_url({"LEADMATCH_ZOHO_DATA_CENTER": "ca"}) == "https://accounts.zohocloud.ca"
    own = {"LEADMATCH_ZOHO_DATA_CENTER": "us", "LEADMATCH_ZOHO_ACCOUNTS_URL": "http://127.0.0.1:1/"}
    assert accounts_url(own) == "http://127.0.0.1:1"
