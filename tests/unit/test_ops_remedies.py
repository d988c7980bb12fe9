"""Every reason has a cure, and most have their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.errors import AwsUnavailable, SlackUnavailable, ZohoRefused
from chalicelib.slack.error_codes import METHODS, UNLISTED, WEBHOOK, Meaning
from chalicelib.zoho.errors import REFUSALS
from ops.provision.options import OPTIONS
from ops.remedies import AGAIN, remedy, remedy_for
from ops.remedies import SLACK_REMEDIES as SLACK
from ops.remedies import ZOHO_REMEDIES as ZOHO


def test_what_only_a_person_can_mend_has_a_cure_of_its_own() -> None:
    """The product's lists of such refusals are the measure."""
    assert {reason for reason, _ in REFUSALS.values()} <= set(ZOHO)
    pages = (*(page.codes for page in METHODS.values()), WEBHOOK.codes, UNLISTED)
    theirs = (Meaning.WAIT, Meaning.TOKEN, Meaning.SCOPE, Meaning.CHANNEL_CLOSED)
    assert {f"slack_{code}" for codes in pages for code in codes if codes[code] in theirs} <= set(SLACK)


@pytest.mark.parametrize("code", [code for code, meaning in WEBHOOK.codes.items() if meaning is Meaning.CHANNEL_CLOSED])
def test_a_webhook_s_channel_that_is_closed_is_not_cured_by_a_new_webhook_alone(code: str) -> None:
    """A new one for the same channel would be refused as well."""
    alone = {"user_not_found"}
    assert code in alone or remedy_for(f"slack_{code}", "prod") != remedy_for("slack_webhook_gone", "prod")


@pytest.mark.parametrize("code", WEBHOOK.codes)
def test_each_code_of_an_incoming_webhook_that_a_person_mends_is_said_in_words(code: str) -> None:
    """Slack's codes are words for programs."""
    if WEBHOOK.codes[code] in (Meaning.TOKEN, Meaning.CHANNEL_CLOSED):
        assert code not in remedy(SlackUnavailable(f"Slack refuses it: {code}.", reason=f"slack_{code}"), "prod").what


def test_an_expired_token_is_named_as_token_rotation() -> None:
    """Installing the app again would give another token of twelve hours."""
    fix = remedy_for("slack_token_expired", "prod")
    assert "Token rotation" in fix
    assert "Make a new app" in fix
    assert "python -m ops provision --stage prod --replace slack" in fix


def test_each_reason_that_the_zoho_client_gives_is_about_the_lead_or_has_a_cure() -> None:
    """Read from its code, so that a new one is not forgotten."""
    code = "\n".join(path.read_text() for path in Path("chalicelib/zoho").glob("*.py"))
    given = set(re.findall(r'reason="([a-z_]+)"', code))
    assert "zoho_no_answer" in given
    about_the_lead = {
        "already_converted",
        "record_locked",
        "not_approved",
        "lead_not_found",
        "zoho_no_options",
        "zoho_contradiction",
    }
    assert given - about_the_lead <= set(ZOHO)


@pytest.mark.parametrize("reason", [*ZOHO, *SLACK])
def test_a_cure_names_the_stage_and_only_options_that_exist(reason: str) -> None:
    """A command that is shown is pasted."""
    text = remedy_for(reason, "prod")
    known = {name for option in OPTIONS for name in option(lambda: None).__click_params__[0].opts}  # type: ignore[attr-defined]
    assert "{" not in text
    for command in re.findall(r"python -m ops provision .*", text):
        assert command.startswith("python -m ops provision --stage prod")
        assert set(re.findall(r"--[a-z-]+", command)) <= known


@pytest.mark.parametrize(
    ("reason", "part"),
    [
        ("zoho_http_500", "https://status.zoho.com"),
        ("slack_some_new_word", "https://slack-status.com"),
        ("sqs_endpoint_connection_error", "Check the network"),
        ("something_else", AGAIN),
    ],
)
def test_a_reason_that_no_table_knows_has_a_way_out(reason: str, part: str) -> None:
    """By where it comes from."""
    assert part in remedy_for(reason, "prod")


def test_an_error_keeps_its_words_unless_there_are_plainer_ones() -> None:
    """Slack's and AWS's codes are words for programs."""
    own = remedy(ZohoRefused("The token belongs to another data centre.", reason="zoho_wrong_data_center"), "prod")
    assert own.what == "The token belongs to another data centre."
    slack = remedy(SlackUnavailable("Slack refuses our token or channel: x.", reason="slack_not_in_channel"), "prod")
    assert slack.what == "The bot is not in the channel."


@pytest.mark.parametrize(
    ("reason", "what", "fix"),
    [
        (
            "secretsmanager_resource_not_found_exception",
            "secrets cannot be found",
            "python -m ops provision --stage prod",
        ),
        ("secretsmanager_invalid_request_exception", "secrets cannot be found", "python -m ops provision --stage prod"),
        ("secretsmanager_access_denied_exception", "may not use the stage's secrets", "infra/operator-policy.json"),
        ("dynamodb_access_denied_exception", "may not use the stage's ledger", "infra/operator-policy.json"),
        ("dynamodb_connect_timeout_error", "did not give access to the stage's ledger", "Check the network"),
    ],
)
def test_what_aws_refuses_is_told_by_what_it_keeps(reason: str, what: str, fix: str) -> None:
    """Secrets, ledger, queue."""
    finding = remedy(AwsUnavailable("", reason=reason), "prod")
    assert what in finding.what
    assert fix in finding.fix


def test_whoever_sits_behind_a_proxy_reads_that_none_is_used() -> None:
    """The commands' own calls use it, and the functions' clients and adapters do not."""
    for reason in (
        "sqs_new_connection_error",
        "dynamodb_connect_timeout_error",
        "slack_unreachable",
        "zoho_unreachable",
    ):
        assert "proxy" in remedy_for(reason, "prod")
