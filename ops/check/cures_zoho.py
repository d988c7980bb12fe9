"""What to do about each thing that Zoho may say, or keep silent about."""

from __future__ import annotations

from ops.zoho import SCOPES_TO_PASTE

RENEW_ZOHO = "python -m ops provision --stage {stage} --replace zoho"
NEW_GRANT = (
    "Make a new grant code in Zoho's API console (docs/zoho.md, part 2) with this scope:\n"
    f"{SCOPES_TO_PASTE}\n"
    "Then give it to:\n"
    f"{RENEW_ZOHO}"
)
COPY_AGAIN = (
    "If the client id or secret is what is wrong: copy it again from Zoho's API console, Self Client, Client Secret. "
    "In any case: "
)
OTHER_USER = (
    "Let a Zoho user authorise who may view all Leads, Contacts, Accounts and Deals: an administrator, or a user made for "
    "it (docs/zoho.md, part 1). Signed in as that user, make a new grant code and give it to:\n"
    f"{RENEW_ZOHO}"
)
DATA_CENTER = (
    "Take the one of your CRM's address: crm.zoho.com is us, crm.zoho.eu is eu (docs/zoho.md, part 2). Then:\n"
    "python -m ops provision --stage {stage} --zoho-data-center eu\n"
    "python -m ops deploy --stage {stage}"
)
UNREACHABLE = (
    "Look at https://status.zoho.com and at this machine's network (a proxy is not used), then run this again. "
    "Accepted leads wait for Zoho and are not lost."
)
NOT_LET_IN = (
    "See whether the org allows certain addresses only: Zoho, Setup, Security Control, Allowed IPs (in newer accounts Setup, "
    "Zoho Directory, Security Policies). The functions have no fixed address in AWS, and this machine's may be allowed "
    'while theirs is not: docs/zoho.md, "Allowed IPs". Accepted leads wait for Zoho and are not lost.'
)
SLOW_DOWN = (
    "Wait ten minutes and run this again; accepted leads wait and are not lost. Should it stay so, the day's API credits "
    "are used up: Zoho, Setup, Developer Hub, APIs & SDKs, shows by whom."
)

ZOHO_REMEDIES = {
    "zoho_not_connected": f"{COPY_AGAIN}{NEW_GRANT}",
    "zoho_scope_missing": NEW_GRANT,
    "zoho_no_permission": OTHER_USER,
    "zoho_no_leads_module": OTHER_USER,
    "zoho_wrong_data_center": DATA_CENTER,
    "unknown_data_center": DATA_CENTER,
    "zoho_unknown_api_domain": DATA_CENTER,
    "zoho_unknown_path": (
        "Remove LEADMATCH_ZOHO_API_VERSION from .chalice/config.json (v7 is meant then), and run:\n"
        "python -m ops deploy --stage {stage}"
    ),
    "zoho_token_refused": f"Wait a minute and run this again. Should it stay so:\n{NEW_GRANT}",
    "zoho_throttled": SLOW_DOWN,
    "zoho_token_throttled": SLOW_DOWN,
    "token_budget": "Wait ten minutes and run this again; accepted leads wait and are not lost.",
    "token_lease_held": "Wait half a minute and run this again.",
    "zoho_unreachable": UNREACHABLE,
    "zoho_token_unreachable": UNREACHABLE,
    "zoho_token_no_answer": UNREACHABLE,
    "zoho_no_answer": UNREACHABLE,
    "zoho_too_slow": UNREACHABLE,
    "zoho_no_token": UNREACHABLE,
    "zoho_ip_restricted": NOT_LET_IN,
    "zoho_token_unknown_word": NOT_LET_IN,
}
ZOHO_OTHERWISE = "Look at https://status.zoho.com, and at the table at the end of docs/zoho.md. Then run this again."
