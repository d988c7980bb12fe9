"""Who clicked, as Slack knows them, and what in that forbids them to convert. Pure.

https://docs.slack.dev/reference/objects/user-object
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class SlackUser:
    """A person in Slack; not shown by `repr`, since the email is theirs.

    `teams` are the ids of the workspace and of the org that they belong to, as far as Slack names them.
    """

    id: str = ""
    teams: frozenset[str] = frozenset()
    email: str = ""
    is_deleted: bool = True
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_email_confirmed: bool = True


def read_user(fields: object) -> SlackUser:
    """Read the object `user` of users.info; of one that cannot be read nothing is known but that it is nobody.

    A flag that Slack leaves out is not set, and one that is no boolean counts as that which forbids.
    """
    if not isinstance(fields, Mapping):
        return SlackUser()
    return SlackUser(
        id=_text(fields, "id"),
        teams=frozenset(filter(None, (_text(fields, "team_id"), *_org(fields.get("enterprise_user"))))),
        email=_text(fields.get("profile"), "email").strip(),
        is_deleted=_is_set(fields, "deleted"),
        is_bot=_is_set(fields, "is_bot") or _is_set(fields, "is_workflow_bot"),
        is_guest=_is_set(fields, "is_restricted") or _is_set(fields, "is_ultra_restricted"),
        is_stranger=_is_set(fields, "is_stranger"),
        is_email_confirmed=fields.get("is_email_confirmed", True) is True,
    )


def objection(user: SlackUser, *, user_id: str, team: str) -> str:
    """Return why Slack's word about a person forbids them to convert, as a machine word; an empty text if it does not."""
    checks = {
        "slack_user_unreadable": user.id != user_id,
        "slack_user_deleted": user.is_deleted,
        "slack_user_is_bot": user.is_bot,
        "slack_user_is_guest": user.is_guest,
        "slack_user_is_stranger": user.is_stranger or (bool(user.teams) and team not in user.teams),
        "slack_email_unconfirmed": not user.is_email_confirmed,
        "slack_email_missing": not user.email,
    }
    return next((word for word, forbids in checks.items() if forbids), "")


def _org(fields: object) -> tuple[str, ...]:
    return (_text(fields, "enterprise_id"),)


def _text(fields: object, name: str) -> str:
    value = fields.get(name) if isinstance(fields, Mapping) else None
    return value if isinstance(value, str) else ""


def _is_set(fields: Mapping[str, object], name: str) -> bool:
    return fields.get(name, False) is not False
