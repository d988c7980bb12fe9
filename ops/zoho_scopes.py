"""What leadmatch may do in Zoho: the scopes of the Self Client's grant code, each with its reason."""

from __future__ import annotations

SCOPES = {
    "ZohoCRM.modules.leads.READ": "the lead's fields, and its conversion options with the matching records",
}
SCOPES_TO_PASTE = ",".join(SCOPES)
