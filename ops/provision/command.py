"""`python -m ops provision`: which of its tasks is done, and what is said before and after."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from ops import function_log, functions
from ops.account import open_account
from ops.cli import Console, confirm_by_typing, is_interactive
from ops.config import Project
from ops.functions import API, function_name
from ops.provision import report, webhook_keys
from ops.provision.destroy import plan, remove
from ops.provision.options import Given, options
from ops.provision.prompts import asker
from ops.provision.provision import ProvisionRequest, make
from ops.stage import Stage


@click.command("provision")
@options
def provision(**given: Any) -> None:
    """Make what a stage needs in AWS, bring it up to date, or remove it.

    \b
    Examples:
      python -m ops provision --stage dev --region eu-west-1 --slack-channel C0123456789
      python -m ops provision --stage dev --show-key
      python -m ops provision --stage dev --rotate-key
      python -m ops provision --stage dev --destroy
    """  # noqa: D301 - click's mark for lines that stay as they are
    typed = Given(**given)
    project, console = Project(Path.cwd()), Console()
    account = open_account(project, typed.stage, profile=typed.profile, region=typed.region)
    console.line(f"Stage {typed.stage}, AWS account {account.number}, region {account.region}")
    stage = Stage(typed.stage, project, account, console)
    if typed.destroy:
        _remove(stage, typed)
    elif typed.changes_key:
        _change_key(stage, typed)
    elif typed.only_shows_key:
        _show_stored_key(stage, typed)
    else:
        _make(stage, typed)


def _make(stage: Stage, typed: Given) -> None:
    began = time.monotonic()
    functions.warn_of_runtime(stage.console.warn, functions.this_runtime())
    first = not stage.project.is_provisioned(stage.name)
    if first and is_interactive() and not typed.yes:
        where = f"AWS account {stage.account.number}, {stage.account.region}"
        click.confirm(f"Create stage {stage.name} in {where}?", default=True, abort=True, err=True)
    request = ProvisionRequest(
        typed.settings,
        typed.alarm_email,
        typed.matches_dead_letters,
        typed.secrets_file,
        typed.replace,
        lists_file=typed.lists,
        is_sure=typed.yes,
    )
    result = make(stage, request, asker=asker(stage.console, has_file=typed.secrets_file is not None))
    if typed.as_json:
        report.as_json(stage, result, seconds=time.monotonic() - began, with_key=typed.show_key)
    else:
        report.in_words(stage, result, seconds=time.monotonic() - began)
        happened = "was created" if result.key_is_new else "already existed and stays"
        _show_key(result.current_key, happened if result.key_is_unseen else "", asked=typed.show_key)


def _change_key(stage: Stage, typed: Given) -> None:
    if not typed.rotate_key and webhook_keys.is_under_way(stage):
        _make_sure(stage, typed)
    change = webhook_keys.rotate if typed.rotate_key else webhook_keys.retire if typed.retire_key else webhook_keys.undo
    keys = change(stage)
    if typed.as_json:
        report.keys_as_json(stage, keys, with_key=typed.show_key)
    else:
        _show_key(keys[0], "was created" if typed.rotate_key else "", asked=typed.show_key)


def _make_sure(stage: Stage, typed: Given) -> None:
    """Let the operator look whether Zoho sends the key that stays: without it every lead would be refused."""
    log_group = f"/aws/lambda/{function_name(stage.name, API)}"
    function_log.tell_key_use(
        stage.console,
        stage.account.session.client("logs"),
        log_group,
        goes="previous" if typed.retire_key else "current",
    )
    sent, change = ("new", "retire the old one") if typed.retire_key else ("old", "remove the new one")
    stage.console.line(f"Zoho must already send the {sent} key.")
    if not typed.yes:
        confirm_by_typing(stage.name, on=change, undone="both keys stay")


def _show_stored_key(stage: Stage, typed: Given) -> None:
    """Show what is stored, and change nothing."""
    keys = webhook_keys.stored(stage).webhook_keys
    if typed.as_json:
        report.keys_as_json(stage, keys, with_key=True)
    else:
        report.key(keys[0])


def _show_key(key: str, happened: str, *, asked: bool) -> None:
    """Show a key to which something happened on a terminal, where only its operator sees it, or any when asked to."""
    if asked or (happened and is_interactive()):
        report.key(key)
    elif happened:
        click.echo(f"A webhook key {happened}. Show it with --show-key.", err=True)


def _remove(stage: Stage, typed: Given) -> None:
    planned = plan(stage, with_data=typed.with_data)
    report.plan(planned)
    if not typed.yes:
        confirm_by_typing(stage.name, on="remove it", undone="nothing was removed")
    remove(stage, with_data=typed.with_data)
    if typed.as_json:
        report.removed_as_json(stage, planned)
    else:
        click.echo(f"Stage {stage.name} is removed.")
        report.way_back(stage, with_data=typed.with_data)
