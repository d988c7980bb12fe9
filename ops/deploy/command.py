"""`python -m ops deploy`: look, package, deploy, say where the webhook is; or take it back."""

from __future__ import annotations

from pathlib import Path

import click

from ops import functions
from ops.account import Account, open_account
from ops.cli import Console, stage_option, unasked_terminal
from ops.config import Project
from ops.deploy import chalice
from ops.deploy.chalice import delete as delete_stage
from ops.deploy.preflight import require_record, require_settings, require_stack
from ops.deploy.record import address_in
from ops.deploy.record import recover as write_record
from ops.errors import OpsError
from ops.functions import ACTIONS_PATH, WEBHOOK_PATH
from ops.stage import Stage


@click.command()
@stage_option("The stage to deploy.")
@click.option("--profile", help="The AWS profile to use.")
@click.option("--region", help="The stage's region; only needed while the stage is not provisioned.")
@click.option("--recover", is_flag=True, help="First write .chalice/deployed/<stage>.json again from what is in AWS.")
@click.option(
    "--delete", is_flag=True, help="Delete functions, address and schedule instead; keep the rest of the stage."
)
@click.option("--yes", is_flag=True, help="With --delete: do not ask for confirmation.")
def deploy(stage: str, profile: str | None, region: str | None, *, recover: bool, delete: bool, yes: bool) -> None:
    """Deploy a provisioned stage with `chalice deploy`, or delete what was deployed; safe to run again."""
    project, console = Project(Path.cwd()), Console()
    if not delete:
        require_settings(project, stage)
    account = open_account(project, stage, profile=profile, region=region)
    if not delete:
        require_stack(account, stage)
    if delete:
        delete_stage(Stage(stage, project, account, console), from_aws=recover, asks=not yes)
        return
    if recover:
        console.good(f"found in AWS: {', '.join(write_record(project, account, stage)) or 'nothing'}")
    require_record(Stage(stage, project, account, console))
    before = _api_ids(project, stage)
    _package(project, stage, console)
    console.step(f"Deploying stage {stage} to {account.region}")
    _deploy(project, account, stage, console)
    _tell(project, stage, console, is_new=before != _api_ids(project, stage))


def _api_ids(project: Project, stage: str) -> list[str]:
    return [one.fields["rest_api_id"] for one in project.deployed(stage) if one.kind == "rest_api"]


def _package(project: Project, stage: str, console: Console) -> None:
    with unasked_terminal():  # here and not above: what needs no Chalice begins without it
        from ops.package.build import build

    console.step("Building the package")
    built = build(project.folder, stage)
    functions.warn_of_runtime(console.warn, built.python)
    console.good(f"{built.contents.zipped_bytes:,} bytes, {len(built.contents.files)} files")
    console.good(f"sha256:{built.contents.digest}")


def _deploy(project: Project, account: Account, stage: str, console: Console) -> None:
    """Run Chalice, and note what a first deploy made before it failed, so that the next one goes on from there."""
    try:
        chalice.run("deploy", project.folder, account, stage, console)
    except (OpsError, KeyboardInterrupt):
        if not project.deployed(stage):
            console.warn(
                f"created so far and recorded: {', '.join(write_record(project, account, stage)) or 'nothing'}"
            )
        raise


def _tell(project: Project, stage: str, console: Console, *, is_new: bool) -> None:
    console.step("Deployed")
    console.line("The address for Zoho's webhook:")
    base = address_in(project, stage)
    click.echo(base + WEBHOOK_PATH)
    console.line(f"The Request URL for the Slack app's Interactivity & Shortcuts: {base}{ACTIONS_PATH}")
    if is_new:
        console.warn(
            "These addresses are NEW. No lead arrives until you put the first one into Zoho's webhook (docs/zoho.md, part 3),"
            " and Slack shows a warning beside clicked buttons until you put the second one into its app (docs/slack.md)."
        )
    console.line(f"Commit .chalice/config.json and .chalice/deployed/{stage}.json: the next deploy needs both.")
    console.line(f"Check that it works: python -m ops check --stage {stage}")
