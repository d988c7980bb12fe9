"""What qualifies a lead that a Notification is about: a field and the values that count, as LEADMATCH_QUALIFIED says. Pure.

A Notification channel can be limited to fields but not to their values, so it tells of every edit.
https://www.zoho.com/crm/developer/docs/api/v8/notifications/enable.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.errors import Misconfigured

FIELD = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)
"""A field's API name."""
SECOND_CONDITION = re.compile(r";\s*\w+\s*=")


@dataclass(frozen=True, slots=True)
class Qualification:
    """A lead qualifies while one of the values stands in the field; `values` are as `_comparable` writes them."""

    field: str
    values: frozenset[str]

    def is_met_by(self, found: Iterable[str]) -> bool:
        """Return whether one of the values found in the field counts, whatever its capitals and blanks."""
        return not self.values.isdisjoint(map(_comparable, found))


def read_qualification(text: str) -> Qualification | None:
    """Read `Field=Value|Other value`; an empty text is no condition. Raise `Misconfigured` for what cannot be read."""
    if not text.strip():
        return None
    field, _, listed = (part.strip() for part in text.partition("="))
    values = [_comparable(value) for value in listed.split("|")]
    if not FIELD.fullmatch(field) or not all(values) or SECOND_CONDITION.search(listed):
        raise Misconfigured(
            "LEADMATCH_QUALIFIED must be one field's API name, an equals sign and the values that count, such as "
            "Lead_Status=Qualified or Lead_Status=Qualified|Sales Ready.",
            reason="qualified_unreadable",
        )
    return Qualification(field, frozenset(values))


def _comparable(value: str) -> str:
    return " ".join(value.split()).casefold()
