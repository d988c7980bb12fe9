"""The people of a Slack workspace, and strangers who share a channel with them: who they are to users.info and users.lookupByEmail, and their user groups.

https://docs.slack.dev/reference/objects/user-object
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sandbox.slack.arguments import RefusedError
from sandbox.slack.ids import TEAM_ID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Slack account; an `enterprise_id` says that their workspace is part of an org."""

    id: str
    name: str
    email: str = ""
    team_id: str = TEAM_ID
    enterprise_id: str = ""
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_email_confirmed: bool = True

    def as_slack(self, *, with_email: bool) -> dict[str, Any]:
        """Return the user object; the email is shown to who may read it, and a stranger's flag where it is set."""
        email = {"email": self.email} if with_email and self.email else {}
        org = {"enterprise_id": self.enterprise_id, "enterprise_name": "Quillworks", "teams": [self.team_id]}
        shown = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name.lower().replace(" ", "."),
            "deleted": self.deleted,
            "real_name": self.name,
            "profile": {"real_name": self.name, "display_name": self.name, "team": self.team_id, **email},
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 0,
        }
        if self.enterprise_id:
            shown["enterprise_user"] = {"id": self.id, **org}
        if self.is_stranger:
            shown["is_stranger"] = True
        return shown | ({} if self.deleted else self._flags())

    def _flags(self) -> dict[str, Any]:
        return {
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted or self.is_ultra_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_email_confirmed": self.is_email_confirmed,
        }


class People:
    """The people whom the bot can see, and the user groups; safe to use from several threads.

    `has_user_groups` is false on a plan without them; `absent` are channels and people who are not in them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: dict[str, Person] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self.has_user_groups = True
        self.absent: set[tuple[str, str]] = set()

    def keep(self, person: Person) -> str:
        """Let a person be as this one is, and return their id."""
        with self._lock:
            self._people[person.id] = person
        return person.id

    def add(self, user_id: str, name: str, email: str, **fields: Any) -> str:
        """Add a full member of our workspace, but for what `fields` says, and return the id."""
        return self.keep(Person(user_id, name, email, **fields))

    def change(self, user_id: str, **fields: Any) -> None:
        """Change what is known of a person, such as `deleted`."""
        self.keep(replace(self.get(user_id), **fields))

    def get(self, user_id: str) -> Person:
        """Find a person by id."""
        with self._lock:
            if found := self._people.get(user_id):
                return found
        raise RefusedError("user_not_found")

    def names(self) -> dict[str, str]:
        """Return everybody's name by their id."""
        with self._lock:
            return {person.id: person.name for person in self._people.values()}

    def by_email(self, email: str) -> Person:
        """Find a person by email; who was deactivated is not found."""
        with self._lock:
            for person in self._people.values():
                if email and person.email == email and not person.deleted:
                    return person
        raise RefusedError("users_not_found")

    def keep_group(self, group_id: str, members: Iterable[str]) -> None:
        """Let a user group have these members."""
        with self._lock:
            self._groups[group_id] = tuple(members)

    def group(self, group_id: str) -> tuple[str, ...]:
        """Return the ids of a user group's members."""
        if not self.has_user_groups:
            raise RefusedError("plan_upgrade_required")
        with self._lock:
            if group_id not in self._groups:
                raise RefusedError("no_such_subteam")
            return self._groups[group_id]

    def is_in(self, channel: str, user_id: str) -> bool:
        """Return whether a person sees a channel; whoever is known does, but for those who are `absent`."""
        with self._lock:
            return user_id in self._people and (channel, user_id) not in self.absent
