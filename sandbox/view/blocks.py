"""Draws the blocks of Slack as HTML, each value escaped: those that messages and modals share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from sandbox.view import mrkdwn, shown
from sandbox.view.shown import Shape

Draw = Callable[[Shape], str]

_TAGS: Mapping[type, str] = {mrkdwn.Bold: "strong", mrkdwn.Italic: "em", mrkdwn.Strike: "s"}


def draw(blocks: Sequence[Shape], more: Mapping[str, Draw] | None = None) -> str:
    """Draw blocks in their order; `more` draws the kinds that one surface has alone. A kind that is not known is named."""
    known = {**_BLOCKS, **(more or {})}
    return "".join(known.get(str(block.get("type")), _unknown)(block) for block in blocks)


def text_of(shape: Shape | None) -> str:
    """Draw a text object."""
    return _nodes(shown.nodes(shape))


def safe(raw: str) -> str:
    """Escape for an element or a quoted attribute."""
    return escape(shown.visible(raw))


def _header(block: Shape) -> str:
    return f"<h3>{text_of(block.get('text'))}</h3>"


def _section(block: Shape) -> str:
    text = f'<p class="text">{text_of(block["text"])}</p>' if block.get("text") else ""
    fields = "".join(f"<div>{text_of(field)}</div>" for field in block.get("fields") or ())
    accessory = f'<div class="actions">{_button(block["accessory"])}</div>' if block.get("accessory") else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "") + accessory


def _context(block: Shape) -> str:
    texts = "".join(f"<span>{text_of(element)}</span>" for element in block.get("elements") or ())
    return f'<p class="context">{texts}</p>'


def _actions(block: Shape) -> str:
    return f'<div class="actions">{"".join(map(_button, block.get("elements") or ()))}</div>'


def _divider(_block: Shape) -> str:
    return "<hr>"


def _unknown(block: Shape) -> str:
    return f'<p class="context">({safe(str(block.get("type")))})</p>'


def _button(button: Shape) -> str:
    style = button.get("style")
    look = f"button {style}" if style in ("primary", "danger") else "button"
    label, url = text_of(button.get("text")), str(button.get("url", ""))
    if not url.startswith(("https://", "http://")):
        return f'<span class="{look}">{label}</span>'
    return f'<a class="{look}" rel="noopener noreferrer" href="{safe(url)}">{label}</a>'


def _nodes(nodes: mrkdwn.Nodes) -> str:
    return "".join(map(_node, nodes))


def _node(node: mrkdwn.Node) -> str:
    match node:
        case mrkdwn.Bold(children) | mrkdwn.Italic(children) | mrkdwn.Strike(children):
            tag = _TAGS[type(node)]
            return f"<{tag}>{_nodes(children)}</{tag}>"
        case mrkdwn.Link(url, label):
            return f'<a rel="noopener noreferrer" href="{safe(url)}">{safe(label)}</a>'
        case mrkdwn.Code(text):
            return f"<code>{safe(text)}</code>"
        case mrkdwn.Mention(text):
            return f'<span class="mention">{safe(text)}</span>'
        case mrkdwn.Date(at, text):
            return f'<time datetime="{at.isoformat()}">{safe(text)}</time>'
        case _:
            return _lines(node.symbol if isinstance(node, mrkdwn.Emoji) else node.text)


def _lines(text: str) -> str:
    return safe(text).replace("\n", "<br>")


_BLOCKS: Mapping[str, Draw] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
}
