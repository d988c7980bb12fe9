"""A deploy is taken back: `chalice delete`, in the stage's own region, and a look at what is left."""

from __future__ import annotations

import click

from ops.deploy import chalice
from ops.failures import OpsError
from ops.provision.stage import Stage


def delete(stage: Stage) -> None:
    """Delete what Chalice made of the stage; its queues, ledger and secrets stay. Raise `OpsError` if functions stay."""
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
