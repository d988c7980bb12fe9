"""Styled text measured in terminal columns, because what a person sees decides where a line ends.

textwrap counts characters; a terminal shows an East Asian one or an emoji two columns wide and a combining one in none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias
from urllib.parse import quote

from wcwidth import iter_graphemes, wcswidth

from sandbox.view.shown import visible

NO_BREAK_SPACE = "\u00a0"
_DIFFERS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""What changes an emoji's width in some terminals and not in others: its style and its skin tone."""
_UNKNOWN = "\ufffd"
_IN_URLS = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Cell:
    """One visible character with the marks upon it; `style` is an ANSI SGR code such as `1;4`."""

    char: str
    style: str = ""
    url: str | None = None

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return max(wcswidth(self.char), 0)


Line: TypeAlias = list[Cell]


def cells(text: str, style: str = "", url: str | None = None) -> Line:
    """Cut a text into cells, without what a person does not see; a character that is none yet has no known width."""
    kept = "".join(_UNKNOWN if unicodedata.category(char) == "Cn" else char for char in visible(text))
    line = [Cell(char, style, url) for char in iter_graphemes(_DIFFERS.sub("", kept))]
    return [cell for cell in line if cell.char == "\n" or cell.width]


def columns_of(line: Iterable[Cell]) -> int:
    """Count the columns of a line."""
    return sum(cell.width for cell in line)


def wrap(text: Sequence[Cell], columns: int) -> list[Line]:
    """Break at line ends, between words, beside wide characters, and inside a word only if it fits no line."""
    lines = []
    for paragraph in _paragraphs(text):
        line: Line = []
        for chunk in _chunks(paragraph, columns):
            if columns_of(line) + columns_of(chunk) > columns:
                lines.append(_stripped(line))
                line = []
            if line or chunk[0].char != " ":
                line += chunk
        lines.append(_stripped(line))
    return lines


def pad(line: Line, columns: int) -> Line:
    """Fill a line with spaces."""
    return line + cells(" " * (columns - columns_of(line)))


def paint(line: Iterable[Cell], *, colour: bool, links: bool) -> str:
    """Write a line, with ANSI colours and OSC 8 hyperlinks where they are wanted."""
    painted = ""
    for (style, url), run in groupby(line, lambda cell: (cell.style if colour else "", cell.url if links else None)):
        text = "".join(cell.char for cell in run).replace(NO_BREAK_SPACE, " ")
        painted += _hyperlinked(_styled(text, style), url)
    return painted


def _styled(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def _hyperlinked(text: str, url: str | None) -> str:
    if not url:
        return text
    return f"\x1b]8;;{quote(url, safe=_IN_URLS, errors='replace')}\x1b\\{text}\x1b]8;;\x1b\\"


def _paragraphs(text: Sequence[Cell]) -> Iterator[Line]:
    paragraph: Line = []
    for cell in text:
        if cell.char[0] == "\n":
            yield paragraph
            paragraph = []
        else:
            paragraph.append(cell)
    yield paragraph


def _chunks(paragraph: Line, columns: int) -> Iterator[Line]:
    """Yield what stays together: a run of spaces, a word or as much of it as fits, a wide character."""
    for _, group in groupby(enumerate(paragraph), lambda numbered: _chunk_kind(*numbered)):
        run = [cell for _, cell in group]
        step = max(columns, 1)
        yield from (run[start : start + step] for start in range(0, len(run), step))


def _chunk_kind(index: int, cell: Cell) -> int:
    if cell.width > 1:
        return index
    return -1 if cell.char == " " else -2


def _stripped(line: Line) -> Line:
    while line and line[-1].char == " ":
        line = line[:-1]
    return line
