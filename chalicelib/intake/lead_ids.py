"""Which leads a call names: the names an id may have, where it may stand, and what is no id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chalicelib.digits import is_digits, means_nothing
from chalicelib.errors import CallRefused
from chalicelib.intake.body import MAX_NESTING, held_fields, is_json_text
from chalicelib.intake.call import PICK_THE_ID, plain_name

LEAD_ID = "leadid"
ID_NAMES = (LEAD_ID, "entityid", "recordid", "id")
"""The names that an id may have, as `plain_name` gives them; the most exact first."""
LIST_NAMES = ("ids", "leadids")
HOLDERS = ("lead", "leads", "data", "payload", "json", "record", "records", "entity")
"""Fields made to hold the lead's fields: what stands in them counts like what stands beside them."""
MAX_LEADS = 100
MAX_ID_DIGITS = 20


def read_lead_ids(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Return the lead ids in the order sent, each once; raise `CallRefused` (400) with what to change."""
    levels = _levels(fields)
    for level in levels:
        check_module(level)
    several, named = _listed(levels), _named(levels, ID_NAMES) or _named_elsewhere(fields)
    if not several and not named:
        raise _no_lead(fields, levels)
    if len(several) > MAX_LEADS:
        raise CallRefused(f"At most {MAX_LEADS} ids in one call; this one has {len(several)}.", reason="too_many_ids")
    listed = tuple(dict.fromkeys(_lead_id(value) for value in several))
    single = _single(named) if named and not (listed and all(map(_is_nothing, named))) else ""
    if listed and single and single not in listed:
        raise _different()
    return listed or (single,)


def names_a_lead(pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether URL parameters name a lead, rightly or not."""
    return any(plain_name(name) in (*ID_NAMES, *LIST_NAMES) and not _is_nothing(value) for name, value in pairs)


def _levels(fields: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the fields, and those that stand in their holders, so many deep."""
    levels = last = [fields]
    for _ in range(MAX_NESTING):
        last = [
            inner
            for level in last
            for name, value in level.items()
            if plain_name(name) in HOLDERS
            for one in _each(value)
            if (inner := held_fields(one)) is not None
        ]
        levels = levels + last
    return levels


def _named(levels: Sequence[Mapping[str, object]], names: Sequence[str]) -> list[object]:
    """Return the values that stand under one of the names, those of the first name first."""
    found = [(plain_name(name), value) for level in levels for name, value in level.items()]
    return [one for wanted in names for name, value in found if name == wanted for one in _each(value)]


def _named_elsewhere(fields: Mapping[str, object]) -> list[object]:
    """Look into every other field: into the text of an object for any id, into an object, such as an owner, for a lead's."""
    for value in fields.values():
        inner = held_fields(value)
        if inner and (found := _named([inner], ID_NAMES if isinstance(value, str) else (LEAD_ID,))):
            return found
    return []


def _listed(levels: Sequence[Mapping[str, object]]) -> list[object]:
    """Return what stands under `ids`: a list, the text of one, or texts with commas."""
    found: list[object] = []
    for value in _named(levels, LIST_NAMES):
        if isinstance(value, str) and value.strip():
            found += value.strip().removeprefix("[").removesuffix("]").split(",")
        elif isinstance(value, list):
            found += value
    return [value.strip(' \t\r\n"') if isinstance(value, str) else value for value in found]


def _each(value: object) -> Iterator[object]:
    """Return a value, or each value of a name that came with several."""
    if isinstance(value, tuple):
        for one in value:
            yield from _each(one)
    else:
        yield value


def check_module(fields: Mapping[str, object]) -> None:
    """Raise `CallRefused` (400) when the call is about another module than Leads."""
    for module in _each(fields.get("module")):
        name = module.get("api_name") if isinstance(module, Mapping) else module
        if name is not None and str(name).strip().lower() not in ("leads", "lead"):
            raise CallRefused("This webhook takes leads only. Set the rule's module to Leads.", reason="other_module")


def _single(named: Sequence[object]) -> str:
    """Return the one lead that these values name: empty ones give way, and no other id may stand beside it."""
    filled = [value for value in named if not _is_nothing(value)] or named
    lead_id = _lead_id(filled[0])
    others = {value.strip() for value in filled if isinstance(value, str)}
    if any(is_digits(other, most=MAX_ID_DIGITS) for other in others - {lead_id}):
        raise _different()
    return lead_id


def _no_lead(fields: Mapping[str, object], levels: Sequence[Mapping[str, object]]) -> CallRefused:
    if any(plain_name(name) in LIST_NAMES for level in levels for name in level):
        return CallRefused('"ids" must be a list of lead ids with at least one in it.', reason="no_lead_id")
    held = [one for name, value in fields.items() if plain_name(name) in HOLDERS for one in _each(value)]
    if any(isinstance(one, list) or (isinstance(one, str) and one.strip().startswith("[")) for one in held):
        return CallRefused(
            f'A list of records, such as {{"data": [...]}}, is not read: Zoho sends none. {PICK_THE_ID}',
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


def _lead_id(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if "${" in text:
        raise CallRefused(
            f"Zoho sent the merge field itself, not its value, because it was typed. {PICK_THE_ID}",
            reason="unresolved_merge_field",
        )
    if _is_nothing(value):
        raise CallRefused(f"The lead id is empty. {PICK_THE_ID}", reason="no_lead_id")
    if not is_digits(text, most=MAX_ID_DIGITS):
        raise CallRefused(f"A lead id is 1 to 20 digits. {PICK_THE_ID}", reason="not_an_id")
    return text


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and means_nothing(value))
