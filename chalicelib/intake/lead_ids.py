"""Which leads a call names: the names an id may have, and what is no id."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.digits import is_digits
from chalicelib.errors import CallRefused

ID_FIELDS = ("lead_id", "leadId", "Lead Id", "entity_id", "id")
MAX_LEADS = 100
MAX_ID_DIGITS = 20
NO_VALUE = ("", "null", "undefined", "none")


def read_lead_ids(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Give the lead ids in the order sent, each once; raise `CallRefused` (400) with what to change."""
    check_module(fields)
    values = _several(fields["ids"]) if _lists_ids(fields) else _one(fields)
    if len(values) > MAX_LEADS:
        raise CallRefused(f"At most {MAX_LEADS} ids in one call; this one has {len(values)}.", reason="too_many_ids")
    return tuple(dict.fromkeys(_lead_id(value) for value in values))


def check_module(fields: Mapping[str, object]) -> None:
    """Raise `CallRefused` (400) when the call is about another module than Leads."""
    module = fields.get("module")
    name = module.get("api_name") if isinstance(module, Mapping) else module
    if name is not None and str(name).strip().lower() not in ("leads", "lead"):
        raise CallRefused("This webhook takes leads only. Set the rule's module to Leads.", reason="other_module")


def _several(ids: object) -> list[object]:
    values = ids.split(",") if isinstance(ids, str) else ids
    if not isinstance(values, list) or not values:
        raise CallRefused('"ids" must be a list of lead ids with at least one in it.', reason="no_lead_id")
    return values


def _one(fields: Mapping[str, object]) -> list[object]:
    named = _named(fields)
    if named:
        return [next((value for value in named if not _is_nothing(value)), named[0])]
    if "data" in fields:
        raise CallRefused(
            'Zoho sends no {"data": [...]} body: use a workflow webhook with lead_id=${Leads.Lead Id}, '
            "or a Notification channel, which sends ids.",
            reason="unknown_shape",
        )
    raise CallRefused("The body names no lead. Add the parameter lead_id=${Leads.Lead Id}", reason="no_lead_id")


def _lists_ids(fields: Mapping[str, object]) -> bool:
    """Tell whether `ids` is what names the leads: an empty list beside a plain id is none."""
    return "ids" in fields and bool(fields["ids"] or not _named(fields))


def _named(fields: Mapping[str, object]) -> list[object]:
    """Give the values of the names that an id may have, the plainest name first."""
    return [fields[name] for name in ID_FIELDS if name in fields]


def _lead_id(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if "${" in text:
        raise CallRefused(
            "Zoho sent the merge field itself, not its value. Pick the lead id from the merge-field list "
            "(type # in the editor) instead of typing it.",
            reason="unresolved_merge_field",
        )
    if _is_nothing(value):
        raise CallRefused("The lead id is empty. Map it to ${Leads.Lead Id}", reason="no_lead_id")
    if not is_digits(text, most=MAX_ID_DIGITS):
        raise CallRefused("A lead id is 1 to 20 digits. Map it to ${Leads.Lead Id}", reason="not_an_id")
    return text


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in NO_VALUE)
