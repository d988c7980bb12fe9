"""`python -m ops check`: what is looked at, in which order."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import click

from ops.check import acting, deployment, queues, slack, webhook, zoho
from ops.check.lead import Journey
from ops.check.probe import Probe, run
from ops.check.report import Report, as_json, is_ok
from ops.check.stage import open_stage
from ops.cli import checked_lead_id, stage_option
from ops.config_checks import require_own_names
from ops.timing import FOLLOW_LONGEST_SECONDS, FOLLOW_SECONDS


@click.command("check")
@stage_option("The stage, such as dev or prod.")
@click.option(
    "--lead",
    "lead_id",
    default="",
    callback=checked_lead_id,
    help="Id of an unconverted lead to send from the webhook to Slack.",
)
@click.option(
    "--wait",
    "wait_seconds",
    type=click.IntRange(1, FOLLOW_LONGEST_SECONDS),
    default=FOLLOW_SECONDS,
    show_default=True,
    help="For how many seconds to follow the lead.",
)
@click.option("--region", help="AWS region; only needed while the stage is not provisioned.")
@click.option("--profile", help="AWS profile.")
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object on stdout at the end.")
def check(stage: str, lead_id: str, wait_seconds: int, **options: Any) -> None:
    """See whether a deployed stage works, and if not, what to do.

    Looks at Zoho, Slack, converting from Slack if it is on, what was deployed, the queues and the webhook, and queues nothing unless --lead names a lead.
    A line that it posts to Slack is deleted again (in the trial mode it stays). Exit code 0: all that ran is ok,
    1: something failed, 2: wrong usage.
    """
    deployed = open_stage(stage, profile=options["profile"], region=options["region"])
    require_own_names(deployed.project, stage, then=f", then: python -m ops deploy --stage {stage}")
    report, journey = Report(for_a_program=options["as_object"]), Journey(lead_id, wait_seconds)
    account, region = deployed.account.number, deployed.account.region
    click.echo(f"leadmatch check: stage {stage}, AWS account {account}, {region}\n", err=True)
    results = list(run(_probes(lead_id, journey), deployed, observer=report, clock=time.monotonic))
    report.sums_up(results, stage)
    if options["as_object"]:
        as_json(results, stage=stage, account=account, region=region)
    raise SystemExit(0 if is_ok(results) else 1)


def _probes(lead_id: str, journey: Journey) -> tuple[Probe, ...]:
    return (
        Probe("Zoho", "token, scopes, what the authorising user may see", partial(zoho.look, lead_id=lead_id)),
        Probe("Slack", "token, scopes, both channels and those of the routes", slack.look),
        Probe("Acting", "who may convert leads from Slack, and whether they can", acting.look),
        Probe("Upkeep", "deployed settings, who gets the alarms", deployment.look),
        Probe("Queues", "eight queues, who reads them, how many messages they hold", queues.look),
        Probe("Webhook", "the deployed address, with a key and without", webhook.look),
        Probe("One lead", "from the webhook to Slack", journey.look, journey.hindrance),
    )
