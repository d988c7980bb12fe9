"""Zoho's data centres: their names, where each one's accounts, API and pages live, and the links to records.

https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html and https://www.zoho.com/accounts/protocol/oauth/multi-dc.html
Zoho documents no form of a record's or a search's address; those here are of its own pages, with and without the org id. A sandbox or a
developer org has pages of its own, whose address has a name that its administrator chose: only the operator knows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from chalicelib.errors import Misconfigured, ZohoRefused

Edition = Literal["production", "sandbox", "developer"]
"""Which kind of org a token is for."""
RecordLink = Callable[[str, str], str]
"""Gives the page of a record from its module's API name and its id."""
SearchLink = Callable[[str], str]
"""Gives the page of a search from its word."""

TOP_LEVEL_DOMAINS = {
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
TABS = {"Leads": "Leads", "Contacts": "Contacts", "Accounts": "Accounts", "Deals": "Potentials"}
"""What the pages call a module, by its API name."""
EDITIONS: Mapping[str, Edition] = {"www": "production", "sandbox": "sandbox", "developer": "developer"}
"""Which kind of org answers at an API host, by its first part: Zoho keeps them apart by the host alone.

https://help.zoho.com/portal/en/community/topic/kaizen-120-a-guide-to-api-calls-in-zoho-crm-sandboxes
"""
PAGES_URL = re.compile(
    rf"(https://(?:crmsandbox|developer)\.(?:zoho\.(?:{'|'.join(re.escape(top) for top in TOP_LEVEL_DOMAINS.values())})|zohocloud\.ca)"
    r"/crm/(?!tab(?:[/?#]|$))[A-Za-z0-9_-]+)(?:[/?#].*)?"
)
"""The address of a sandbox's or developer org's pages, whatever page of it a browser shows: https://crmsandbox.zoho.eu/crm/acmetest/tab/Leads.

Zoho keeps these orgs apart by the host: every other one may be a production org's, Zoho One's and CRM Plus's included.
"""


@dataclass(frozen=True, slots=True)
class DataCenter:
    """The three base URLs of one data centre, without a slash at the end."""

    accounts_url: str
    api_url: str
    pages_url: str


def _data_center(top: str) -> DataCenter:
    return DataCenter(f"https://accounts.zoho.{top}", f"https://www.zohoapis.{top}", f"https://crm.zoho.{top}")


# Canada alone has other names for accounts and pages, and plain zohoapis.ca for the API.
CANADA = DataCenter("https://accounts.zohocloud.ca", "https://www.zohoapis.ca", "https://crm.zohocloud.ca")
DATA_CENTERS = {name: _data_center(top) for name, top in TOP_LEVEL_DOMAINS.items()} | {"ca": CANADA}
API_HOSTS = frozenset(
    host
    for center in DATA_CENTERS.values()
    for name in (urlsplit(center.api_url).hostname or "",)
    for host in (name, name.replace("www.", "sandbox.", 1), name.replace("www.", "developer.", 1))
)


def data_center(name: str) -> DataCenter:
    """Look a data centre up by its two letters; raise `Misconfigured` for others."""
    return DATA_CENTERS[known_data_center(name)]


def accounts_url(data_center_name: str, own: str = "") -> str:
    """Return the base URL of the accounts server: a stage's own, or that of its data centre."""
    return own.rstrip("/") or data_center(data_center_name).accounts_url


def checked_api_url(api_domain: str) -> str:
    """Return the API base URL that a token answer names, if it is one of Zoho's own; raise `ZohoRefused` otherwise."""
    scheme, _, host = api_domain.removesuffix("/").partition("://")
    if scheme == "https" and host in API_HOSTS:
        return f"https://{host}"
    raise ZohoRefused("Zoho's token answer names an API host that is not Zoho's.", reason="zoho_unknown_api_domain")


def known_data_center(name: str) -> str:
    """Return the name as we write it; raise `Misconfigured` for one that is no data centre's."""
    if name.lower() in TOP_LEVEL_DOMAINS:
        return name.lower()
    names = ", ".join(sorted(TOP_LEVEL_DOMAINS))
    raise Misconfigured(f"LEADMATCH_ZOHO_DATA_CENTER must be one of {names}.", reason="unknown_data_center")


def edition_of(api_url: str) -> Edition | None:
    """Return which kind of org an API base URL is for; None for what is no API host of Zoho's."""
    host = api_url.removesuffix("/").partition("://")[2]
    return EDITIONS[host.partition(".")[0]] if host in API_HOSTS else None


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


def production_pages(center: DataCenter, org_id: str) -> OrgPages:
    """Return the pages of a production org; without an org id they are those of the org the reader is signed in to."""
    pages = OrgPages(center, org_id)
    pages.learn("production")
    return pages


def record_links(center: DataCenter, org_id: str) -> RecordLink:
    """Make the links to the records of a production org."""
    return production_pages(center, org_id).link


class OrgPages:
    """The pages of a stage's org, as far as it is known_data_center which org that is.

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

    def search(self, word: str) -> str:
        """Return the page that shows what all modules hold of a word, or an empty text."""
        return f"{self.url}/search?searchword={quote(word, safe='')}&isRelevance=false" if self.url else ""
