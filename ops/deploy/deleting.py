"""A deploy is taken back: `chalice delete`, in the stage's own region, and a look at what is left."""

from __future__ import annotations

import click

from ops.cli import insist
from ops.deploy import chalice
from ops.deploy.record import address_in, recover
from ops.errors import OpsError
from ops.functions import WEBHOOK_PATH
from ops.provision.stage import Stage


def delete(stage: Stage, *, from_aws: bool, asks: bool) -> None:
    """Delete what Chalice made of the stage; its queues, ledger and secrets stay. Raise `OpsError` if functions stay.

    `from_aws` writes Chalice's record anew before, from what AWS has; `asks` lets a person say the stage's name.
    """
    if from_aws:
        _recover(stage)
    functions = stage.deployed_functions()
    if not functions and not stage.project.deployed(stage.name):
        _tell_of_nothing(stage)
        return
    _tell_plan(stage, functions)
    if asks:
        insist(stage.name, on="delete it", undone="nothing was deleted")
    stage.console.step(f"Deleting what was deployed of stage {stage.name} from {stage.account.region}")
    chalice.run("delete", stage.project.folder, stage.account, stage.name, stage.console)
    left = stage.deployed_functions()
    if left:
        raise OpsError(
            f"Still there: {', '.join(left)}. Chalice deletes what .chalice/deployed/{stage.name}.json names, and no more.",
            f"Have that written anew first: python -m ops deploy --stage {stage.name} --delete --recover",
        )
    click.echo(f"Nothing of stage {stage.name} is deployed any more.")
    stage.console.line(f"Queues, ledger and secrets stay until: python -m ops provision --stage {stage.name} --destroy")


def _recover(stage: Stage) -> None:
    """Write the record, but no empty one for a stage that has none: it would look like a deploy."""
    keeps = bool(stage.project.deployed(stage.name))
    found = recover(stage.project, stage.account, stage.name, even_if_empty=keeps)
    stage.console.good(f"found in AWS: {', '.join(found) or 'nothing'}")


def _tell_of_nothing(stage: Stage) -> None:
    where = f"{stage.account.region} of AWS account {stage.account.number}"
    if not stage.project.stage(stage.name):
        raise OpsError(
            f"Stage {stage.name} was never deployed here, and nothing of it stands in {where}.",
            "Is it another one? Give its --stage and --region, or --profile.",
        )
    click.echo(f"Nothing of stage {stage.name} is deployed in {where}.")


def _tell_plan(stage: Stage, functions: list[str]) -> None:
    say = stage.console.line
    say(f"goes   the functions {', '.join(functions) or '(none is left)'}, and what lets them read their queues")
    say("goes   the schedule of the sweep")
    address = address_in(stage.project, stage.name)
    say(f"goes   the address {address + WEBHOOK_PATH if address else 'of the webhook'}")
    say("stays  queues, ledger, secrets, alarms")
    stage.console.warn("Zoho's calls fail from now on, and a later deploy has another address.")
