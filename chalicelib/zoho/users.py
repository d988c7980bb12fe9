"""Who in this Zoho org may have a lead converted from Slack: the user with the clicker's address, asked for at each click.

Slack proves who clicked, and only Zoho knows who works in its org. https://www.zoho.com/crm/developer/docs/api/v7/get-users.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.digits import is_digits
from chalicelib.errors import LeadNotFound
from chalicelib.timing import ZOHO_USERS_KNOWN

ACTIVE = "ActiveConfirmedUsers"
PER_PAGE = "200"
MOST_PAGES = 100
"""More users than any org has: a page that always promises another one ends there."""
MAX_ID_DIGITS = 30
REGULAR = frozenset({"regular user", "regular_user"})
"""What `type__s` and `category` say of a user who is no guest of a portal."""


class UserSource(Protocol):
    """Zoho's API."""

    def ask(self, path: str, query: Mapping[str, str], *, part: str) -> Mapping[str, Any]:
        """Return the body of a good answer, which has the `part`; empty for 204. Raise Zoho's errors."""


@dataclass(frozen=True, slots=True)
class ZohoUser:
    """A user of the org, as far as it decides who may convert."""

    id: str
    email: str
    is_active: bool
    is_confirmed: bool
    is_regular: bool
    profile_id: str
    profile_name: str


class ZohoUsers:
    """The org's users. Of an org that needs several calls for its list it is remembered for an hour whose an address is.

    What may have changed since is asked each time.
    """

    def __init__(self, zoho: UserSource, *, now: Callable[[], datetime]) -> None:
        self._zoho, self._now = zoho, now
        self._ids: dict[str, list[str]] = {}
        self._read_at: datetime | None = None

    def with_email(self, email: str) -> list[ZohoUser]:
        """Return the users who have this address now, in any case; an address that is not known is looked for in a list of now."""
        wanted, is_fresh = _folded(email), False
        if self._read_at is None or self._now() - self._read_at >= ZOHO_USERS_KNOWN or wanted not in self._ids:
            self._read_all()
            is_fresh = True
        found = self._users_of(wanted)
        if not found and not is_fresh:
            self._read_all()
            found = self._users_of(wanted)
        return found

    def current_id(self) -> str:
        """Return the id of the user who authorised leadmatch."""
        users = _users(self._zoho.ask("users", {"type": "CurrentUser"}, part="users"))
        return users[0].id if users else ""

    def _users_of(self, email: str) -> list[ZohoUser]:
        asked = (self._user(user_id) for user_id in self._ids.get(email, ()))
        return [user for user in asked if user and _folded(user.email) == email]

    def _user(self, user_id: str) -> ZohoUser | None:
        try:
            users = _users(self._zoho.ask(f"users/{user_id}", {}, part="users"))
        except LeadNotFound:  # the code that Zoho has for an unknown id of any kind
            return None
        return next((user for user in users if user.id == user_id), None)

    def _read_all(self) -> None:
        ids: dict[str, list[str]] = {}
        users = list(active_users(self._zoho))
        for user in users:
            ids.setdefault(_folded(user.email), []).append(user.id)
        self._ids, self._read_at = ids, self._now() if len(users) > int(PER_PAGE) else None


def active_users(zoho: UserSource) -> Iterator[ZohoUser]:
    """Yield the org's active, confirmed users, of every page."""
    for page in range(1, MOST_PAGES + 1):
        body = zoho.ask("users", {"type": ACTIVE, "page": str(page), "per_page": PER_PAGE}, part="users")
        yield from _users(body)
        info = body.get("info")
        if not isinstance(info, Mapping) or info.get("more_records") is not True:
            break


def refusal(users: Sequence[ZohoUser], *, profiles: Sequence[str], is_named: bool) -> str:
    """Return why the users of an address may not convert, as a machine word; an empty text when the one user may.

    Who is named by the operator needs none of the `profiles`, and everything else.
    """
    if len(users) != 1:
        return "several_zoho_users" if users else "not_a_zoho_user"
    user = users[0]
    if not user.is_active:
        return "zoho_user_not_active"
    if not user.is_confirmed:
        return "zoho_user_not_confirmed"
    if not user.is_regular:
        return "zoho_user_not_regular"
    named = {profile.casefold() for profile in profiles}
    if is_named or {user.profile_id, user.profile_name.casefold()} & named - {""}:
        return ""
    return "zoho_profile_not_named"


def _users(body: Mapping[str, Any]) -> list[ZohoUser]:
    items = body.get("users")
    found = [_user(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return [user for user in found if user.id]


def _user(item: Mapping[str, Any]) -> ZohoUser:
    """Read a user; what does not say that somebody is active, confirmed or a regular user says that they are not."""
    profile = item.get("profile")
    profile = profile if isinstance(profile, Mapping) else {}
    kinds = [_text(item.get(name)).casefold() for name in ("type__s", "category") if item.get(name)]
    return ZohoUser(
        id=_text(item.get("id")) if is_digits(_text(item.get("id")), most=MAX_ID_DIGITS) else "",
        email=_text(item.get("email")),
        is_active=_text(item.get("status")).casefold() == "active",
        is_confirmed=item.get("confirm") is True,
        is_regular=bool(kinds) and all(kind in REGULAR for kind in kinds),
        profile_id=_text(profile.get("id")),
        profile_name=_text(profile.get("name")),
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _folded(email: str) -> str:
    return email.strip().lower()
