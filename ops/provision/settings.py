"""What an operator decides about a stage and is no secret: options of now over what config.json has of earlier runs."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.settings import PREFIX
from chalicelib.zoho import data_centers
from ops.provision import shapes
from ops.provision.asking import Asker

CONCURRENCY = "10"
DATA_CENTER = "us"

Options = Mapping[str, str | None]
"""Settings by the name that they have behind LEADMATCH_; None for one that was not given."""


def decided(options: Options, kept: Mapping[str, str], *, asker: Asker) -> dict[str, str]:
    """Give the settings as environment variables; ask for the one that a stage cannot be without."""
    given = {PREFIX + name: value for name, value in options.items() if value is not None}
    found = {name: value for name, value in kept.items() if name.startswith(PREFIX) and value} | given
    channel = PREFIX + "SLACK_CHANNEL"
    if not found.get(channel):
        question = "Slack channel for the summaries (its id, C…)"
        found[channel] = asker.text(question, shapes.channel, option="--slack-channel")
    found.setdefault(PREFIX + "ZOHO_DATA_CENTER", DATA_CENTER)
    found.setdefault(PREFIX + "ZOHO_CONCURRENCY", CONCURRENCY)
    return found


def accounts_url(settings: Mapping[str, str]) -> str:
    """Give the base URL of Zoho's accounts server that the functions of this stage use."""
    return data_centers.accounts_url(
        settings[PREFIX + "ZOHO_DATA_CENTER"], settings.get(PREFIX + "ZOHO_ACCOUNTS_URL", "")
    )
