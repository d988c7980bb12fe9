"""When two names of companies or of people are the same in another spelling. Pure.

Case, accents, punctuation and spacing never tell names apart. A letter with an accent is compared in both of its spellings
("Müller" is "Muller" and "Mueller"), a name without one is never respelled ("Muller" is not "Mueller").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]

WRITTEN_OUT = {
    "ä": ("a", "ae"),
    "ö": ("o", "oe"),
    "ü": ("u", "ue"),
    "å": ("a", "aa"),
    "æ": ("a", "ae"),
    "ø": ("o", "oe"),
    "ő": ("o", "oe"),
    "ű": ("u", "ue"),
    "đ": ("d", "dj"),
    "ð": ("d", "dh"),
}
"""Letters with two spellings in plain letters."""
ONE_SPELLING = {"œ": "oe", "þ": "th", "ĸ": "k", "ə": "e", "ɛ": "e", "ɔ": "o", "ſ": "s", "ı": "i"}
"""Letters that are no other letter with a mark. Accents, strokes and hooks are dropped without a table."""
MARKED = re.compile("LATIN SMALL LETTER (?:DOTLESS )?([A-Z]) WITH ")
"""The Unicode name of a letter with a stroke or a hook, which does not come apart: "ł", "ħ", "ɓ"."""
NAMES_REMEMBERED = 128
"""A lead's few names are compared with each other many times."""
MOST_LETTERS = 5
"""So many letters with two spellings are combined freely; with more of them, all are written out or none."""
ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]")
"""Accents of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic; not the vowel signs of other scripts."""
DROPPED = re.compile(
    "['`\u00b4\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u201b\u2032\uff07\u2122\u2120\u00ad\u200b-\u200f\u2060\ufeff]"
)
"""Apostrophes, trade marks, and what cannot be seen: they part no word."""
AND = "&"
AND_WORDS = "and und et og och oraz ve və és și si και и та й і ir un dan va và agus dhe eta e i y u en ja a in ta n"
SHORT_AND = 2
"""A word for "and" of so few letters is the sign's equal and not another such word's: "Vitamin A Labs", "Vitamin E Labs"."""
ARTICLES = "the der die das den le la les el los las els lo il gli het az ο η το οι"
ELIDED = re.compile(r"^\s*[lL]['`\u00b4\u02bc\u2018\u2019\u2032\uff07]\s*(?=\w)")
"""The article of "L'Espresso"."""
QUOTES = "\"'.,;:()[]\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
MOST_FORM_WORDS = 9
SHORT_FORM = 4
ANY_FORM = "-"
ROMANIAN, BESIDE_ROMANIAN = "sc", {"srl", "sa", "snc", "scs", "sca"}
"""The Romanian "S.C." at the front, and the forms at the end with which alone it stands there: not "S.C. Johnson"."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """A name's spellings without spaces: `exact` as it is, `loose` with the short words for "and" as the sign."""

    exact: frozenset[str]
    loose: frozenset[str]

    def meet(self, other: _Keys) -> bool:
        """Return whether one of the spellings is the same; two short words for "and" are not each other."""
        return bool(self.exact & (other.exact | other.loose) or self.loose & other.exact)


@dataclass(frozen=True, slots=True)
class _Company:
    """A company's name: the spellings of what tells it from others, its keys, and the legal forms that it carries."""

    spellings: frozenset[Words]
    keys: _Keys
    forms: frozenset[str]


def name_keys(name: str) -> frozenset[str]:
    """Return a name in each spelling, folded to letters and digits; empty when it has none. "Park, Ada" is "Ada Park"."""
    return _name_keys(name).exact


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same in another spelling."""
    return _name_keys(one).meet(_name_keys(other))


def same_words(one: str, other: str, *, without: str = "") -> bool:
    """Return whether two names have the same words in any order, but for the words of `without`, a constant."""
    left_out = _folded(without)
    here, there = ({tuple(sorted(set(words) - left_out)) for words in _spellings(name)} - {()} for name in (one, other))
    return bool(here & there)


def same_company(one: str, other: str) -> bool:
    """Return whether two names of companies are the same in another spelling, with or without a legal form."""
    return _company(one).keys.meet(_company(other).keys)


def contradict(one: str, other: str) -> bool:
    """Return whether two names of companies that are both there are not the same."""
    here, there = _company(one).keys, _company(other).keys
    return bool(here.exact and there.exact) and not here.meet(there)


def forms_differ(one: str, other: str) -> bool:
    """Return whether both names carry legal forms, and each one that the other has not: "Zylker GmbH" and "Zylker AG".

    A name that says less does not differ: "Zylker Ltd" and "Zylker Pvt Ltd".
    """
    here, there = _company(one).forms, _company(other).forms
    return bool(here - there and there - here)


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


def _name_keys(name: str) -> _Keys:
    last, comma, first = name.partition(",")
    texts = (name, f"{first} {last}") if comma else (name,)
    return _keys(words for text in texts for words in _spellings(text))


def _keys(spellings: Iterable[Words]) -> _Keys:
    """Return the keys of a name in all of its spellings."""
    words = tuple(spellings)
    exact, loose = (frozenset("".join(_with_and(each, shortest)) for each in words) for shortest in (SHORT_AND + 1, 1))
    return _Keys(exact - {""}, loose - {""})


def _company(name: str) -> _Company:
    texts = dict.fromkeys((name, ELIDED.sub("", name)))
    writings = _writings(name)
    read = [_without_forms(words, writings) for text in texts for words in _spellings(text)]
    spellings = frozenset(_without_article(words) for words, _ in read) - {()}
    keys = _keys(spellings)
    forms = frozenset(form for _, found in read for form in found) - {ANY_FORM}
    return _Company(spellings, _Keys(keys.exact | name_keys(name), keys.loose), forms)


def _writings(name: str) -> frozenset[str]:
    """Return the words of a name as they are written, in capitals or not."""
    return frozenset(word.strip(QUOTES) for word in unicodedata.normalize("NFKC", name).split())


@lru_cache(maxsize=NAMES_REMEMBERED)
def _spellings(text: str) -> tuple[Words, ...]:
    """Return the words of a text in each spelling, the one without accents first."""
    folded = unicodedata.normalize("NFKC", DROPPED.sub("", text)).casefold()
    folded = unicodedata.normalize("NFC", folded).translate(LETTERS)
    letters = [letter for letter in WRITTEN_OUT if letter in folded]
    if not letters:
        return (_words(folded),)
    ways: Iterator[Words] = product(*(WRITTEN_OUT[letter] for letter in letters))
    if len(letters) > MOST_LETTERS:
        ways = zip(*(WRITTEN_OUT[letter] for letter in letters), strict=True)
    tables = (str.maketrans(dict(zip(letters, way, strict=True))) for way in ways)
    return tuple(dict.fromkeys(_words(folded.translate(table)) for table in tables))


def _letter(character: str) -> str:
    """Return the letter below a stroke or a hook, or below the second mark of a letter with two spellings ("ǿ" is "ø")."""
    if character.isascii() or character in WRITTEN_OUT:
        return character
    if character in ONE_SPELLING:
        return ONE_SPELLING[character]
    below = unicodedata.decomposition(character).partition(" ")[0]
    if below and not below.startswith("<") and chr(int(below, 16)) in WRITTEN_OUT:
        return chr(int(below, 16))
    marked = MARKED.match(unicodedata.name(character, "")) if not below else None
    return marked[1].lower() if marked else character


def _words(folded: str) -> Words:
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return tuple(unicodedata.normalize("NFC", bare).translate(CHARACTERS).split())


def _character(character: str) -> str:
    """Return a letter, digit or vowel sign as it is, and all else as a space; a sign for "and" is a word."""
    if character in "&+":
        return f" {AND} "
    return character if unicodedata.category(character)[0] in "LNM" else " "


class _EachOnce(dict[int, str]):
    """A table for `str.translate` that asks a function about each character once."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, code: int) -> str:
        self[code] = found = self._ask(chr(code))
        return found


LETTERS, CHARACTERS = _EachOnce(_letter), _EachOnce(_character)


def _with_and(words: Words, shortest: int = 1) -> Words:
    """Return the words with each "and" between two other words as one sign; a sign elsewhere is punctuation."""
    last, known = len(words) - 1, _folded(AND_WORDS)
    between = (
        AND
        if 0 < at < last and len(word) >= shortest and word in known and not {AND} & {*words[at - 1 : at + 2]}
        else word
        for at, word in enumerate(words)
    )
    signed = list(between)
    while signed and signed[-1] == AND:
        signed.pop()
    while signed and signed[0] == AND:
        signed.pop(0)
    return tuple(signed)


@cache
def _folded(words: str) -> frozenset[str]:
    """Return the words of a table as they are compared."""
    return frozenset(_all_words(_spellings(words)))


def _without_article(words: Words) -> Words:
    return words[1:] if len(words) > 1 and words[0] in _folded(ARTICLES) else words


def _without_forms(words: Words, writings: frozenset[str]) -> tuple[Words, set[str]]:
    """Return the words without the legal forms around them, and these forms; what is only a form stays."""
    found: set[str] = set()
    while step := _form_at_end(words, writings) or _form_at_front(words, writings, found):
        words, form = step
        found.add(form)
    return words, found


def _form_at_end(words: Words, writings: frozenset[str]) -> tuple[Words, str] | None:
    forms = _tables()
    for count in range(min(MOST_FORM_WORDS, len(words) - 1), 0, -1):
        at_end = words[-count:]
        short = count > 1 and len("".join(at_end)) <= SHORT_FORM and all(len(word) > 1 for word in at_end)
        form = "" if short else forms.end.form(at_end, writings)
        if form and _with_and(words[:-count]):
            return words[:-count], form
    for spelling in forms.glued:
        if words and words[-1].endswith(spelling) and words[-1] != spelling:
            return (*words[:-1], words[-1].removesuffix(spelling)), forms.end.plain[spelling]
    return None


def _form_at_front(words: Words, writings: frozenset[str], found: set[str]) -> tuple[Words, str] | None:
    """Return the words behind a form at the front; two letters with dots are initials, where the table has none with dots."""
    forms = _tables()
    alike = "".join(words).startswith(forms.names_alike)
    for count in range(0 if alike else min(MOST_FORM_WORDS, len(words) - 1), 0, -1):
        form = forms.front.form(words[:count], writings, initials=True)
        if form and _with_and(words[count:]) and (form != ROMANIAN or found & BESIDE_ROMANIAN):
            return words[count:], form
    for spelling in forms.glued:
        if words and spelling in forms.front.plain and words[0].startswith(spelling) and words[0] != spelling:
            return (words[0].removeprefix(spelling), *words[1:]), forms.front.plain[spelling]
    return None


@dataclass(frozen=True, slots=True)
class _Table:
    """Legal forms by their spelling without spaces; those in `dotted` are several words, those in `written` also as there."""

    plain: dict[str, str]
    dotted: dict[str, str]
    written: dict[str, set[str]]

    def form(self, words: Words, writings: frozenset[str], *, initials: bool = False) -> str:
        """Return the form that the words spell together, or an empty text."""
        joined = "".join(words)
        if len(words) > 1 and joined in self.dotted:
            return self.dotted[joined]
        if joined in self.written:
            return self.plain[joined] if self.written[joined] & writings else ""
        return "" if initials and len(words) == len(joined) == 2 else self.plain.get(joined, "")  # noqa: PLR2004

    def enter(self, entries: str, form: str) -> None:
        """Take in the spellings of a form, which semicolons separate."""
        for entry in map(str.strip, entries.split(";")):
            for joined in _joined(entry):
                (self.dotted if "." in entry else self.plain)[joined] = form
                if entry != entry.lower():
                    self.written.setdefault(joined, set()).add(entry)


@dataclass(frozen=True, slots=True)
class _Tables:
    """What `legal_forms` holds; `glued` the longest first."""

    end: _Table
    front: _Table
    glued: tuple[str, ...]
    names_alike: tuple[str, ...]


@cache
def _tables() -> _Tables:
    """Return the forms of `legal_forms`, which only a function that compares names has to load."""
    from chalicelib.verdict import legal_forms

    end = _Table({}, {}, {})
    for line in legal_forms.FORMS.strip().splitlines():
        end.enter(line, form="".join(_spellings(line.partition(";")[0])[0]) or ANY_FORM)
    front = _Table({}, {}, {})
    for entry in legal_forms.AT_THE_FRONT.replace("\n", ";").split(";"):
        joined = "".join(_spellings(entry)[0])
        front.enter(entry, form=end.plain.get(joined) or end.dotted.get(joined, joined))
    return _Tables(
        end=end,
        front=front,
        glued=tuple(sorted(_joined(legal_forms.WITHOUT_SPACES), key=len, reverse=True)),
        names_alike=tuple(_joined(legal_forms.NAMES_LIKE_A_FORM)),
    )


def _joined(entries: str) -> set[str]:
    """Return the spellings of each entry without spaces."""
    return {"".join(words) for entry in entries.split(";") for words in _spellings(entry)} - {""}
