"""Zoho's ten data centres, and which API hosts a token may be sent to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.data_centers import API_HOSTS, DATA_CENTERS, DataCenter, checked_api_url, data_center
from chalicelib.errors import Misconfigured, ZohoRefused

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
}
CANADA = DataCenter("https://accounts.zohocloud.ca", "https://www.zohoapis.ca", "https://crm.zohocloud.ca")


@pytest.mark.parametrize(("name", "top"), TOPS.items())
def test_nine_data_centers_differ_by_their_ending(name: str, top: str) -> None:
    """Accounts, API and pages share the ending."""
    assert data_center(name) == DataCenter(
        f"https://accounts.zoho.{top}", f"https://www.zohoapis.{top}", f"https://crm.zoho.{top}"
    )


def test_canada_is_another_cloud() -> None:
    """Its accounts and pages are of zohocloud.ca, its API is not."""
    assert data_center("CA") == CANADA
    assert set(DATA_CENTERS) == {*TOPS, "ca"}


@pytest.mark.parametrize("name", ["", "com", "usa", "ch", "us "])
def test_another_name_is_a_mistake_of_the_settings(name: str) -> None:
    """The message names the variable and what it may be."""
    with pytest.raises(Misconfigured, match=r"LEADMATCH_ZOHO_DATA_CENTER must be one of ae, au, ca") as caught:
        data_center(name)
    assert caught.value.reason == "unknown_data_center"


@pytest.mark.parametrize("center", DATA_CENTERS.values(), ids=DATA_CENTERS)
def test_each_api_of_zoho_is_taken(center: DataCenter) -> None:
    """Production, sandbox and developer editions, with or without a slash at the end."""
    for edition in ("www", "sandbox", "developer"):
        url = center.api_url.replace("www", edition)
        assert checked_api_url(url) == checked_api_url(f"{url}/") == url


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "null",
        "www.zohoapis.com",
        "//www.zohoapis.com",
        "http://www.zohoapis.com",
        "HTTPS://www.zohoapis.com.evil.example",
        "https://www.zohoapis.com.evil.example",
        "https://evil.example/www.zohoapis.com",
        "https://evil.example#www.zohoapis.com",
        "https://evil.example?https://www.zohoapis.com",
        "https://evilzohoapis.com",
        "https://accounts.zoho.com",
        "https://user@www.zohoapis.com",
        "https://www.zohoapis.com@evil.example",
        "https://user:word@www.zohoapis.com",
        "https://www.zohoapis.com:443",
        "https://www.zohoapis.com:8443",
        "https://www.zohoapis.com.",
        "https://www.zohoapis.com\\@evil.example",
        "https://www.zohoapis.com/../evil",
        "https://www.zoho\napis.com",
        "https://[www.zohoapis.com",
        "https://[::1]",
        "https://www.zoho\u0430pis.com",
        "file:///etc/passwd",
    ],
)
def test_no_other_host_gets_the_token(hostile: str) -> None:
    """An address is exactly one of Zoho's, or refused for good."""
    with pytest.raises(ZohoRefused) as caught:
        checked_api_url(hostile)
    assert caught.value.reason == "zoho_unknown_api_domain"
    assert not hostile or hostile not in str(caught.value)


@given(st.text() | st.sampled_from(sorted(API_HOSTS)).flatmap(lambda h: st.text().map(lambda t: f"https://{h}{t}")))
def test_whatever_is_taken_is_an_address_of_zoho(text: str) -> None:
    """Any text is refused, or becomes https and one of the known hosts."""
    try:
        url = checked_api_url(text)
    except ZohoRefused:
        return
    assert url.removeprefix("https://") in API_HOSTS
