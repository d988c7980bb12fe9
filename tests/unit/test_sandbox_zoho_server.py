"""The stand-in speaks Zoho over real HTTP, and fails in every way it is told to."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from sandbox.serving import Serving
from sandbox.zoho import faults
from sandbox.zoho.crm import Crm
from sandbox.zoho.faults import Answer, Fault
from sandbox.zoho.server import ZohoStandIn
from tests.waiting import wait_for

CREDENTIALS = {"client_id": "1000.CLIENT", "client_secret": "hush", "refresh_token": "1000.refresh"}
REFRESH = CREDENTIALS | {"grant_type": "refresh_token"}


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
def zoho(crm):
    with ZohoStandIn(crm, **CREDENTIALS) as stand_in:
        yield stand_in


@pytest.fixture
def http():
    with requests.Session() as session:
        yield session


@pytest.fixture
def get(zoho, http):
    token = http.post(f"{zoho.url}/oauth/v2/token", data=REFRESH).json()["access_token"]

    def call(path: str, *, authorization: str | None = f"Zoho-oauthtoken {token}", **kwargs: object):
        return http.get(f"{zoho.url}/crm/{path}", headers={"Authorization": authorization}, **kwargs)

    return call


@pytest.fixture
def lead_id(crm) -> str:
    return crm.add("Leads", Full_Name="Iva Moss", Company="Fernhill", Email="iva@fernhill.example")


@pytest.mark.parametrize("version", ["v5", "v6", "v7", "v8"])
def test_the_options_are_computed_from_the_records(get, crm, lead_id, version):
    """Every version that has the call answers it alike."""
    contact_id = crm.add("Contacts", Full_Name="Iva Moss", Email="iva@fernhill.example")
    response = get(f"{version}/Leads/{lead_id}/__conversion_options")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert [contact["id"] for contact in response.json()["__conversion_options"]["Contacts"]] == [contact_id]


def test_no_match_is_204_without_a_body(get, lead_id):
    """Nothing to report."""
    response = get(f"v8/Leads/{lead_id}/__conversion_options")
    assert (response.status_code, response.content) == (204, b"")


def test_options_of_a_lead_that_is_converted_or_unknown_or_no_number(get, crm, lead_id):
    """Zoho does not tell them apart."""
    crm.convert(lead_id)
    for wrong in (lead_id, "7203914000000000009", "abc"):
        response = get(f"v8/Leads/{wrong}/__conversion_options")
        assert (response.status_code, response.json()) == (400, faults.INVALID_DATA.body)


def test_a_lead_is_read_with_the_fields_that_were_asked_for(get, lead_id):
    """And its id; a field that does not exist is left out."""
    response = get(f"v8/Leads/{lead_id}", params={"fields": "Email,Company,Nonsense"})
    assert response.json() == {
        "data": [{"Email": "iva@fernhill.example", "Company": "Fernhill", "id": lead_id}],
    }
    assert get(f"v8/Leads/{lead_id}").json()["data"][0]["Owner"]["name"]


@pytest.mark.parametrize(
    ("converted", "before", "after"), [(None, 200, 204), ("false", 200, 204), ("true", 204, 200), ("both", 200, 200)]
)
def test_a_converted_lead_is_shown_to_who_asks_for_converted_leads(get, crm, lead_id, converted, before, after):
    """It has left the list of leads."""
    params = {"converted": converted, "fields": "$converted,Converted__s"}
    assert get(f"v8/Leads/{lead_id}", params=params).status_code == before
    crm.convert(lead_id)
    assert get(f"v8/Leads/{lead_id}", params=params).status_code == after


def test_leads_are_listed_page_by_page_the_newest_first(get, crm, lead_id):
    """Converted ones have left the list, an empty list is 204, and fields are asked for by name."""
    newer = crm.add("Leads", Full_Name="Ro Fern")
    page = get("v8/Leads", params={"fields": "id", "per_page": 1}).json()
    assert (page["data"], page["info"]["more_records"]) == ([{"id": newer}], True)
    crm.convert(newer)
    assert [one["id"] for one in get("v8/Leads", params={"fields": "id"}).json()["data"]] == [lead_id]
    assert get("v8/Leads").json()["code"] == "REQUIRED_PARAM_MISSING"
    crm.clear()
    assert get("v8/Leads", params={"fields": "id"}).status_code == 204


def test_an_unknown_lead_is_204_and_a_wrong_id_400(get):
    """A number may once have been a lead; a word never was."""
    assert get("v8/Leads/7203914000000000009").status_code == 204
    assert get("v8/Leads/${Leads.Id}").json()["code"] == "INVALID_DATA"
    assert get("v8/Leads/\u0661\u0662").status_code == 400


def test_the_org_tells_its_id(get):
    """Links to records need it."""
    (org,) = get("v8/org").json()["org"]
    assert org["zgid"].isdigit()
    assert org["domain_name"] == f"org{org['zgid']}"


@pytest.mark.parametrize("path", ["v4/org", "v9/org", "v8/nowhere", "v8/Leads/1/__conversion_option"])
def test_an_unknown_path_or_version(get, path):
    """Zoho knows neither."""
    response = get(path)
    assert (response.status_code, response.json()["code"]) == (404, "INVALID_URL_PATTERN")


def test_a_wrong_method(zoho, http):
    """Reading is not writing."""
    assert http.post(f"{zoho.url}/crm/v8/org").json()["code"] == "INVALID_REQUEST_METHOD"


def test_without_a_live_token_nobody_gets_in(get, zoho, lead_id):
    """A missing header, a token under another scheme, an unknown and a dead token; canned answers change nothing."""
    zoho.on("lead", Answer(200, {"data": []}))
    assert get(f"v8/Leads/{lead_id}", authorization=None).json()["code"] == "AUTHENTICATION_FAILURE"
    assert get(f"v8/Leads/{lead_id}", authorization="Bearer 1000.x").json()["code"] == "AUTHENTICATION_FAILURE"
    assert get(f"v8/Leads/{lead_id}", authorization="Zoho-oauthtoken 1000.x").json()["code"] == "INVALID_TOKEN"
    assert get(f"v8/Leads/{lead_id}").status_code == 200
    zoho.tokens.kill_all()
    assert get(f"v8/Leads/{lead_id}").status_code == 401
    assert [call.status for call in zoho.calls_for(lead_id)] == [401, 401, 401, 200, 401]


@pytest.mark.parametrize("place", ["data", "params"])
def test_a_token_can_be_asked_for_in_the_form_or_the_query(zoho, http, place):
    """Zoho's pages show the one, its SDKs do the other."""
    assert "access_token" in http.post(f"{zoho.url}/oauth/v2/token", **{place: REFRESH}).json()


def test_the_remaining_credits_are_told_once_half_are_spent(crm, http):
    """The last credit is spent as well; then there is 429."""
    with ZohoStandIn(crm, **CREDENTIALS, daily_credits=4) as zoho:
        token = http.post(f"{zoho.url}/oauth/v2/token", data=REFRESH).json()["access_token"]
        headers = {"Authorization": f"Zoho-oauthtoken {token}"}
        answers = [http.get(f"{zoho.url}/crm/v8/org", headers=headers) for _ in range(5)]
    assert [answer.headers.get("X-API-CREDITS-REMAINING") for answer in answers[:4]] == [None, None, "1", "0"]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]


def test_a_canned_answer_is_sent_as_it_is(get, zoho, lead_id):
    """Status, headers and body, JSON or HTML."""
    path = f"v8/Leads/{lead_id}/__conversion_options"
    zoho.on("options", faults.too_many_requests(retry_after_seconds=7), times=1)
    zoho.on("options", faults.BAD_GATEWAY, times=2)
    zoho.on("options", Answer(200, {"__conversion_options": {"Contacts": []}}), lead_id=lead_id, times=1)
    assert get(path).json() == {"__conversion_options": {"Contacts": []}}
    limited, broken, again = get(path), get(path), get(path)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert (broken.status_code, broken.headers["Content-Type"]) == (502, "text/html;charset=UTF-8")
    assert (again.status_code, get(path).status_code) == (502, 204)


def test_canned_answers_end_when_cleared_or_replaced(get, zoho, lead_id):
    """An answer for ever lasts until then, for its own call and lead only."""
    path = f"v8/Leads/{lead_id}/__conversion_options"
    zoho.on("options", faults.SERVICE_UNAVAILABLE)
    zoho.on("options", faults.NOT_APPROVED, lead_id="7203914000000000009")
    assert [get(path).status_code for _ in range(3)] == [503] * 3
    assert get("v8/Leads/7203914000000000009/__conversion_options").json()["code"] == "NOT_APPROVED"
    assert get(f"v8/Leads/{lead_id}").status_code == 200
    zoho.on("options", faults.RECORD_LOCKED)
    assert get(path).json()["code"] == "RECORD_LOCKED"
    zoho.clear()
    assert get(path).status_code == 204


def test_the_token_endpoint_fails_on_demand(zoho, http):
    """In the language of its data centre, if need be."""
    zoho.on("token", faults.access_denied(200, word="Zugriff verweigert"), times=1)
    refused = http.post(f"{zoho.url}/oauth/v2/token", data=REFRESH)
    assert (refused.status_code, refused.json()["error"]) == (200, "Zugriff verweigert")


def test_a_reset_connection_gives_no_answer(get, zoho, lead_id):
    """The next call is answered on a new connection, and the failed one is on record without a status."""
    zoho.on("lead", Fault.RESET, times=1)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        get(f"v8/Leads/{lead_id}")
    assert get(f"v8/Leads/{lead_id}").status_code == 200
    assert [call.status for call in zoho.calls_for(lead_id)] == [None, 200]


def test_half_an_answer_breaks_off_in_the_body(get, zoho, lead_id):
    """The head was good, so a client that does not count bytes would believe it."""
    zoho.on("lead", Fault.HALF_ANSWER, times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        get(f"v8/Leads/{lead_id}")
    assert get(f"v8/Leads/{lead_id}").status_code == 200


def test_half_of_an_empty_answer_is_no_answer(get, zoho, lead_id):
    """A 204 has no middle to break off in, so the connection is reset."""
    zoho.on("options", Fault.HALF_ANSWER, times=1)
    with pytest.raises(requests.ConnectionError):
        get(f"v8/Leads/{lead_id}/__conversion_options")


def test_an_answer_can_drip(get, zoho, lead_id):
    """The head is good and promises a body, of which a few bytes come at a time."""
    zoho.on("lead", Fault.DRIP, times=1)
    with get(f"v8/Leads/{lead_id}", stream=True) as response:
        assert response.status_code == 200
        assert 0 < len(response.raw.read1(65536)) < int(response.headers["Content-Length"])
    assert get(f"v8/Leads/{lead_id}").status_code == 200


def test_a_delayed_answer_makes_the_client_give_up(get, zoho, lead_id):
    """The call counts, and stopping does not wait for the delay to pass."""
    zoho.on("lead", Answer(200, {"data": []}, delay_seconds=60))
    with pytest.raises(requests.ReadTimeout):
        get(f"v8/Leads/{lead_id}", timeout=1.0)
    wait_for(lambda: [call.name for call in zoho.calls_for(lead_id)] == ["lead"])
    began = time.monotonic()
    zoho.stop()
    assert time.monotonic() - began < 30


def test_calls_are_recorded_with_the_clocks_time(crm, http):
    """Each with its name, lead, status and time."""
    with ZohoStandIn(crm, **CREDENTIALS, clock=lambda: 1_800_000_000.5) as zoho:
        http.post(f"{zoho.url}/oauth/v2/token", data=REFRESH)
        (call,) = zoho.calls
    assert (call.name, call.lead_id, call.status, call.at) == ("token", None, 200, 1_800_000_000.5)


def test_many_callers_at_once_are_all_recorded(get, zoho, lead_id):
    """No call is lost."""
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: get(f"v8/Leads/{lead_id}").status_code, range(40)))
    assert statuses == [200] * 40
    assert len(zoho.calls_for(lead_id)) == 40


def test_a_connection_is_kept_open_between_calls(zoho):
    """Two requests on one socket get two answers, a request body in between included."""
    host, port = zoho.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        reader = connection.makefile("rb")
        for request, expected in (
            (b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody", "404"),
            (b"GET /crm/v8/org HTTP/1.1\r\nHost: x\r\n\r\n", "401"),
        ):
            connection.sendall(request)
            head = iter(reader.readline, b"\r\n")
            status, *headers = [line.decode().strip() for line in head]
            (length,) = [line.split()[1] for line in headers if line.startswith("Content-Length")]
            reader.read(int(length))
            assert status.split()[:2] == ["HTTP/1.1", expected]
        reader.close()


def test_a_stop_ends_idle_connections_and_their_threads(crm, http):
    """And frees the port; a stopped stand-in has no URL, a second stop does nothing, a new start works."""
    others = set(threading.enumerate())
    zoho = ZohoStandIn(crm, **CREDENTIALS)
    with zoho:
        url = zoho.url
        http.get(f"{url}/crm/v8/org")
        own = set(threading.enumerate()) - others
        assert len(own) >= 2
    zoho.stop()
    with pytest.raises(requests.ConnectionError):
        http.get(f"{url}/crm/v8/org")
    with pytest.raises(RuntimeError, match="Not serving"):
        _ = zoho.url
    with zoho, pytest.raises(RuntimeError, match="Already serving"):
        zoho.start()
    for thread in own:
        thread.join(timeout=30)
        assert not thread.is_alive()


def test_a_body_of_unknown_length_ends_with_its_connection(http):
    """Any WSGI app can be served; one that does not count its bytes costs its client a connection."""

    def app(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"one ", b"two"]

    with Serving(app) as serving:
        response = http.get(serving.url)
    assert (response.text, response.headers["Connection"]) == ("one two", "close")


def test_a_request_body_may_come_in_chunks(zoho, http):
    """A client that does not know its length beforehand is understood too."""
    form = (f"{name}={value}&".encode() for name, value in REFRESH.items())
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "access_token" in http.post(f"{zoho.url}/oauth/v2/token", data=form, headers=headers).json()
