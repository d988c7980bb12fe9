"""Convert Lead: the body that is sent, and what each answer means; only a clear answer is taken for one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.conversion import NEW, DealWanted, Made, MadeRecords, Wanted
from chalicelib.http import Answer
from chalicelib.zoho.conversion import (
    Converted,
    ConvertedLead,
    Refused,
    Unclear,
    conversion_body,
    read_converted,
    read_outcome,
    read_tags,
)

ACCOUNT, CONTACT = "5545974000000346001", "5545974000000346010"


def answer(status: int, body: object) -> Answer:
    """Return an answer of Zoho's."""
    return Answer(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def item(code: str, **details: Any) -> dict[str, Any]:
    """Return an entry of `data`."""
    return {"data": [{"code": code, "details": details, "message": "…", "status": "…"}]}


def test_only_what_was_chosen_is_named_in_the_body() -> None:
    """Zoho makes what is left out; `overwrite` is never true."""
    bare = conversion_body(Wanted(NEW, NEW), tags=("hot",))
    assert bare == {
        "data": [
            {
                "overwrite": False,
                "notify_lead_owner": False,
                "carry_over_tags": {"Contacts": ["hot"], "Accounts": ["hot"]},
            }
        ]
    }
    deal = DealWanted("Zylker", "2031-05-06", "Qualification")
    whole = conversion_body(Wanted(ACCOUNT, CONTACT, deal, notify_owner=True, carry_over_tags=False), tags=("hot",))
    assert whole["data"][0] == {
        "overwrite": False,
        "notify_lead_owner": True,
        "Accounts": {"id": ACCOUNT},
        "Contacts": {"id": CONTACT},
        "Deals": {"Deal_Name": "Zylker", "Closing_Date": "2031-05-06", "Stage": "Qualification"},
    }


CLEAR: dict[str, tuple[int, object, object]] = {
    "converted": (
        200,
        item("SUCCESS", Contacts={"name": "Ada Park", "id": CONTACT}, Accounts=None, Deals=None),
        Converted(MadeRecords(Made(CONTACT, "Ada Park"))),
    ),
    "converted, ids alone": (
        200,
        item("SUCCESS", Contacts=CONTACT, Accounts=ACCOUNT),
        Converted(MadeRecords(Made(CONTACT), Made(ACCOUNT))),
    ),
    "converted, an id as a number": (
        200,
        b'{"data":[{"code":"SUCCESS","details":{"Contacts":{"id":5545974000000346010}}}]}',
        Converted(MadeRecords(Made(CONTACT))),
    ),
    "already converted": (
        400,
        {"code": "ID_ALREADY_CONVERTED", "details": {"resource_path_index": 1}},
        Refused("ID_ALREADY_CONVERTED"),
    ),
    "a stage of another pipeline": (
        400,
        item("MAPPING_MISMATCH", api_name="Stage", json_path="$.data[0].Deals.Stage"),
        Refused("MAPPING_MISMATCH", "Stage"),
    ),
    "a field by its path alone": (
        400,
        item("MANDATORY_NOT_FOUND", json_path="$.data[0].Deals.Industry"),
        Refused("MANDATORY_NOT_FOUND", "Industry"),
    ),
    "errors in a 202": (202, item("INVALID_DATA", api_name="Amount"), Refused("INVALID_DATA", "Amount")),
    "errors in a 200": (200, item("INVALID_DATA", api_name="Amount"), Refused("INVALID_DATA", "Amount")),
    "no permission": (403, {"code": "NO_PERMISSION", "details": {}}, Refused("NO_PERMISSION")),
    "too many requests": (429, {"code": "TOO_MANY_REQUESTS"}, Refused("TOO_MANY_REQUESTS")),
    "a page": (403, b"<html>no</html>", Refused("zoho_http_403")),
    "an address": (401, {"code": "INVALID_IP", "message": "IP not allowed"}, Refused("zoho_ip_restricted")),
    "a hostile code": (400, {"code": "<!channel> *no*"}, Refused("zoho_http_400")),
}
UNCLEAR: dict[str, tuple[int, object]] = {
    "scheduled": (202, item("SCHEDULED", job_id="77")),
    "a failure of Zoho's own as a 400": (400, {"code": "INTERNAL_ERROR"}),
    "500": (500, {"code": "INTERNAL_ERROR"}),
    "502, a page": (502, b"<html>Bad gateway</html>"),
    "503 that names a refusal": (503, {"code": "NO_PERMISSION"}),
    "408": (408, {"code": "REQUEST_TIMEOUT"}),
    "200, empty": (200, b""),
    "200, no details": (200, {"data": [{"code": "SUCCESS"}]}),
    "200, a list": (200, []),
    "204": (204, b""),
    "302": (302, b""),
    "202 that says SUCCESS": (202, item("SUCCESS", Contacts=None)),
}


@pytest.mark.parametrize(("status", "body", "meaning"), CLEAR.values(), ids=CLEAR)
def test_a_clear_answer(status: int, body: object, meaning: object) -> None:
    """Zoho converted, or certainly did not."""
    assert read_outcome(answer(status, body)) == meaning


@pytest.mark.parametrize(("status", "body"), UNCLEAR.values(), ids=UNCLEAR)
def test_anything_else_says_nothing(status: int, body: object) -> None:
    """The lead has to be read."""
    assert isinstance(read_outcome(answer(status, body)), Unclear)


@pytest.mark.parametrize(
    ("record", "read"),
    [
        ({}, None),
        ({"id": "1"}, None),
        ({"id": "1", "Converted__s": False, "$converted": False, "$converted_detail": {}}, None),
        ({"id": "1", "Converted__s": True}, ConvertedLead(MadeRecords())),
        (
            {
                "id": "1",
                "Converted_Contact": {"id": "2", "name": "Ada"},
                "$converted_detail": {"contact": "9", "account": "3", "deal": {"id": "4"}, "converted_by": "5"},
                "Converted_Date_Time": "2031-05-06T09:00:00+02:00",
            },
            ConvertedLead(
                MadeRecords(Made("2", "Ada"), Made("3"), Made("4")), "5", datetime(2031, 5, 6, 7, 0, tzinfo=UTC)
            ),
        ),
        (
            {"id": "1", "$converted": True, "$converted_detail": {"convert_date": "no", "converted_by": {"id": "5"}}},
            ConvertedLead(MadeRecords(), "5"),
        ),
    ],
    ids=["no lead", "not said", "open", "nothing known", "all known", "no time"],
)
def test_a_converted_lead_is_read_as_far_as_zoho_says(record: dict[str, Any], read: ConvertedLead | None) -> None:
    """Its fields vary from version to version; what is missing is not guessed."""
    assert read_converted({"data": [record]}) == read
    assert read_converted({}) is None


def test_tags_are_read_by_name() -> None:
    """None of a lead that has none, or of another type."""
    assert read_tags({"data": [{"Tag": [{"name": "hot", "id": "1"}, {"name": ""}, "x"]}]}) == ("hot",)
    assert read_tags({"data": [{"Tag": None}]}) == read_tags({}) == ()
