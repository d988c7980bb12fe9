"""A person as Slack knows them: what forbids them to convert, and whether they may be mentioned. Pure.

https://docs.slack.dev/reference/objects/user-object
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PERSON_ID = re.compile("[UW][A-Z0-9]+")
"""Slack's id of a person, as it may stand in a mention."""
NOTHING = "Nothing was done."
OBJECTIONS: Mapping[str, str] = {
    "slack_user_is_stranger": f"{NOTHING} Only members of the Slack workspace that leadmatch belongs to can act on a lead.",
    "slack_user_deleted": f"{NOTHING} Your Slack account is deactivated.",
    "slack_user_is_bot": f"{NOTHING} An app cannot act on a lead.",
    "slack_user_is_guest": f"{NOTHING} Guests of this Slack workspace cannot act on a lead. Ask a colleague who is a full member.",
    "slack_email_unconfirmed": f"{NOTHING} The email address of your Slack account is not confirmed. Confirm it in Slack, then click again.",
    "slack_email_missing": f"{NOTHING} Slack does not tell leadmatch your email address, by which it finds your Zoho user. "
    "Ask the person who runs leadmatch.",
    "slack_user_unreadable": f"{NOTHING} Slack's answer about you could not be read. Click again in a minute.",
    "slack_user_not_known": f"{NOTHING} leadmatch could not ask Slack who you are. Click again in a minute; if it stays so, ask the person "
    "who runs leadmatch.",
    "slack_user_not_listed": f"{NOTHING} You are not among the people who may act on leads from Slack. Ask the person who runs leadmatch.",
    "no_converters_named": f"{NOTHING} Nobody may act on leads from Slack yet: the person who runs leadmatch has to name who may.",
}
"""What a person who may not act is told, by the machine word that the log has."""


class ConverterLists(Protocol):
    """Who may convert, as the operator wrote it: Zoho's profiles, and ids of Slack."""

    @property
    def profiles(self) -> Sequence[str]:
        """Zoho's profiles."""

    @property
    def slack(self) -> Sequence[str]:
        """People and groups of Slack."""


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


def may_be_mentioned(user: SlackUser, *, team: str) -> bool:
    """Return whether a person is an active human of the workspace, a guest too; where `team` is not known, Slack's word is taken."""
    is_foreign = user.is_stranger or bool(team and user.teams and team not in user.teams)
    return bool(PERSON_ID.fullmatch(user.id)) and not (
        user.is_deleted or user.is_bot or is_foreign or not user.is_email_confirmed
    )


def refusal_at_opening(converters: ConverterLists, user_id: str) -> str:
    """Return why a person may not act by the operator's lists alone, as far as that can be told without asking anybody."""
    if f"+{user_id}" in converters.slack:
        return ""
    if not converters.profiles:
        return "no_converters_named"
    narrowed = [one for one in converters.slack if not one.startswith("+")]
    if not narrowed or user_id in narrowed or any(map(_is_group, narrowed)):
        return ""
    return "slack_user_not_listed"


def may_by_list(listed: Sequence[str], user_id: str, members: Callable[[str], frozenset[str]]) -> bool:
    """Return whether the operator's list of Slack ids lets a person act; `members` is asked only where that decides."""
    narrowed = [one for one in listed if not one.startswith("+")]
    if not narrowed or f"+{user_id}" in listed or user_id in narrowed:
        return True
    return any(user_id in members(group) for group in narrowed if _is_group(group))


def _is_group(slack_id: str) -> bool:
    return slack_id.startswith("S")


def _org(fields: object) -> tuple[str, ...]:
    return (_text(fields, "enterprise_id"),)


def _text(fields: object, name: str) -> str:
    value = fields.get(name) if isinstance(fields, Mapping) else None
    return value if isinstance(value, str) else ""


def _is_set(fields: Mapping[str, object], name: str) -> bool:
    return fields.get(name, False) is not False
