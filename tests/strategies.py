"""Sample values for the tests of the pure parts: the ones a test names, and any that Zoho could answer."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from hypothesis import strategies as st

from chalicelib.data_centers import data_center, production_pages
from chalicelib.events import LeadEvent
from chalicelib.match_event import Match
from chalicelib.verdict import already_converted, decide, lead_not_found, unchecked, wait
from chalicelib.verdict.model import Cause, ConversionOptions, Evidence, Lead, Owner, Record, Reference, Verdict
from chalicelib.verdict.sentence import search_words
from chalicelib.zoho.answers import read_options

LEAD_ID = "3652397000007526001"
CHECKED_AT = datetime(2026, 3, 2, 9, 30, 5, 250, tzinfo=UTC)
EVENT = LeadEvent(LEAD_ID, "0b8f7a0e-6c1c-4d2a-9a53-3c1f4f1d2b77", CHECKED_AT, "webhook")
ZYLKER, OLDCO = Reference("2001", "Zylker"), Reference("2002", "OldCo")
ADA = Lead(
    LEAD_ID,
    name="Ada Park",
    company="Zylker",
    email="ada@zylker.example",
    phone="+1 555 0100",
    source="Web form",
    status="Qualified",
    owner=Owner("9001", "Sam Reyes", "sam@seller.example"),
)


def contact(record_id: str = "1001", name: str = "Ada Park", at: Reference | None = None, **more: object) -> Record:
    """Return a contact with its plain fields and Zoho's flags."""
    return _record(record_id, name, at, {"Full_Name": name}, more)


def account(record_id: str = "2001", name: str = "Zylker", **more: object) -> Record:
    """Return an account with its plain fields and Zoho's flags."""
    return _record(record_id, name, None, {"Account_Name": name}, more)


def same(field: str, value: str, *, unique: bool | None = None) -> Evidence:
    """Return the evidence that a field of Zoho holds the lead's value."""
    return Evidence(field, field.replace("_", " "), value, unique)


EMAIL, NAME = same("Email", "ada@zylker.example"), same("Full_Name", "Ada Park")
PHONE, COMPANY = same("Phone", "+1 555 0100"), same("Account_Name", "Zylker")


def offer(
    contacts: tuple[Record, ...] = (),
    accounts: tuple[Record, ...] = (),
    by: tuple[Evidence, ...] = (),
    accounts_by: tuple[Evidence, ...] = (),
    **more: object,
) -> ConversionOptions:
    """Return conversion options: the records, and what matched contacts and accounts."""
    return ConversionOptions(contacts, accounts, matched={"Contacts": by, "Accounts": accounts_by}, **more)  # type: ignore[arg-type]


def judged(options: ConversionOptions, lead: Lead | None = ADA) -> Verdict:
    """Decide about the sample lead's id."""
    return decide(options, lead, lead_id=LEAD_ID)


def match(verdict: Verdict, lead: Lead | None = ADA) -> Match:
    """Return the match that `check` would make of a verdict, with a page for every record."""
    pages = production_pages(data_center("us"), "org700")
    page, searches = pages.link, {word: pages.search(word) for word in search_words(verdict, lead)}
    urls = {LEAD_ID: page("Leads", LEAD_ID)}
    for module, found in (("Contacts", verdict.contacts), ("Accounts", verdict.accounts), ("Deals", verdict.deals)):
        for record in (candidate.record for candidate in found or ()):
            urls |= {record.account.id: page("Accounts", record.account.id)} if record.account else {}
            urls[record.id] = page(module, record.id)
    return Match(EVENT, lead, verdict, urls, CHECKED_AT, searches)


def _record(record_id: str, name: str, at: Reference | None, fields: dict[str, str], more: dict[str, object]) -> Record:
    own = {key: value for key, value in more.items() if key[:1].isupper()}
    flags = {key: value for key, value in more.items() if key not in own}
    return Record(record_id, name, {**fields, **own}, at, **flags)  # type: ignore[arg-type]


HOSTILE = "<>&|*_~`:!@#.-/ \t\n\x00\x1b\u00ad\u200b\u200f\u2028\u202e\u2066\ufeff\ufffe\ud800é字🦊abcdxyzQ0189"
KNOWN = ["Ada Park", "Zylker", "Zylker Inc.", "Kestrel Labs", "OldCo", "N/A", "ada@zylker.example", "ada@gmail.com"]
KNOWN += [":skull:", "*a* _b_ ~c~", "`a`", "> a", "Zylker GmbH", "Müller & Söhne", "Łukasz"]
KNOWN += ["zylker.example", "https://www.zylker.example/", "555 0100", "5550100", "<!channel>", "x" * 255, "🦊" * 500]
values = st.sampled_from(["", *KNOWN]) | st.text(HOSTILE, max_size=30)
"""Any value of the CRM; none holds the words that our own sentences must not."""
ids = st.sampled_from([str(number) for number in range(1001, 1009)])
account_ids = st.sampled_from([str(number) for number in range(2001, 2006)])
owners = st.none() | st.builds(Owner, ids, values, values)
leads = st.builds(
    Lead,
    st.just(LEAD_ID),
    **dict.fromkeys(("name", "company", "email", "phone", "website", "source", "status"), values),
    owner=owners,
    converted_contact=values,
    converted_account=values,
)
field_names = st.sampled_from(["Email", "Phone", "Mobile", "Website", "Full_Name", "Account_Name", "Tax_Id"])
pieces = st.builds(Evidence, field_names | values.filter(bool), values, values, st.sampled_from([None, True, False]))
flags = {
    "locked": st.booleans(),
    "editable": st.booleans(),
    "approval_state": st.sampled_from(["", "approved", "approval_process_pending", "approval_process_rejected"]),
    "consent": st.sampled_from(["", "Consent - Obtained", "Consent - Stop Processing"]),
}
fields = st.dictionaries(field_names, values, max_size=4)
references = st.none() | st.builds(Reference, account_ids, values, st.booleans())
contacts = st.builds(Record, ids, values, fields, references, **flags)
accounts = st.builds(Record, account_ids, values, fields, **flags)


def _list(records: st.SearchStrategy[Record]) -> st.SearchStrategy[tuple[Record, ...] | None]:
    return st.none() | st.lists(records, max_size=5, unique_by=lambda record: record.id).map(tuple)


modelled_options = st.builds(
    ConversionOptions,
    _list(contacts),
    _list(accounts),
    _list(accounts),
    st.dictionaries(st.sampled_from(["Contacts", "Accounts", "Deals"]), st.lists(pieces, max_size=4).map(tuple)),
    st.none() | values.filter(bool),
    st.lists(st.sampled_from(["Contacts", "Accounts", "Deals"]) | values.filter(bool), max_size=4).map(tuple),
)
"""Conversion options of any shape that the model allows."""

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["null", "1001", "2001"]) | values
keys = st.sampled_from(
    [
        *("id", "name", "api_name", "field", "field_label", "unique", "matched_lead_value", "__conversion_options"),
        *("Contacts", "Accounts", "Deals", "Full_Name", "Email", "Phone", "Website", "Account_Name", "Locked__s"),
        *("$editable", "$approval_state", "Data_Processing_Basis", "module_preference"),
        *("preference_field_matched_value", "modules_with_multiple_layouts"),
    ]
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys | values, inner, max_size=5),
    max_leaves=25,
)


def _shaped(**shape: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.fixed_dictionaries({}, optional={name: kind | scalars for name, kind in shape.items()}) | scalars


def _many(items: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(items, max_size=4) | scalars


_id_texts = ids | account_ids
_home = _shaped(id=_id_texts, name=values, Locked__s=st.booleans())
_field = _shaped(api_name=field_names, field_label=values, unique=st.booleans())
_piece = _shaped(field=_field, matched_lead_value=values)
_of_both = {"Contacts": _many(_piece), "Accounts": _many(_piece), "Deals": _many(_piece)}
_flags = {
    "Locked__s": st.booleans(),
    "$editable": st.booleans(),
    "$approval_state": flags["approval_state"],
    "Data_Processing_Basis": flags["consent"],
}
_contact = _shaped(id=_id_texts, Full_Name=values, Email=values, Phone=values, Account_Name=_home, **_flags)
_account = _shaped(id=_id_texts, Account_Name=values, Phone=values, Website=values, **_flags)
_answer = _shaped(
    Contacts=_many(_contact),
    Accounts=_many(_account),
    Deals=_many(_account),
    preference_field_matched_value=_shaped(**_of_both),
    module_preference=_shaped(api_name=values),
    modules_with_multiple_layouts=_many(_shaped(api_name=values)),
)
answered_options = (st.fixed_dictionaries({"__conversion_options": _answer}) | json_values).map(read_options)
"""What any JSON of Zoho is read as, from the known shape to nonsense."""

options = modelled_options | answered_options
outcomes = (
    st.sampled_from(
        [wait("not_approved", Cause.NOT_APPROVED), wait("record_locked", Cause.LOCKED), lead_not_found(LEAD_ID)]
    )
    | st.sampled_from(["zoho_unavailable", "zoho_token_refused", "lead_unread"]).map(
        partial(unchecked, cause=Cause.NO_ANSWER)
    )
    | leads.map(already_converted)
)
verdicts = st.builds(judged, options, st.none() | leads) | outcomes
matches = st.builds(match, verdicts, st.none() | leads)
