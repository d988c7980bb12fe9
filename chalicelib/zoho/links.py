"""Where people see a record in Zoho CRM.

Zoho documents no form of these addresses; this is the one its own pages have, with and without the org id. A sandbox or a
developer org has pages of its own, whose address has a name that its administrator chose: only the operator knows it.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.data_centers import PAGES_URL, Edition
from chalicelib.zoho.data_centers import DataCenter, edition_of

TABS = {"Leads": "Leads", "Contacts": "Contacts", "Accounts": "Accounts", "Deals": "Potentials"}

RecordLink = Callable[[str, str], str]
"""Gives the page of a record from its module's API name and its id."""


def record_links(center: DataCenter, org_id: str) -> RecordLink:
    """Make the links of a production org; without an org id they lead into the org the reader is signed in to."""
    pages = OrgPages(center, org_id)
    pages.learn("production")
    return pages.link


class OrgPages:
    """The pages of a stage's org, as far as it is known which org that is.

    `own_url` is what the operator set, for a sandbox or developer org; an address of anything else is not used.
    `api_url` is a setting too: it wins over what token answers name.
    """

    def __init__(self, center: DataCenter, org_id: str, *, own_url: str = "", api_url: str = "") -> None:
        org = f"/org{org_id.removeprefix('org')}" if org_id else ""
        self._production_url = f"{center.pages_url}/crm{org}"
        found = PAGES_URL.fullmatch(own_url)
        self._own_url = found.group(1) if found else ""
        self._edition_set = edition_of(api_url)
        self.edition: Edition | None = self._edition_set
        """Which kind of org Zoho has named; None before it has named one."""

    def heard(self, api_domain: str) -> None:
        """Take note of the API that a token answer names: it says which kind of org the token is for."""
        self.edition = self._edition_set or edition_of(api_domain) or self.edition

    def learn(self, edition: Edition | None) -> None:
        """Take note of what another worker has heard, unless this one has heard something itself."""
        self.edition = self.edition or edition

    @property
    def url(self) -> str:
        """The base of the pages; empty where a link would lead into another org than the one that was asked.

        Before Zoho has named the kind of org it is the one that `provision` saw: a sandbox or developer org has its own address set.
        """
        if self.edition == "production":
            return "" if self._own_url else self._production_url
        return self._own_url or ("" if self.edition else self._production_url)

    def link(self, module: str, record_id: str) -> str:
        """Return a record's page, or an empty text."""
        return f"{self.url}/tab/{TABS[module]}/{record_id}" if self.url else ""
