"""Styled text measured in terminal columns, because what a person sees decides where a line ends.

textwrap counts characters; a terminal shows an East Asian one or an emoji two columns wide and a combining one in none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import TypeAlias
from urllib.parse import quote

from wcwidth import iter_graphemes, wcswidth

from sandbox.view import mrkdwn, shown
from sandbox.view.shown import Shape, visible

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
        painted += _linked(_styled_cell(text, style), url)
    return painted


def _styled_cell(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def _linked(text: str, url: str | None) -> str:
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
    """Give what stays together: a run of spaces, a word or as much of it as fits, a wide character."""
    for _, group in groupby(enumerate(paragraph), lambda numbered: _kind(*numbered)):
        run = [cell for _, cell in group]
        step = max(columns, 1)
        yield from (run[start : start + step] for start in range(0, len(run), step))


def _kind(index: int, cell: Cell) -> int:
    if cell.width > 1:
        return index
    return -1 if cell.char == " " else -2


def _stripped(line: Line) -> Line:
    while line and line[-1].char == " ":
        line = line[:-1]
    return line


_NARROWEST = 24
_TWO_COLUMNS_FROM = 48
_GAP = 3
_INDENT = 4
_BOLD, _DIM = "1", "2"
_STYLES: Mapping[type, str] = {
    mrkdwn.Bold: _BOLD,
    mrkdwn.Italic: "3",
    mrkdwn.Strike: "9",
    mrkdwn.Link: "4;34",
    mrkdwn.Code: "36",
    mrkdwn.Mention: "33",
}
_BUTTONS = {"primary": "1;97;42", "danger": "1;97;41"}


def render(message: Shape, *, width: int = 78, colour: bool = False, links: bool = False) -> str:
    """Draw a message and the replies of its thread; plain text unless colour or hyperlinks are asked for."""
    columns = max(width, _NARROWEST)
    lines = [*_frame(message, columns)]
    for reply in shown.replies(message):
        lines += _reply(reply, columns)
    return "\n".join(paint(line, colour=colour, links=links) for line in lines)


def _frame(message: Shape, columns: int) -> Iterator[Line]:
    yield _title(message, columns)
    for line in _body(message, columns - 4):
        yield [*cells("│ ", _DIM), *pad(line, columns - 4), *cells(" │", _DIM)]
    yield cells("╰" + "─" * (columns - 2) + "╯", _DIM)


def _title(message: Shape, columns: int) -> Line:
    name = wrap(cells(shown.channel(message), _BOLD), columns - 7)[0]
    start = [*cells("╭─ ", _DIM), *name, *cells(" ")]
    time = shown.time_of_day(message)
    ends = [f" {_dotted(shown.APP_NAME, time)} ─╮", f" {_dotted(time)} ─╮", "─╮"]
    end = next((end for end in ends if columns_of(start) + len(end) < columns), ends[-1])
    return [*start, *cells("─" * (columns - columns_of(start) - len(end)) + end, _DIM)]


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _reply(reply: Shape, columns: int) -> Iterator[Line]:
    yield cells(f"  └ {_dotted('reply', shown.time_of_day(reply))}", _DIM)
    for line in _body(reply, columns - _INDENT):
        yield [*cells(" " * _INDENT), *line]


def _body(message: Shape, columns: int) -> list[Line]:
    lines: list[Line] = []
    for block in shown.blocks(message):
        draw = _BLOCKS.get(str(block.get("type")), _unknown)
        lines += [[], *draw(block, columns)]
    return lines[1:]


def _header(block: Shape, columns: int) -> list[Line]:
    return wrap(_text(block.get("text"), _BOLD), columns)


def _section(block: Shape, columns: int) -> list[Line]:
    lines = wrap(_text(block["text"]), columns) if block.get("text") else []
    if block.get("fields"):
        lines += _fields([_text(field) for field in block["fields"]], columns)
    if block.get("accessory"):
        lines += wrap(_button(block["accessory"]), columns)
    return lines


def _fields(fields: list[Line], columns: int) -> list[Line]:
    """Set the fields in two columns as Slack does, or below each other where there is no room for two, or only one."""
    if columns < _TWO_COLUMNS_FROM or len(fields) == 1:
        return [line for field in fields for line in wrap(field, columns)]
    half = (columns - _GAP) // 2
    lines: list[Line] = []
    nothing: Line = []
    for left, right in zip_longest(fields[::2], fields[1::2], fillvalue=nothing):
        pairs = zip_longest(wrap(left, half), wrap(right, half), fillvalue=nothing)
        lines += [[*pad(one, half + _GAP), *other] for one, other in pairs]
    return lines


def _context(block: Shape, columns: int) -> list[Line]:
    texts = [_text(element, _DIM) for element in block.get("elements") or ()]
    return wrap(_joined(texts), columns)


def _actions(block: Shape, columns: int) -> list[Line]:
    return wrap(_joined([_button(button) for button in block.get("elements") or ()]), columns)


def _divider(_block: Shape, columns: int) -> list[Line]:
    return [cells("─" * columns, _DIM)]


def _unknown(block: Shape, columns: int) -> list[Line]:
    return wrap(cells(f"({block.get('type')})", _DIM), columns)


def _button(button: Shape) -> Line:
    """Draw `[ Label ]`, which no line may break."""
    label = "".join(cell.char for cell in _text(button.get("text")))
    face = f"[ {label} ]".replace(" ", NO_BREAK_SPACE)
    return cells(face, _BUTTONS.get(str(button.get("style")), ""), button.get("url"))


def _joined(parts: list[Line]) -> Line:
    return [cell for part in parts for cell in [*cells("  "), *part]][2:]


def _text(text: Shape | None, style: str = "") -> Line:
    return _styled(shown.nodes(text), style)


def _styled(nodes: mrkdwn.Nodes, style: str) -> Line:
    return [cell for node in nodes for cell in _node(node, style)]


def _node(node: mrkdwn.Node, style: str) -> Line:
    styled = ";".join(filter(None, [style, _STYLES.get(type(node), "")]))
    match node:
        case mrkdwn.Bold(children) | mrkdwn.Italic(children) | mrkdwn.Strike(children):
            return _styled(children, styled)
        case mrkdwn.Link(url, label):
            return cells(label, styled, url)
        case mrkdwn.Emoji(symbol=symbol):
            return cells(symbol, styled)
        case _:
            return cells(node.text, styled)


_BLOCKS: Mapping[str, Callable[[Shape, int], list[Line]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
}
