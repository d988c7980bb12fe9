"""The stand-in's pages, where links of messages lead: records, Zoho's convert screen of a lead, and a search.

Every page is a function of the CRM. Links lead where the product's lead, until `sandbox/view/links.py` turns them to where the
pages are: below a server's path, or to sections of the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from chalicelib.data_centers import TABS
from sandbox.view import links
from sandbox.view.blocks import safe
from sandbox.view.links import ORG_PAGES, Place
from sandbox.view.page import document
from sandbox.view.style import RECORDS_CSS
from sandbox.zoho import conversion
from sandbox.zoho.crm import NAMES, Crm, Module, Record
from sandbox.zoho.faults import Answer
from sandbox.zoho.matching import conversion_options
from sandbox.zoho.users import SYSTEM_USER

KINDS: Mapping[Module, str] = {"Leads": "Lead", "Contacts": "Contact", "Accounts": "Account", "Deals": "Deal"}
MODULES: Mapping[str, Module] = {TABS[module]: module for module in KINDS}
"""Each module by what the pages call it."""
LOOKUPS: Mapping[str, Module] = {
    "Account_Name": "Accounts",
    "Contact_Name": "Contacts",
    "Converted_Contact": "Contacts",
    "Converted_Account": "Accounts",
    "Converted_Deal": "Deals",
}
"""The fields that name another record, and its module."""
SEARCH_WORD = "searchword"
MOST_LISTED = 200
NEW = "new"
"""What a person chooses who wants a new record."""
IN_A_FILE = "A file cannot convert: in <code>make sandbox</code> the same form does."
CONVERT_VERSION = "v7"


@dataclass(frozen=True, slots=True)
class Page:
    """A page without its frame: what stands above its heading, the heading as text, and what is drawn below it."""

    status: int
    kind: str
    title: str
    body: str


def page(crm: Crm, path: str, args: Mapping[str, str]) -> Page:
    """Return the page at a path below the org's, such as `tab/Leads/7203914004000000001`."""
    match path.strip("/").split("/"):
        case ["search"]:
            return _search(crm, args.get(SEARCH_WORD) or next(iter(args.values()), ""))
        case ["tab", "Leads", lead_id, "convert"] if lead := crm.get("Leads", lead_id):
            return convert_screen(crm, lead)
        case ["tab", tab, record_id] if tab in MODULES and (record := crm.get(MODULES[tab], record_id)):
            return _record(crm, MODULES[tab], record)
        case ["tab", tab] if tab in MODULES:
            return Page(HTTPStatus.OK, "Module", MODULES[tab], _list(MODULES[tab], crm.all(MODULES[tab])))
        case ["tab", tab, *_] if tab in MODULES:
            kind = KINDS[MODULES[tab]]
            said = f"The stand-in holds no {kind.lower()} with this id: it was deleted, merged into another one, or never there."
            return Page(HTTPStatus.NOT_FOUND, kind, "No such record", f"<p>{said}</p>")
    return Page(HTTPStatus.NOT_FOUND, "Page", "No such page", "<p>The stand-in has no page at this address.</p>")


def html(shown: Page, place: Place) -> str:
    """Return a page whole, for a server that has the others at the places that `place` gives."""
    heading = f'{_mark(shown)}\n<h1 class="name">{safe(shown.title)}</h1>'
    body = f'{_navigation()}\n<div class="record">{shown.body}</div>'
    drawn = document(f"{shown.title} · Zoho stand-in", body, heading=heading, more_css=RECORDS_CSS, posts=True)
    return links.to_stand_in(drawn, place)


def file(title: str, crm: Crm, drawn: str) -> str:
    """Return a file of what is drawn, in which every page that a link leads to is a section that shows when it is followed."""
    sections: dict[str, str] = {}
    waiting = list(links.paths(drawn))
    while waiting:
        path = waiting.pop()
        if path not in sections:
            sections[path] = _section(crm, path)
            waiting += links.paths(sections[path])
    body = f'{drawn}\n<div class="records">\n{"".join(sections.values())}</div>'
    return links.to_stand_in(document(title, body, more_css=RECORDS_CSS), links.anchor)


def convert_screen(crm: Crm, lead: Record, *, refusal: str = "") -> Page:
    """Return what a person sees in Zoho who is about to convert a lead: the matches to choose from, or new records."""
    found = conversion_options(crm, lead) or {}
    name, company = str(lead["Full_Name"]), lead["Company"]
    new_account = ("", "No account: the lead names no company") if not company else (NEW, f"A new account: {company}")
    body = (
        _alert("error", safe(refusal))
        + f"<p>{_link('Leads', lead['id'], 'Back to the lead')}</p>"
        + '<form method="post">'
        + _choice("contact", "Contact", _options("Contacts", found.get("Contacts"), (NEW, f"A new contact: {name}")))
        + _choice("account", "Account", _options("Accounts", found.get("Accounts"), new_account))
        + '<p class="actions"><button class="button primary">Convert</button></p></form>'
    )
    return Page(HTTPStatus.BAD_REQUEST if refusal else HTTPStatus.OK, "Convert lead", name, body)


def convert(crm: Crm, lead_id: str, chosen: Mapping[str, str]) -> Answer:
    """Convert a lead as its owner does in Zoho, into the chosen `contact` and `account`, or new ones; return Zoho's answer."""
    owner: Any = (crm.get("Leads", lead_id) or {}).get("Owner") or {}
    into = {"Contacts": chosen.get("contact", NEW), "Accounts": chosen.get("account", NEW)}
    item = {module: {"id": record_id} for module, record_id in into.items() if record_id not in ("", NEW)}
    return conversion.convert(
        crm, lead_id, {"data": [item]}, version=CONVERT_VERSION, by=str(owner.get("id", SYSTEM_USER))
    )


def refusal_of(answer: Answer) -> str:
    """Return why Zoho did not convert, in its words; empty if it did."""
    body: Any = answer.body
    said = body.get("data", [body])[0]
    return "" if answer.status == HTTPStatus.OK else f"Zoho refuses: {said['message']} ({said['code']})."


def _section(crm: Crm, path: str) -> str:
    """Draw a page as a section of a file, where nothing can be sent."""
    split = urlsplit(path)
    shown = page(crm, split.path, dict(parse_qsl(split.query)))
    body = shown.body.replace('<form method="post">', '<form method="post"><fieldset disabled>').replace(
        "</form>", "</fieldset></form>"
    )
    if body != shown.body:
        body += f"<p>{IN_A_FILE}</p>"
    back = '<p><a href="#top">Back to the messages</a></p>'
    name = links.anchor(path).removeprefix("#")
    return f'<section class="record" id="{name}">{_mark(shown)}<h2 class="name">{safe(shown.title)}</h2>{body}{back}</section>\n'


def _mark(shown: Page) -> str:
    return f'<p class="mark"><b>Zoho stand-in</b> {safe(shown.kind)}</p>'


def _navigation() -> str:
    tabs = "".join(f'<a href="{ORG_PAGES}/tab/{tab}">{module}</a> ' for tab, module in MODULES.items())
    return (
        f'<nav class="tabs" aria-label="Zoho stand-in">{tabs}'
        f'<form role="search" action="{ORG_PAGES}/search"><input name="{SEARCH_WORD}" aria-label="Search the records">'
        '<button class="button">Search</button></form></nav>'
    )


def _record(crm: Crm, module: Module, record: Record) -> Page:
    fields = [
        (name.replace("_", " "), _value(name, value)) for name, value in record.items() if _is_field(module, name)
    ]
    related = [(f"{other}", _list(other, found)) for other, found in _related(crm, module, record)]
    rows = "".join(f"<div><dt>{safe(label)}</dt><dd>{value}</dd></div>" for label, value in (*fields, *related))
    button = ""
    if module == "Leads" and not record["$converted"]:
        button = f'<p class="actions"><a class="button primary" href="{_address(module, record["id"])}/convert">Convert</a></p>'
    body = f"{_states(module, record)}{button}<dl>{rows}</dl>"
    return Page(HTTPStatus.OK, KINDS[module], str(record[NAMES[module]] or "(no name)"), body)


def _is_field(module: Module, name: str) -> bool:
    """Return whether people see a field as one: the name and what tells a record's state stand above them."""
    return not name.startswith(("$", "Converted_")) and name not in ("Locked__s", NAMES[module])


def _states(module: Module, record: Record) -> str:
    state = str(record["$approval_state"])
    said = ""
    if record.get("$converted"):
        into = [_value(name, record[name]) for name in LOOKUPS if name.startswith("Converted") and record[name]]
        said += _alert("success", f"Converted into {', '.join(into)}.")
    if record["Locked__s"]:
        said += _alert("warning", "Locked: it cannot be changed or converted now.")
    if state != "approved":
        said += _alert("warning", f"Not approved: {safe(state.replace('_', ' '))}.")
    if module != "Leads" and not record.get("$editable", True):
        said += _alert("info", "leadmatch's user may not edit it.")
    return said


def _related(crm: Crm, module: Module, record: Record) -> list[tuple[Module, list[Record]]]:
    """Return the records that name this one, by their modules."""
    found = [(other, [one for one in crm.all(other) if _names(one, module, record["id"])]) for other in KINDS]
    return [(other, records) for other, records in found if records]


def _names(record: Record, module: Module, record_id: object) -> bool:
    named = (record.get(field) for field, target in LOOKUPS.items() if target == module)
    return any(isinstance(one, Mapping) and one.get("id") == record_id for one in named)


def _search(crm: Crm, word: str) -> Page:
    found = {module: [one for one in crm.all(module) if word and _holds(one, word)] for module in KINDS}
    parts = "".join(
        f"<div><dt>{module}</dt><dd>{_list(module, records)}</dd></div>" for module, records in found.items()
    )
    return Page(HTTPStatus.OK, "Search", f"Search: {word}" if word else "Search", f"<dl>{parts}</dl>")


def _holds(record: Record, word: str) -> bool:
    return any(isinstance(value, str) and word.casefold() in value.casefold() for value in record.values())


def _list(module: Module, records: list[Record]) -> str:
    items = "".join(
        f"<li>{_link(module, one['id'], one[NAMES[module]])}{_about(one)}</li>" for one in records[:MOST_LISTED]
    )
    more = f"<p>… and {len(records) - MOST_LISTED} more</p>" if len(records) > MOST_LISTED else ""
    return f"<ul>{items}</ul>{more}" if items else "none"


def _about(record: Record) -> str:
    """Return in a few words what tells a record from others of its name."""
    account = record.get("Account_Name")
    known = (
        record.get("Company"),
        account.get("name") if isinstance(account, Mapping) else None,
        record.get("Email"),
        record.get("Website"),
        record.get("Phone"),
    )
    said = " · ".join(safe(str(one)) for one in known if one)
    return f" <small>{said}</small>" if said else ""


def _options(module: Module, records: object, new: tuple[str, str]) -> Iterable[tuple[str, str]]:
    """Yield what can be chosen: a value, and what is drawn for it."""
    for record in records if isinstance(records, list) else ():
        yield str(record["id"]), f"{safe(str(record[NAMES[module]]))}{_about(record)}"
    yield new[0], safe(new[1])


def _choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    boxes = "".join(
        f'<label class="option"><input type="radio" name="{name}" value="{safe(value)}" required><span>{text}</span></label>'
        for value, text in options
    )
    return f'<fieldset class="input"><legend>{label}</legend>{boxes}</fieldset>'


def _value(name: str, value: object) -> str:
    match value:
        case {"name": shown, "id": record_id} if name in LOOKUPS:
            return _link(LOOKUPS[name], record_id, shown)
        case {"name": shown}:
            return safe(str(shown))
        case [*items]:
            return ", ".join(_value("", item) for item in items) or "—"
        case None | "" | "null":
            return "—"
    return safe(str(value))


def _link(module: Module, record_id: object, label: object) -> str:
    return f'<a href="{_address(module, record_id)}">{safe(str(label or "(no name)"))}</a>'


def _address(module: Module, record_id: object) -> str:
    return f"{ORG_PAGES}/tab/{TABS[module]}/{quote(str(record_id))}"


def _alert(level: str, drawn: str) -> str:
    return f'<p class="alert {level}">{drawn}</p>' if drawn else ""
