"""The options of `python -m ops provision`: a value of the wrong shape is wrong usage, before anything is asked of AWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from chalicelib.data_centers import DATA_CENTERS, TOP_LEVEL_DOMAINS
from chalicelib.timing import MOST_SILENCE_DAYS
from ops import shapes
from ops.cli import stage_option

MOST_CALLS = 100
NONE = "none"
ALONE = ("rotate_key", "retire_key", "undo_rotation", "destroy")
MAKING = (
    "slack_channel",
    "operator_channel",
    "alarm_email",
    "zoho_data_center",
    "zoho_org_id",
    "zoho_pages_url",
    "zoho_concurrency",
    "qualified",
    "silence_days",
    "actions",
    "lists",
    "matches_dead_letters",
    "secrets_file",
    "replace",
)
"""What makes or changes a stage, and goes with none of those that go alone."""


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
    zoho_pages_url: str | None
    zoho_concurrency: int | None
    qualified: str | None
    silence_days: int | None
    actions: str | None
    lists: Path | None
    matches_dead_letters: str | None
    secrets_file: Path | None
    replace: tuple[str, ...]
    show_key: bool
    rotate_key: bool
    retire_key: bool
    undo_rotation: bool
    destroy: bool
    with_data: bool
    yes: bool
    as_json: bool

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        alone = [name for name in ALONE if getattr(self, name)]
        if len(alone) > 1:
            raise click.UsageError(f"{_listed(alone)} exclude each other.")
        if alone and (beside := [*self._given, *(["show_key"] if self.destroy and self.show_key else [])]):
            raise click.UsageError(f"{_listed(alone)} cannot be combined with {_listed(beside)}.")
        if self.with_data and not self.destroy:
            raise click.UsageError("--with-data needs --destroy.")

    @property
    def changes_key(self) -> bool:
        """Return whether only the webhook's keys are to be changed."""
        return self.rotate_key or self.retire_key or self.undo_rotation

    @property
    def only_shows_key(self) -> bool:
        """Return whether nothing is to be made: --show-key was given, and nothing that changes the stage."""
        return self.show_key and not self._given

    @property
    def _given(self) -> list[str]:
        """The options among them that make or change a stage."""
        return [name for name in MAKING if getattr(self, name) not in (None, ())]

    @property
    def settings(self) -> dict[str, str | None]:
        """The settings among them, by the name that they have behind LEADMATCH_."""
        return {
            "ZOHO_DATA_CENTER": self.zoho_data_center,
            "ZOHO_ORG_ID": self.zoho_org_id,
            "ZOHO_PAGES_URL": self.zoho_pages_url,
            "ZOHO_CONCURRENCY": None if self.zoho_concurrency is None else str(self.zoho_concurrency),
            "QUALIFIED": self.qualified,
            "SILENCE_DAYS": None if self.silence_days is None else str(self.silence_days),
            "ACTIONS": self.actions,
            "SLACK_CHANNEL": self.slack_channel,
            "OPERATOR_CHANNEL": self.operator_channel,
        }


def _listed(names: list[str]) -> str:
    return " and ".join("--" + name.replace("_", "-") for name in names)


def shaped(
    shape: shapes.Shape, *, read: Callable[[str], str] = str, may_be_none: bool = False
) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return click's callback for a shape; `read` takes the value out of what was pasted, `none` switches it off."""

    def check(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
        if may_be_none and value == NONE:
            return ""
        value = read(value) if value is not None else None
        complaint = shape(value) if value is not None else ""
        if complaint:
            raise click.BadParameter(complaint)
        return value

    return check


class DataCenter(click.Choice[str]):
    """One of Zoho's data centres; the end of its address is understood, and answered with the name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name."""
        top = str(value).lower().removeprefix("crm.zoho.").removeprefix(".")
        names = {end: name for name, end in TOP_LEVEL_DOMAINS.items()} | {"zohocloud.ca": "ca"}
        if top not in DATA_CENTERS and top in names:
            self.fail(f"A CRM at an address that ends in .{top} is in the data centre {names[top]}.", param, ctx)
        return super().convert(value, param, ctx)


Decorator = Callable[[Callable[..., None]], Callable[..., None]]
_file = click.Path(exists=True, dir_okay=False, path_type=Path)
OPTIONS: tuple[Decorator, ...] = (
    stage_option("The stage, such as dev or prod."),
    click.option("--region", help="AWS region; by default the stage's, otherwise that of your AWS settings."),
    click.option("--profile", help="AWS profile."),
    click.option(
        "--slack-channel",
        callback=shaped(shapes.channel, read=shapes.channel_of),
        help="Id of the channel for summaries, C0…, or its link.",
    ),
    click.option(
        "--operator-channel",
        callback=shaped(shapes.channel, read=shapes.channel_of, may_be_none=True),
        help="Id of the channel for operator alerts; by default the channel for summaries, as with none.",
    ),
    click.option(
        "--alarm-email",
        callback=shaped(shapes.email, may_be_none=True),
        help="Address that gets the alarms, once it is confirmed to AWS; none removes it.",
    ),
    click.option(
        "--zoho-data-center",
        type=DataCenter(sorted(DATA_CENTERS), case_sensitive=False),
        help="Data centre of your CRM's address, by default us: crm.zoho.com is us, crm.zoho.eu is eu.",
    ),
    click.option(
        "--zoho-org-id",
        callback=shaped(shapes.org_id, read=shapes.org_id_of),
        help="Org id for links to records, or an address that contains it; links work without it.",
    ),
    click.option(
        "--zoho-pages-url",
        callback=shaped(shapes.pages_url, read=shapes.pages_url_of, may_be_none=True),
        help="Only for a Zoho sandbox or developer org: the address that the browser shows there; none removes it.",
    ),
    click.option(
        "--zoho-concurrency",
        type=click.IntRange(1, MOST_CALLS),
        help="Calls that Zoho allows at once: 5 Free, 10 Standard (default), 15 Professional, 20 Enterprise, 25 Ultimate.",
    ),
    click.option(
        "--qualified",
        callback=shaped(shapes.qualification, may_be_none=True),
        help="Which leads get a message after a Notification, such as Lead_Status=Qualified|Hot; none: all.",
    ),
    click.option(
        "--silence-days",
        type=click.IntRange(0, MOST_SILENCE_DAYS),
        help="Alert the operator's channel when Zoho has not called for this many days; 0 (default): never.",
    ),
    click.option(
        "--actions",
        type=click.Choice(["on", "off"]),
        help="Let people convert leads from Slack (docs/slack.md says what that needs); by default off.",
    ),
    click.option("--lists", type=_file, help="Your own lists as JSON (docs/zoho.md); they replace the earlier lists."),
    click.option(
        "--matches-dead-letters",
        type=click.Choice(["on", "off"]),
        help="A dead-letter queue for the matches, for a consumer that has none of its own; by default off.",
    ),
    click.option(
        "--secrets-file", type=_file, help="File with the secrets as JSON (README.md), mode 600, instead of questions."
    ),
    click.option("--replace", type=click.Choice(["zoho", "slack"]), multiple=True, help="Ask for these secrets again."),
    click.option("--show-key", is_flag=True, help="Show the webhook key; without other options, change nothing."),
    click.option("--rotate-key", is_flag=True, help="Create a new webhook key; the current key stays live beside it."),
    click.option(
        "--retire-key", is_flag=True, help="Retire the previous webhook key; only the current key stays live."
    ),
    click.option(
        "--undo-rotation",
        is_flag=True,
        help="Remove the new webhook key; only the key from before --rotate-key stays live.",
    ),
    click.option("--destroy", is_flag=True, help="Remove the stage; keep its ledger and secrets."),
    click.option("--with-data", is_flag=True, help="With --destroy: also remove ledger and secrets."),
    click.option("--yes", is_flag=True, help="Do not ask for confirmation."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout at the end."),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command all of these options, in this order in its help."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
