"""The Zoho stand-in against Zoho's pages: each row of tests/vendor_pages/zoho.toml is done over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

import pytest
import requests

from sandbox.zoho import faults
from sandbox.zoho.crm import Crm
from sandbox.zoho.deals import STANDARD, WITHOUT_PIPELINES
from sandbox.zoho.faults import CallName
from sandbox.zoho.oauth import GRANTED
from sandbox.zoho.server import ZohoStandIn
from sandbox.zoho.users import PORTAL, TYPES, Users
from tests.stand_in_clock import Clock
from tests.vendor_pages import zoho_conversion
from tests.vendor_pages.table import ON_DEMAND, Row, calls, rows
from tests.vendor_pages.zoho_case import CREDENTIALS, PATHS, Case

EVERY, GRANT = "every CRM call", "token by a grant code"
DAILY_CREDITS = 5_000
HOUR, WINDOW = 3600, 600


GOOD_PARAMETERS: Mapping[str, dict[str, str]] = {
    "leads": {"fields": "id"},
    "layouts": {"module": "Deals"},
    "pipelines": {"layout_id": STANDARD.id},
}


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def zoho(clock: Clock) -> Iterator[ZohoStandIn]:
    with ZohoStandIn(Crm(), **CREDENTIALS, clock=clock, daily_credits=DAILY_CREDITS) as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def case_of(zoho: ZohoStandIn, clock: Clock, http: requests.Session) -> Iterator[Callable[[str], Case]]:
    """Return what makes a new case of a call, with a lead and a fresh token."""

    def make(call: str) -> Case:
        clock.now += WINDOW
        lead = zoho.crm.add("Leads", Full_Name="Iva Moss", Company="Fernhill")
        token = Case(zoho, clock, http, "token", lead, "").good()["access_token"]
        clock.now += WINDOW
        case = Case(zoho, clock, http, call, lead, f"Zoho-oauthtoken {token}")
        case.params |= GOOD_PARAMETERS.get(call, {})
        if call == "convert":
            case.method, case.version, case.item = "POST", "v7", {}
        if call == GRANT:
            case.form = CREDENTIALS | {"grant_type": "authorization_code", "code": zoho.tokens.issue_grant_code()}
        return case

    yield make
    zoho.clear()
    zoho.crm.clear()
    zoho.crm.layouts, zoho.crm.unique_fields, zoho.crm.users = (), {}, Users()
    zoho.crm.deals.layouts, zoho.crm.deals.mandatory = (STANDARD,), ()
    zoho.crm.converts_again = False
    zoho.tokens.scopes = set(GRANTED)


def no_such_lead(case: Case) -> None:
    case.lead = case.user = "7203914000000000009"


def no_scope(case: Case) -> None:
    case.zoho.tokens.scopes = {"ZohoCRM.settings.fields.READ"}


def without_parameters(case: Case) -> None:
    case.params.clear()


def id_is_no_number(case: Case) -> None:
    case.lead = "abc"


def no_token(case: Case) -> None:
    case.authorization = ""


def dead_token(case: Case) -> None:
    case.clock.now += HOUR


def wrong_method(case: Case) -> None:
    case.method = "DELETE"


def wrong_path(case: Case) -> None:
    case.path = "nowhere"


def no_fields(case: Case) -> None:
    case.params.clear()


def fifty_one_fields(case: Case) -> None:
    case.params["fields"] = ",".join(f"F{number}" for number in range(50))
    case.good()
    case.params["fields"] += ",F50"


def wrong_client(case: Case) -> None:
    case.form["client_id"] = "1000.OTHER"


def wrong_secret(case: Case) -> None:
    case.form["client_secret"] = "other"


def wrong_refresh_token(case: Case) -> None:
    case.form["refresh_token"] = "1000.other"


def eleventh_token(case: Case) -> None:
    for _ in range(10):
        case.good()


def used_code(case: Case) -> None:
    case.good()


CAUSES: Mapping[str, Callable[[Case], None]] = {
    **zoho_conversion.CAUSES,
    "no such lead": no_such_lead,
    "id is no number": id_is_no_number,
    "no token": no_token,
    "dead token": dead_token,
    "wrong method": wrong_method,
    "wrong path": wrong_path,
    "no fields": no_fields,
    "fifty-one fields": fifty_one_fields,
    "wrong client": wrong_client,
    "wrong secret": wrong_secret,
    "revoked": wrong_refresh_token,
    "eleventh token": eleventh_token,
    "used code": used_code,
    "no scope": no_scope,
    "no such type": lambda case: case.params.update(type="Everybody"),
    "no parameter": without_parameters,
    "no such module": lambda case: case.params.update(module="Nowhere"),
    "no such layout": lambda case: case.params.update(layout_id="1"),
}
"""What makes the stand-in say the error's code by itself."""


def status_of(row: Row) -> int:
    """Return the status that stands in what the row says."""
    return next(int(word) for word in row.says.replace(":", " ").replace(",", " ").split() if word.isdigit())


def code_of(answer: requests.Response) -> str:
    """Return the code of an error of the CRM or of the token endpoint."""
    said = answer.json()
    said = said["data"][0] if "data" in said else said
    return str(said.get("code") or said.get("error"))


def check_error(row: Row, case: Case) -> None:
    """Let the stand-in say the row's code and status, for its cause or because the test has planned that answer."""
    if row.does == ON_DEMAND:
        planned = getattr(faults, row.name)
        case.zoho.on(case.call, planned, times=1)  # type: ignore[arg-type]  # the tables hold no other names
    elif row.does in CAUSES:
        CAUSES[row.does](case)
    else:
        return CHECKS[row.does](case)
    answer = case.send()
    assert (answer.status_code, code_of(answer)) == (status_of(row), row.name)
    return None


def refused(cause: Callable[[Case], None]) -> Callable[[Case], None]:
    """Return a check: for this cause the call is refused."""

    def check(case: Case) -> None:
        cause(case)
        answer = case.send()
        assert {"error", "code"} & set(answer.json())

    return check


def without(name: str) -> Callable[[Case], None]:
    """Return a check: without this argument the call is refused."""
    return refused(lambda case: case.form.update({name: ""}))


def credits_spent(case: Case) -> None:
    with ZohoStandIn(case.zoho.crm, **CREDENTIALS, clock=case.clock, daily_credits=0) as poor:
        token = Case(poor, case.clock, case.http, "token", "", "").good()["access_token"]
        answer = Case(poor, case.clock, case.http, "org", "", f"Zoho-oauthtoken {token}").send()
    assert (answer.status_code, code_of(answer)) == (429, "TOO_MANY_REQUESTS")
    assert "Retry-After" not in answer.headers


def credits_in_a_header(case: Case) -> None:
    with ZohoStandIn(case.zoho.crm, **CREDENTIALS, clock=case.clock, daily_credits=4) as poor:
        token = Case(poor, case.clock, case.http, "token", "", "").good()["access_token"]
        answers = [Case(poor, case.clock, case.http, "org", "", f"Zoho-oauthtoken {token}").send() for _ in range(3)]
    assert [answer.headers.get("X-API-CREDITS-REMAINING") for answer in answers] == [None, None, "1"]


def bearer_is_refused(case: Case) -> None:
    case.authorization = case.authorization.replace("Zoho-oauthtoken", "Bearer")
    assert code_of(case.send()) == "AUTHENTICATION_FAILURE"


def errors_shape(case: Case) -> None:
    case.path = "nowhere"
    assert set(case.send().json()) == {"code", "details", "message", "status"}
    assert case.send().json()["status"] == "error"


def gateway_page(case: Case) -> None:
    case.zoho.on("org", faults.BAD_GATEWAY, times=1)
    answer = case.send()
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (502, "text/html")


def query_or_form(case: Case) -> None:
    case.good()
    case.params, case.form = case.form, {}
    case.good()


def an_hour(case: Case) -> None:
    token = case.good()["access_token"]
    case.clock.now += HOUR - 1
    assert case.zoho.tokens.is_live(token)
    case.clock.now += 1
    assert not case.zoho.tokens.is_live(token)


def sixteenth_token(case: Case) -> None:
    first, *_ = [_fresh(case) for _ in range(15)]
    assert case.zoho.tokens.is_live(first)
    _fresh(case)
    assert not case.zoho.tokens.is_live(first)


def _fresh(case: Case) -> str:
    case.clock.now += WINDOW / 10
    return str(case.good()["access_token"])


def a_token(case: Case) -> None:
    answer = case.good()
    assert answer["access_token"]
    assert answer["api_domain"].startswith("https://www.zohoapis.")
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)


def no_refresh_token(case: Case) -> None:
    assert "refresh_token" not in case.good()


def a_refresh_token(case: Case) -> None:
    answer = case.good()
    case.form = CREDENTIALS | {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    a_token(case)


def unknown_parameter_is_ignored(case: Case) -> None:
    case.add("Contacts")
    before = case.options()
    case.params["include_inner_details"] = "nothing.known"
    assert case.options() == before


def a_hundred(module: str) -> Callable[[Case], None]:
    """Return a check: of so many matches a hundred are shown."""

    def check(case: Case) -> None:
        case.add(module, 101)
        assert len(case.options()[module]) == 100

    return check


def nothing_to_report(case: Case) -> None:
    answer = case.send()
    assert (answer.status_code, answer.content) == (204, b"")


def layouts_alone(case: Case) -> None:
    case.zoho.crm.layouts = ("Contacts", "Deals")
    found = case.options()
    layouts = found.pop("modules_with_multiple_layouts")
    assert [sorted(one) for one in layouts] == [["api_name", "id"]] * 2
    assert set(found.values()) == {None}


def five_keys(case: Case) -> None:
    case.add("Contacts")
    keys = {"module_preference", "Contacts", "Accounts", "preference_field_matched_value"}
    assert set(case.options()) == keys | {"modules_with_multiple_layouts"}
    assert case.options()["Accounts"] is None


def keys_of(module: str, *always: str) -> Callable[[Case], None]:
    """Return a check: a record that is shown has these keys."""

    def check(case: Case) -> None:
        case.add(module)
        (record,) = case.options()[module]
        assert {*always, "$editable", "Locked__s", "$approval_state", "id"} <= set(record)
        assert record["$approval_state"] == "approved"

    return check


def the_field_that_matched(case: Case) -> None:
    case.add("Contacts")
    (matched,) = case.options()["preference_field_matched_value"]["Contacts"]
    assert (matched["field"]["api_name"], matched["matched_lead_value"]) == ("Full_Name", "Iva Moss")
    assert matched["field"]["id"].isdigit()
    assert matched["field"]["unique"] is None


def converted_lead(case: Case) -> None:
    case.zoho.crm.convert(case.lead)
    assert code_of(case.send()) == "INVALID_DATA"


def fields_that_are_wanted(case: Case) -> None:
    case.params["fields"] = "Company"
    assert case.good()["data"] == [{"Company": "Fernhill", "id": case.lead}]


def converted_leads(case: Case) -> None:
    seen = {}
    for is_converted in (False, True):
        for asked in ("false", "true", "both"):
            case.params["converted"] = asked
            seen[is_converted, asked] = case.send().status_code
        case.zoho.crm.convert(case.lead)
    missing = {key for key, status in seen.items() if status == 204}
    assert missing == {(False, "true"), (True, "false")}


def one_record(case: Case) -> None:
    (record,) = case.good()["data"]
    assert record["id"] == case.lead


def not_found(case: Case) -> None:
    no_such_lead(case)
    nothing_to_report(case)


def two_hundred_leads(case: Case) -> None:
    case.add("Leads", 200)
    assert len(case.good()["data"]) == 200
    case.params["per_page"] = "201"
    assert len(case.good()["data"]) == 200


def a_page_of_leads(case: Case) -> None:
    case.add("Leads")
    case.params["per_page"] = "1"
    assert case.good()["info"] == {"per_page": 1, "count": 1, "page": 1, "more_records": True}


def no_leads(case: Case) -> None:
    case.zoho.crm.clear()
    nothing_to_report(case)


def the_org(case: Case) -> None:
    (org,) = case.good()["org"]
    assert {"id", "zgid", "domain_name", "company_name"} <= set(org)


def people(case: Case) -> None:
    """Let there be one user of each state, beside our own."""
    users = case.zoho.crm.users
    users.add("Ada Park", "ada.park@quillworks.example")
    users.add("Rosa Quill", "rosa.quill@quillworks.example", status="inactive")
    users.add("Iva Moss", "iva.moss@quillworks.example", confirm=False)
    users.add("Ro Fern", "ro.fern@quillworks.example", status="deleted")
    users.add("Rui Matos", "rui.matos@quillworks.example", type__s=PORTAL)


NAMED = {
    "AllUsers": {"leadmatch", "Ada Park", "Rosa Quill", "Iva Moss", "Ro Fern", "Rui Matos"},
    "ActiveUsers": {"leadmatch", "Ada Park", "Iva Moss", "Rui Matos"},
    "DeactiveUsers": {"Rosa Quill"},
    "DeletedUsers": {"Ro Fern"},
    "ConfirmedUsers": {"leadmatch", "Ada Park", "Rosa Quill", "Ro Fern", "Rui Matos"},
    "NotConfirmedUsers": {"Iva Moss"},
    "ActiveConfirmedUsers": {"leadmatch", "Ada Park", "Rui Matos"},
    "AdminUsers": {"leadmatch"},
    "ActiveConfirmedAdmins": {"leadmatch"},
    "CurrentUser": {"leadmatch"},
}


def users_by_type(case: Case) -> None:
    people(case)
    for case.params["type"] in TYPES:
        assert {user["full_name"] for user in case.good()["users"]} == NAMED[case.params["type"]]


def portal_users_too(case: Case) -> None:
    people(case)
    case.params["type"] = "ActiveConfirmedUsers"
    assert PORTAL in {user["type__s"] for user in case.good()["users"]}


def two_hundred_users(case: Case) -> None:
    for number in range(200):
        case.zoho.crm.users.add(f"User {number}", f"u{number}@quillworks.example")
    assert (len(case.good()["users"]), case.good()["info"]["more_records"]) == (200, True)
    case.params |= {"page": "2"}
    assert (len(case.good()["users"]), case.good()["info"]["more_records"]) == (1, False)
    case.params |= {"page": "3"}
    nothing_to_report(case)


def ten_a_page(case: Case) -> None:
    people(case)
    case.params |= {"page": "2", "per_page": "4"}
    assert case.good()["info"] == {"per_page": 4, "count": 2, "page": 2, "more_records": False}


def nobody(case: Case) -> None:
    case.params["type"] = "DeletedUsers"
    nothing_to_report(case)


def a_user(case: Case) -> None:
    (user,) = case.good()["users"]
    assert {"id", "full_name", "email", "status", "confirm", "type__s", "zuid"} <= set(user)
    assert sorted(user["profile"]) == sorted(user["role"]) == ["id", "name"]


def whatever_the_state(case: Case) -> None:
    case.user = case.zoho.crm.users.add("Ro Fern", "ro.fern@quillworks.example", status="deleted", confirm=False)
    assert case.good()["users"][0]["status"] == "deleted"


def a_layout(case: Case) -> None:
    (layout,) = case.good()["layouts"]
    assert {"id", "name", "visible", "has_more_profiles", "created_time", "profiles"} <= set(layout)


def a_pipeline(case: Case) -> None:
    pipeline = case.good()["pipeline"][0]
    assert {"id", "display_value", "actual_value", "default", "maps"} == set(pipeline)
    keys = {"id", "display_value", "actual_value", "sequence_number", "forecast_type", "forecast_category"}
    assert {frozenset(stage) for stage in pipeline["maps"]} == {frozenset(keys)}


def no_pipelines(case: Case) -> None:
    case.zoho.crm.deals.layouts = (WITHOUT_PIPELINES,)
    nothing_to_report(case)


CHECKS: Mapping[str, Callable[[Case], None]] = {
    **zoho_conversion.CHECKS,
    "users by type": users_by_type,
    "portal users too": portal_users_too,
    "two hundred users": two_hundred_users,
    "ten a page": ten_a_page,
    "nobody": nobody,
    "a user": a_user,
    "whatever the state": whatever_the_state,
    "a layout": a_layout,
    "a pipeline": a_pipeline,
    "no pipelines": no_pipelines,
    **{name: refused(cause) for name, cause in CAUSES.items()},
    "credits spent": credits_spent,
    "429 without Retry-After": credits_spent,
    "credits in a header": credits_in_a_header,
    "Bearer is refused": bearer_is_refused,
    "error's shape": errors_shape,
    "gateway page": gateway_page,
    "refused without a grant type": without("grant_type"),
    "refused without a refresh token": without("refresh_token"),
    "query or form": query_or_form,
    "an hour": an_hour,
    "sixteenth token": sixteenth_token,
    "a token": a_token,
    "no refresh token": no_refresh_token,
    "a refresh token": a_refresh_token,
    "unknown parameter is ignored": unknown_parameter_is_ignored,
    "a hundred contacts": a_hundred("Contacts"),
    "a hundred accounts": a_hundred("Accounts"),
    "nothing to report": nothing_to_report,
    "layouts alone": layouts_alone,
    "five keys": five_keys,
    "a contact's keys": keys_of("Contacts", "Full_Name", "Email", "Data_Processing_Basis"),
    "an account's keys": keys_of("Accounts", "Phone", "Account_Type", "Website", "Account_Name"),
    "the field that matched": the_field_that_matched,
    "converted lead": converted_lead,
    "fields that are wanted": fields_that_are_wanted,
    "converted leads": converted_leads,
    "one record": one_record,
    "not found": not_found,
    "two hundred leads": two_hundred_leads,
    "a page of leads": a_page_of_leads,
    "no leads": no_leads,
    "the org": the_org,
}


@pytest.mark.parametrize("row", rows("zoho"), ids=str)
def test_the_stand_in_does_what_the_page_says(row: Row, case_of: Callable[[str], Case]) -> None:
    """Each row is done over HTTP; an error of every CRM call is said by each of them."""
    if row.kind == "error":
        for call in PATHS if row.call == EVERY else [row.call]:
            check_error(row, case_of(call))
    else:
        CHECKS[row.does](case_of("org" if row.call == EVERY else row.call))


def test_each_call_that_the_stand_in_answers_has_its_page() -> None:
    """And no page is of a call that it does not answer."""
    assert set(calls("zoho")) == {*get_args(CallName), GRANT, EVERY}


def test_every_cause_and_every_check_is_of_a_row() -> None:
    """None is left over when a row goes."""
    assert {row.does for row in rows("zoho")} == {*CAUSES, *CHECKS, ON_DEMAND}
