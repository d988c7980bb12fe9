"""What a stage needs before people convert leads from Slack: who may, in which workspace, and what Zoho was authorised for.

Whoever is switched on without these would read a refusal at each click.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.settings import PREFIX
from ops import shapes
from ops.errors import OpsError
from ops.provision.prompts import Asker
from ops.provision.settings import LISTS_EXAMPLE
from ops.stage import Stage
from ops.zoho import SCOPES_TO_ACT, SCOPES_TO_PASTE

ACTIONS, TEAM = f"{PREFIX}ACTIONS", f"{PREFIX}SLACK_TEAM"
ON, OFF = "on", "off"
WHICH_PROFILES = "Zoho profiles whose users may convert (several with | between them)"


def is_on(settings: Mapping[str, object]) -> bool:
    """Return whether people may convert from Slack."""
    return settings.get(ACTIONS) == ON


def scopes_to_paste(settings: Mapping[str, str]) -> str:
    """Return what Zoho's grant code is to be made for."""
    return SCOPES_TO_ACT if is_on(settings) else SCOPES_TO_PASTE


def with_converters(stage: Stage, lists: Mapping[str, Any] | None, *, asker: Asker) -> Mapping[str, Any] | None:
    """Return the lists to write, None when the stored ones stay; ask for the profiles where nobody has named any."""
    if lists is not None:
        if not _profiles(lists):
            raise OpsError(
                'The lists name no profile under "converters", "profiles": nobody could convert.', LISTS_EXAMPLE
            )
        return lists
    kept = stage.ledger.lists()
    if _profiles(kept):
        return None
    answer = asker.text(WHICH_PROFILES, shapes.profiles, option="--lists FILE")
    return {**kept, "converters": {**kept.get("converters", {}), "profiles": shapes.profiles_of(answer)}}


def slack_ids(stage: Stage, lists: Mapping[str, Any] | None) -> list[str]:
    """Return which people and user groups of Slack are named, in the lists to write or in the stored ones."""
    found = stage.ledger.lists() if lists is None else lists
    return list(found.get("converters", {}).get("slack", []))


def authorisation_warning(stage: str) -> str:
    """Return what to do about an authorisation of Zoho that was given before people could convert."""
    return (
        "Zoho's stored authorisation was given for reading alone. Unless you gave it more scopes, nobody can convert: "
        f"authorise leadmatch again with python -m ops provision --stage {stage} --replace zoho, "
        f"and a grant code for this scope: {SCOPES_TO_ACT}"
    )


def _profiles(lists: Mapping[str, Any]) -> list[str]:
    return list(lists.get("converters", {}).get("profiles", []))
