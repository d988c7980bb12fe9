"""What an operator decides about a stage and is no secret: options of now over what config.json has of earlier runs, and the lists.

The lists that people keep for a stage come in a file, which is checked before anything is made.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib import data_centers
from chalicelib.aws.stage_lists import complaints
from chalicelib.data_centers import DATA_CENTERS, OrgPages, data_center
from chalicelib.settings import PREFIX, SLACK_API_URL, ZOHO_CONCURRENCY
from ops import shapes
from ops.errors import OpsError
from ops.provision.prompts import Asker
from ops.shapes import members_once

Options = Mapping[str, str | None]
"""Settings by the name that they have behind LEADMATCH_; None for one that was not given, an empty text for one to forget."""

DATA_CENTER = "us"
WHICH_CENTER = "Zoho data centre, by your CRM's address (crm.zoho.com is us, crm.zoho.eu is eu)"
LISTS_EXAMPLE = (
    'Write it like this: {"placeholders": ["Acme Bot GmbH", "Unknown Company"], "converters": {"profiles": ["Sales"]}}'
)


def decided(options: Options, kept: Mapping[str, str], *, asker: Asker) -> dict[str, str]:
    """Return the settings as environment variables, an empty text for one to forget; ask for what a stage cannot be without."""
    given = {PREFIX + name: value for name, value in options.items() if value is not None}
    found = {name: value for name, value in kept.items() if name.startswith(PREFIX) and value} | given
    channel = PREFIX + "SLACK_CHANNEL"
    if not found.get(channel):
        question = "Slack channel for the summaries (its id, C…)"
        found[channel] = shapes.channel_of(asker.text(question, shapes.channel, option="--slack-channel"))
    center = PREFIX + "ZOHO_DATA_CENTER"
    found[center] = found.get(center) or asker.choice(WHICH_CENTER, _centers())
    found.setdefault(PREFIX + "ZOHO_CONCURRENCY", ZOHO_CONCURRENCY)
    return found


def lists_from_file(path: Path) -> Mapping[str, Any]:
    """Return the lists by their names; raise `OpsError` that names what is wrong with each."""
    doubled: list[str] = []
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=members_once(doubled))
    except UnicodeDecodeError:
        raise OpsError(f"{path} is not UTF-8 text.", "Save it as UTF-8, then run this again.") from None
    except (ValueError, RecursionError) as error:
        raise OpsError(f"{path} is not JSON: {error}.", LISTS_EXAMPLE) from None
    if not isinstance(found, dict):
        raise OpsError(f"{path} is not a JSON object.", LISTS_EXAMPLE)
    if not found:
        raise OpsError(
            f"{path} contains no list.",
            f'{LISTS_EXAMPLE} To remove all entries of a list, give it empty: {{"placeholders": []}}',
        )
    if wrong := [*doubled, *complaints(found)]:
        said = f" {wrong[0]}" if len(wrong) == 1 else "".join(f"\n  {one}" for one in wrong)
        raise OpsError(f"{path}:{said}", "Correct it, then run this again. Nothing was changed.")
    return found


def accounts_url(settings: Mapping[str, str]) -> str:
    """Return the base URL of Zoho's accounts server that the functions of this stage use."""
    return data_centers.accounts_url(
        settings[PREFIX + "ZOHO_DATA_CENTER"], settings.get(PREFIX + "ZOHO_ACCOUNTS_URL", "")
    )


def console_url(settings: Mapping[str, str]) -> str:
    """Return the address of Zoho's page for API clients, in the stage's data centre."""
    return data_center(settings[PREFIX + "ZOHO_DATA_CENTER"]).accounts_url.replace("//accounts.", "//api-console.")


def pages_of(settings: Mapping[str, str]) -> OrgPages:
    """Build what makes the functions' links, to see where they would lead."""
    return OrgPages(
        data_center(settings[PREFIX + "ZOHO_DATA_CENTER"]),
        settings.get(PREFIX + "ZOHO_ORG_ID", ""),
        own_url=settings.get(PREFIX + "ZOHO_PAGES_URL", ""),
        api_url=settings.get(PREFIX + "ZOHO_API_URL", ""),
    )


def slack_api_url(settings: Mapping[str, str]) -> str:
    """Return the base URL of Slack's API: a sandbox's own, from the stage's settings or this process's environment, or Slack's."""
    name = PREFIX + "SLACK_API_URL"
    return (settings.get(name) or os.environ.get(name) or SLACK_API_URL).rstrip("/")


def channels(settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the channels that a stage posts to: for summaries, and for trouble where that is another one."""
    named = (settings.get(PREFIX + name, "") for name in ("SLACK_CHANNEL", "OPERATOR_CHANNEL"))
    return tuple(dict.fromkeys(channel for channel in named if channel))


def _centers() -> tuple[str, ...]:
    return (DATA_CENTER, *sorted(DATA_CENTERS.keys() - {DATA_CENTER}))
