"""Where people see a record in Zoho CRM.

Zoho documents no form of these addresses; this is the one its own pages have, with and without the org id.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.zoho.data_centers import DataCenter

TABS = {"Leads": "Leads", "Contacts": "Contacts", "Accounts": "Accounts", "Deals": "Potentials"}

RecordLink = Callable[[str, str], str]
"""Gives the page of a record from its module's API name and its id."""


def record_links(center: DataCenter, org_id: str) -> RecordLink:
    """Make the links of one org; without an org id they lead into the org the reader is signed in to."""
    org = f"/org{org_id.removeprefix('org')}" if org_id else ""

    def link(module: str, record_id: str) -> str:
        return f"{center.pages_url}/crm{org}/tab/{TABS[module]}/{record_id}"

    return link
