"""Names and other values of the CRM as a sentence shows them: what can be seen of them, short, ended once. Pure."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 100
FULL_STOPS = " .。．｡"
ELLIPSIS = "…"
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff"
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
"""Control characters that are no white space, lone surrogates, and what has a meaning but no form."""
JOINER = "\u200d"
SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")
TAGS = ("\U000e0020", "\U000e007f")


def clean(value: str) -> str:
    """Return a value without control, bidi and invisible characters and lone surrogates, white space folded."""
    return " ".join(INVISIBLE.sub("", value).split())


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, with an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: boundary(text, limit - 1)].rstrip() + ELLIPSIS


def boundary(text: str, at: int) -> int:
    """Return the last place at or before `at` where a character that people see ends; `at` when there is none.

    An accent, a vowel sign, a skin tone and what is joined belong to the character before; two letters make a flag.
    https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries
    """
    place = at
    while 0 < place < len(text) and _belongs_together(text, place):
        place -= 1
    return place or at


def shown_name(name: str) -> str:
    """Return a name as a sentence shows it: without what cannot be seen, at most `NAME_LIMIT` characters."""
    return cut(clean(name), NAME_LIMIT)


def ended(text: str) -> str:
    """Return a text with one full stop at its end; a name such as "Zylker Inc." brings its own."""
    return f"{text.rstrip(FULL_STOPS)}."


def _belongs_together(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if JOINER in (before, after) or unicodedata.category(after)[0] == "M":
        return True
    if SKIN_TONES[0] <= after <= SKIN_TONES[1] or TAGS[0] <= after <= TAGS[1]:
        return True
    flags = place
    while flags and FLAG_LETTERS[0] <= text[flags - 1] <= FLAG_LETTERS[1]:
        flags -= 1
    return FLAG_LETTERS[0] <= after <= FLAG_LETTERS[1] and (place - flags) % 2 == 1
