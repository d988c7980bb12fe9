"""What qualifies a lead that a Notification is about: a field and the values that count, as LEADMATCH_QUALIFIED says. Pure.

A Notification channel can be limited to fields but not to their values, so it tells of every edit.
https://www.zoho.com/crm/developer/docs/api/v8/notifications/enable.html
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.errors import Misconfigured

FIELD = re.compile(r"[A-Za-z]\w{0,99}", re.ASCII)
"""A field's API name."""
ESCAPED = r"\\."
"""A backslash and any character: what would otherwise not be taken, taken as it stands."""
BEGINS = "LNS"
"""Unicode's letters, numbers and symbols: what a value begins with."""
GOES_ON = "LNSM"
OPERATORS = "^`"
"""What people write as an operator or a quote and Unicode has no such word for; its mathematical symbols are the others."""
INSIDE = "+-_./()#%:!?@°·・\u2010\u2011\u2012\u2013\u2014\u200d\ufe0f"
"""What else may stand in a value, and may not begin it."""
APOSTROPHES = "'\u2019"
"""Between two letters they are a part of a word, else a quote."""
JOINED = re.compile(r"\s(and|or)\s", re.IGNORECASE)
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?(E[+-]?[0-9]{1,2})?", re.IGNORECASE)
"""A number in any form that JSON has; leading zeros make a code of it."""
BAR = re.compile(r"(?<!\\)\|")
"""What stands between two values; behind a backslash it is a part of one."""


@dataclass(frozen=True, slots=True)
class Qualification:
    """A lead qualifies while one of the values stands in the field; `values` are as `comparable` writes them."""

    field: str
    values: frozenset[str]

    def is_met_by(self, found: Iterable[str]) -> bool:
        """Return whether one of the values found in the field counts, whatever its capitals, blanks and forms of writing."""
        return not self.values.isdisjoint(map(comparable, found))


def read_qualification(text: str) -> Qualification | None:
    r"""Read `Field=Value|Other value`; an empty text is no condition. Raise `Misconfigured` for what is anything else.

    A value is words, as a field of Zoho holds them. What reads like a second condition, an operator, a list or a quote
    is refused, because no lead would ever meet it; where a value really has such a character, a backslash stands before it.
    """
    if not text.strip():
        return None
    field, _, listed = (part.strip() for part in text.partition("="))
    if not FIELD.fullmatch(field):
        raise _refused(f'"{field[:60]}" is not the API name of a field')
    return Qualification(field, frozenset(comparable(_value(part)) for part in BAR.split(listed)))


def _value(part: str) -> str:
    """Return the value that is meant; raise `Misconfigured` for what is none."""
    part = part.strip()
    if not part or part.casefold() == "null":
        raise _refused("a value is missing: an empty field never qualifies a lead")
    plain = unicodedata.normalize("NFKC", re.sub(ESCAPED, "x", part, flags=re.DOTALL))
    if joined := JOINED.search(plain):
        raise _refused(f'"{joined.group(1)}" joins two conditions or values')
    if wrong := _wrong_character(plain):
        raise _refused(f"{wrong} cannot be part of a value")
    return re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)


def _wrong_character(plain: str) -> str:
    """Return the first character that makes it something else than a value; a minus may stand before a number."""
    if plain.count("(") != plain.count(")"):
        return "a bracket is not closed, or was never opened"
    rest = plain[1:] if re.match(r"-[0-9]", plain) else plain
    for at, char in enumerate(rest):
        kinds = BEGINS if at == 0 else GOES_ON
        is_apostrophe = char in APOSTROPHES and rest[at - 1 : at].isalnum() and rest[at + 1 : at + 2].isalnum()
        if is_apostrophe or char.isspace() or (at and char in INSIDE):
            continue
        kind = unicodedata.category(char)
        if char in OPERATORS or kind == "Sm" or kind[0] not in kinds:
            return char if char.isprintable() else "an unprintable character"
    return ""


def _refused(why: str) -> Misconfigured:
    return Misconfigured(
        "LEADMATCH_QUALIFIED must be one field's API name, an equals sign and the values that count, such as "
        f"Lead_Status=Qualified or Lead_Status=Qualified|Sales Ready; {why}. "
        "Where a value itself has such a character or word, put a backslash before it: R\\&D.",
        reason="qualified_unreadable",
    )


def comparable(value: str) -> str:
    """Return one form for all the ways to write a value: width, accents, capitals, blanks, invisible characters, numbers."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    seen = "".join(char for char in folded if unicodedata.category(char) != "Cf" and char != "\ufe0f")
    text = " ".join(seen.replace(APOSTROPHES[1], APOSTROPHES[0]).split())
    return _number(text) if NUMBER.fullmatch(text) else text


def _number(text: str) -> str:
    digits = f"{Decimal(text):f}"
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if short == "-0" else short
