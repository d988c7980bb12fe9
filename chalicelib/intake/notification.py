"""What a body says about itself: whether it is a Zoho Notification, and whether that tells of deleted leads.

https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html
"""

from __future__ import annotations

from collections.abc import Mapping

DELETION = "delete"


def is_notification(fields: Mapping[str, object]) -> bool:
    """Return whether a Zoho Notification channel made the call: it alone names its channel, or lists ids and an operation."""
    return "channel_id" in fields or ("ids" in fields and "operation" in fields)


def is_of_deletion(fields: Mapping[str, object]) -> bool:
    """Return whether a Notification tells that leads were deleted, so that nothing is to be asked about them.

    Zoho writes the operation as `delete`; the name of the event that the channel is for, `Leads.delete`, counts as well.
    """
    operation = fields.get("operation")
    name = operation.strip().lower().rpartition(".")[2] if isinstance(operation, str) else ""
    return name == DELETION and is_notification(fields)
