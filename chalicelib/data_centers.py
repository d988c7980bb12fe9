"""The names of Zoho's data centres, which the settings check and the Zoho client turns into addresses."""

from __future__ import annotations

import re
from typing import Literal

from chalicelib.errors import Misconfigured

Edition = Literal["production", "sandbox", "developer"]
"""Which kind of org a token is for."""
TOPS = {
    "us": "com",
    "eu": "eu",
    "in": "in",
    "au": "com.au",
    "jp": "jp",
    "cn": "com.cn",
    "sa": "sa",
    "uk": "uk",
    "ae": "ae",
    "ca": "ca",
}
"""Each data centre and what its hosts' names end in."""


PAGES_URL = re.compile(
    rf"(https://[a-z0-9-]+\.(?:zoho\.(?:{'|'.join(re.escape(top) for top in TOPS.values())})|zohocloud\.ca)/crm/[A-Za-z0-9_-]+)(?:/.*)?"
)
"""The address of an org's pages, and whatever page of it a browser shows: https://crmsandbox.zoho.eu/crm/acmetest/tab/Leads."""


def pages_base(address: str) -> str:
    """Return the base of an org's pages out of any address below it; raise `Misconfigured` for what is no page of Zoho CRM."""
    if not address:
        return ""
    if found := PAGES_URL.fullmatch(address):
        return found.group(1)
    raise Misconfigured(
        "LEADMATCH_ZOHO_PAGES_URL must be the address that the browser shows in your CRM, such as "
        "https://crmsandbox.zoho.com/crm/acmetest.",
        reason="unknown_pages_url",
    )


def known(name: str) -> str:
    """Give the name as we write it; raise `Misconfigured` for one that is no data centre's."""
    if name.lower() in TOPS:
        return name.lower()
    names = ", ".join(sorted(TOPS))
    raise Misconfigured(f"LEADMATCH_ZOHO_DATA_CENTER must be one of {names}.", reason="unknown_data_center")
