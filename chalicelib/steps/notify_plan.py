"""What an item of the ledger asks of notify: a plan, made before anything is sent. Pure.

docs/architecture.md has the same rows as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.aws.ledger_item import LedgerItem, Shown
from chalicelib.slack.posts import SlackPost
from chalicelib.timing import NEW_MESSAGE_AFTER
from chalicelib.wire import read_time

FALLBACK_AFTER = 2
"""After how many attempts that Slack itself says failed a message is posted as its fallback: its content may be the cause.

An answer that got lost says nothing of the content.
"""
MAKE_ROOM_AFTER = 6
"""After how many attempts without a clear answer of any kind a message makes room for those behind it in its channel."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be shown."""


@dataclass(frozen=True, slots=True)
class Post:
    """Post a message, which links back to an `earlier` one, or says that it replaces the earlier one."""

    channel: str
    earlier: Shown | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Edit a message."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class Keep:
    """Leave a message as it is: it cannot be edited, and says what is to be said."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class AlreadyShown:
    """Leave a message as it is: it shows this revision."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class MakeRoom:
    """Ask Slack no more: it never says whether it took the message, and others wait behind it."""


Plan = Nothing | Post | Edit | Keep | AlreadyShown | MakeRoom


def plan(item: LedgerItem, post: SlackPost, *, channel: str, new_message_after: timedelta = NEW_MESSAGE_AFTER) -> Plan:
    """Return what an item asks for; `channel` is where a message goes that stands nowhere yet, or not where it belongs.

    What became of an earlier intent is known by now, or cannot be known.
    """
    planned = _plan(item, post, channel, new_message_after)
    if isinstance(planned, Post | Edit) and item.unknown_outcomes.times >= MAKE_ROOM_AFTER:
        return MakeRoom()
    return planned


def _plan(item: LedgerItem, post: SlackPost, channel: str, new_message_after: timedelta) -> Plan:
    """Return what is to be shown: the first message decides the channel, unless it stands there provisionally.

    Nobody looks at a message that is much older than the event: a new one is posted in the same channel.
    """
    old = item.shown
    if old is None:
        return Nothing() if post.edit_only else Post(channel)
    if old.revision == item.revision:
        return AlreadyShown(old)
    is_settled = post.stays and (post.provisional or not old.provisional)
    place = old.channel if is_settled else channel
    age = read_time(item.accepted_at) - read_time(old.accepted_at)
    if not post.edit_only and (place != old.channel or age >= new_message_after):
        return Post(place, old)
    if old.is_editable:
        return Edit(old)
    return Keep(old) if old.fingerprint == post.fingerprint else Post(old.channel, old, replaces=True)
