"""Which leads a call names: the names an id may have, where it may stand, what is no id; and what a Zoho Notification says.

https://www.zoho.com/crm/developer/docs/api/v8/notifications/overview.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from chalicelib.digits import is_digits, means_nothing
from chalicelib.errors import CallRefused
from chalicelib.webhook.request import (
    HOLDERS,
    PICK_THE_ID,
    bare,
    each,
    held_fields,
    is_json_text,
    levels_of,
    plain_name,
)

LEAD_ID = "leadid"
ID_NAMES = (LEAD_ID, "leadsid", "entityid", "recordid", "id")
"""The names that an id may have, as `_name_of` gives them; the most exact first."""
LIST_NAMES = ("ids", "leadids")
MODULE_NAMES = ("module", "modulename")
SEPARATORS = re.compile(r"[,;|\r\n]+")
SEPARATORS_AT_THE_END = ",;| \t\r\n"
MAX_STEPS = 8
STEPS = re.compile(r"[.:\[\]]")
"""What stands between the parts of a name that says where a field is, as `lead[id]` and `Leads.Lead Id` do."""
MERGE_FIELD = re.compile(r"[$#]\W{0,4}[^\W\d]|\{[{!]|[{\[][^\W\d]|%\w{1,60}%|<[%<]|^<[^<>@]{1,60}>$")
"""The beginning of a placeholder in the templates that people know: `${lead.id}`, `#Leads.Lead Id#`, `{{lead.id}}`, `%lead_id%`."""
MAX_LEADS = 100
MAX_ID_DIGITS = 20

OPERATION = "operation"
DELETIONS = {"delete", "deletes", "deleted", "deletion"}
MODULE_WORDS = {"lead", "leads", "record", "records"}
OPERATION_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def read_lead_ids(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Return the lead ids in the order sent, each once; raise `CallRefused` (400) with what to change."""
    levels = levels_of(fields)
    check_module(levels)
    several, named = _listed(levels), _named_one(fields, levels)
    if not several and not named:
        raise _no_lead(fields, levels)
    if len(several) > MAX_LEADS:
        raise CallRefused(f"At most {MAX_LEADS} ids in one call; this one has {len(several)}.", reason="too_many_ids")
    listed = tuple(dict.fromkeys(_lead_id(value) for value in several))
    single = _single(named) if named and not (listed and all(map(_is_nothing, named))) else ""
    if listed and single and single not in listed:
        raise _different()
    return listed or (single,)


def names_a_lead(fields: Mapping[str, object]) -> bool:
    """Return whether the fields name a lead, rightly or not."""
    levels = levels_of(fields)
    return any(value and not _is_nothing(value) for value in (*_named(levels, LIST_NAMES), *_named_one(fields, levels)))


def check_module(levels: Sequence[Mapping[str, object]]) -> None:
    """Raise `CallRefused` (400) when the call is about another module than Leads."""
    for module in _named(levels, MODULE_NAMES):
        name = module.get("api_name") if isinstance(module, Mapping) else module
        if name is not None and bare(str(name)).lower() not in ("leads", "lead"):
            raise CallRefused("This webhook accepts only leads. Set the rule's module to Leads.", reason="other_module")


def is_notification(levels: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a Zoho Notification channel made the call: it alone names its channel, or lists ids and an operation."""
    names = {plain_name(name) for level in levels for name in level}
    return "channelid" in names or {"ids", OPERATION} <= names


def is_of_deletion(levels: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a Notification tells that leads were deleted and of nothing else, so that nothing is to be asked about them.

    Zoho writes the operation as `delete`; the name of the event that the channel is for, `Leads.delete`, counts as well.
    """
    operations = [
        operation
        for level in levels
        for name, value in level.items()
        if plain_name(name) == OPERATION
        for one in each(value)
        for operation in (one if isinstance(one, list) else [one])
    ]
    return bool(operations) and all(map(_is_deletion, operations)) and is_notification(levels)


def _named(levels: Sequence[Mapping[str, object]], names: Sequence[str]) -> list[object]:
    """Return the values that stand under one of the names, those of the first name first."""
    found = [(_name_of(name), value) for level in levels for name, value in level.items()]
    return [one for wanted in names for name, value in found if name == wanted for one in each(value)]


def _name_of(name: str) -> str:
    """Return a field's plain name, without the fields made to hold the lead that it says it stands in, as lead[id] does."""
    *holders, last = [
        part for step in STEPS.split(name, MAX_STEPS) if not (part := plain_name(step)).isdigit() and part
    ] or [""]
    return last if all(holder in HOLDERS for holder in holders) else plain_name(name)


def _named_one(fields: Mapping[str, object], levels: Sequence[Mapping[str, object]]) -> list[object]:
    """Return what stands under an id's name, and under a lead id's in any object; if nothing does, look into texts of objects.

    An object of another name, such as an owner, has an id of its own; a text may be what a stranger typed.
    """
    others = [one for value in fields.values() for one in each(value)]
    objects = [one for one in others if isinstance(one, Mapping)]
    texts = [inner for one in others if isinstance(one, str) and (inner := held_fields(one))]
    return [*_named(levels, ID_NAMES), *_named(objects, (LEAD_ID,))] or _named(texts, ID_NAMES)


def _listed(levels: Sequence[Mapping[str, object]]) -> list[object]:
    """Return what stands under `ids`: a list, the text of one, or texts with commas or the like; of an object its id."""
    return [
        one
        for value in _named(levels, LIST_NAMES)
        for entry in _entries(value)
        for one in (_named([entry], ID_NAMES) or [entry] if isinstance(entry, Mapping) else [entry])
    ]


def _entries(value: object) -> Iterator[object]:
    """Yield the entries of a list, or of a text that stands for one."""
    if isinstance(value, str) and value.strip().startswith("["):
        held = held_fields(f'{{"ids": {value}}}')
        value = held["ids"] if held else value.strip().removeprefix("[").removesuffix("]")
    if isinstance(value, str) and value.strip():
        yield from SEPARATORS.split(value.strip(SEPARATORS_AT_THE_END))
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, Mapping) and _named([value], ID_NAMES):
        yield value


def _single(named: Sequence[object]) -> str:
    """Return the one lead that these values name: empty ones give way, and no other id may stand beside it."""
    filled = [value for value in named if not _is_nothing(value)] or named
    lead_id = _lead_id(filled[0])
    others = {bare(value) for value in filled if isinstance(value, str)}
    if any(is_digits(other, most=MAX_ID_DIGITS) for other in others - {lead_id}):
        raise _different()
    return lead_id


def _no_lead(fields: Mapping[str, object], levels: Sequence[Mapping[str, object]]) -> CallRefused:
    if list(fields.values()) == [""] and _is_typed(bare(next(iter(fields)))):
        return _typed()
    if any(_name_of(name) in LIST_NAMES for level in levels for name in level):
        return CallRefused('"ids" must be a list of lead ids with at least one in it.', reason="no_lead_id")
    held = [one for name, value in fields.items() if plain_name(name) in HOLDERS for one in each(value)]
    if any(isinstance(one, list) or (isinstance(one, str) and one.strip().startswith("[")) for one in held):
        return CallRefused(
            f'leadmatch does not read a list of records such as {{"data": [...]}}; Zoho sends none. {PICK_THE_ID}',
            reason="unknown_shape",
        )
    if any(isinstance(one, str) and is_json_text(one) and held_fields(one) is None for one in held):
        return CallRefused(
            f"A field holds JSON that is not valid: send the lead id alone. {PICK_THE_ID}", reason="bad_json"
        )
    return CallRefused(f"The call names no lead. {PICK_THE_ID}", reason="no_lead_id")


def _different() -> CallRefused:
    return CallRefused(
        f"The call names two different leads. Send one lead_id, or several leads under ids. {PICK_THE_ID}",
        reason="different_ids",
    )


def _typed() -> CallRefused:
    return CallRefused(
        f"Zoho sent the merge field itself, not its value, because it was typed. {PICK_THE_ID}",
        reason="unresolved_merge_field",
    )


def _lead_id(value: object) -> str:
    text = bare(value) if isinstance(value, str) else ""
    if _is_typed(text):
        raise _typed()
    if _is_nothing(value):
        raise CallRefused(f"The lead id is empty. {PICK_THE_ID}", reason="no_lead_id")
    if not is_digits(text, most=MAX_ID_DIGITS):
        raise CallRefused(f"A lead id is 1 to 20 digits. {PICK_THE_ID}", reason="not_an_id")
    return text


def _is_typed(text: str) -> bool:
    """Return whether a text is a merge field, of Zoho's or of another template language, or the name of the field."""
    return any(MERGE_FIELD.search(one) for one in (text, unquote(text))) or _name_of(text) in ID_NAMES


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and means_nothing(bare(value)))


def _is_deletion(operation: object) -> bool:
    """Return whether an operation says "deleted" and nothing else, whatever its spelling: Delete, Leads.delete, LeadDeleted."""
    words = {word.lower() for word in OPERATION_WORD.findall(operation)} if isinstance(operation, str) else set()
    return bool(words - MODULE_WORDS) and words <= DELETIONS | MODULE_WORDS
