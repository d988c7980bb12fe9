"""Shows Slack messages as one self-contained HTML page: no script, nothing loaded, every value escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from sandbox.view import mrkdwn, shown
from sandbox.view.page_style import CSS, ICON
from sandbox.view.shown import Shape

_STYLE_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
{icon}
<main>
<h1>{title}</h1>
{channels}
</main>
</body>
</html>
"""


def render(title: str, messages: Sequence[Shape]) -> str:
    """Give the page with the messages in their order, under their channel, with the replies of their threads."""
    channels = "\n".join(_channel(name, group) for name, group in groupby(messages, shown.channel))
    return _PAGE.format(policy=_POLICY, title=_safe(title), css=CSS, icon=ICON, channels=channels)


def _channel(name: str, messages: Iterable[Shape]) -> str:
    heading = f"<h2><span>#</span>{_safe(name.removeprefix('#'))}</h2>"
    return f'<section class="channel">\n{heading}\n{"".join(map(_message, messages))}</section>'


def _message(message: Shape) -> str:
    return (
        '<article class="message">'
        '<svg class="icon" role="img" aria-label="leadmatch"><use href="#icon"/></svg>'
        f"<div>{_who(message)}{_body(message)}{_thread(shown.replies(message))}</div>"
        "</article>\n"
    )


def _who(message: Shape) -> str:
    at = shown.sent_at(message)
    time = f'<time datetime="{at.isoformat()}">{at:%H:%M} UTC</time>' if at else ""
    edited = '<span class="edited">(edited)</span>' if message.get("edited") else ""
    name = f'<span class="app">{_safe(shown.APP_NAME)}</span> <span class="badge">APP</span>'
    return f'<div class="who">{name} {time} {edited}</div>'


def _thread(replies: Sequence[Shape]) -> str:
    if not replies:
        return ""
    count = "1 reply" if len(replies) == 1 else f"{len(replies)} replies"
    return f'<div class="thread"><p class="count">{count}</p>{"".join(map(_message, replies))}</div>'


def _body(message: Shape) -> str:
    return "".join(_BLOCKS.get(str(block.get("type")), _unknown)(block) for block in shown.blocks(message))


def _header(block: Shape) -> str:
    return f"<h3>{_text(block.get('text'))}</h3>"


def _section(block: Shape) -> str:
    text = f'<p class="text">{_text(block["text"])}</p>' if block.get("text") else ""
    fields = "".join(f"<div>{_text(field)}</div>" for field in block.get("fields") or ())
    accessory = f'<div class="actions">{_button(block["accessory"])}</div>' if block.get("accessory") else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "") + accessory


def _context(block: Shape) -> str:
    texts = "".join(f"<span>{_text(element)}</span>" for element in block.get("elements") or ())
    return f'<p class="context">{texts}</p>'


def _actions(block: Shape) -> str:
    return f'<div class="actions">{"".join(map(_button, block.get("elements") or ()))}</div>'


def _divider(_block: Shape) -> str:
    return "<hr>"


def _unknown(block: Shape) -> str:
    return f'<p class="context">({_safe(str(block.get("type")))})</p>'


def _button(button: Shape) -> str:
    style = button.get("style")
    look = f"button {style}" if style in ("primary", "danger") else "button"
    label, url = _text(button.get("text")), str(button.get("url", ""))
    if not url.startswith(("https://", "http://")):
        return f'<span class="{look}">{label}</span>'
    return f'<a class="{look}" rel="noopener noreferrer" href="{_safe(url)}">{label}</a>'


def _text(text: Shape | None) -> str:
    return _nodes(shown.nodes(text))


def _nodes(nodes: mrkdwn.Nodes) -> str:
    return "".join(map(_node, nodes))


def _node(node: mrkdwn.Node) -> str:
    match node:
        case mrkdwn.Bold(children) | mrkdwn.Italic(children) | mrkdwn.Strike(children):
            tag = _TAGS[type(node)]
            return f"<{tag}>{_nodes(children)}</{tag}>"
        case mrkdwn.Link(url, label):
            return f'<a rel="noopener noreferrer" href="{_safe(url)}">{_safe(label)}</a>'
        case mrkdwn.Code(text):
            return f"<code>{_safe(text)}</code>"
        case mrkdwn.Mention(text):
            return f'<span class="mention">{_safe(text)}</span>'
        case mrkdwn.Date(at, text):
            return f'<time datetime="{at.isoformat()}">{_safe(text)}</time>'
        case _:
            return _lines(node.symbol if isinstance(node, mrkdwn.Emoji) else node.text)


def _lines(text: str) -> str:
    return _safe(text).replace("\n", "<br>")


def _safe(text: str) -> str:
    """Escape for an element or a quoted attribute."""
    return escape(shown.visible(text))


_TAGS: Mapping[type, str] = {mrkdwn.Bold: "strong", mrkdwn.Italic: "em", mrkdwn.Strike: "s"}
_BLOCKS: Mapping[str, Callable[[Shape], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
}
