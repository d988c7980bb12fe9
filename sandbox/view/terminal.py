"""Draws a Slack message on a terminal, in a frame, the way a person would read it in its channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from sandbox.view import mrkdwn, shown
from sandbox.view.cells import NO_BREAK_SPACE, Line, cells, columns_of, pad, paint, wrap
from sandbox.view.shown import Shape

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


def line(text: Shape) -> str:
    """Return what a person reads of a text object, without colours."""
    return paint(_text(text), colour=False, links=False)


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
    """Set the blocks below each other, the small lines close to what they belong to."""
    lines: list[Line] = []
    for block in shown.blocks(message):
        draw = _BLOCKS.get(str(block.get("type")), _unknown)
        gap: list[Line] = [] if block.get("type") == "context" or not lines else [[]]
        lines += [*gap, *draw(block, columns)]
    return lines


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
