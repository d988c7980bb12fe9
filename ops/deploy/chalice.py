"""Runs `chalice deploy` or `chalice delete` as its own program and passes on what it says.

Before a deploy is taken back, the operator sees what goes; afterwards, what is left.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import click

from ops.account import Account
from ops.cli import Console, confirm_by_typing
from ops.deploy.record import address_in, recover
from ops.errors import OpsError
from ops.functions import WEBHOOK_PATH
from ops.stage import Stage

PROGRAM = "import sys; from chalice.cli import main; sys.exit(main())"


def run(command: Literal["deploy", "delete"], folder: Path, account: Account, stage: str, console: Console) -> None:
    """Let Chalice do it to the stage; raise `OpsError` when it could not, after its own words were shown."""
    with subprocess.Popen(  # noqa: S603 - Chalice, in this Python
        [sys.executable, "-c", PROGRAM, command, "--stage", stage],
        cwd=folder,
        env=_environment(account),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            for line in running.stdout or ():
                console.line(line.rstrip())
        except KeyboardInterrupt:
            running.communicate()  # the terminal interrupts Chalice as well; what it is making may still come to be
            raise
    if running.returncode:
        raise OpsError(
            f"chalice {command} failed; its output is above.", "Fix the cause, then run the same command again."
        )


def _environment(account: Account) -> dict[str, str]:
    """Return the environment of Chalice: this account and region, no bytecode beside what it packs, and unbuffered output."""
    profile = account.session.profile_name
    chosen = {} if profile == "default" else {"AWS_PROFILE": profile}
    return (
        os.environ
        | chosen
        | {"AWS_DEFAULT_REGION": account.region, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    )


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
        confirm_by_typing(stage.name, on="delete it", undone="nothing was deleted")
    stage.console.step(f"Deleting the functions, address and schedule of stage {stage.name} in {stage.account.region}")
    run("delete", stage.project.folder, stage.account, stage.name, stage.console)
    left = stage.deployed_functions()
    if left:
        raise OpsError(
            f"Still in AWS: {', '.join(left)}. Chalice deletes what .chalice/deployed/{stage.name}.json names, and nothing else.",
            f"Write that file again first: python -m ops deploy --stage {stage.name} --delete --recover",
        )
    click.echo(f"The functions, address and schedule of stage {stage.name} are deleted.")
    stage.console.line(
        f"Queues, ledger and secrets still exist. To remove them: python -m ops provision --stage {stage.name} --destroy"
    )


def _recover(stage: Stage) -> None:
    """Write the record, but no empty one for a stage that has none: it would look like a deploy."""
    keeps = bool(stage.project.deployed(stage.name))
    found = recover(stage.project, stage.account, stage.name, even_if_empty=keeps)
    stage.console.good(f"found in AWS: {', '.join(found) or 'nothing'}")


def _tell_of_nothing(stage: Stage) -> None:
    where = f"{stage.account.region} of AWS account {stage.account.number}"
    if not stage.project.stage(stage.name):
        raise OpsError(
            f"Stage {stage.name} was never deployed from here, and nothing of it is in {where}.",
            "If you mean another stage, give its --stage and --region, or --profile.",
        )
    click.echo(f"Nothing of stage {stage.name} is deployed in {where}.")


def _tell_plan(stage: Stage, functions: list[str]) -> None:
    say = stage.console.line
    say(f"delete  the functions {', '.join(functions) or '(none is left)'}, and their connections to the queues")
    say("delete  the schedule of the sweep")
    address = address_in(stage.project, stage.name)
    say(f"delete  the address {address + WEBHOOK_PATH if address else 'of the webhook'}")
    say("keep    queues, ledger, secrets, alarms")
    stage.console.warn("From then on Zoho's calls fail, and a later deploy has another address.")
