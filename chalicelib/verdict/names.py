"""When two names of companies or of people are the same in another spelling. Pure.

Case, accents, punctuation and spacing never tell names apart. A letter with an accent is compared in both of its spellings
("Müller" is "Muller" and "Mueller"), a name without one is never respelled ("Muller" is not "Mueller").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

WRITTEN_OUT = {
    "ä": ("a", "ae"),
    "ö": ("o", "oe"),
    "ü": ("u", "ue"),
    "å": ("a", "aa"),
    "æ": ("ae", "a"),
    "ø": ("o", "oe"),
    "ő": ("o", "oe"),
    "ű": ("u", "ue"),
    "đ": ("d", "dj"),
    "ð": ("d", "dh"),
}
"""Letters with two spellings in plain letters."""
ONE_SPELLING = {
    "œ": "oe",
    "þ": "th",
    "ł": "l",
    "ı": "i",
    "ħ": "h",
    "ŋ": "n",
    "ŧ": "t",
    "ĸ": "k",
    "ə": "e",
    "ɛ": "e",
    "ɔ": "o",
    "ƒ": "f",
    "ŀ": "l",
    "ſ": "s",
}
"""Letters that Unicode does not take apart; its accents are dropped without a table."""
MOST_LETTERS = 5
"""So many letters with two spellings are combined freely; with more of them, all are written out or none."""
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
"""Accents of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic; not the vowel signs of other scripts."""
DROPPED = re.compile(
    "['`\u00b4\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u201b\u2032\uff07\u2122\u2120\u00ad\u200b-\u200f\u2060\ufeff]"
)
"""Apostrophes, trade marks, and what cannot be seen: they part no word."""
AND = "&"
AND_WORDS = frozenset("and und et og och oraz ve és și si και и та e i y u".split())  # noqa: SIM905
ARTICLES = frozenset("the der die das le la les el los las il gli het".split())  # noqa: SIM905
MOST_FORM_WORDS = 8
SHORT_FORM = 4
NO_INITIALS = ("pt",)
"""Two letters with dots at the front are a person's initials, as in "S.A. Brain", but for these."""
CO = "co"
ANY_FORM = "-"


@dataclass(frozen=True, slots=True)
class _Company:
    """A company's name: what tells it from others, in each spelling, and the legal forms that it carries."""

    spellings: frozenset[Words]
    forms: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """Return the spellings without spaces."""
        return frozenset("".join(words) for words in self.spellings)


def name_keys(name: str) -> frozenset[str]:
    """Return a name in each spelling, folded to letters and digits; empty when it has none. "Park, Ada" is "Ada Park"."""
    last, comma, first = name.partition(",")
    texts = (name, f"{first} {last}") if comma else (name,)
    return frozenset("".join(_with_and(words)) for text in texts for words in _spellings(text)) - {""}


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same in another spelling."""
    return bool(name_keys(one) & name_keys(other))


def same_company(one: str, other: str) -> bool:
    """Return whether two names of companies are the same in another spelling, with or without a legal form."""
    return bool(_company(one).keys & _company(other).keys)


def contradict(one: str, other: str) -> bool:
    """Return whether two names of companies that are both there are not the same."""
    here, there = _company(one).keys, _company(other).keys
    return bool(here and there) and not here & there


def forms_differ(one: str, other: str) -> bool:
    """Return whether both names carry a legal form and have none in common: "Zylker GmbH" and "Zylker AG"."""
    here, there = _company(one).forms, _company(other).forms
    return bool(here and there) and not here & there


def names_differ(one: str, other: str) -> bool:
    """Return whether two names that are both there share no word and are not the same."""
    here, there = _all_words(_spellings(one)), _all_words(_spellings(other))
    return bool(here and there) and not here & there and not same_name(one, other)


def companies_differ(one: str, other: str) -> bool:
    """Return whether two names of companies that are both there share no word but a legal form and are not the same."""
    here, there = _all_words(_company(one).spellings), _all_words(_company(other).spellings)
    return bool(here and there) and not here & there and not same_company(one, other)


def _all_words(spellings: Sequence[Words] | frozenset[Words]) -> set[str]:
    return {word for words in spellings for word in words} - {AND}


def _company(name: str) -> _Company:
    read = [_without_forms(words) for words in _spellings(name)]
    spellings = frozenset(_with_and(_without_article(words)) for words, _ in read)
    forms = frozenset(form for _, found in read for form in found) - {ANY_FORM}
    return _Company(spellings - {()}, forms)


def _spellings(text: str) -> tuple[Words, ...]:
    """Return the words of a text in each spelling, the one without accents first."""
    folded = unicodedata.normalize("NFKC", DROPPED.sub("", text)).casefold()
    folded = unicodedata.normalize("NFC", folded)
    letters = [letter for letter in WRITTEN_OUT if letter in folded]
    ways: Iterator[Words] = product(*(WRITTEN_OUT[letter] for letter in letters))
    if len(letters) > MOST_LETTERS:
        ways = zip(*(WRITTEN_OUT[letter] for letter in letters), strict=True)
    tables = (str.maketrans(ONE_SPELLING | dict(zip(letters, way, strict=True))) for way in ways)
    return tuple(dict.fromkeys(_words(folded.translate(table)) for table in tables))


def _words(folded: str) -> Words:
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return tuple("".join(_character(c) for c in unicodedata.normalize("NFC", bare)).split())


def _character(character: str) -> str:
    """Return a letter, digit or vowel sign as it is, and all else as a space; a sign for "and" is a word."""
    if character in "&+":
        return f" {AND} "
    return character if unicodedata.category(character)[0] in "LNM" else " "


def _with_and(words: Words) -> Words:
    """Return the words with each "and" between two other words as one sign; a sign elsewhere is punctuation."""
    last = len(words) - 1
    between = (
        AND if 0 < at < last and word in AND_WORDS and AND not in (words[at - 1], words[at + 1]) else word
        for at, word in enumerate(words)
    )
    signed = list(between)
    while signed and signed[-1] == AND:
        signed.pop()
    while signed and signed[0] == AND:
        signed.pop(0)
    return tuple(signed)


def _without_article(words: Words) -> Words:
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def _without_forms(words: Words) -> tuple[Words, set[str]]:
    """Return the words without the legal forms around them, and these forms; what is only a form stays."""
    found: set[str] = set()
    while step := _form_at_end(words) or _form_at_front(words):
        words, form = step
        found.add(form)
    return words, found


def _form_at_end(words: Words) -> tuple[Words, str] | None:
    for count in range(min(MOST_FORM_WORDS, len(words) - 1), 0, -1):
        form = _form(words[-count:])
        if form and _with_and(words[:-count]):
            return words[:-count], form
    for spelling, form in _tables().glued.items():
        if words and words[-1].endswith(spelling) and words[-1] != spelling:
            return (*words[:-1], words[-1].removesuffix(spelling)), form
    return None


def _form_at_front(words: Words) -> tuple[Words, str] | None:
    front = _tables().front
    for count in range(min(MOST_FORM_WORDS, len(words) - 1), 0, -1):
        joined = "".join(words[:count])
        initials = count == len(joined) == 2 and joined not in NO_INITIALS  # noqa: PLR2004 - two letters
        form = front.get(joined)
        if form and not initials and _with_and(words[count:]):
            return words[count:], form
    for spelling, form in _tables().glued.items():
        if words and spelling in front and words[0].startswith(spelling) and words[0] != spelling:
            return (words[0].removeprefix(spelling), *words[1:]), form
    return None


def _form(words: Words) -> str:
    """Return the form that the words spell together, or an empty text."""
    tables, joined = _tables(), "".join(words)
    single = [len(word) == 1 for word in words]
    if len(words) == 1 or len(joined) > SHORT_FORM or any(single):
        form = tables.end.get(joined) or (tables.dotted.get(joined) if len(words) > 1 and all(single) else None)
        if form:
            return form
    compound = tables.end.get("".join(word for word in words if word != AND and word not in AND_WORDS), "")
    return compound if CO in compound else ""


@dataclass(frozen=True, slots=True)
class _Tables:
    """Legal forms by their spelling without spaces; `glued` the longest first."""

    end: dict[str, str]
    dotted: dict[str, str]
    front: dict[str, str]
    glued: dict[str, str]


@cache
def _tables() -> _Tables:
    """Return the forms of `legal_forms`, which only a function that compares names has to load."""
    from chalicelib.verdict import legal_forms

    end = dict(_lines(legal_forms.FORMS))
    end |= {spelling: form for spelling, form in _lines(legal_forms.DOTTED) if spelling != form}
    glued = sorted({"".join(_spellings(text)[0]) for text in legal_forms.WITHOUT_SPACES.split(";")}, key=len)
    return _Tables(
        end=end,
        dotted={form: form for spelling, form in _lines(legal_forms.DOTTED) if spelling == form},
        front=dict(_lines(legal_forms.AT_THE_FRONT)),
        glued={spelling: end[spelling] for spelling in reversed(glued)},
    )


def _lines(table: str) -> Iterator[tuple[str, str]]:
    """Yield each spelling of each form of a table, without spaces, and the form."""
    for line in table.strip().splitlines():
        texts = [text.strip() for text in line.split(";")]
        for text in texts:
            for words in _spellings(text):
                if words:
                    yield "".join(words), texts[0]
