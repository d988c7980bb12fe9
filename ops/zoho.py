"""What leadmatch may do in Zoho, and where a stage's links lead: never into another org than the one that answers.

The scopes are those of the Self Client's grant code, each with its reason.
"""

from __future__ import annotations

import json

from chalicelib.data_centers import OrgPages
from chalicelib.zoho.tokens import named_api_domain
from ops.errors import OpsError

SCOPES = {
    "ZohoCRM.modules.leads.READ": "the lead's fields, and its conversion options with the matching records",
}
ACTION_SCOPES = {
    "ZohoCRM.modules.leads.CREATE": "to convert a lead",
    "ZohoCRM.modules.contacts.CREATE": "the contact that a conversion makes",
    "ZohoCRM.modules.accounts.CREATE": "the account that a conversion makes",
    "ZohoCRM.modules.deals.CREATE": "the deal that a conversion makes",
    "ZohoCRM.users.READ": "whether whoever clicked is an active user of the org, and with which profile",
    "ZohoCRM.settings.layouts.READ": "the layouts of deals, by which Zoho tells its pipelines",
    "ZohoCRM.settings.pipeline.READ": "the pipelines and stages that the form offers for a deal",
}
"""What converting from Slack needs besides."""
SCOPES_TO_PASTE = ",".join(SCOPES)
SCOPES_TO_ACT = ",".join([*SCOPES, *ACTION_SCOPES])
ORG_KINDS = {"sandbox": "a Zoho sandbox", "developer": "a Zoho developer org", "production": "a production org"}


def stored_api_domain(text: str) -> str:
    """Return the API that the shared access token is for, out of its secret's text; an empty text where none stands there."""
    try:
        stored = json.loads(text)
    except ValueError:
        return ""
    return named_api_domain(stored.get("api_domain")) if isinstance(stored, dict) else ""


def pages_complaint(pages: OrgPages, stage: str) -> OpsError | None:
    """Return what is wrong with a stage whose messages have no links; None when they lead where they should."""
    if pages.url or pages.edition is None:
        return None
    if pages.edition == "production":
        return OpsError(
            "The authorisation is for a production org of Zoho CRM, but LEADMATCH_ZOHO_PAGES_URL is an address of another kind of org.",
            "Remove the setting as below, or authorise leadmatch in the right org (docs/zoho.md, part 2):\n"
            f"python -m ops provision --stage {stage} --zoho-pages-url none",
        )
    return OpsError(
        f"The authorisation is for {ORG_KINDS[pages.edition]}, but the address of its pages is not set: links would lead to production.",
        "Open that org's CRM in the browser, and enter the address that it shows:\n"
        f"python -m ops provision --stage {stage} --zoho-pages-url https://crmsandbox.zoho.com/crm/acmetest",
    )
