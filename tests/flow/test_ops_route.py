"""`python -m ops route`: which rule holds for a lead and why, where its message stands, and what is wrong with that."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ops.__main__ import main
from ops.stage import LedgerTable
from sandbox.slack.faults import Answer
from sandbox.slack.workspace import Channel
from sandbox.system import OPERATOR, SALES, Sandbox
from sandbox.zoho import faults
from tests.flow.deployment import Deployment
from tests.flow.leads import send, zylker_contact
from tests.flow.probing import SECRETS

EMEA = Channel.of("#emea-leads")
ROSA = "rosa.quill@quillworks.example"
Ask = Callable[..., Result]


@pytest.fixture
def ask(deployment: Deployment) -> Ask:
    """Return the command; whatever it says holds no secret, and nothing that a terminal would obey."""
    deployment.sandbox.slack.workspace.keep_channel(EMEA)

    def run(lead_id: str, *options: str) -> Result:
        result = CliRunner().invoke(main, ["route", lead_id, "--stage", deployment.sandbox.stage, *options])
        assert not [secret for secret in SECRETS if secret in result.output]
        assert "\x1b" not in result.output
        return result

    return run


def rules(sandbox: Sandbox, *found: tuple[dict[str, Any], Channel]) -> None:
    """Write these rules as provision does."""
    table = LedgerTable(sandbox.aws.client("dynamodb"), sandbox.stage)
    table.write_lists({"routes": [{"when": when, "channel": channel.id} for when, channel in found]})


def test_each_rule_is_shown_with_what_held_and_what_did_not(ask: Ask, sandbox: Sandbox) -> None:
    """In order, with the lead's values, and the channel by its name."""
    rules(sandbox, ({"owner": "Bo Chen", "source": "Web"}, SALES), ({"owner": ROSA.upper(), "verdict": ["choose", "convert_into_contact"]}, EMEA),
          ({"company": "zylker"}, SALES))  # fmt: skip
    lead_id = zylker_contact(sandbox)
    result = ask(lead_id)
    assert result.exit_code == 0, result.output
    owner = f"{ROSA}, Rosa Quill, {sandbox.crm.get('Leads', lead_id)['Owner']['id']}"
    assert result.stdout.splitlines() == [
        f"Lead {lead_id}, verdict convert_into_contact, confidence strong.",
        "",
        f"Rule 1 does not hold: channel {SALES.id} (#lead-matches)",
        f"  no  owner is Bo Chen; it is {owner}",
        "  no  source is Web; it is empty",
        "",
        f"Rule 2 holds: channel {EMEA.id} (#emea-leads)",
        f"  yes owner is {ROSA.upper()}; it is {owner}",
        "  yes verdict is choose or convert_into_contact; it is convert_into_contact",
        "",
        f"Rule 3 holds as well, after rule 2: channel {SALES.id} (#lead-matches)",
        "  yes company is zylker; it is Zylker",
        "",
        f"Rule 2 decides: a first message goes to channel {EMEA.id} (#emea-leads).",
        "No message about this lead stands in Slack yet.",
    ]
    assert not [call for call in sandbox.slack.calls if call.method.startswith("chat.post")]


def test_what_it_says_is_what_the_product_does(ask: Ask, sandbox: Sandbox) -> None:
    """And that the message which stands there never moves, whatever the rules say later."""
    lead_id = zylker_contact(sandbox)
    rules(sandbox, ({"owner": ROSA}, EMEA))
    said = json.loads(ask(lead_id, "--json").stdout)
    send(sandbox, lead_id)
    (message,) = sandbox.slack.workspace.messages(said["channel"])
    assert (said["rule"], said["message"]) == (1, None)
    rules(sandbox)
    result = ask(lead_id)
    assert f"No rule holds: a first message goes to channel {SALES.id} (#lead-matches)." in result.stdout
    stands = f"Its message stands in channel {EMEA.id} (#emea-leads) and never moves: later events are shown there"
    assert stands in result.stdout
    assert "https://sandbox.slack.com/archives/" in result.stdout
    told = json.loads(ask(lead_id, "--json").stdout)
    assert told["message"] == {"channel": EMEA.id, "ts": message.ts, "provisional": False}


def test_a_message_with_the_operator_is_said_to_be_provisional(ask: Ask, sandbox: Sandbox) -> None:
    """Its channel was closed; while it is, the command ends with 1."""
    lead_id = zylker_contact(sandbox)
    rules(sandbox, ({"owner": ROSA}, EMEA))
    sandbox.slack.workspace.archive(EMEA.id)
    send(sandbox, lead_id)
    result = ask(lead_id)
    assert result.exit_code == 1
    assert f"Rule 1 holds: channel {EMEA.id} (#emea-leads)\n" in result.stdout
    assert f"channel {OPERATOR.id} (#leadmatch-operator), provisionally" in result.stdout
    said = f"x Channel {EMEA.id}: The channel is archived. Until then its leads go to the operator's channel."
    assert said in result.stdout
    sandbox.slack.workspace.reopen(EMEA.id)
    assert ask(lead_id).exit_code == 0


def test_what_no_rule_decides_about_is_said(ask: Ask, sandbox: Sandbox) -> None:
    """A lead that Zoho does not show, and one that is converted."""
    rules(sandbox, ({"verdict": ["choose"], "company": "x"}, EMEA))
    gone = ask("7203914000000000009")
    assert f"a first message goes to the operator's channel {OPERATOR.id} (#leadmatch-operator)" in gone.stdout
    assert "  no  company is x; it could not be read" in gone.stdout
    lead_id = zylker_contact(sandbox)
    sandbox.crm.convert(lead_id)
    assert "The lead is converted: no first message is posted" in ask(lead_id).stdout


def test_hostile_values_do_nothing_to_a_terminal(ask: Ask, sandbox: Sandbox) -> None:
    """Nor do they break its lines; a program gets them as they are."""
    rules(sandbox, ({"company": "Zylker"}, EMEA))
    hostile = "Zyl\x1b[2Jker\u202e\r\nRule 1 holds"
    lead_id = sandbox.crm.add("Leads", Full_Name="Dana Reyes", Company=hostile, Email="dana@kestrel.example")
    assert "  no  company is Zylker; it is Zyl[2Jker Rule 1 holds\n" in ask(lead_id).stdout
    told = json.loads(ask(lead_id, "--json").stdout)
    assert told["rules"][0]["conditions"][0]["found"] == [hostile]


def test_without_the_scope_channels_go_by_their_ids(ask: Ask, sandbox: Sandbox) -> None:
    """A name is a comfort, and so is a link."""
    sandbox.slack.scopes.discard("channels:read")
    rules(sandbox, ({"owner": ROSA}, EMEA))
    lead_id = zylker_contact(sandbox)
    send(sandbox, lead_id)
    sandbox.slack.on("chat.getPermalink", Answer(503, "down"))
    result = ask(lead_id)
    assert (result.exit_code, f"channel {EMEA.id}.\n" in result.stdout) == (0, True)
    assert f"stands in channel {EMEA.id} and never moves" in result.stdout


def test_rules_that_cannot_be_read_are_said(ask: Ask, sandbox: Sandbox) -> None:
    """With how to write them again."""
    item = {"pk": {"S": "settings#stage"}, "routes": {"S": "x"}}
    sandbox.aws.client("dynamodb").put_item(TableName=f"leadmatch-{sandbox.stage}-ledger", Item=item)
    result = ask(zylker_contact(sandbox))
    assert (result.exit_code, "x The routes cannot be read" in result.stdout) == (1, True)
    assert f"a first message goes to channel {SALES.id}" in result.stdout


def test_a_zoho_that_does_not_answer_is_said_with_what_to_do(ask: Ask, sandbox: Sandbox) -> None:
    """Nothing is said of a verdict that was not reached."""
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.BAD_GATEWAY, lead_id=lead_id)
    result = ask(lead_id)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"Lead {lead_id}: Zoho" in result.stderr
    assert "https://status.zoho.com" in result.stderr


def test_a_lead_that_cannot_be_checked_is_said_with_the_cure(ask: Ask, sandbox: Sandbox) -> None:
    """It would come as NOT CHECKED, to the channel of such leads."""
    rules(sandbox, ({"verdict": "unchecked"}, EMEA))
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.OAUTH_SCOPE_MISMATCH, lead_id=lead_id)
    result = ask(lead_id)
    assert (result.exit_code, "Rule 1 holds" in result.stdout) == (1, True)
    assert "x The lead cannot be checked (zoho_scope_missing). Make a new grant code" in result.stdout
    assert "  python -m ops provision --stage sandbox --replace zoho\n" in result.stdout


def test_the_trial_mode_has_one_channel(ask: Ask, deployment: Deployment, sandbox: Sandbox) -> None:
    """What the rules say is shown all the same."""
    with deployment.secret(slack={"webhook_url": sandbox.slack.webhook_url}):
        result = ask(zylker_contact(sandbox))
    assert "all messages go to the incoming webhook's own channel" in result.stdout


def test_what_is_no_lead_s_id_is_wrong_usage(ask: Ask) -> None:
    """A name would be looked for in vain."""
    result = ask("ada")
    assert (result.exit_code, "A lead's id is the long number" in result.stderr) == (2, True)
