"""Shows what Slack shows as one self-contained HTML page: no script, nothing loaded, every value escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from sandbox.view import shown
from sandbox.view.blocks import Draw, draw, safe
from sandbox.view.shown import Shape
from sandbox.view.style import CSS, ICON

_POLICY = "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action {forms}"
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="{referrer}">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
{icon}
<main{width} id="top">
{heading}
{body}
</main>
</body>
</html>
"""


def render(title: str, messages: Sequence[Shape]) -> str:
    """Return the page with the messages in their order, under their channel, with the replies of their threads."""
    return document(title, channels(messages))


def channels(messages: Sequence[Shape]) -> str:
    """Draw messages in their order, under their channel, with the replies of their threads."""
    return "\n".join(_channel(name, group) for name, group in groupby(messages, shown.channel))


def gallery(title: str, parts: Sequence[tuple[str, str]], *, is_wide: bool = False) -> str:
    """Return a page of messages or modals, already drawn, each below what it shows; in two columns if it is wide."""
    body = "\n".join(f'<section class="part"><h2>{safe(about)}</h2>\n{html}</section>' for about, html in parts)
    return document(title, f'<div class="gallery">\n{body}\n</div>', width=' class="wide"' if is_wide else "")


def draw_message(message: Shape) -> str:
    """Draw a message alone, in a frame of its own."""
    return f'<div class="channel">{draw_article(message)}</div>'


def document(
    title: str, body: str, *, width: str = "", more_css: str = "", heading: str = "", posts: bool = False
) -> str:
    """Return a page around what is drawn already; its forms go nowhere unless it `posts`, and then to its own server."""
    css = CSS + more_css
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = _POLICY.format(digest=digest, forms="'self'" if posts else "'none'")
    referrer = (
        "same-origin" if posts else "no-referrer"
    )  # with none a browser posts from no origin, and servers refuse that
    head = heading or f"<h1>{safe(title)}</h1>"
    return _PAGE.format(
        policy=policy, title=safe(title), css=css, icon=ICON, heading=head, body=body, width=width, referrer=referrer
    )


def _channel(name: str, messages: Iterable[Shape]) -> str:
    heading = f"<h2><span>#</span>{safe(name.removeprefix('#'))}</h2>"
    return f'<section class="channel">\n{heading}\n{"".join(map(draw_article, messages))}</section>'


def draw_article(message: Shape, *, name: str = "", more: Mapping[str, Draw] | None = None) -> str:
    """Draw a message without a frame; `name` is its element's id, `more` draws some kinds of blocks in another way."""
    id_ = f' id="{name}"' if name else ""
    return (
        f'<article class="message"{id_}>'
        '<svg class="icon" role="img" aria-label="leadmatch"><use href="#icon"/></svg>'
        f"<div>{_who(message)}{draw(shown.blocks(message), more)}{_thread(shown.replies(message), more)}</div>"
        "</article>\n"
    )


def _who(message: Shape) -> str:
    at = shown.sent_at(message)
    time = f'<time datetime="{at.isoformat()}">{at:%H:%M} UTC</time>' if at else ""
    edited = '<span class="edited">(edited)</span>' if message.get("edited") else ""
    name = f'<span class="app">{safe(shown.APP_NAME)}</span> <span class="badge">APP</span>'
    return f'<div class="who">{name} {time} {edited}</div>'


def _thread(replies: Sequence[Shape], more: Mapping[str, Draw] | None) -> str:
    if not replies:
        return ""
    count = "1 reply" if len(replies) == 1 else f"{len(replies)} replies"
    return f'<div class="thread"><p class="count">{count}</p>{"".join(draw_article(one, more=more) for one in replies)}</div>'
