"""Shows Slack messages as one self-contained HTML page: no script, nothing loaded, every value escaped.

Its look: system fonts, Slack's proportions, light and dark, from 360 pixels up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

from sandbox.view import form, mrkdwn, shown
from sandbox.view.shown import Shape

CSS = """
:root {
  color-scheme: light dark;
  --page: #eef0f4; --card: #ffffff; --ink: #1d1c1d; --soft: #616061; --line: #dddde0;
  --link: #1264a3; --go: #007a5a; --stop: #c01343; --badge: #ebebed; --code: #c01343; --mention: #fdf3d7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --card: #1a1d21; --ink: #e8e8e8; --soft: #ababad; --line: #3a3d42;
    --link: #5fb3f0; --go: #148567; --stop: #d8315f; --badge: #35373b; --code: #e8912d; --mention: #4a3f1c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px; background: var(--page); color: var(--ink);
  font: 15px/1.47 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    "Noto Sans CJK JP", sans-serif;
  overflow-wrap: anywhere;
}
body > svg { position: absolute; }
main { max-width: 720px; margin: 0 auto; }
h1, h2, h3, p { margin: 0; font-size: inherit; }
h1 { margin: 0 4px 12px; font-size: 13px; font-weight: 600; color: var(--soft); }
.channel {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 8px 24px rgb(0 0 0 / 6%);
}
.channel + .channel { margin-top: 16px; }
h2 { padding: 13px 20px; border-bottom: 1px solid var(--line); font-size: 17px; font-weight: 800; }
h2 span { color: var(--soft); font-weight: 400; margin-right: 3px; }
.message { display: grid; grid-template-columns: 36px minmax(0, 1fr); column-gap: 10px; padding: 14px 20px; }
.message + .message { border-top: 1px solid var(--line); }
.icon { display: block; width: 36px; height: 36px; border-radius: 8px; }
.who { display: flex; flex-wrap: wrap; align-items: center; column-gap: 6px; line-height: 1.3; }
.app { font-weight: 800; }
.badge {
  padding: 1px 4px; border-radius: 3px; background: var(--badge); color: var(--soft);
  font-size: 10px; font-weight: 700; letter-spacing: .03em; line-height: 1.3;
}
.who time, .edited { color: var(--soft); font-size: 12px; }
h3 { margin: 6px 0 4px; font-size: 18px; font-weight: 800; line-height: 1.3; }
.text { margin: 4px 0; }
.fields { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 20px; margin: 10px 0; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 8px; }
.button {
  display: inline-block; padding: 5px 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: var(--ink); font-size: 14px; font-weight: 700; line-height: 1.4;
}
.primary { border-color: var(--go); background: var(--go); color: #ffffff; }
.danger { border-color: var(--stop); background: var(--stop); color: #ffffff; }
.context { margin: 8px 0 0; color: var(--soft); font-size: 13px; }
.context span + span { margin-left: 8px; }
hr { margin: 12px 0; border: 0; border-top: 1px solid var(--line); }
a { color: var(--link); text-decoration: none; }
a.button { color: var(--ink); }
a.primary, a.danger { color: #ffffff; }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { padding: 1px 3px; border: 1px solid var(--line); border-radius: 4px; color: var(--code); font-size: 12px; }
.mention { padding: 0 2px; border-radius: 3px; background: var(--mention); }
.thread { margin: 10px 0 0; padding: 2px 0 2px 12px; border-left: 3px solid var(--line); }
.thread .message { grid-template-columns: 24px minmax(0, 1fr); column-gap: 8px; padding: 8px 0 0; border: 0; }
.thread .icon { width: 24px; height: 24px; border-radius: 6px; }
.count { color: var(--link); font-size: 13px; font-weight: 700; }
@media (max-width: 480px) {
  body { padding: 0; background: var(--card); }
  h1 { padding: 12px 16px 0; margin: 0; }
  .channel { border: 0; border-radius: 0; box-shadow: none; }
  h2, .message { padding-left: 16px; padding-right: 16px; }
  .fields { grid-template-columns: minmax(0, 1fr); }
}
"""
# Two records that overlap, and the part they share.
ICON = """<svg width="0" height="0" aria-hidden="true" focusable="false"><symbol id="icon" viewBox="0 0 36 36">
<rect width="36" height="36" fill="#3b2f8f"/>
<circle cx="14" cy="18" r="8.5" fill="#8f83f0"/><circle cx="22" cy="18" r="8.5" fill="#35c9a5"/>
<path d="M18 10.5a8.5 8.5 0 0 1 0 15a8.5 8.5 0 0 1 0-15z" fill="#ffffff"/>
</symbol></svg>"""

CSS += form.CSS
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
_TAGS: Mapping[type, str] = {mrkdwn.Bold: "strong", mrkdwn.Italic: "em", mrkdwn.Strike: "s"}


def render(title: str, messages: Sequence[Shape]) -> str:
    """Return the page with the messages in their order, under their channel, with the replies of their threads."""
    channels = "\n".join(_channel(name, group) for name, group in groupby(messages, shown.channel))
    return _PAGE.format(policy=_POLICY, title=_safe(title), css=CSS, icon=ICON, channels=channels)


def render_views(title: str, views: Sequence[tuple[Shape, Mapping[str, Mapping[str, Shape]]]]) -> str:
    """Return the page with modals, each with what is put into it, as Slack's `view.state.values` has it."""
    modals = "\n".join(_modal(view, values) for view, values in views)
    sections = f'<div class="modals">{modals}</div>'
    return _PAGE.format(policy=_POLICY, title=_safe(title), css=CSS, icon=ICON, channels=sections)


def _modal(view: Shape, values: Mapping[str, Mapping[str, Shape]]) -> str:
    body = "".join(
        form.field(block, values, _text) if block.get("type") == "input" else _block(block)
        for block in view.get("blocks") or ()
    )
    buttons = [("", view.get("close")), (" primary", view.get("submit"))]
    foot = "".join(f'<span class="button{look}">{_text(text)}</span>' for look, text in buttons if text)
    heading = f"<h2>{_text(view.get('title'))}<b>&times;</b></h2>"
    return f'<section class="channel modal">\n{heading}<div>{body}</div><div class="foot">{foot}</div></section>'


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
    return "".join(map(_block, shown.blocks(message)))


def _block(block: Shape) -> str:
    return _BLOCKS.get(str(block.get("type")), _unknown)(block)


def _alert(block: Shape) -> str:
    return form.alert(block, _text)


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


_BLOCKS: Mapping[str, Callable[[Shape], str]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "alert": _alert,
}
