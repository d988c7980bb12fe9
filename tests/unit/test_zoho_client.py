"""The Zoho client over real HTTP: what it asks, with which token, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from chalicelib.data_centers import data_center
from chalicelib.errors import LeadmatchError, LeadNotFound, NotApproved, ZohoRefused, ZohoUnavailable
from chalicelib.verdict.model import Lead
from chalicelib.zoho.answers import LEAD_FIELDS
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.oauth import AccessToken
from tests.local_http import LocalHttp, answer, break_off, closed_port_url, reset
from tests.unit.zoho_answers import FOLDER, LEAD_ID, NOW, Tokens, client

OPTIONS = (FOLDER / "200_two_contacts.json").read_bytes()
LEAD = (FOLDER / "lead" / "200_lead.json").read_bytes()
INVALID = (FOLDER / "401_invalid_token.json").read_bytes()
FIRST, SECOND = (AccessToken(f"1000.token-{n}", "https://www.zohoapis.com", NOW) for n in (1, 2))


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Transport(HTTPAdapter):
    """Remembers where a request would go, and raises."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.urls: list[str | None] = []

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Raise it."""
        self.urls.append(request.url)
        raise self.error


def test_conversion_options_are_asked_for(session: requests.Session) -> None:
    """One GET with Zoho's own kind of authorization."""
    with LocalHttp(answer(200, OPTIONS)) as server:
        found = client(session, server.url, tokens=Tokens(FIRST)).conversion_options(lead_id=LEAD_ID)
    assert [contact.name for contact in found.contacts or ()] == ["Ada Park", "Ada Park"]
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query) == ("GET", f"/crm/v7/Leads/{LEAD_ID}/__conversion_options", {})
    assert seen.headers["authorization"] == "Zoho-oauthtoken 1000.token-1"


@pytest.mark.parametrize(("converted", "more"), [(False, {}), (True, {"converted": "true"})])
def test_a_lead_is_asked_for_by_its_fields(session: requests.Session, converted: bool, more: dict[str, str]) -> None:  # noqa: FBT001
    """Only the fields that we read; a converted one has to be asked for."""
    with LocalHttp(answer(200, LEAD)) as server:
        lead = client(session, server.url).lead(lead_id=LEAD_ID, converted=converted)
    assert isinstance(lead, Lead)
    assert lead.name == "Ada Park"
    assert server.seen[0].path == f"/crm/v7/Leads/{LEAD_ID}"
    assert server.seen[0].query == {"fields": ",".join(LEAD_FIELDS), **more}


@pytest.mark.parametrize(
    ("name", "asked", "qualifying"),
    [("Rating", (*LEAD_FIELDS, "Rating"), ("Hot",)), ("Lead_Status", LEAD_FIELDS, ("Qualified",)), ("Ratng", (*LEAD_FIELDS, "Ratng"), None)],
)  # fmt: skip
def test_the_field_that_qualifies_a_lead_is_read_with_it(
    session: requests.Session, name: str, asked: tuple[str, ...], qualifying: tuple[str, ...] | None
) -> None:
    """In the same call; a field that Zoho does not show is told apart from an empty one."""
    record = {"id": LEAD_ID, "Last_Name": "Park", "Rating": "Hot", "Lead_Status": "Qualified"}
    with LocalHttp(answer(200, json.dumps({"data": [record]}).encode())) as server:
        zoho = ZohoClient(
            tokens=Tokens(), session=lambda: session, api_version="v7", api_url=server.url, qualifying_field=name
        )
        lead = zoho.lead(lead_id=LEAD_ID)
    assert lead is not None
    assert lead.qualifying == qualifying
    assert [seen.query for seen in server.seen] == [{"fields": ",".join(asked)}]


def test_no_content_is_no_match_and_no_lead(session: requests.Session) -> None:
    """HTTP 204 is how Zoho says nothing."""
    with LocalHttp(answer(204)) as server:
        zoho = client(session, server.url)
        found = zoho.conversion_options(lead_id=LEAD_ID)
        assert (found.contacts, found.accounts, found.deals) == ((), (), None)
        assert zoho.lead(lead_id=LEAD_ID) is None


def test_a_refused_token_is_renewed_once(session: requests.Session) -> None:
    """The same question is asked again with the next token."""
    tokens = Tokens(FIRST, SECOND)
    with LocalHttp(answer(401, INVALID), answer(200, OPTIONS)) as server:
        client(session, server.url, tokens=tokens).conversion_options(lead_id=LEAD_ID)
    assert tokens.refused == ["1000.token-1"]
    assert [seen.headers["authorization"][-1] for seen in server.seen] == ["1", "2"]


def test_a_third_refusal_is_final(session: requests.Session) -> None:
    """The one in memory, the shared one and a new one are tried, and no fourth for one question."""
    tokens = Tokens(FIRST, SECOND)
    with LocalHttp(answer(401, INVALID)) as server, pytest.raises(ZohoRefused) as caught:
        client(session, server.url, tokens=tokens).lead(lead_id=LEAD_ID)
    assert (caught.value.reason, len(server.seen), len(tokens.refused)) == ("zoho_token_refused", 3, 2)


def test_a_missing_scope_costs_no_token(session: requests.Session) -> None:
    """A 401 that a new token cannot cure is not renewed."""
    tokens = Tokens(FIRST, SECOND)
    body = json.dumps({"code": "OAUTH_SCOPE_MISMATCH", "details": {}, "status": "error"}).encode()
    with LocalHttp(answer(401, body)) as server, pytest.raises(ZohoRefused) as caught:
        client(session, server.url, tokens=tokens).lead(lead_id=LEAD_ID)
    assert (caught.value.reason, len(server.seen), tokens.refused) == ("zoho_scope_missing", 1, [])


def test_the_token_says_where_the_api_is(session: requests.Session) -> None:
    """Without a setting, api_domain is the authority."""
    transport = Transport(requests.exceptions.ReadTimeout())
    session.mount("https://", transport)
    tokens = Tokens(AccessToken("1000.t", "https://www.zohoapis.eu", NOW))
    zoho = ZohoClient(tokens=tokens, session=lambda: session, api_version="v8")
    with pytest.raises(ZohoUnavailable):
        zoho.conversion_options(lead_id=LEAD_ID)
    assert transport.urls == [f"https://www.zohoapis.eu/crm/v8/Leads/{LEAD_ID}/__conversion_options"]


def test_the_setting_wins_over_the_token(session: requests.Session) -> None:
    """What the operator set is asked, whatever the token answer named."""
    tokens = Tokens(AccessToken("1000.t", "https://www.zohoapis.com.evil.example", NOW))
    with LocalHttp(answer(200, OPTIONS)) as server:
        client(session, server.url, tokens=tokens).conversion_options(lead_id=LEAD_ID)
    assert len(server.seen) == 1


@pytest.mark.parametrize("name", ["us", "eu", "au", "ca", "cn"])
def test_without_api_domain_the_data_centre_s_own_api_is_asked(session: requests.Session, name: str) -> None:
    """Some token answers name no API; the stage's data centre is known."""
    transport = Transport(requests.exceptions.ReadTimeout())
    session.mount("https://", transport)
    own = data_center(name).api_url
    zoho = ZohoClient(
        tokens=Tokens(AccessToken("1000.t", "", NOW)), session=lambda: session, api_version="v7", center_api_url=own
    )
    with pytest.raises(ZohoUnavailable):
        zoho.conversion_options(lead_id=LEAD_ID)
    assert transport.urls == [f"{own}/crm/v7/Leads/{LEAD_ID}/__conversion_options"]


@pytest.mark.parametrize(
    ("domain", "status", "heard"),
    [
        ("https://sandbox.zohoapis.eu", 401, ["https://sandbox.zohoapis.eu"]),
        ("", 200, ["https://www.zohoapis.eu"]),
        ("", 204, ["https://www.zohoapis.eu"]),
        ("", 403, []),
        ("", 500, []),
    ],
)
def test_without_api_domain_only_an_answer_shows_which_org_it_is(
    session: requests.Session, domain: str, status: int, heard: list[str]
) -> None:
    """The data centre's own API serves production orgs alone, and refuses a sandbox's token."""
    found: list[str] = []
    with LocalHttp(*[answer(status, OPTIONS if status == 200 else b"")] * 3) as server, suppress(LeadmatchError):
        ZohoClient(
            tokens=Tokens(AccessToken("1000.t", domain, NOW)),
            session=lambda: session,
            api_version="v7",
            api_url=server.url,
            center_api_url="https://www.zohoapis.eu",
            on_api_domain=found.append,
        ).conversion_options(lead_id=LEAD_ID)
    assert list(dict.fromkeys(found)) == heard


@pytest.mark.parametrize("domain", ["", "https://www.zohoapis.com.evil.example", "http://www.zohoapis.com"])
def test_no_other_host_is_asked(session: requests.Session, domain: str) -> None:
    """A token answer that names a strange host sends the token nowhere."""
    transport = Transport(requests.exceptions.ReadTimeout())
    session.mount("https://", transport)
    session.mount("http://", transport)
    tokens = Tokens(AccessToken("1000.t", domain, NOW))
    zoho = ZohoClient(tokens=tokens, session=lambda: session, api_version="v7")
    with pytest.raises(ZohoRefused) as caught:
        zoho.lead(lead_id=LEAD_ID)
    assert (caught.value.reason, transport.urls) == ("zoho_unknown_api_domain", [])


@pytest.mark.parametrize("act", [reset, break_off])
def test_a_broken_answer_is_unavailable(session: requests.Session, act: Any) -> None:
    """A question may be asked again."""
    with LocalHttp(act) as server, pytest.raises(ZohoUnavailable) as caught:
        client(session, server.url).lead(lead_id=LEAD_ID)
    assert (caught.value.reason, len(server.seen)) == ("zoho_no_answer", 1)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (requests.exceptions.ReadTimeout("1000.t"), "zoho_no_answer"),
        (requests.exceptions.ConnectTimeout("1000.t"), "zoho_unreachable"),
    ],
    ids=["read", "connect"],
)
def test_a_time_out_is_unavailable(session: requests.Session, error: Exception, reason: str) -> None:
    """Whether nothing connected or nothing came back."""
    session.mount("http://", Transport(error))
    with pytest.raises(ZohoUnavailable) as caught:
        client(session, "http://127.0.0.1:9").lead(lead_id=LEAD_ID)
    assert caught.value.reason == reason
    assert "1000.t" not in str(caught.value)


def test_nobody_there_is_unavailable(session: requests.Session) -> None:
    """A closed port."""
    with pytest.raises(ZohoUnavailable) as caught:
        client(session, closed_port_url()).lead(lead_id=LEAD_ID)
    assert caught.value.reason == "zoho_unreachable"


def test_a_redirect_gets_no_token(session: requests.Session) -> None:
    """The API has no other address."""
    with LocalHttp(answer(200, LEAD)) as other, LocalHttp(answer(302, headers={"Location": other.url})) as server:
        with pytest.raises(ZohoUnavailable):
            client(session, server.url).lead(lead_id=LEAD_ID)
        assert other.seen == []


def test_an_unknown_id_is_not_found(session: requests.Session) -> None:
    """Zoho says the same of converted, deleted and hidden leads."""
    body = (FOLDER / "400_invalid_data.json").read_bytes()
    with LocalHttp(answer(400, body)) as server, pytest.raises(LeadNotFound):
        client(session, server.url).conversion_options(lead_id=LEAD_ID)


@pytest.mark.parametrize(
    ("header", "heard"),
    [("499", [499]), ("0", [0]), ("", []), ("many", []), ("-1", []), ("\u0663", []), ("9" * 13, [])],
)
def test_credits_left_are_passed_on(session: requests.Session, header: str, heard: list[int]) -> None:
    """Whenever an answer tells them as a number, a bad answer's header included; what is none is not passed on."""
    told: list[int] = []
    headers = {"X-API-CREDITS-REMAINING": header.encode().decode("latin-1")} if header else {}
    body = (FOLDER / "400_not_approved.json").read_bytes()
    with LocalHttp(answer(400, body, headers=headers)) as server, pytest.raises(NotApproved):
        ZohoClient(
            tokens=Tokens(), session=lambda: session, api_version="v7", api_url=server.url, on_credits=told.append
        ).conversion_options(lead_id=LEAD_ID)
    assert told == heard


def test_some_lead_is_found_for_whoever_checks_the_access(session: requests.Session) -> None:
    """One id, no field of a person; nothing when our user sees no lead."""
    with LocalHttp(answer(200, b'{"data": [{"id": "3652397000007526001"}]}'), answer(204)) as server:
        zoho = client(session, server.url, tokens=Tokens(FIRST))
        assert [zoho.some_lead_id(), zoho.some_lead_id()] == ["3652397000007526001", ""]
    assert (server.seen[0].path, server.seen[0].query) == ("/crm/v7/Leads", {"fields": "id", "per_page": "1"})
