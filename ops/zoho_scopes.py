"""What leadmatch may do in Zoho: the scopes of the Self Client's grant code, each with its reason."""

from __future__ import annotations

SCOPES = {
    "ZohoCRM.modules.leads.READ": "the lead's fields and its conversion options",
    "ZohoCRM.org.READ": "the org id, for links to records, and a call that checks the token",
}
SCOPES_TO_PASTE = ",".join(SCOPES)
