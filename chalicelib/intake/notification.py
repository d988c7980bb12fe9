"""What a body says about itself: whether it is a Zoho Notification, and whether that tells of deleted leads.

https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chalicelib.intake.body import each
from chalicelib.intake.call import plain_name

OPERATION = "operation"
DELETIONS = {"delete", "deletes", "deleted", "deletion"}
MODULE_WORDS = {"lead", "leads", "record", "records"}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_notification(levels: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a Zoho Notification channel made the call: it alone names its channel, or lists ids and an operation."""
    names = {plain_name(name) for level in levels for name in level}
    return "channelid" in names or {"ids", OPERATION} <= names


def is_of_deletion(levels: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a Notification tells that leads were deleted and of nothing else, so that nothing is to be asked about them.

    Zoho writes the operation as `delete`; the name of the event that the channel is for, `Leads.delete`, counts as well.
    """
    operations = [
        operation
        for level in levels
        for name, value in level.items()
        if plain_name(name) == OPERATION
        for one in each(value)
        for operation in (one if isinstance(one, list) else [one])
    ]
    return bool(operations) and all(map(_is_deletion, operations)) and is_notification(levels)


def _is_deletion(operation: object) -> bool:
    """Return whether an operation says "deleted" and nothing else, whatever its spelling: Delete, Leads.delete, LeadDeleted."""
    words = {word.lower() for word in WORD.findall(operation)} if isinstance(operation, str) else set()
    return bool(words - MODULE_WORDS) and words <= DELETIONS | MODULE_WORDS
