"""`python -m ops replay`: what is asked for, and what is said about it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from chalicelib.aws.queues import DeadLetters, Queue, dead_letter_url
from chalicelib.errors import AwsUnavailable
from chalicelib.settings import queue_url
from ops.account import open_account
from ops.cli import checked_lead_id, stage_option
from ops.config import Project
from ops.config_checks import require_own_names
from ops.errors import OpsError
from ops.remedies import NEVER_AGAIN
from ops.replay.redrive import Seen, move, of_lead, of_notice, once_shown

QUEUES = {"inbox": of_lead, "slack": of_notice}
NOT_REPLAYED = "convert"


@click.command("replay")
@stage_option("The stage whose dead letters to replay.")
@click.option(
    "--queue",
    "queues",
    type=click.Choice([*QUEUES, NOT_REPLAYED]),
    multiple=True,
    help="Only leads (inbox), or only Slack notices (slack); by default both. Clicks (convert) are refused.",
)
@click.option("--lead", "lead_id", callback=checked_lead_id, help="Only dead letters about the lead with this id.")
@click.option("--dry-run", is_flag=True, help="Only show what there is.")
@click.option("--region", help="The AWS region; by default the stage's.")
@click.option("--profile", help="The AWS profile; by default the one that is set.")
def replay(
    *, stage: str, queues: tuple[str, ...], lead_id: str | None, dry_run: bool, region: str | None, profile: str | None
) -> None:
    """Put dead letters back to work, once what stopped them is mended.

    Leads that were given up are asked for anew in Zoho, and their Slack messages become right.
    """
    if NOT_REPLAYED in queues:
        raise _never_again(stage)
    project = Project(Path.cwd())
    environment = project.environment(stage)
    urls = {name: queue_url(name, environment) for name in queues or QUEUES}
    if not all(urls.values()):
        raise project.not_provisioned(stage)
    account = open_account(project, stage, profile=profile, region=region)
    require_own_names(project, stage)
    sqs = account.session.client("sqs")
    for name, url in urls.items():
        try:
            dead, live = DeadLetters(sqs, dead_letter_url(url)), Queue(sqs, url)
            look = partial(move, dead, live, QUEUES[name], lead_id=lead_id, dry_run=dry_run)
            seen = once_shown(look, dead, say=partial(_say_hidden, name))
        except AwsUnavailable as error:
            raise _refused(error) from None
        click.echo(_told(name, seen, dry_run=dry_run))
        if dry_run:
            for subject, count in seen.subjects.most_common():
                click.echo(f"  {subject}{f' ({count} times)' if count > 1 else ''}")


def _never_again(stage: str) -> OpsError:
    return OpsError(
        "Dead letters of convert are not replayed, and nothing was moved.",
        f"{NEVER_AGAIN} `python -m ops check --stage {stage}` says how to remove the messages.",
    )


def _say_hidden(name: str, hidden: int) -> None:
    click.echo(
        f"{name}: another process, perhaps the sweep, is reading about {hidden}; waiting a minute for them", err=True
    )


def _told(name: str, seen: Seen, *, dry_run: bool) -> str:
    total, stays = seen.reasons.total(), _told_of_foreign(seen.foreign)
    if seen.hidden:
        return f"{name}: about {seen.hidden} are still being read by another process, nothing moved; run it again in ten minutes"
    if not total or seen.oldest_at is None:
        return f"{name}: no dead letters{stays}"
    reasons = ", ".join(f"{reason} {count}" for reason, count in seen.reasons.most_common())
    done = "nothing moved (dry run)" if dry_run else f"{seen.moved} replayed"
    return f"{name}: {total} since {seen.oldest_at:%Y-%m-%d %H:%M} UTC ({reasons}); {done}{stays}"


def _told_of_foreign(count: int) -> str:
    if count == 1:
        return "; 1 message is not from leadmatch and stays: look at it in the SQS console and delete it there"
    said = "messages are not from leadmatch and stay: look at them in the SQS console and delete them there"
    return f"; {count} {said}" if count else ""


def _refused(error: AwsUnavailable) -> OpsError:
    return OpsError(
        str(error),
        "These credentials need sqs:ReceiveMessage, GetQueueAttributes, DeleteMessage and ChangeMessageVisibility on the dead-letter queues "
        "and SendMessage on the others. Then run it again; it is safe.",
    )
