"""The options of `python -m ops provision`: a value of the wrong shape is wrong usage, before anything is asked of AWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from chalicelib.zoho.data_centers import DATA_CENTERS
from ops.provision import shapes

MOST_CALLS = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed; None for a value that was not."""

    stage: str
    region: str | None
    profile: str | None
    slack_channel: str | None
    operator_channel: str | None
    alarm_email: str | None
    zoho_data_center: str | None
    zoho_org_id: str | None
    zoho_concurrency: int | None
    secrets_file: Path | None
    replace: tuple[str, ...]
    show_key: bool
    rotate_key: bool
    retire_key: bool
    destroy: bool
    with_data: bool
    yes: bool
    as_json: bool

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.rotate_key + self.retire_key + self.destroy > 1:
            raise click.UsageError("--rotate-key, --retire-key and --destroy exclude each other.")
        if self.with_data and not self.destroy:
            raise click.UsageError("--with-data goes with --destroy.")

    @property
    def settings(self) -> dict[str, str | None]:
        """The settings among them, by the name that they have behind LEADMATCH_."""
        return {
            "ZOHO_DATA_CENTER": self.zoho_data_center,
            "ZOHO_ORG_ID": self.zoho_org_id,
            "ZOHO_CONCURRENCY": None if self.zoho_concurrency is None else str(self.zoho_concurrency),
            "SLACK_CHANNEL": self.slack_channel,
            "OPERATOR_CHANNEL": self.operator_channel,
        }


def shaped(shape: shapes.Shape) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Give click's callback for a shape."""

    def check(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
        complaint = shape(value) if value is not None else ""
        if complaint:
            raise click.BadParameter(complaint)
        return value

    return check


Decorator = Callable[[Callable[..., None]], Callable[..., None]]
_file = click.Path(exists=True, dir_okay=False, path_type=Path)
OPTIONS: tuple[Decorator, ...] = (
    click.option("--stage", required=True, callback=shaped(shapes.stage_name), help="The stage, such as dev or prod."),
    click.option("--region", help="AWS region; unless set the stage's own, else that of your AWS settings."),
    click.option("--profile", help="AWS profile."),
    click.option("--slack-channel", callback=shaped(shapes.channel), help="Id of the channel for summaries, C0…."),
    click.option(
        "--operator-channel", callback=shaped(shapes.channel), help="Where trouble goes; the same unless set."
    ),
    click.option("--alarm-email", callback=shaped(shapes.email), help="Gets the alarms; AWS asks it to confirm."),
    click.option("--zoho-data-center", type=click.Choice(sorted(DATA_CENTERS)), help="us unless set."),
    click.option("--zoho-org-id", callback=shaped(shapes.org_id), help="For links to records; they work without it."),
    click.option(
        "--zoho-concurrency",
        type=click.IntRange(1, MOST_CALLS),
        help="Calls that Zoho takes at once: 5 Free, 10 Standard (unless set), 15 Professional, 20 Enterprise, 25 Ultimate.",
    ),
    click.option("--secrets-file", type=_file, help="The secret as JSON (README.md), mode 600, instead of questions."),
    click.option(
        "--replace", type=click.Choice(["zoho", "slack"]), multiple=True, help="Ask for this part of the secret anew."
    ),
    click.option("--show-key", is_flag=True, help="Show the webhook key, also when it is not new."),
    click.option("--rotate-key", is_flag=True, help="Make a new webhook key; the current one stays live beside it."),
    click.option("--retire-key", is_flag=True, help="Let the current webhook key alone be live."),
    click.option("--destroy", is_flag=True, help="Remove the stage; its ledger and secrets stay."),
    click.option("--with-data", is_flag=True, help="With --destroy: remove ledger and secrets too."),
    click.option("--yes", is_flag=True, help="Do not ask whether to begin."),
    click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout at the end."),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all of these options, in this order in its help."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
