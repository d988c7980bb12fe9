"""From an empty account to a stage and back, by the command as an operator types it, against AWS over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.queues import Message, Queue
from chalicelib.events import TokenRequest
from chalicelib.settings import read_settings
from chalicelib.wiring.clients import utc_now
from sandbox.slack.methods import GRANTED, MENTIONING
from sandbox.slack.server import SlackStandIn
from sandbox.zoho.crm import Crm
from sandbox.zoho.server import ZohoStandIn
from tests.deploy.operator import Operator, operator_in
from tests.gate import held
from tests.local_http import closed_port_url
from tests.own_aws import OwnAws
from tests.waiting import SECONDS

CHANNEL = "C0123456789"
SECRETS: dict[str, Any] = {
    "zoho": {"client_id": "1000.ID", "client_secret": "marker-client", "refresh_token": "1000.marker-refresh"},
    "slack": {"bot_token": "xoxb-marker-bot", "signing_secret": "ab" * 16},
}
HIDDEN = ("marker", "ab" * 16)


@pytest.fixture(scope="module")
def running_aws() -> Iterator[OwnAws]:
    with OwnAws() as aws:
        yield aws


@pytest.fixture
def aws(running_aws: OwnAws) -> OwnAws:
    running_aws.reset()
    return running_aws


@pytest.fixture
def operator(tmp_path: Path, aws: OwnAws) -> Operator:
    return operator_in(tmp_path / "clone", aws.environment())


def provision(operator: Operator, stage: str = "dev", *options: str) -> dict[str, Any]:
    """Provision a stage with everything given; return the JSON that came out."""
    secrets = operator.writes_secrets(SECRETS)
    done = operator.types("--stage", stage, "--slack-channel", CHANNEL, "--secrets-file", secrets, "--json", *options)
    assert done.code == 0, done.err
    assert not [word for word in HIDDEN if word in done.out + done.err]
    return dict(json.loads(done.out))


def secret_of(aws: OwnAws, name: str, stage: str = "dev") -> dict[str, Any]:
    """Return what a secret of a stage holds."""
    secret = aws.client("secretsmanager").get_secret_value(SecretId=f"leadmatch/{stage}/{name}")
    return dict(json.loads(secret["SecretString"]))


def stored(aws: OwnAws, stage: str = "dev") -> dict[str, Any]:
    """Return what people put into a stage's secrets, in the form of a secrets file."""
    return secret_of(aws, "credentials", stage) | {"zoho": secret_of(aws, "zoho-client", stage)}


def token_requests(aws: OwnAws) -> list[TokenRequest]:
    """Take the requests out of the stage's queue."""
    sqs, found = aws.client("sqs"), []
    url = sqs.get_queue_url(QueueName="leadmatch-dev-tokens.fifo")["QueueUrl"]
    while messages := sqs.receive_message(QueueUrl=url).get("Messages"):
        for message in messages:
            found.append(TokenRequest.from_json(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def lead_requests_token(aws: OwnAws) -> None:
    """Let leads have requested a token in this minute and in the next ones, and `refresh` have taken the requests."""
    sqs, now = aws.client("sqs"), utc_now()
    queue = Queue(sqs, sqs.get_queue_url(QueueName="leadmatch-dev-tokens.fifo")["QueueUrl"])
    for minutes in range(5):
        request = TokenRequest("none", "expired")
        queue.send(Message.of_token_request(request, now=now + timedelta(minutes=minutes)))
    assert token_requests(aws)


def version_of(aws: OwnAws, name: str) -> str:
    """Return the version of a secret of the stage `dev`."""
    return str(aws.client("secretsmanager").get_secret_value(SecretId=f"leadmatch/dev/{name}")["VersionId"])


def parameter(aws: OwnAws, name: str) -> str:
    """Return a parameter of the stack."""
    (stack,) = aws.client("cloudformation").describe_stacks(StackName="leadmatch-dev")["Stacks"]
    return next(one["ParameterValue"] for one in stack["Parameters"] if one["ParameterKey"] == name)


def test_an_empty_account_becomes_a_stage(operator: Operator, aws: OwnAws) -> None:
    """The functions find their settings, their queues are there, and the secrets hold what was given and a new key."""
    said = provision(operator)
    settings = read_settings(operator.config("dev")["environment_variables"])
    sqs = aws.client("sqs")
    for url in (settings.inbox_queue, settings.matches_queue, settings.slack_queue):
        assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["FifoQueue"])
    assert aws.client("dynamodb").describe_table(TableName=settings.table)
    assert parameter(aws, "MatchesDeadLetters") == "off"
    secret = stored(aws)
    assert (secret["zoho"], secret["slack"]) == (SECRETS["zoho"], SECRETS["slack"])
    assert token_requests(aws) == [TokenRequest("none", "expired")]
    assert [key.startswith("whsec_") for key in secret["webhook_keys"]] == [True]
    assert secret_of(aws, "credentials").keys() == {"slack", "webhook_keys"}  # what strangers' calls reach has no Zoho
    assert said["webhook_key_is_unseen"] is True
    assert "webhook_key" not in said
    assert set(said["secrets"].values()) == {"made"}
    assert operator.config("dev")["aws_region"] == said["region"] == "us-east-1"
    assert "lambda:GetAccountSettings" in said["warnings"][0]  # which this AWS does not know


def test_running_it_again_changes_nothing(operator: Operator, aws: OwnAws) -> None:
    """No option, no secret has to be given again, and the file is the same to the letter."""
    provision(operator)
    secret, config = stored(aws), (operator.folder / ".chalice" / "config.json").read_text()
    again = operator.types("--stage", "dev")
    assert again.code == 0, again.err
    assert "nothing to change" in again.err
    assert len(token_requests(aws)) == 1  # of the first run
    assert (stored(aws), (operator.folder / ".chalice" / "config.json").read_text()) == (secret, config)


def test_a_run_that_was_cut_off_is_simply_run_again(operator: Operator, aws: OwnAws) -> None:
    """What it had stored is not asked for again, and the key that it could not show any more is shown."""
    secrets = operator.writes_secrets(SECRETS)
    with held(aws.url, "cloudformation:CreateStack") as await_held:
        cut_off = operator.begins("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", secrets)
        await_held()
        cut_off.kill()
        _, said = cut_off.communicate(timeout=SECONDS)
    assert "stored" in said
    assert operator.config("dev") == {"aws_region": "us-east-1"}  # so that the next run looks there
    again = operator.types("--stage", "dev", "--slack-channel", CHANNEL, "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["webhook_key_is_unseen"] is True
    assert len(stored(aws)["webhook_keys"]) == 1
    third = operator.types("--stage", "dev", "--json")
    assert json.loads(third.out)["webhook_key_is_unseen"] is False


def test_dead_letters_for_matches_are_kept_and_not_dropped_with_what_is_in_them(
    operator: Operator, aws: OwnAws
) -> None:
    """Off unless asked for, kept by later runs; switched off only when they are empty or somebody means it."""
    provision(operator, "dev", "--matches-dead-letters", "on")
    assert operator.types("--stage", "dev").code == 0
    assert parameter(aws, "MatchesDeadLetters") == "on"
    sqs = aws.client("sqs")
    dead = sqs.get_queue_url(QueueName="leadmatch-dev-matches-dead.fifo")["QueueUrl"]
    live = sqs.get_queue_url(QueueName="leadmatch-dev-matches.fifo")["QueueUrl"]
    redrive = sqs.get_queue_attributes(QueueUrl=live, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    assert json.loads(redrive)["maxReceiveCount"] == 20
    sqs.send_message(QueueUrl=dead, MessageBody="{}", MessageGroupId="1", MessageDeduplicationId="1")
    refused = operator.types("--stage", "dev", "--matches-dead-letters", "off")
    assert refused.code != 0
    assert "The dead letters of the matches hold 1 message." in refused.err
    assert parameter(aws, "MatchesDeadLetters") == "on"
    assert operator.types("--stage", "dev", "--matches-dead-letters", "off", "--yes").code == 0
    assert parameter(aws, "MatchesDeadLetters") == "off"


def test_an_option_given_later_changes_that_and_keeps_the_rest(operator: Operator, aws: OwnAws) -> None:
    """The channel of the first run stays, and so does the address for alarms, which only the stack knows."""
    provision(operator, "dev", "--alarm-email", "ops@example.com")
    assert operator.types("--stage", "dev", "--zoho-concurrency", "25", "--operator-channel", "C0PERATORS").code == 0
    variables = operator.config("dev")["environment_variables"]
    assert variables["LEADMATCH_SLACK_CHANNEL"] == CHANNEL
    assert variables["LEADMATCH_ZOHO_CONCURRENCY"] == "25"
    assert variables["LEADMATCH_OPERATOR_CHANNEL"] == "C0PERATORS"
    assert parameter(aws, "AlarmEmail") == "ops@example.com"


def test_what_was_named_can_be_switched_off_again(operator: Operator, aws: OwnAws) -> None:
    """The address for alarms, the channel for trouble."""
    said = provision(operator, "dev", "--alarm-email", "ops@example.com", "--operator-channel", "C0PERATORS")
    assert said["alarms"] == {"confirmed": [], "pending": ["ops@example.com"], "lost": []}
    topics = aws.client("sns")
    made = topics.subscribe(TopicArn=said["outputs"]["AlarmTopicArn"], Protocol="email", Endpoint="ops@example.com")
    assert "Alarms go to ops@example.com.\n" in operator.types("--stage", "dev").out
    topics.unsubscribe(SubscriptionArn=made["SubscriptionArn"])  # as CloudFormation does with what it subscribed
    off = operator.types("--stage", "dev", "--alarm-email", "none", "--operator-channel", "none")
    assert off.code == 0, off.err
    assert parameter(aws, "AlarmEmail") == ""
    assert "LEADMATCH_OPERATOR_CHANNEL" not in operator.config("dev")["environment_variables"]
    assert "Nobody gets the alarms." in off.err


def test_an_address_whose_subscription_is_gone_is_told_with_the_way_out(operator: Operator, aws: OwnAws) -> None:
    """The stack still names it, so AWS sends no mail again until it was taken back once; no mail is promised."""
    first = operator.types(
        "--stage", "dev", "--slack-channel", CHANNEL, "--alarm-email", "ops@example.com", "--secrets-file",
        operator.writes_secrets(SECRETS),
    )  # fmt: skip
    assert "Alarms go to ops@example.com only after this: open AWS's mail" in first.out
    again = operator.types("--stage", "dev", "--alarm-email", "ops@example.com")
    assert (again.code, "Alarms go to" in again.out, "Nobody gets" in again.err) == (0, False, False), again.err
    assert "AWS no longer has the subscription of ops@example.com" in again.err
    assert "provision --stage dev --alarm-email none\n" in again.err
    assert "Then: python -m ops provision --stage dev --alarm-email ops@example.com\n" in again.err
    assert aws.client("sns").list_subscriptions()["Subscriptions"] == []


def test_showing_the_key_changes_nothing(operator: Operator, aws: OwnAws) -> None:
    """Neither the stack nor config.json, which somebody may have open; a stage without a key is told."""
    nothing = operator.types("--stage", "dev", "--show-key")
    assert (nothing.code, "has no webhook key" in nothing.err) == (1, True)
    provision(operator)
    path, (key,) = operator.folder / ".chalice" / "config.json", stored(aws)["webhook_keys"]
    path.write_text(path.read_text().replace(CHANNEL, "C0NEWNEWNEW"))
    before = path.read_text()
    shown = operator.types("--stage", "dev", "--show-key")
    assert (shown.code, f"X-Leadmatch-Key: {key}" in shown.out, "Stack" in shown.err) == (0, True, False), shown.err
    assert path.read_text() == before
    assert json.loads(operator.types("--stage", "dev", "--show-key", "--json").out)["webhook_key"] == key


def test_a_setting_that_no_function_could_read_stops_it_first(operator: Operator, aws: OwnAws) -> None:
    """Nothing is made; an option that gives it anew is the way out."""
    path = operator.folder / ".chalice" / "config.json"
    own = {"environment_variables": {"LEADMATCH_ZOHO_CONCURRENCY": "ten"}}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"stages": {"dev": own}}))
    secrets = operator.writes_secrets(SECRETS)
    options = ("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", secrets)
    refused = operator.types(*options)
    assert (refused.code, "Traceback" in refused.err) == (1, False)
    assert "Stage dev: LEADMATCH_ZOHO_CONCURRENCY in .chalice/config.json must be a whole number" in refused.err
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
    assert operator.types(*options, "--zoho-concurrency", "10").code == 0


def test_a_first_run_on_a_terminal_asks_hidden_and_shows_the_key_once(operator: Operator, aws: OwnAws) -> None:
    """A grant code that was spent is asked for again; nothing that was typed is seen on the screen."""
    with ZohoStandIn(Crm(), client_id="1000.ID", client_secret="marker-client", refresh_token="1000.other") as zoho:
        with_variables(operator, {"LEADMATCH_ZOHO_ACCOUNTS_URL": zoho.url})
        dialogue = [
            ("Create stage dev in AWS account 123456789012, us-east-1?", "y"),
            ("Slack channel for the summaries (its id, C…): ", "#leads"),
            ("Slack channel for the summaries (its id, C…): ", CHANNEL),
            ("crm.zoho.eu is eu) (us,", "eu"),
            ("https://api-console.zoho.eu, Self Client", ""),
            ("Zoho client id: ", "1000.ID"),
            ("Zoho client secret (hidden): ", "marker-client"),
            ("or a refresh token?", "code"),
            ("Zoho grant code (hidden): ", "1000.marker-spent"),
            ("Zoho grant code (hidden): ", zoho.tokens.issue_grant_code()),
            ("for a trial?", "app"),
            ("Slack bot token (xoxb-…) (hidden): ", "xoxp-marker-person"),
            ("Slack bot token (xoxb-…) (hidden): ", "xoxb-marker-bot"),
            ("Slack signing secret (hidden): ", "ab" * 16),
        ]
        code, screen = operator.answers("--stage", "dev", dialogue=dialogue)
        assert code == 0, screen
        secret = stored(aws)
        form = {**secret["zoho"], "grant_type": "refresh_token"}
        assert "access_token" in zoho.tokens.answer(form).body
    assert secret["slack"] == SECRETS["slack"]
    assert "A channel id begins with C or G" in screen
    assert "or it has expired" in screen
    assert "A bot token begins with xoxb-" in screen
    assert not [word for word in HIDDEN if word in screen]
    assert screen.count("Nothing appears while you paste a hidden value") == 1
    assert "Nobody gets the alarms. Give an address: python -m ops provision --stage dev --alarm-email" in screen
    assert screen.count(f"X-Leadmatch-Key: {secret['webhook_keys'][0]}") == 1
    code, screen = operator.answers("--stage", "dev", dialogue=[])
    assert code == 0, screen
    assert "whsec_" not in screen


def test_a_removed_stage_comes_back_with_its_data(operator: Operator, aws: OwnAws) -> None:
    """Ledger and secrets outlive the stack, and the next stack takes the table that is there."""
    provision(operator)
    secret = stored(aws)
    table = aws.client("dynamodb")
    table.put_item(TableName="leadmatch-dev-ledger", Item={"pk": {"S": "1"}})
    gone = operator.types("--stage", "dev", "--destroy", "--yes", "--json")
    assert gone.code == 0, gone.err
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []
    assert operator.config("dev") == {"aws_region": "us-east-1"}
    assert json.loads(gone.out)["stays"][0] == "the ledger leadmatch-dev-ledger"
    again = operator.types("--stage", "dev", "--slack-channel", CHANNEL)
    assert again.code == 0, again.err
    assert "A webhook key already existed and stays. Show it with --show-key." in again.err
    assert stored(aws) == secret
    assert table.get_item(TableName="leadmatch-dev-ledger", Key={"pk": {"S": "1"}})["Item"]
    assert parameter(aws, "Ledger") == "existing"
    assert operator.types("--stage", "dev", "--zoho-concurrency", "25").code == 0
    assert parameter(aws, "Ledger") == "existing"


def test_a_stage_removed_with_its_data_begins_anew(operator: Operator, aws: OwnAws) -> None:
    """The ledger is gone; the secrets, which AWS keeps for seven days, are brought back."""
    provision(operator)
    aws.client("dynamodb").put_item(TableName="leadmatch-dev-ledger", Item={"pk": {"S": "1"}})
    assert operator.types("--stage", "dev", "--destroy", "--with-data", "--yes").code == 0
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    described = aws.client("secretsmanager").describe_secret(SecretId="leadmatch/dev/credentials")
    assert described["DeletedDate"]
    said = provision(operator)
    assert set(said["secrets"].values()) == {"restored"}
    assert parameter(aws, "Ledger") == "create"
    assert "Item" not in aws.client("dynamodb").get_item(TableName="leadmatch-dev-ledger", Key={"pk": {"S": "1"}})


def test_removing_is_asked_for_by_name(operator: Operator, aws: OwnAws) -> None:
    """Another name removes nothing; without a terminal --yes has to be said."""
    provision(operator)
    code, screen = operator.answers("--stage", "dev", "--destroy", dialogue=[("Type dev to remove it", "prod")])
    assert (code, "nothing was removed" in screen) == (1, True)
    assert "keep    the ledger" in screen
    unasked = operator.types("--stage", "dev", "--destroy")
    assert (unasked.code, "--yes" in unasked.err) == (1, True)
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 8
    code, screen = operator.answers("--stage", "dev", "--destroy", dialogue=[("Type dev to remove it", "dev")])
    assert code == 0, screen
    assert aws.client("sqs").list_queues().get("QueueUrls", []) == []


def test_the_dashboard_comes_and_goes_with_the_stage(operator: Operator, aws: OwnAws) -> None:
    """It stands outside the stack; it shows this stage's alarms, and dead letters of the matches once they are kept."""
    cloudwatch = aws.client("cloudwatch")

    def shown() -> str:
        return str(cloudwatch.get_dashboard(DashboardName="leadmatch-dev")["DashboardBody"])

    provision(operator)
    assert "arn:aws:cloudwatch:us-east-1:123456789012:alarm:leadmatch-dev-convert-dead-letters" in shown()
    assert "matches-dead" not in shown()
    assert operator.types("--stage", "dev", "--matches-dead-letters", "on").code == 0
    assert "leadmatch-dev-matches-dead.fifo" in shown()
    removed = operator.types("--stage", "dev", "--destroy", "--yes")
    assert (removed.code, "the dashboard is removed" in removed.err) == (0, True)
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []


def test_only_what_is_there_is_said_to_go_or_to_stay(operator: Operator, aws: OwnAws) -> None:
    """Of a run that was cut off there may be two of the secrets; of a stage in use it is said how many messages go."""
    path = operator.folder / ".chalice" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"stages": {"dev": {"aws_region": "us-east-1"}}}))
    for name in ("credentials", "zoho-token"):
        aws.client("secretsmanager").create_secret(Name=f"leadmatch/dev/{name}")
    gone = operator.types("--stage", "dev", "--destroy", "--with-data", "--yes", "--json")
    secrets = "the secrets leadmatch/dev/credentials, leadmatch/dev/zoho-token"
    assert json.loads(gone.out)["gone"] == ["the stage's section of config.json", secrets], gone.err
    url = provision(operator)["outputs"]["InboxQueueUrl"].replace("inbox", "inbox-dead")
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="{}", MessageGroupId="1", MessageDeduplicationId="1")
    unasked = operator.types("--stage", "dev", "--destroy")
    assert "every message in them (1 dead letter, no other messages), roles" in unasked.err
    assert "keep    the ledger leadmatch-dev-ledger" in unasked.err


def test_data_that_stayed_is_found_in_its_own_region(operator: Operator, aws: OwnAws) -> None:
    """The region is not the default one; the second command needs no option, and what is gone is not removed twice."""
    provision(operator, "dev", "--region", "eu-west-1")
    assert operator.types("--stage", "dev", "--destroy", "--yes").code == 0
    assert aws.client("dynamodb", "eu-west-1").list_tables()["TableNames"] == ["leadmatch-dev-ledger"]
    gone = operator.types("--stage", "dev", "--destroy", "--with-data", "--yes", "--json")
    assert (gone.code, json.loads(gone.out)["region"]) == (0, "eu-west-1"), gone.err
    assert aws.client("dynamodb", "eu-west-1").list_tables()["TableNames"] == []
    secret = aws.client("secretsmanager", "eu-west-1").describe_secret(SecretId="leadmatch/dev/credentials")
    assert secret["DeletedDate"]
    assert operator.config("dev") == {}
    again = operator.types("--stage", "dev", "--destroy", "--with-data", "--yes", "--region", "eu-west-1")
    assert (again.code, "Nothing of stage dev is in eu-west-1" in again.err) == (1, True)


def test_nothing_is_reported_as_removed_where_nothing_stands(operator: Operator, aws: OwnAws) -> None:
    """A clone that does not know the stage looks into the default region: that is said, and the data stays."""
    provision(operator, "dev", "--region", "eu-west-1")
    other = operator_in(operator.folder.parent / "other", aws.environment())
    missed = other.types("--stage", "dev", "--destroy", "--with-data", "--yes")
    assert (missed.code, "is removed" in missed.out) == (1, False)
    assert "Nothing of stage dev is in us-east-1" in missed.err
    assert "--region" in missed.err
    assert aws.client("dynamodb", "eu-west-1").list_tables()["TableNames"] == ["leadmatch-dev-ledger"]


def test_a_stage_whose_functions_are_deployed_is_not_removed(operator: Operator, aws: OwnAws) -> None:
    """Their mappings would hang on queues that are gone."""
    said = provision(operator)
    aws.client("lambda").create_function(
        FunctionName="leadmatch-dev-check",
        Runtime="python3.12",
        Handler="app.check",
        Role=said["outputs"]["CheckRoleArn"],
        Code={"ZipFile": b"zip"},
    )
    refused = operator.types("--stage", "dev", "--destroy", "--yes")
    assert refused.code == 1
    assert "still deployed: leadmatch-dev-check." in refused.err
    assert "python -m ops deploy --stage dev --delete --recover\n" in refused.err
    assert operator.config("dev")


def test_two_stages_side_by_side_share_nothing(operator: Operator, aws: OwnAws) -> None:
    """At the same time, out of the same folder; both stand in config.json afterwards."""
    secrets = operator.writes_secrets(SECRETS)
    options = ("--slack-channel", CHANNEL, "--secrets-file", secrets)
    runs = [operator.begins("--stage", stage, *options) for stage in ("blue", "green")]
    for run in runs:
        out, err = run.communicate()
        assert run.returncode == 0, err
        assert "whsec_" not in out + err  # nobody watches, and what is not a terminal may be a log
        assert "A webhook key was created. Show it with --show-key" in err
    blue, green = operator.config("blue"), operator.config("green")
    mine, yours = blue["environment_variables"], green["environment_variables"]
    differ = {name for name in mine if mine[name] != yours[name]}
    assert differ == {f"LEADMATCH_{name}" for name in ("STAGE", "INBOX_QUEUE", "MATCHES_QUEUE", "SLACK_QUEUE", "TOKENS_QUEUE", "CONVERT_QUEUE", "TABLE", "CREDENTIALS", "ZOHO_CLIENT", "ZOHO_TOKEN")}  # fmt: skip
    roles = [one["iam_role_arn"] for stage in (blue, green) for one in stage["lambda_functions"].values()]
    assert len(set(roles)) == 12
    assert stored(aws, "blue")["webhook_keys"] != stored(aws, "green")["webhook_keys"]
    assert operator.types("--stage", "blue", "--destroy", "--yes").code == 0
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 8


def test_one_stage_name_in_two_regions_needs_two_names_in_one_folder(operator: Operator, aws: OwnAws) -> None:
    """config.json holds a stage once; another clone may have the same name elsewhere."""
    provision(operator, "dev", "--region", "eu-west-1")
    refused = operator.types("--stage", "dev", "--region", "us-west-2")
    assert refused.code == 1
    assert "is in eu-west-1, not in us-west-2" in refused.err
    assert operator.types("--stage", "dev").code == 0
    other = operator_in(operator.folder.parent / "other", aws.environment())
    provision(other, "dev", "--region", "us-west-2")
    assert len(aws.client("sqs", "eu-west-1").list_queues()["QueueUrls"]) == 8
    assert len(aws.client("sqs", "us-west-2").list_queues()["QueueUrls"]) == 8
    assert aws.client("sqs", "us-east-1").list_queues().get("QueueUrls", []) == []


def test_the_key_is_rotated_without_a_gap(operator: Operator, aws: OwnAws) -> None:
    """New beside old, then new alone; the order of the steps is said."""
    provision(operator)
    (old,) = stored(aws)["webhook_keys"]
    rotated = operator.types("--stage", "dev", "--rotate-key", "--show-key")
    new, previous = stored(aws)["webhook_keys"]
    assert previous == old
    assert f"X-Leadmatch-Key: {new}" in rotated.out
    assert "compare the key with --show-key" in rotated.err
    assert "A lead that arrives proves nothing: both keys are live." in rotated.err
    assert rotated.err.index("Wait 60 s") < rotated.err.index("Zoho's webhook") < rotated.err.index("--retire-key")
    assert operator.types("--stage", "dev", "--rotate-key").code == 1
    retired = operator.types("--stage", "dev", "--retire-key", "--json", "--yes")
    assert (json.loads(retired.out)["live_webhook_keys"], stored(aws)["webhook_keys"]) == (1, [new])
    assert old not in retired.out + retired.err
    assert stored(aws)["zoho"] == SECRETS["zoho"]
    again = operator.types("--stage", "dev", "--retire-key")
    assert (again.code, stored(aws)["webhook_keys"]) == (0, [new])
    assert "! Only one webhook key is live, and it stays; nothing was retired. If it has leaked," in again.err
    assert "create a new one first: python -m ops provision --stage dev --rotate-key\n" in again.err
    assert "! Only one webhook key is live" in operator.types("--stage", "dev", "--undo-rotation").err


def test_a_key_is_retired_only_when_its_operator_is_sure(operator: Operator, aws: OwnAws) -> None:
    """Zoho may still send it, and the log knows; the rotation can be taken back."""
    provision(operator)
    (old,) = stored(aws)["webhook_keys"]
    assert operator.types("--stage", "dev", "--rotate-key").code == 0
    both = stored(aws)["webhook_keys"]
    logs, group = aws.client("logs"), "/aws/lambda/leadmatch-dev"
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    line = json.dumps({"message": "received", "status": 202, "key": "previous"})
    event = {"timestamp": int(time.time() * 1000), "message": line}
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])
    unasked = operator.types("--stage", "dev", "--retire-key")
    assert (unasked.code, "--yes" in unasked.err) == (1, True)
    assert "In the last hour 1 call used the old key, no calls used the new key." in unasked.err
    unproven = "! No call used the {} key in that time: nothing shows that Zoho sends it."
    assert unproven.format("new") in unasked.err
    assert unproven.format("old") not in operator.types("--stage", "dev", "--undo-rotation").err
    code, screen = operator.answers(
        "--stage", "dev", "--retire-key", dialogue=[("Type dev to retire the old one", "no")]
    )
    assert (code, "Zoho must already send the new key." in screen, "both keys stay" in screen) == (1, True, True)
    assert stored(aws)["webhook_keys"] == both
    undone = operator.types("--stage", "dev", "--undo-rotation", "--yes")
    assert (undone.code, stored(aws)["webhook_keys"]) == (0, [old]), undone.err


def test_a_secrets_file_takes_a_live_key_out_only_when_somebody_means_it(operator: Operator, aws: OwnAws) -> None:
    """Zoho's calls would be refused; a key beside the live one takes nothing out. Both times Zoho needs the new one."""
    provision(operator)
    (old,) = stored(aws)["webhook_keys"]
    new, newest = "whsec_" + "n" * 40, "whsec_" + "m" * 40
    beside = operator.types("--stage", "dev", "--secrets-file", operator.writes_secrets({"webhook_keys": [new, old]}))
    assert (beside.code, stored(aws)["webhook_keys"]) == (0, [new, old]), beside.err
    assert "The webhook key has changed. Put the new key into Zoho's webhook: python -m ops" in beside.err
    assert "webhook key has changed" not in operator.types("--stage", "dev").err
    options = ("--stage", "dev", "--secrets-file", operator.writes_secrets({"webhook_keys": [newest]}))
    unasked = operator.types(*options)
    assert (unasked.code, "--yes" in unasked.err) == (1, True)
    assert "does not contain a live webhook key: within a minute, calls with that key are refused" in unasked.err
    code, screen = operator.answers(*options, dialogue=[("Type dev to remove it", "no")])
    assert (code, "the webhook keys stay" in screen) == (1, True)
    assert stored(aws)["webhook_keys"] == [new, old]
    sure = operator.types(*options, "--yes", "--json")
    assert (sure.code, stored(aws)["webhook_keys"]) == (0, [newest]), sure.err
    assert "webhook key has changed" in json.loads(sure.out)["warnings"][-1]


def test_a_secrets_file_with_a_grant_code_may_be_given_again(operator: Operator, aws: OwnAws) -> None:
    """The code is spent by then; what it brought stays, the first access token too, and nothing is said to be stored."""
    with ZohoStandIn(Crm(), client_id="1000.ID", client_secret="marker-client", refresh_token="1000.other") as zoho:
        with_variables(operator, {"LEADMATCH_ZOHO_ACCOUNTS_URL": zoho.url})
        client = {
            "client_id": "1000.ID",
            "client_secret": "marker-client",
            "grant_code": zoho.tokens.issue_grant_code(),
        }
        secrets = operator.writes_secrets(SECRETS | {"zoho": client})
        command = ("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", secrets)
        assert operator.types(*command).code == 0
        secret, token = stored(aws), secret_of(aws, "zoho-token")
        assert zoho.tokens.is_live(token["access_token"])
        assert token_requests(aws) == [TokenRequest(version_of(aws, "zoho-token"), "expired")]
        again = operator.types(*command)
    assert (again.code, stored(aws), secret_of(aws, "zoho-token")) == (0, secret, token), again.err
    assert token_requests(aws) == []
    assert "The stored refresh token stays." in again.err
    assert "your values are stored" not in again.err


@pytest.mark.parametrize("kind", ["sandbox", "developer"])
def test_an_authorisation_for_another_org_than_production_wants_its_address(
    operator: Operator, aws: OwnAws, kind: str
) -> None:
    """Links would lead into production; what the spent code brought is stored, so that the next run needs no other."""
    with ZohoStandIn(
        Crm(),
        client_id="1000.ID",
        client_secret="marker-client",
        refresh_token="1000.other",
        api_domain=f"https://{kind}.zohoapis.com",
    ) as zoho:
        with_variables(operator, {"LEADMATCH_ZOHO_ACCOUNTS_URL": zoho.url})
        client = {"client_id": "1000.ID", "client_secret": "marker-client"}
        code = {"grant_code": zoho.tokens.issue_grant_code()}
        secrets = operator.writes_secrets(SECRETS | {"zoho": client | code})
        command = ("--stage", "dev", "--slack-channel", CHANNEL)
        refused = operator.types(*command, "--secrets-file", secrets)
        assert refused.code == 1
        assert f"is for a Zoho {kind}" in refused.err
        assert "--zoho-pages-url" in refused.err
        again = operator.types(*command, "--zoho-pages-url", "https://crmsandbox.zoho.com/crm/acme/tab/Home/begin")
    assert again.code == 0, again.err
    settings = operator.config("dev")["environment_variables"]
    assert settings["LEADMATCH_ZOHO_PAGES_URL"] == "https://crmsandbox.zoho.com/crm/acme"
    assert stored(aws)["zoho"]["refresh_token"].startswith("1000.")


def test_lists_are_written_replaced_and_otherwise_left_alone(operator: Operator, aws: OwnAws) -> None:
    """Into the ledger's table; the file is the whole of them."""
    lists = operator.folder / "lists.json"
    lists.write_text('{"placeholders": ["Acme Bot GmbH", "n/v"]}')
    provision(operator, "dev", "--lists", str(lists))
    assert placeholders(aws) == ["Acme Bot GmbH", "n/v"]
    provision(operator, "dev", "--silence-days", "7", "--qualified", "Lead_Status=Qualified")
    assert placeholders(aws) == ["Acme Bot GmbH", "n/v"]
    settings = read_settings(operator.config("dev")["environment_variables"])
    assert settings.silence_days == 7
    assert settings.qualified is not None
    lists.write_text('{"placeholders": []}')
    provision(operator, "dev", "--lists", str(lists), "--qualified", "none")
    assert placeholders(aws) == []
    assert "LEADMATCH_QUALIFIED" not in operator.config("dev")["environment_variables"]


def test_a_list_that_cannot_be_taken_stops_it_before_anything_is_made(operator: Operator, aws: OwnAws) -> None:
    """By its name."""
    lists, secrets = operator.folder / "lists.json", operator.writes_secrets(SECRETS)
    lists.write_text('{"placeholders": ["x", 7], "routs": []}')
    command = ("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", secrets)
    refused = operator.types(*command, "--lists", str(lists))
    assert refused.code == 1
    assert '"placeholders", entry 2: it is not a text.' in refused.err
    assert '"routs" is not a list that leadmatch knows' in refused.err
    assert operator.config("dev") == {}
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


def placeholders(aws: OwnAws) -> list[str]:
    """Return the list that stands in the table."""
    key = {"pk": {"S": "settings#stage"}}
    item = aws.client("dynamodb").get_item(TableName="leadmatch-dev-ledger", Key=key).get("Item", {})
    return [entry["S"] for entry in item.get("placeholders", {"L": []})["L"]]


def with_variables(operator: Operator, variables: dict[str, str]) -> None:
    """Let config.json have these of stage dev before its first run, as a person may write them."""
    path = operator.folder / ".chalice" / "config.json"
    path.write_text(
        json.dumps(json.loads(path.read_text()) | {"stages": {"dev": {"environment_variables": variables}}})
    )


def test_a_bot_token_is_tried_before_anything_is_stored_or_made(operator: Operator, aws: OwnAws) -> None:
    """What Slack refuses leaves the account and config.json as they were; a bot that is in no channel stops nothing."""
    with SlackStandIn(bot_token="xoxb-good", channels=[CHANNEL]) as slack:
        with_variables(operator, {"LEADMATCH_SLACK_API_URL": slack.api_url})
        before = operator.config("dev")
        command = ("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file")
        refused = operator.types(*command, operator.writes_secrets(SECRETS))
        assert (refused.code, refused.out) == (1, "")
        assert "Slack does not know the bot token. The token was not stored." in refused.err
        assert "xoxb-marker-bot" not in refused.err
        assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
        assert operator.config("dev") == before
        slack.workspace.leave(CHANNEL)
        good = SECRETS | {"slack": SECRETS["slack"] | {"bot_token": "xoxb-good"}}
        taken = operator.types(*command, operator.writes_secrets(good))
        assert (taken.code, "/invite @leadmatch" in taken.err) == (0, True), taken.err
        assert stored(aws)["slack"]["bot_token"] == "xoxb-good"
        again = operator.types("--stage", "dev", "--operator-channel", "C9UNKNOWN99")
        assert (again.code, "Channel C9UNKNOWN99: Slack knows no such channel" in again.err) == (0, True), again.err


def test_a_bad_rule_is_refused_and_a_closed_channel_of_a_good_one_is_named(operator: Operator, aws: OwnAws) -> None:
    """Long before a lead comes; the rules are written all the same, since the bot can be invited at any time."""
    lists = operator.folder / "lists.json"
    rules = [({"source": "Web"}, "C0ARCHIVED1"), ({"source": "web"}, CHANNEL), ({"verdict": "chose"}, "#emea")]
    written = [{"when": when, "channel": channel} for when, channel in rules]
    with SlackStandIn(bot_token="xoxb-good", channels=[CHANNEL, "C0ARCHIVED1"]) as slack:
        slack.workspace.archive("C0ARCHIVED1")
        with_variables(operator, {"LEADMATCH_SLACK_API_URL": slack.api_url})
        good = SECRETS | {"slack": SECRETS["slack"] | {"bot_token": "xoxb-good"}}
        command = ("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", operator.writes_secrets(good))
        lists.write_text(json.dumps({"routes": written}))
        refused = operator.types(*command, "--lists", str(lists))
        assert (refused.code, '"routes", rule 3: "channel" must be a channel\'s id' in refused.err) == (1, True)
        assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
        lists.write_text(json.dumps({"routes": written[:2]}))
        done = operator.types(*command, "--lists", str(lists), "--json")
    warnings = [
        '"routes", rule 2 never decides: rule 1 holds wherever it does.',
        "Channel C0ARCHIVED1, rule 1 of the routes: The channel is archived.",
    ]
    assert (done.code, json.loads(done.out)["warnings"][-2:]) == (0, warnings), done.err
    assert all(f"! {warning}" in done.err for warning in warnings)
    assert "written: routes (2); these lists count from now on" in done.err


def test_while_slack_cannot_be_reached_a_token_is_stored_untried(operator: Operator, aws: OwnAws) -> None:
    """That is said, with what tries it later."""
    done = operator.types(
        *("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", operator.writes_secrets(SECRETS))
    )
    assert (done.code, stored(aws)["slack"]) == (0, SECRETS["slack"]), done.err
    assert "Slack could not be reached. So the bot token was not tested." in done.err


@pytest.mark.parametrize(
    "secrets",
    [
        SECRETS | {"zoho": SECRETS["zoho"] | {"grant_code": "1000.marker"}},
        SECRETS | {"slack": SECRETS["slack"] | {"webhook_url": "https://hooks.slack.com/services/marker"}},
        SECRETS | {"slack": {"bot_tokn": "xoxb-marker"}},
        SECRETS | {"webhook_keys": ["marker" * 5, "marker" * 5]},
    ],
    ids=["both_tokens", "both_kinds_of_slack", "misspelt", "one_key_twice"],
)
def test_a_secrets_file_that_contradicts_itself_changes_nothing(
    operator: Operator, aws: OwnAws, secrets: dict[str, Any]
) -> None:
    """It is refused before anything is stored or made, without a value of it on the screen."""
    before = operator.config("dev")
    done = operator.types(
        *("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", operator.writes_secrets(secrets))
    )
    assert (done.code, "Nothing was stored." in done.err, "marker" in done.err) == (1, True, False), done.err
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
    assert operator.config("dev") == before


def test_secrets_are_replaced_on_demand_and_the_others_stay(operator: Operator, aws: OwnAws) -> None:
    """A revoked refresh token is not missing, so it has to be asked for; what stays is not even written again."""
    provision(operator)
    credentials, zoho_client = version_of(aws, "credentials"), version_of(aws, "zoho-client")
    lead_requests_token(aws)
    dialogue = [
        ("Zoho client id: ", "1000.ID"),
        ("Zoho client secret (hidden): ", "marker-client"),
        ("or a refresh token?", "token"),
        ("Zoho refresh token (hidden): ", "1000.marker-new"),
    ]
    code, screen = operator.answers("--stage", "dev", "--replace", "zoho", dialogue=dialogue)
    assert code == 0, screen
    assert stored(aws)["zoho"]["refresh_token"] == "1000.marker-new"
    assert version_of(aws, "credentials") == credentials
    assert version_of(aws, "zoho-client") != zoho_client
    assert token_requests(aws) == [TokenRequest("none", "expired")]  # they are tried at once
    new = operator.writes_secrets({"zoho": SECRETS["zoho"] | {"refresh_token": "1000.newer"}})
    assert operator.types("--stage", "dev", "--secrets-file", new).code == 0
    assert stored(aws)["zoho"]["refresh_token"] == "1000.newer"
    zoho_client = version_of(aws, "zoho-client")
    dialogue = [
        ("for a trial?", "webhook"),
        ("incoming webhook URL (hidden): ", "https://hooks.slack.com/services/marker"),
    ]
    code, screen = operator.answers("--stage", "dev", "--replace", "slack", dialogue=dialogue)
    assert code == 0, screen
    assert stored(aws)["slack"] == {"webhook_url": "https://hooks.slack.com/services/marker"}
    assert version_of(aws, "zoho-client") == zoho_client
    assert "marker" not in screen


def test_without_a_request_for_a_token_a_stage_is_provisioned_all_the_same(operator: Operator) -> None:
    """The next lead requests one; that is said."""
    unreachable = {"AWS_ENDPOINT_URL_SQS": closed_port_url(), "AWS_MAX_ATTEMPTS": "1"}
    secrets = operator.writes_secrets(SECRETS)
    done = operator.types("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", secrets, **unreachable)
    assert done.code == 0, done.err
    assert "! An access token could not be requested with the new values; the next lead does that." in done.err
    assert "Stage dev is provisioned" in done.out


@pytest.mark.parametrize(
    ("variables", "said", "hint"),
    [
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "No AWS credentials", "aws configure"),
        ({"AWS_DEFAULT_REGION": ""}, "No AWS region is set", "--region eu-west-1"),
        ({"AWS_ENDPOINT_URL": closed_port_url(), "AWS_MAX_ATTEMPTS": "1"}, "cannot be reached", "run it again"),
        ({"AWS_PROFILE": "blue"}, "(blue) could not be found", "list-profiles"),
    ],
)
def test_what_lacks_is_told_in_two_lines(operator: Operator, variables: dict[str, str], said: str, hint: str) -> None:
    """What happened and what to do; no trace."""
    done = operator.types("--stage", "dev", "--slack-channel", CHANNEL, **variables)
    assert done.code == 1
    happened, todo = done.err.strip().splitlines()[-2:]
    assert said in happened
    assert hint in todo
    assert "Traceback" not in done.err


def test_without_a_terminal_nothing_is_asked(operator: Operator) -> None:
    """What is missing is named, and how to give it."""
    channel = operator.types("--stage", "dev")
    assert (channel.code, "--slack-channel" in channel.err) == (1, True)
    secrets = operator.types("--stage", "dev", "--slack-channel", CHANNEL)
    assert (secrets.code, "--secrets-file" in secrets.err) == (1, True)
    given = operator.types("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", operator.writes_secrets({}))
    assert (given.code, "Put it into the secrets file" in given.err) == (1, True)


def test_converting_from_slack_is_switched_on_and_off(operator: Operator, aws: OwnAws) -> None:
    """On with named profiles and the workspace that Slack names; off, config.json is as it was."""
    scopes = [scope for scope in GRANTED if scope not in MENTIONING]
    with SlackStandIn(bot_token="xoxb-marker-bot", channels=[CHANNEL], scopes=scopes) as slack:
        with_variables(operator, {"LEADMATCH_SLACK_API_URL": slack.api_url})
        provision(operator)
        before = operator.config("dev")["environment_variables"]
        refused = operator.types("--stage", "dev", "--actions", "on")
        assert (refused.code, "Zoho profiles whose users may convert" in refused.err) == (1, True)
        assert operator.config("dev")["environment_variables"] == before
        code, screen = operator.answers("--stage", "dev", "--actions", "on", dialogue=[("may convert", "Sales|Admin")])
        assert code == 0, screen
        assert "To convert from Slack, the app lacks users:read (" in screen
        assert "ZohoCRM.modules.leads.CREATE" in screen  # the stored authorisation was given for reading alone
        settings = read_settings(operator.config("dev")["environment_variables"])
        assert (settings.actions, settings.slack_team) == (True, "T0SANDBOX")
        assert settings.convert_queue.endswith("/leadmatch-dev-convert.fifo")
        assert profiles(aws) == ["Sales", "Admin"]
        assert operator.types("--stage", "dev").code == 0  # what was named is not asked for again
        assert operator.types("--stage", "dev", "--actions", "off").code == 0
        after = operator.config("dev")["environment_variables"]
        assert after == before | {"LEADMATCH_ACTIONS": "off"}


def test_an_incoming_webhook_is_no_way_to_convert(operator: Operator, aws: OwnAws) -> None:
    """It takes no clicks; the stack is not made for it."""
    trial = SECRETS | {"slack": {"webhook_url": "https://hooks.slack.com/services/T0/B0/marker"}}
    lists = operator.folder / "lists.json"
    lists.write_text('{"converters": {"profiles": ["Sales"]}}')
    command = ("--stage", "dev", "--slack-channel", CHANNEL, "--secrets-file", operator.writes_secrets(trial))
    refused = operator.types(*command, "--actions", "on", "--lists", str(lists))
    assert (refused.code, "an incoming webhook takes no clicks" in refused.err) == (1, True), refused.err
    assert aws.client("cloudformation").describe_stacks()["Stacks"] == []


def profiles(aws: OwnAws) -> list[str]:
    """Return the profiles that stand in the table."""
    key = {"pk": {"S": "settings#stage"}}
    item = aws.client("dynamodb").get_item(TableName="leadmatch-dev-ledger", Key=key)["Item"]
    return [entry["S"] for entry in item["converters"]["M"]["profiles"]["L"]]
