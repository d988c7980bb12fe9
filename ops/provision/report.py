"""What an operator is told at the end, in words or as one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from chalicelib.webhook.auth import KEY_HEADER
from ops.alarms import ASK_FOR_MAIL, CONFIRM, LOST, NAME_SOMEBODY, NOBODY
from ops.provision.destroy import Removed
from ops.provision.provision import ProvisionResult
from ops.provision.webhook_keys import Keys, deluge_key
from ops.stage import Stage
from ops.timing import SECRET_RECOVERY_DAYS


def in_words(stage: Stage, result: ProvisionResult, *, seconds: float) -> None:
    """Say that it is done and what comes next."""
    click.echo(f"\nStage {stage.name} is provisioned ({seconds:.0f} s). .chalice/config.json has its settings.")
    if result.outputs.get("DashboardUrl"):
        click.echo(f"Dashboard: {result.outputs['DashboardUrl']}")
    alarms(stage, result)
    if result.key_takes_over:
        stage.console.warn(_put_into_zoho(stage))
    click.echo("The functions use new settings only after a deploy. Next:")
    click.echo(f"  python -m ops deploy --stage {stage.name}")
    click.echo(f"  python -m ops check --stage {stage.name}")


def _put_into_zoho(stage: Stage) -> str:
    return (
        "The webhook key has changed. Put the new key into Zoho's webhook: "
        f"python -m ops provision --stage {stage.name} --show-key"
    )


def alarms(stage: Stage, result: ProvisionResult) -> None:
    """Say who gets the alarms, or that nobody does: the documented first run names nobody."""
    found = result.subscribers
    if found.confirmed:
        click.echo(f"Alarms go to {', '.join(found.confirmed)}.")
    for address in found.pending:
        click.echo(f"Alarms go to {address} only after this: {CONFIRM}.")
    for address in found.lost:
        stage.console.warn(LOST.format(address=address))
        for line in ASK_FOR_MAIL.format(stage=stage.name, address=address).splitlines():
            stage.console.line(line)
    if not found.confirmed + found.pending + found.lost:
        stage.console.warn(f"{NOBODY} {NAME_SOMEBODY.format(stage=stage.name)}")


def way_back(stage: Stage, *, with_data: bool) -> None:
    """Say where a later stage of this name finds what is left; config.json forgets the region with the data."""
    if with_data:
        click.echo(
            f"The secrets can be restored for {SECRET_RECOVERY_DAYS} days, only in {stage.account.region}: "
            f"python -m ops provision --stage {stage.name} --region {stage.account.region}"
        )


def key(value: str) -> None:
    """Show the webhook's key with what to do with it."""
    header = "-".join(part.capitalize() for part in KEY_HEADER.split("-"))
    click.echo("\nThe webhook key. Zoho's webhook sends it in this header; docs/zoho.md shows where.")
    click.echo(f"  {header}: {value}")
    if text := deluge_key(value):
        click.echo('A Deluge function that signs (docs/zoho.md, "Other ways to call") uses the same key as this text:')
        click.echo(f"  {text}")
    else:
        click.echo(
            "A Deluge function cannot sign with this key, because its bytes cannot be typed; --rotate-key creates a key that it can use."
        )


def as_json(stage: Stage, result: ProvisionResult, *, seconds: float, with_key: bool) -> None:
    """Say the same for programs; the key only when it was asked for."""
    said = _where(stage) | {
        "outputs": dict(result.outputs),
        "secrets": dict(result.secrets),
        "warnings": [*result.warnings, *([_put_into_zoho(stage)] if result.key_takes_over else [])],
        "alarms": asdict(result.subscribers),
        "webhook_key_is_unseen": result.key_is_unseen,
        "seconds": round(seconds, 1),
    }
    click.echo(json.dumps(said | (_shown(result.current_key) if with_key else {})))


def keys_as_json(stage: Stage, keys: Keys, *, with_key: bool) -> None:
    """Say for programs how many keys are live; the current one only when it was asked for."""
    said = _where(stage) | {"live_webhook_keys": len(keys)}
    click.echo(json.dumps(said | (_shown(keys[0]) if with_key else {})))


def _shown(key: str) -> dict[str, str]:
    return {"webhook_key": key, "deluge_key": deluge_key(key)}


def plan(removed: Removed) -> None:
    """Say what goes and what stays."""
    for thing in removed.gone:
        click.echo(f"  delete  {thing}", err=True)
    for thing in removed.stays:
        click.echo(f"  keep    {thing}", err=True)


def removed_as_json(stage: Stage, removed: Removed) -> None:
    """Say for programs what is gone."""
    click.echo(json.dumps(_where(stage) | {"gone": list(removed.gone), "stays": list(removed.stays)}))


def _where(stage: Stage) -> dict[str, object]:
    return {
        "stage": stage.name,
        "region": stage.account.region,
        "account": stage.account.number,
        "stack": stage.stack.name,
    }
