"""Who in Slack the owner of leads is, as Slack said it last: an item of the table for each owner, which holds no name and no address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.aws.dynamodb import Item, Table
from chalicelib.errors import Unreadable
from chalicelib.timing import CLOCKS_DIFFER, OWNER_KNOWN, OWNER_UNKNOWN
from chalicelib.wire import from_fields, time_text


@dataclass(frozen=True, slots=True)
class KnownOwner:
    """What Slack said of an address, which stands here as its digest alone; an empty `slack_user` is nobody."""

    slack_user: str
    digest: str
    asked_at: datetime

    @property
    def keep(self) -> timedelta:
        """For how long it is taken as it was said."""
        return OWNER_KNOWN if self.slack_user else OWNER_UNKNOWN


class OwnerItems:
    """The items; the last who asked Slack is right."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def read(self, owner_id: str, *, digest: str) -> str | None:
        """Return what Slack said of this address, an empty text for nobody; None when it has to be asked."""
        known = _known(self._table.get(owner_key(owner_id)))
        if known is None or known.digest != digest:
            return None
        age = self._now() - known.asked_at
        return known.slack_user if -CLOCKS_DIFFER <= age < known.keep else None

    def write(self, owner_id: str, slack_user: str, *, digest: str) -> None:
        """Keep what Slack has just said."""
        now = self._now()
        self._table.update_if(
            owner_key(owner_id),
            update="slack_user = :user, digest = :digest, asked_at = :now",
            condition="attribute_exists(pk) OR attribute_not_exists(pk)",
            values={":user": slack_user, ":digest": digest, ":now": time_text(now)},
            names={},
            now=now.timestamp(),
            keep_seconds=int(KnownOwner(slack_user, digest, now).keep.total_seconds()),
        )


def _known(item: Item | None) -> KnownOwner | None:
    """Read an item; one that cannot be read is asked for anew and replaced."""
    try:
        return from_fields(KnownOwner, item) if item else None
    except Unreadable:
        return None


def owner_key(owner_id: str) -> str:
    """Return the key of the item about a user of Zoho."""
    return f"owner#{owner_id}"
