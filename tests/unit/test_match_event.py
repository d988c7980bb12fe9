"""The match event: what other systems read, and what the ledger gives back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker

from chalicelib.match_contract import SCHEMA_URI, TYPE
from chalicelib.match_event import MAX_BYTES, Match, read, write
from chalicelib.slack.message import render
from chalicelib.verdict import unchecked
from chalicelib.verdict.model import Cause, ConversionOptions, Owner, Record, Reference, Verdict
from tests import strategies
from tests.golden.cases import CASES
from tests.golden.schema import FILE, match_event_schema
from tests.strategies import (
    ADA,
    CHECKED_AT,
    COMPANY,
    EMAIL,
    EVENT,
    LEAD_ID,
    NAME,
    OLDCO,
    PHONE,
    ZYLKER,
    account,
    contact,
    judged,
    match,
    offer,
    same,
)

SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
EMOJI = "🦊" * 500
any_match = given(given_match=strategies.matches)
many = settings(max_examples=80)


def closed(schema: object) -> object:
    """Return the schema without room for properties and words that it does not name, which only readers have."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {name: closed(part) for name, part in schema.items()}
    words = {"enum": schema["examples"]} if "examples" in schema else {}
    return parts | words | ({"additionalProperties": False} if schema in _objects(schema) else {})


def event_of(given_match: Match) -> dict[str, Any]:
    loaded = json.loads(write(given_match, stage="dev"))
    assert isinstance(loaded, dict)
    return loaded


def problems(event: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in SCHEMA_ERRORS.iter_errors(event)]


def _objects(schema: object) -> list[dict[str, Any]]:
    """Return every part of the schema that describes an object with named properties."""
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    own = [schema] if isinstance(schema, dict) and "object" in _types(schema) and "properties" in schema else []
    return own + [found for part in inner for found in _objects(part)]


def _types(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return kind if isinstance(kind, list) else [kind]


SCHEMA_ERRORS = Draft202012Validator(closed(SCHEMA), format_checker=FormatChecker())


def test_the_schema_is_a_good_schema_and_names_itself() -> None:
    """Its id is the one that every event carries as `dataschema`, and formats are really checked."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == SCHEMA_URI == SCHEMA["properties"]["dataschema"]["const"]
    assert SCHEMA["properties"]["type"]["const"] == TYPE
    assert FormatChecker().conforms("yesterday", "date-time") is False


def test_the_schema_is_that_of_the_types() -> None:
    """`make golden` writes it anew."""
    assert match_event_schema() == SCHEMA


def test_the_schema_explains_what_a_reader_cannot_guess() -> None:
    """Every definition but a plain value, and every word that decides something, says in a sentence what it means."""
    assert [name for name, part in SCHEMA["$defs"].items() if "description" not in part] == ["value"]
    verdict = SCHEMA["$defs"]["verdict"]["properties"]
    assert [name for name, part in verdict.items() if "description" not in part] == ["target"]
    assert all(
        "description" in SCHEMA["properties"][name] for name in ("id", "subject", "time", "trigger", "acceptedat")
    )


def test_the_schema_requires_all_that_it_names() -> None:
    """So that whatever is sent stands in the schema, and whatever stands there is sent."""
    assert len(_objects(SCHEMA)) > 5
    for part in _objects(SCHEMA):
        assert sorted(part["required"]) == sorted(part["properties"])


def test_a_reader_with_this_schema_takes_a_property_of_a_later_version() -> None:
    """As it promises; what we send today has none, which the closed schema sees."""
    event = event_of(CASES["create_new"])
    event["data"]["verdict"]["later"] = event["later"] = 1
    assert list(Draft202012Validator(SCHEMA).iter_errors(event)) == []
    assert len(problems(event)) == 2


@pytest.mark.parametrize("word", ["import", "territory_differs", "merged_2", "zoho_http_418"])
@pytest.mark.parametrize(
    ("path", "is_listed"),
    [
        (("trigger",), True),
        (("data", "verdict", "reason"), False),
        (("data", "verdict", "warnings", 0, "code"), True),
    ],
    ids=["trigger", "reason", "code"],
)
def test_a_reader_with_this_schema_takes_a_word_of_a_later_version(
    path: tuple[str | int, ...], word: str, *, is_listed: bool
) -> None:
    """Of the open sets; what we send today is listed there, which the closed schema sees."""
    event = event_of(CASES["choose_contact_elsewhere"])
    *parents, last = path
    part: Any = event
    for step in parents:
        part = part[step]
    part[last] = word
    assert list(Draft202012Validator(SCHEMA).iter_errors(event)) == []
    assert bool(problems(event)) == is_listed


def test_only_what_the_page_says_stays_as_it_is_within_version_1_is_closed() -> None:
    """A new word in one of these is a new version of the event."""
    verdict, event = SCHEMA["$defs"]["verdict"]["properties"], SCHEMA["properties"]
    assert [name for name, part in event.items() if "enum" in part] == []
    assert [name for name, part in verdict.items() if "enum" in part] == ["action", "confidence", "highest_severity"]
    warning = SCHEMA["$defs"]["warning"]["properties"]
    assert [name for name, part in warning.items() if "enum" in part] == ["severity"]


@pytest.mark.parametrize("name", CASES)
def test_every_golden_match_is_valid(name: str) -> None:
    """Every sentence's verdict and every extreme keeps to the schema."""
    assert problems(event_of(CASES[name])) == []


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (judged(offer((contact(name="Bo Chen", at=ZYLKER, Email="ada@zylker.example"),), by=(EMAIL,))), "name_differs"),
        (judged(offer((), (account(name="Kestrel", Phone="+1 555 0100"),), accounts_by=(PHONE,))), "company_differs"),
    ],
)
def test_a_name_that_differs_is_a_warning_that_the_schema_knows(verdict: Verdict, code: str) -> None:
    """Found by email or phone, called otherwise."""
    event = event_of(match(verdict))
    assert [warning["code"] for warning in event["data"]["verdict"]["warnings"]] == [code]
    assert problems(event) == []


@many
@any_match
def test_any_match_is_valid_and_small(given_match: Match) -> None:
    """Whatever Zoho answers, the event keeps to the schema and fits into a queue and a table."""
    text = write(given_match, stage="dev")
    assert problems(json.loads(text)) == []
    assert len(text.encode()) < MAX_BYTES


@many
@any_match
def test_the_message_loses_nothing_on_the_way(given_match: Match) -> None:
    """What Slack shows is the same before and after the event was written and read."""
    assert render(read(write(given_match, stage="dev"))) == render(given_match)


@pytest.mark.parametrize("name", CASES)
def test_every_golden_message_survives(name: str) -> None:
    """The same for every sentence and extreme."""
    assert render(read(write(CASES[name], stage="dev"))) == render(CASES[name])


def test_the_event_in_full() -> None:
    """The contract, part by part."""
    options = offer(
        (contact(at=ZYLKER, Email="ada@zylker.example", editable=False),), (account(),), (EMAIL,), (COMPANY,)
    )
    options = replace(options, module_preference="Accounts", modules_with_multiple_layouts=("Deals",))
    page = "https://crm.zoho.com/crm/org700/tab"
    assert event_of(match(judged(options))) == {
        "specversion": "1.0",
        "type": "leadmatch.lead.checked.v1",
        "source": "/leadmatch/dev",
        "id": EVENT.event_id,
        "subject": LEAD_ID,
        "time": "2026-03-02T09:30:05.000250Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:leadmatch:schema:match-event:1",
        "trigger": "webhook",
        "acceptedat": "2026-03-02T09:30:05.000250Z",
        "data": {
            "lead": {
                "id": LEAD_ID,
                "name": "Ada Park",
                "company": "Zylker",
                "email": "ada@zylker.example",
                "phone": "+1 555 0100",
                "source": "Web form",
                "status": "Qualified",
                "owner": {"id": "9001", "name": "Sam Reyes", "email": "sam@seller.example"},
                "url": f"{page}/Leads/{LEAD_ID}",
            },
            "verdict": {
                "action": "convert_into_contact",
                "confidence": "strong",
                "reason": "strong_match",
                "sentence": "Ada Park is already a contact at Zylker (same email). Convert into that contact.",
                "target": {
                    "contact": {"kind": "existing", "id": "1001"},
                    "account": {"kind": "existing", "id": "2001"},
                },
                "highest_severity": "note",
                "warnings": [
                    {
                        "code": "not_editable",
                        "severity": "note",
                        "message": "Ada Park cannot be edited by our Zoho user.",
                        "record_id": "1001",
                    }
                ],
                "searches": [],
            },
            "accounts": [
                {
                    "id": "2001",
                    "name": "Zylker",
                    "url": f"{page}/Accounts/2001",
                    "account": None,
                    "strength": "weak",
                    "evidence": [{"field": "Account_Name", "label": "Account Name", "value": "Zylker", "unique": None}],
                    "fields": {"Account_Name": "Zylker"},
                }
            ],
            "contacts": [
                {
                    "id": "1001",
                    "name": "Ada Park",
                    "url": f"{page}/Contacts/1001",
                    "account": {"id": "2001", "name": "Zylker", "url": f"{page}/Accounts/2001"},
                    "strength": "strong",
                    "evidence": [{"field": "Email", "label": "Email", "value": "ada@zylker.example", "unique": None}],
                    "fields": {"Full_Name": "Ada Park", "Email": "ada@zylker.example"},
                }
            ],
            "deals": None,
            "left_out": {"accounts": 0, "contacts": 0, "deals": 0},
            "module_preference": "Accounts",
            "modules_with_multiple_layouts": ["Deals"],
        },
    }


def test_cloudevents_reads_it_as_one_of_its_own() -> None:
    """A second opinion: the CloudEvents SDK takes the event in structured mode and finds every attribute."""
    written = write(CASES["contact_same_email"], stage="prod")
    event = from_structured_event(HTTPMessage({"content-type": "application/cloudevents+json"}, written.encode()))
    assert (event.get_specversion(), event.get_type(), event.get_source()) == ("1.0", TYPE, "/leadmatch/prod")
    assert (event.get_id(), event.get_subject(), event.get_time()) == (EVENT.event_id, LEAD_ID, CHECKED_AT)
    assert (event.get_datacontenttype(), event.get_dataschema()) == ("application/json", SCHEMA_URI)
    assert event.get_extension("trigger") == "webhook"
    assert event.get_data() == json.loads(written)["data"]


def test_not_asked_is_null_and_none_found_is_an_empty_list() -> None:
    """The contract's two kinds of nothing, for a lead that was checked and one that was not."""
    asked, unasked = event_of(CASES["create_new"])["data"], event_of(CASES["unchecked_no_answer"])["data"]
    assert (asked["accounts"], asked["contacts"], asked["deals"]) == ([], [], None)
    assert (unasked["accounts"], unasked["contacts"], unasked["deals"]) == (None, None, None)
    assert event_of(CASES["unchecked_lead_unread"])["data"]["contacts"] == []


def test_an_unread_lead_is_an_id_and_nulls() -> None:
    """Its page is known all the same, and reading gives no lead back."""
    lead = event_of(CASES["unchecked_no_answer"])["data"]["lead"]
    assert {name for name, value in lead.items() if value is not None} == {"id", "url"}
    assert read(write(CASES["unchecked_no_answer"], stage="dev")).lead is None


def test_a_lead_without_values_is_not_an_unread_lead() -> None:
    """A field that is empty in Zoho is an empty text, and reads back as a lead."""
    empty = match(judged(offer()), replace(ADA, name="", company="", owner=None))
    assert event_of(empty)["data"]["lead"]["name"] == ""
    back = read(write(empty, stage="dev")).lead
    assert back is not None
    assert (back.name, back.email, back.owner) == ("", ADA.email, None)


def test_reading_gives_the_event_and_the_owner_back() -> None:
    """The lead event travels inside, its times in UTC."""
    east = replace(CASES["create_new"], checked_at=CHECKED_AT.astimezone(timezone(timedelta(hours=9))))
    back = read(write(east, stage="dev"))
    assert (back.event, back.checked_at, back.checked_at.tzinfo) == (EVENT, CHECKED_AT, CHECKED_AT.tzinfo)
    assert back.lead is not None
    assert back.lead.owner == Owner("9001", "Sam Reyes", "sam@seller.example")
    assert back.url("404") == back.url(None) == ""


def _full(record: Record) -> Record:
    return replace(record, name=EMOJI, fields={f"Field_{number}": EMOJI for number in range(20)})


def _crowd(people: int, firms: int) -> Match:
    crowd = tuple(_full(contact(str(n), at=Reference("2001", EMOJI))) for n in range(1001, 1001 + people))
    firm_list = tuple(_full(account(str(n))) for n in range(2001, 2001 + firms))
    shown = tuple(same(f"Field_{number}", EMOJI) for number in range(20))
    return match(judged(offer(crowd, firm_list, shown, shown), replace(ADA, name=EMOJI, company=EMOJI)))


def test_a_hundred_of_each_with_emoji_fit() -> None:
    """The weakest go, the count stays, and the message still says how many more there are."""
    crowd = _crowd(100, 100)
    event = event_of(crowd)
    assert len(write(crowd, stage="dev").encode()) < MAX_BYTES
    assert problems(event) == []
    assert [len(event["data"][kind]) + event["data"]["left_out"][kind] for kind in ("contacts", "accounts")] == [
        100,
        100,
    ]
    assert render(read(write(crowd, stage="dev"))) == render(crowd)


def test_the_largest_event_fits() -> None:
    """Control characters need six bytes each in JSON; even if every value is made of them the event fits."""
    worst = "\x01" * 500
    rivals = tuple(
        replace(contact(str(n), at=Reference("2001", worst), locked=True), name=worst, fields={worst: worst})
        for n in range(1001, 1101)
    )
    by = (same(worst, worst),) * 50
    options = ConversionOptions(
        rivals, rivals, rivals, {"Contacts": by, "Accounts": by, "Deals": by}, worst, (worst,) * 50
    )
    owner = Owner("9001", worst, worst)
    lead = replace(ADA, name=worst, company=worst, email=worst, phone=worst, source=worst, status=worst, owner=owner)
    assert len(write(match(judged(options, lead), lead), stage="dev").encode()) < MAX_BYTES


def test_fields_go_before_records() -> None:
    """Twenty records with long fields stay twenty records, without their fields."""
    data = event_of(_crowd(10, 10))["data"]
    assert [len(data["contacts"]), len(data["accounts"])] == [10, 10]
    assert [record["fields"] for record in data["contacts"]] == [{}] * 10
    assert data["left_out"] == {"accounts": 0, "contacts": 0, "deals": 0}


def test_what_fits_is_whole() -> None:
    """Short values are not cut, and fields stay."""
    data = event_of(CASES["hundred_contacts"])["data"]
    assert len(data["contacts"]) == 100
    assert data["contacts"][99]["fields"] == {"Full_Name": "Ada Park", "Email": "ada@zylker.example"}


def test_the_target_is_never_cut_off() -> None:
    """The account of the email domain stands last of a hundred, and first in the event."""
    firms = tuple(_full(account(str(number))) for number in range(2001, 2100))
    chosen = account("2500", Website="zylker.example")
    given_match = match(judged(offer((), (*firms, chosen), accounts_by=(COMPANY,))))
    back = read(write(given_match, stage="dev"))
    assert back.verdict.targets.account.id == (back.verdict.accounts or ())[0].record.id == "2500"
    assert back.url("2500").endswith("/Accounts/2500")
    assert render(back) == render(given_match)


def test_left_out_counts_matches_only() -> None:
    """An account whose evidence is void is no match, so nobody misses it."""
    void = tuple(_full(account(str(number))) for number in range(2001, 2151))
    data = event_of(match(judged(offer((), void, accounts_by=(COMPANY,)), replace(ADA, company="N/A"))))["data"]
    assert len(data["accounts"]) < 150
    assert data["left_out"]["accounts"] == 0


def test_characters_that_cannot_be_sent_are_left_out() -> None:
    """A lone surrogate breaks UTF-8, and SQS refuses U+FFFE and U+FFFF: the value loses them, not the event."""
    broken = match(
        judged(offer(), replace(ADA, company="Zyl\ud83eker\ufffe\uffff")), replace(ADA, name="A\ufffed\uffffa\udc00")
    )
    text = write(broken, stage="dev")
    assert "Search Zylker once" in json.loads(text.encode())["data"]["verdict"]["sentence"]
    assert json.loads(text)["data"]["lead"]["name"] == "Ada"


def test_weak_matches_are_kept_beside_the_decided_one() -> None:
    """Reading gives every candidate back with its strength and evidence."""
    options = offer((contact(Email="ada@zylker.example"), contact("1002", at=OLDCO)), by=(EMAIL, NAME, PHONE))
    written = match(judged(options))
    found = read(write(written, stage="dev")).verdict.contacts
    assert found is not None
    assert [(c.record.id, c.evidence, c.strength) for c in found] == [
        (c.record.id, c.evidence, c.strength) for c in written.verdict.contacts or ()
    ]


def test_any_reason_of_a_failure_is_a_valid_reason() -> None:
    """A reason is a machine word of an open set: the schema does not list what may fail."""
    assert problems(event_of(match(unchecked("zoho_http_418", Cause.REFUSED), None))) == []


def test_what_to_search_for_survives_the_journey() -> None:
    """Words and pages, in their order; an event of an earlier version, which names none, is read as well."""
    asks = CASES["unchecked_no_options"]
    event = event_of(asks)
    assert [search["word"] for search in event["data"]["verdict"]["searches"]] == [
        *("ada@zylker.example", "Ada Park", "Zylker"),
    ]
    assert read(json.dumps(event)).searches == asks.searches
    del event["data"]["verdict"]["searches"]
    assert read(json.dumps(event)).searches == {}
