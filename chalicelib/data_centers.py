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
    rf"(https://(?:crmsandbox|developer)\.(?:zoho\.(?:{'|'.join(re.escape(top) for top in TOPS.values())})|zohocloud\.ca)"
    r"/crm/(?!tab(?:[/?#]|$))[A-Za-z0-9_-]+)(?:[/?#].*)?"
)
"""The address of a sandbox's or developer org's pages, whatever page of it a browser shows: https://crmsandbox.zoho.eu/crm/acmetest/tab/Leads.

Zoho keeps these orgs apart by the host: every other one may be a production org's, Zoho One's and CRM Plus's included.
"""


def pages_base(address: str) -> str:
    """Return the base of an org's pages out of any address below it; raise `Misconfigured` for what is no sandbox's or developer org's."""
    if not address:
        return ""
    if found := PAGES_URL.fullmatch(address):
        return found.group(1)
    raise Misconfigured(
        "LEADMATCH_ZOHO_PAGES_URL must be the address that the browser shows in a sandbox or developer org, such as "
        "https://crmsandbox.zoho.com/crm/acmetest. A production org needs none: its links are made from the data centre.",
        reason="unknown_pages_url",
    )


def known(name: str) -> str:
    """Give the name as we write it; raise `Misconfigured` for one that is no data centre's."""
    if name.lower() in TOPS:
        return name.lower()
    names = ", ".join(sorted(TOPS))
    raise Misconfigured(f"LEADMATCH_ZOHO_DATA_CENTER must be one of {names}.", reason="unknown_data_center")
