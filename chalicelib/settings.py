"""The environment, read once: everything that is not a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.data_centers import known_data_center, pages_base
from chalicelib.digits import is_digits
from chalicelib.errors import Misconfigured
from chalicelib.qualification import Qualification, read_qualification
from chalicelib.timing import MOST_SILENCE_DAYS

PREFIX = "LEADMATCH_"
REQUIRED = (
    "INBOX_QUEUE",
    "MATCHES_QUEUE",
    "SLACK_QUEUE",
    "TOKENS_QUEUE",
    "TABLE",
    "CREDENTIALS",
    "ZOHO_CLIENT",
    "ZOHO_TOKEN",
    "SLACK_CHANNEL",
)
REQUIRED_TO_ACT = ("SLACK_TEAM", "CONVERT_QUEUE")
"""What must be set as well once people may convert from Slack."""
API_VERSIONS = ("v5", "v6", "v7", "v8")
ZOHO_CONCURRENCY = "10"
"""How many API calls at once Zoho takes from an app of a Standard org; Free takes 5, Ultimate 25."""
ZOHO_CREDITS_FLOOR = "500"
"""Below so many of the day's API credits nothing is asked that can wait: a Free org has 5,000 a day."""
SLACK_API_URL = "https://slack.com/api"
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]+")
"""Slack's id of a channel; a name is none."""
CALLS_PER_LEAD = 2
MOST_CALLS_DIGITS = 4
MOST_DIGITS = 9
FEWEST_WORKERS, MOST_WORKERS = 2, 1000
"""What SQS takes as the most workers of a queue."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the variables `LEADMATCH_*` say; an empty text stands for one that may be left out."""

    stage: str
    inbox_queue: str
    matches_queue: str
    slack_queue: str
    tokens_queue: str
    table: str
    credentials: str
    zoho_client: str
    zoho_token: str
    zoho_data_center: str
    zoho_org_id: str
    zoho_pages_url: str
    zoho_api_version: str
    zoho_accounts_url: str
    zoho_api_url: str
    zoho_credits_floor: int
    slack_channel: str
    operator_channel: str
    slack_api_url: str
    qualified: Qualification | None
    silence_days: int
    actions: bool
    slack_team: str
    convert_queue: str
    mention: bool


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment; raise `Misconfigured` that names every variable that is missing."""
    values = {name.removeprefix(PREFIX): text.strip() for name, text in environ.items() if name.startswith(PREFIX)}
    _insist_on(REQUIRED, values)
    return Settings(
        stage=stage_name(environ),
        inbox_queue=values["INBOX_QUEUE"],
        matches_queue=values["MATCHES_QUEUE"],
        slack_queue=values["SLACK_QUEUE"],
        tokens_queue=values["TOKENS_QUEUE"],
        table=values["TABLE"],
        credentials=values["CREDENTIALS"],
        zoho_client=values["ZOHO_CLIENT"],
        zoho_token=values["ZOHO_TOKEN"],
        zoho_data_center=known_data_center(values.get("ZOHO_DATA_CENTER") or "us"),
        zoho_org_id=values.get("ZOHO_ORG_ID", ""),
        zoho_pages_url=pages_base(values.get("ZOHO_PAGES_URL", "")),
        zoho_api_version=_api_version(values.get("ZOHO_API_VERSION") or "v7"),
        zoho_accounts_url=values.get("ZOHO_ACCOUNTS_URL", "").rstrip("/"),
        zoho_api_url=values.get("ZOHO_API_URL", "").rstrip("/"),
        zoho_credits_floor=_whole_number("ZOHO_CREDITS_FLOOR", values.get("ZOHO_CREDITS_FLOOR") or ZOHO_CREDITS_FLOOR),
        slack_channel=values["SLACK_CHANNEL"],
        operator_channel=values.get("OPERATOR_CHANNEL") or values["SLACK_CHANNEL"],
        slack_api_url=(values.get("SLACK_API_URL") or SLACK_API_URL).rstrip("/"),
        qualified=read_qualification(values.get("QUALIFIED", "")),
        silence_days=_silence_days(values.get("SILENCE_DAYS") or "0"),
        actions=_actions(values),
        slack_team=values.get("SLACK_TEAM", ""),
        convert_queue=values.get("CONVERT_QUEUE", ""),
        mention=_switch("MENTION", values.get("MENTION") or "on"),
    )


def stage_name(environ: Mapping[str, str]) -> str:
    """Return the stage's name, whatever else is not set."""
    return environ.get(f"{PREFIX}STAGE", "").strip() or "dev"


def queue_url(which: str, environ: Mapping[str, str]) -> str:
    """Return a queue's URL whatever else is not set, so that a worker can put a message off that it cannot work on."""
    return environ.get(f"{PREFIX}{which.upper()}_QUEUE", "").strip()


def queue_name(which: str, environ: Mapping[str, str]) -> str:
    """Return a queue's name for Chalice's decorators, which want it at import: the last segment of its URL.

    Without the variable it is a name that no stage has, so that a deploy that was not provisioned fails as a whole
    and attaches to no other stage's queue.
    """
    return queue_url(which, environ).rstrip("/").rpartition("/")[2] or f"leadmatch-unprovisioned-{which}.fifo"


def check_workers(environ: Mapping[str, str]) -> int:
    """Say how many leads may be checked at once: half of what Zoho takes, since a lead is two calls at once.

    Chalice's decorators want it at import, where nothing raises: what is no number counts as not set.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html
    """
    text = environ.get(f"{PREFIX}ZOHO_CONCURRENCY", "").strip()
    calls = int(text if is_digits(text, most=MOST_CALLS_DIGITS) else ZOHO_CONCURRENCY)
    return min(max(FEWEST_WORKERS, calls // CALLS_PER_LEAD), MOST_WORKERS)


def _insist_on(names: Iterable[str], values: Mapping[str, str]) -> None:
    missing = [PREFIX + name for name in names if not values.get(name)]
    if missing:
        raise Misconfigured(
            f"Not set: {', '.join(missing)}. Set them in .chalice/config.json under environment_variables.",
            reason="setting_missing",
        )


def _whole_number(name: str, text: str) -> int:
    if not is_digits(text, most=MOST_DIGITS):
        raise Misconfigured(f"{PREFIX}{name} must be a whole number.", reason="setting_is_no_number")
    return int(text)


def _silence_days(text: str) -> int:
    days = _whole_number("SILENCE_DAYS", text)
    if days > MOST_SILENCE_DAYS:
        raise Misconfigured(
            f"LEADMATCH_SILENCE_DAYS must be a whole number from 0 (off) to {MOST_SILENCE_DAYS}.",
            reason="setting_is_no_number",
        )
    return days


def _actions(values: Mapping[str, str]) -> bool:
    """Return whether people may act from Slack; raise `Misconfigured` when they may and something for it is not set."""
    if is_on := _switch("ACTIONS", values.get("ACTIONS") or "off"):
        _insist_on(REQUIRED_TO_ACT, values)
    return is_on


def _switch(name: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise Misconfigured(f"{PREFIX}{name} must be on or off.", reason="setting_is_no_switch")
    return text == "on"


def _api_version(text: str) -> str:
    if text not in API_VERSIONS:
        raise Misconfigured(
            f"LEADMATCH_ZOHO_API_VERSION must be one of {', '.join(API_VERSIONS)}.", reason="unknown_api_version"
        )
    return text
