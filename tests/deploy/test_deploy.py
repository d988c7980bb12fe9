"""A stage from its first deploy to its removal, by the operator's command and by Chalice's own."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.deploy.account import AwsAccount
from tests.deploy.clones import Clone
from tests.deploy.stages import provision
from tests.gate import held
from tests.waiting import SECONDS

pytestmark = pytest.mark.usefixtures("packed_before")
FUNCTIONS = [
    "leadmatch-dev",
    *("leadmatch-dev-check", "leadmatch-dev-convert", "leadmatch-dev-notify"),
    *("leadmatch-dev-refresh", "leadmatch-dev-sweep"),
]
MAPPINGS = [
    "leadmatch-dev-convert.fifo -> leadmatch-dev-convert",
    "leadmatch-dev-inbox.fifo -> leadmatch-dev-check",
    "leadmatch-dev-slack.fifo -> leadmatch-dev-notify",
    "leadmatch-dev-tokens.fifo -> leadmatch-dev-refresh",
]
NOTHING = {"functions": [], "mappings": [], "rules": [], "apis": []}


def deployed(account: AwsAccount) -> dict[str, list[str]]:
    """Return what a deploy makes; the stack's own things are not among it."""
    return {kind: names for kind, names in account.inventory().items() if kind in NOTHING}


def test_a_stage_is_deployed_again_and_removed(account: AwsAccount, clone: Clone) -> None:
    """The second deploy doubles nothing, and a delete leaves what provision made and nothing else."""
    provision(account, clone, "dev")
    before = account.inventory()
    first = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert first.returncode == 0, first.stderr
    made = deployed(account)
    assert (made["functions"], made["mappings"], made["rules"]) == (FUNCTIONS, MAPPINGS, ["leadmatch-dev-sweep-event"])
    (api,) = made["apis"]
    assert first.stdout == f"https://{api}.execute-api.us-east-1.amazonaws.com/api/zoho/leads\n"
    assert "These addresses are NEW" in first.stderr
    assert "python -m ops check --stage dev" in first.stderr
    assert ".chalice/deployed/dev.json" in first.stderr

    again = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert again.stdout == first.stdout
    assert "NEW" not in again.stderr
    assert deployed(account) == made

    unasked = clone.ops("deploy", "--stage", "dev", "--delete", aws=account.environment())
    assert (unasked.returncode, "Give --yes to delete it" in unasked.stderr) == (1, True)
    assert f"delete  the address {first.stdout}" in unasked.stderr
    assert "From then on Zoho's calls fail, and a later deploy has another address." in unasked.stderr
    assert deployed(account) == made

    assert clone.chalice("delete", "--stage", "dev", aws=account.environment()).returncode == 0
    assert account.inventory() == before


def test_a_deploy_is_taken_back_in_the_stages_own_region(account: AwsAccount, clone: Clone) -> None:
    """Whatever region the shell names, and without Chalice's record; what provision made stays."""
    provision(account, clone, "dev")
    before = account.inventory()
    assert clone.ops("deploy", "--stage", "dev", aws=account.environment()).returncode == 0
    elsewhere = account.environment() | {"AWS_DEFAULT_REGION": "eu-west-1"}
    clone.record("dev").write_text('{"resources": [], "schema_version": "2.0", "backend": "api"}')
    refused = clone.ops("provision", "--stage", "dev", "--destroy", "--yes", aws=elsewhere)
    assert "deploy --stage dev --delete --recover\n" in refused.stderr
    nothing_done = clone.ops("deploy", "--stage", "dev", "--delete", "--yes", aws=elsewhere)
    assert (nothing_done.returncode, "Still in AWS: leadmatch-dev," in nothing_done.stderr) == (1, True)
    done = clone.ops("deploy", "--stage", "dev", "--delete", "--recover", "--yes", aws=elsewhere)
    assert done.returncode == 0, done.stderr
    assert account.inventory() == before
    assert clone.ops("deploy", "--stage", "dev", "--delete", "--yes", aws=elsewhere).returncode == 0


def test_a_stage_leaves_nothing_behind(account: AwsAccount, clone: Clone) -> None:
    """From an empty account to a running stage and back to an empty account: four commands of ours.

    Each in a Python of its own, which has the clone alone, as an operator's has.
    """
    empty, aws = account.inventory(), account.environment()
    provision(account, clone, "dev", types=Clone.starts)
    assert clone.starts("deploy", "--stage", "dev", aws=aws).returncode == 0
    deleted = clone.starts("deploy", "--stage", "dev", "--delete", "--yes", aws=aws)
    assert deleted.returncode == 0, deleted.stderr
    gone = clone.starts("provision", "--stage", "dev", "--destroy", "--with-data", "--yes", aws=aws)
    assert gone.returncode == 0, gone.stderr
    assert account.inventory() == empty


def test_chalices_own_command_does_the_same(account: AwsAccount, clone: Clone) -> None:
    """Whoever types `chalice deploy` gets the same functions with the same code, before and after ours."""
    provision(account, clone, "dev")
    typed = clone.chalice("deploy", "--stage", "dev", aws=account.environment())
    assert typed.returncode == 0, typed.stderr
    made, code = deployed(account), account.code("leadmatch-dev-check")
    assert made["functions"] == FUNCTIONS
    assert clone.ops("deploy", "--stage", "dev", aws=account.environment()).returncode == 0
    assert deployed(account) == made
    assert len({account.code(name) for name in FUNCTIONS}) == 1
    assert code


def test_what_was_looked_through_is_what_ships(account: AwsAccount, clone: Clone) -> None:
    """Chalice takes the package that we built, and makes no other."""
    provision(account, clone, "dev")
    clone.ops("deploy", "--stage", "dev", aws=account.environment())
    (package,) = (clone.folder / ".chalice/deployments").glob("*.zip")
    assert account.code("leadmatch-dev") == package.read_bytes()
    assert list((clone.folder / "chalicelib").rglob("__pycache__")) == []


def test_each_function_gets_its_own_role(account: AwsAccount, clone: Clone) -> None:
    """Chalice makes no role, and gives none to the wrong function."""
    outputs = provision(account, clone, "dev")
    clone.ops("deploy", "--stage", "dev", aws=account.environment())
    functions = account.client("lambda").list_functions()["Functions"]
    assert {one["FunctionName"]: one["Role"] for one in functions} == {
        "leadmatch-dev": outputs["ApiRoleArn"],
        "leadmatch-dev-check": outputs["CheckRoleArn"],
        "leadmatch-dev-notify": outputs["NotifyRoleArn"],
        "leadmatch-dev-convert": outputs["ConvertRoleArn"],
        "leadmatch-dev-refresh": outputs["RefreshRoleArn"],
        "leadmatch-dev-sweep": outputs["SweepRoleArn"],
    }


def test_two_stages_never_touch_each_others_queues(account: AwsAccount, clone: Clone) -> None:
    """Every function of a stage reads and knows its own stage's queues, table and secrets only."""
    for stage in ("one", "two"):
        provision(account, clone, stage)
        assert clone.ops("deploy", "--stage", stage, aws=account.environment()).returncode == 0
    for stage, other in (("one", "two"), ("two", "one")):
        own = [
            one
            for one in account.client("lambda").list_functions()["Functions"]
            if one["FunctionName"].startswith(f"leadmatch-{stage}")
        ]
        assert len(own) == 6
        assert all(f"leadmatch-{other}" not in json.dumps(one["Environment"]) for one in own)
        assert all(f"leadmatch-{stage}-" in one["Environment"]["Variables"]["LEADMATCH_INBOX_QUEUE"] for one in own)
        mappings = [text for text in deployed(account)["mappings"] if f"-> leadmatch-{stage}-" in text]
        assert len(mappings) == 4
        assert all(text.startswith(f"leadmatch-{stage}-") for text in mappings)
    assert len(deployed(account)["apis"]) == 2


def test_removing_one_stage_leaves_the_other(account: AwsAccount, clone: Clone) -> None:
    """Their APIs have the same name, but the record tells them apart."""
    for stage in ("dev", "prod"):
        provision(account, clone, stage)
        clone.ops("deploy", "--stage", stage, aws=account.environment())
    clone.chalice("delete", "--stage", "prod", aws=account.environment())
    left = deployed(account)
    assert (left["functions"], left["mappings"], len(left["apis"])) == (FUNCTIONS, MAPPINGS, 1)


def test_a_stage_that_was_not_provisioned_is_refused(account: AwsAccount, clone: Clone) -> None:
    """Nothing is made, nothing is even asked, and the sentence names the command that comes first."""
    before = account.inventory()
    done = clone.ops("deploy", "--stage", "qa", aws=account.environment())
    assert done.returncode == 1
    assert "Stage qa is not provisioned: .chalice/config.json has no stage." in done.stderr
    assert "python -m ops provision --stage qa" in done.stderr
    assert account.inventory() == before


def test_a_stage_that_was_never_deployed_is_not_deleted(account: AwsAccount, clone: Clone) -> None:
    """And no record is written that would look like a deploy."""
    unknown = clone.ops("deploy", "--stage", "qa", "--delete", "--recover", "--yes", aws=account.environment())
    assert (unknown.returncode, "Stage qa was never deployed from here" in unknown.stderr) == (1, True), unknown.stderr
    assert not clone.record("qa").exists()
    provision(account, clone, "dev")
    nothing = clone.ops("deploy", "--stage", "dev", "--delete", aws=account.environment())
    assert (nothing.returncode, "Nothing of stage dev is deployed in us-east-1" in nothing.stdout) == (0, True)


def test_a_removed_stage_is_called_removed(account: AwsAccount, clone: Clone) -> None:
    """Not by the eleven names that its section lacks."""
    provision(account, clone, "dev")
    gone = clone.ops("provision", "--stage", "dev", "--destroy", "--yes", aws=account.environment())
    assert gone.returncode == 0, gone.stderr
    done = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert (done.returncode, "has only its region (the stage was removed and its data was kept" in done.stderr) == (
        1,
        True,
    )


def test_chalices_own_command_refuses_it_too(account: AwsAccount, clone: Clone) -> None:
    """Nothing is made, and Chalice's error names the command that comes first; nobody has to know of ours."""
    before = account.inventory()
    typed = clone.chalice("deploy", "--stage", "qa", aws=account.environment())
    assert typed.returncode != 0
    assert "NOT PROVISIONED - first run: python -m ops provision --stage NAME" in typed.stderr
    assert account.inventory() == before
    assert not clone.record("qa").exists()


def test_a_stage_whose_stack_is_gone_is_refused(account: AwsAccount, clone: Clone) -> None:
    """config.json may remember what another account or another day had."""
    provision(account, clone, "dev")
    account.client("cloudformation").delete_stack(StackName="leadmatch-dev")
    done = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert done.returncode == 1
    assert "Stack leadmatch-dev does not exist" in done.stderr
    assert deployed(account) == NOTHING


def test_a_lost_record_stops_the_deploy(account: AwsAccount, clone: Clone) -> None:
    """Chalice would make a second API with another address; the record can be written anew, and the address stays."""
    provision(account, clone, "dev")
    first = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    made, record = deployed(account), json.loads(clone.record("dev").read_text())
    clone.record("dev").unlink()
    refused = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert refused.returncode == 1
    assert "--recover" in refused.stderr
    assert deployed(account) == made
    again = clone.ops("deploy", "--stage", "dev", "--recover", aws=account.environment())
    assert again.stdout == first.stdout, again.stderr
    assert deployed(account) == made
    assert json.loads(clone.record("dev").read_text()) == record


def test_a_record_is_recovered_for_its_own_stage_only(account: AwsAccount, clone: Clone) -> None:
    """With two stages in one account the other one's API, functions and mappings stay out of it."""
    for stage in ("dev", "dev-2"):
        provision(account, clone, stage)
        clone.ops("deploy", "--stage", stage, aws=account.environment())
    record = json.loads(clone.record("dev").read_text())
    clone.record("dev").unlink()
    clone.ops("deploy", "--stage", "dev", "--recover", aws=account.environment())
    assert json.loads(clone.record("dev").read_text()) == record


def test_a_first_deploy_that_fails_half_way_goes_on_from_there(account: AwsAccount, clone: Clone) -> None:
    """What was made is noted, although Chalice notes nothing, and Chalice's own words are shown."""
    account.refuse_apis()
    provision(account, clone, "dev")
    failed = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert failed.returncode == 1
    assert "chalice deploy failed" in failed.stderr
    noted = {one["name"] for one in json.loads(clone.record("dev").read_text())["resources"]}
    assert {"check", "notify", "check-sqs-event-source", "notify-sqs-event-source"} <= noted
    made = deployed(account)
    clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert deployed(account)["mappings"] == made["mappings"] == MAPPINGS
    assert clone.chalice("delete", "--stage", "dev", aws=account.environment()).returncode == 0
    assert deployed(account) == NOTHING | {"apis": made["apis"]}


def test_a_first_deploy_that_was_interrupted_goes_on_from_there(account: AwsAccount, clone: Clone) -> None:
    """Ctrl-C reaches Chalice too, which notes nothing: what it had made is noted, and made only once."""
    provision(account, clone, "dev")
    with (
        held(account.url, "apigateway:POST") as await_held,
        clone.begins("deploy", "--stage", "dev", aws=account.environment()) as running,
    ):
        await_held()
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=SECONDS)
    assert running.returncode == 1
    assert "created so far and recorded" in said
    assert said.endswith("Stopped. Completed steps are kept; run the same command again to continue.\n")
    noted = {one["name"] for one in json.loads(clone.record("dev").read_text())["resources"]}
    assert ("check" in noted, "rest_api" in noted) == (True, False)
    again = clone.ops("deploy", "--stage", "dev", aws=account.environment())
    assert again.returncode == 0, again.stderr
    assert (deployed(account)["functions"], deployed(account)["mappings"]) == (FUNCTIONS, MAPPINGS)
