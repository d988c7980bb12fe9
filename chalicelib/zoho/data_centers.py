"""Zoho's data centres: where each one's accounts, API and pages live.

https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html and https://www.zoho.com/accounts/protocol/oauth/multi-dc.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.data_centers import TOPS, Edition, known
from chalicelib.errors import ZohoRefused


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
DATA_CENTERS = {name: _data_center(top) for name, top in TOPS.items()} | {"ca": CANADA}
API_HOSTS = frozenset(
    host
    for center in DATA_CENTERS.values()
    for name in (urlsplit(center.api_url).hostname or "",)
    for host in (name, name.replace("www.", "sandbox.", 1), name.replace("www.", "developer.", 1))
)


EDITIONS: Mapping[str, Edition] = {"www": "production", "sandbox": "sandbox", "developer": "developer"}
"""Which kind of org answers at an API host, by its first part: Zoho keeps them apart by the host alone.

https://help.zoho.com/portal/en/community/topic/kaizen-120-a-guide-to-api-calls-in-zoho-crm-sandboxes
"""


def edition_of(api_url: str) -> Edition | None:
    """Return which kind of org an API base URL is for; None for what is no API host of Zoho's."""
    host = api_url.removesuffix("/").partition("://")[2]
    return EDITIONS[host.partition(".")[0]] if host in API_HOSTS else None


def data_center(name: str) -> DataCenter:
    """Look a data centre up by its two letters; raise `Misconfigured` for others."""
    return DATA_CENTERS[known(name)]


def accounts_url(data_center_name: str, own: str = "") -> str:
    """Give the base URL of the accounts server: a stage's own, or that of its data centre."""
    return own.rstrip("/") or data_center(data_center_name).accounts_url


def checked_api_url(api_domain: str) -> str:
    """Give the API base URL that a token answer names, if it is one of Zoho's own; raise `ZohoRefused` otherwise."""
    scheme, _, host = api_domain.removesuffix("/").partition("://")
    if scheme == "https" and host in API_HOSTS:
        return f"https://{host}"
    raise ZohoRefused("Zoho's token answer names an API host that is not Zoho's.", reason="zoho_unknown_api_domain")
