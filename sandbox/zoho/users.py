"""The users of the stand-in's org: who they are, and how Zoho lists them.

https://github.com/zoho/crm-oas/blob/main/v8.0/users/users.yaml: `type` chooses by state, and 200 users are a page.
"""

from __future__ import annotations

import copy
import itertools
import threading
from typing import TYPE_CHECKING

from sandbox.zoho import faults
from sandbox.zoho.faults import NO_CONTENT, Answer
from sandbox.zoho.ids import ORG_PREFIX, system_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

User = dict[str, object]
SYSTEM_USER = system_id("integration user")
"""The user who authorised the stand-in's client: what a call does, this user did."""
REGULAR, PORTAL = "Regular User", "Client Portal User"
MOST_PER_PAGE = 200
_ADMINISTRATOR = "Administrator"


def _is_active(user: User) -> bool:
    return user["status"] == "active"


def _is_confirmed(user: User) -> bool:
    return user["confirm"] is True


def _is_administrator(user: User) -> bool:
    profile = user["profile"]
    return isinstance(profile, dict) and profile["name"] == _ADMINISTRATOR


TYPES: Mapping[str, Callable[[User], bool]] = {
    "AllUsers": lambda _: True,
    "ActiveUsers": _is_active,
    "DeactiveUsers": lambda user: user["status"] in ("inactive", "disabled"),
    "DeletedUsers": lambda user: user["status"] == "deleted",
    "ConfirmedUsers": _is_confirmed,
    "NotConfirmedUsers": lambda user: not _is_confirmed(user),
    "ActiveConfirmedUsers": lambda user: _is_active(user) and _is_confirmed(user),
    "AdminUsers": _is_administrator,
    "ActiveConfirmedAdmins": lambda user: _is_active(user) and _is_confirmed(user) and _is_administrator(user),
    "CurrentUser": lambda user: user["id"] == SYSTEM_USER,
}


class Users:
    """The users, in the order in which they came; safe to read and change from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(9_000_000_001)
        self._users: dict[str, User] = {}
        self._keep(SYSTEM_USER, _user("leadmatch", "leadmatch@quillworks.example", _ADMINISTRATOR, "CEO"))

    def add(
        self, full_name: str, email: str, *, profile: str = "Standard", role: str = "Sales", **fields: object
    ) -> str:
        """Add an active, confirmed, regular user, but for what `fields` says, and return the id.

        Two users may be given one address here, which Zoho forbids in one org.
        """
        with self._lock:
            user_id = f"{ORG_PREFIX}{next(self._numbers):012d}"
            self._keep(user_id, _user(full_name, email, profile, role) | fields)
            return user_id

    def change(self, user_id: str, **fields: object) -> None:
        """Change fields of a user, such as `status` or `confirm`; `profile` is a name."""
        with self._lock:
            if isinstance(name := fields.get("profile"), str):
                fields["profile"] = _named("profile", name)
            self._users[user_id].update(fields)

    def remove(self, user_id: str) -> None:
        """Forget a user whom nobody can read any more."""
        with self._lock:
            del self._users[user_id]

    def get(self, user_id: str) -> User | None:
        """Return a copy of a user, or None."""
        with self._lock:
            return copy.deepcopy(self._users.get(user_id))

    def all(self) -> list[User]:
        """Return copies of all users."""
        with self._lock:
            return copy.deepcopy(list(self._users.values()))

    def _keep(self, user_id: str, user: User) -> None:
        self._users[user_id] = {"id": user_id, **user}


def users(known: Users, *, kind: str, page: int, per_page: int) -> Answer:
    """Answer `GET /users`."""
    if kind not in TYPES:
        return faults.error(400, "INVALID_DATA", "invalid type", param_name="type")
    found = [user for user in known.all() if TYPES[kind](user)]
    per_page = max(1, min(per_page, MOST_PER_PAGE))
    start = (max(1, page) - 1) * per_page
    shown = found[start : start + per_page]
    if not shown:
        return NO_CONTENT
    info = {"per_page": per_page, "count": len(shown), "page": page, "more_records": len(found) > start + per_page}
    return Answer(200, {"users": shown, "info": info})


def user(known: Users, user_id: str) -> Answer:
    """Answer `GET /users/{id}`: whatever their state, the user is shown."""
    found = known.get(user_id)
    return faults.INVALID_DATA if found is None else Answer(200, {"users": [found]})


def _user(full_name: str, email: str, profile: str, role: str) -> User:
    first, _, last = full_name.rpartition(" ")
    return {
        "full_name": full_name,
        "first_name": first or None,
        "last_name": last,
        "email": email,
        "status": "active",
        "confirm": True,
        "type__s": REGULAR,
        "profile": _named("profile", profile),
        "role": _named("role", role),
        "zuid": system_id(f"zuid of {email}")[-9:],
        "locale": "en_US",
        "Reporting_To": None,
        "status_reason__s": None,
    }


def _named(kind: str, name: str) -> dict[str, str]:
    return {"name": name, "id": system_id(f"{kind} {name}")}
