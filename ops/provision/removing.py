"""A stage is removed: its stack, and only on demand the ledger and the secrets."""

from __future__ import annotations

from dataclasses import dataclass

from ops.failures import OpsError
from ops.provision.secret_store import RECOVERY_DAYS
from ops.provision.stage import Stage


@dataclass(frozen=True, slots=True)
class Removed:
    """What is gone and what stays, in words."""

    gone: tuple[str, ...]
    stays: tuple[str, ...]


def plan(stage: Stage, *, with_data: bool) -> Removed:
    """Say what would go and what would stay; raise `OpsError` while functions are deployed."""
    deployed = stage.deployed_functions()
    if deployed:
        raise OpsError(
            f"Stage {stage.name} is still deployed: {', '.join(deployed)}.",
            f"Remove the functions first: AWS_DEFAULT_REGION={stage.account.region} chalice delete --stage {stage.name}",
        )
    stack = (
        f"the stack {stage.stack.name} with its queues and every message in them, roles, logs and alarms",
        f"the stage's section of {stage.project.config_path.name}",
    )
    data = (
        f"the ledger {stage.ledger.name}",
        f"the secrets {stage.credentials.name} and {stage.zoho_token.name}",
    )
    return Removed((*stack, *data), ()) if with_data else Removed(stack, data)


def remove(stage: Stage, *, with_data: bool) -> None:
    """Do what `plan` said; what is gone already is passed over."""
    stage.console.step(f"Stack {stage.stack.name}")
    stage.console.good("removed" if stage.stack.delete() else "there was none")
    if with_data:
        _remove_data(stage)
    stage.project.write_stage(stage.name, None)


def _remove_data(stage: Stage) -> None:
    stage.console.step("Data")
    if stage.ledger.delete():
        stage.console.good(f"deleted {stage.ledger.name} (AWS keeps its last state for 35 days, as a system backup)")
    for store in (stage.credentials, stage.zoho_token):
        if store.schedule_deletion():
            stage.console.good(f"{store.name} is deleted in {RECOVERY_DAYS} days; provision brings it back until then")
