"""The page of messages: self-contained, escaped, and built so that everybody can read it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.view.page import render

VOID = {"input", "meta", "br", "hr", "rect", "circle", "path", "use"}


class Page(HTMLParser):
    """Reads a page with the standard library's parser and keeps what the tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that opens."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the element that closes is the one that was opened last."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what a person reads."""
        if "style" not in self.open:
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of this name."""
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self) -> str:
        """Return everything a person reads, spaces and line ends made one."""
        return " ".join(" ".join(self.texts).split())


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def message(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ts": "1795356180.000100", "channel_name": "new-leads", "text": "x", "blocks": list(blocks), **more}


FULL = message(
    {"type": "header", "text": plain("Ines Duarte · Alder & Finch")},
    {"type": "section", "text": mrkdwn("*Already a contact* <@U1>, `Email` :lock:")},
    {"type": "section", "fields": [mrkdwn("<https://crm.example.com/c/1?a=1&amp;b=2|Ines Duarte>"), mrkdwn("none")]},
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain("Convert"), "url": "https://crm.example.com/1", "style": "primary"},
            {"type": "button", "text": plain("Dismiss"), "value": "v"},
        ],
    },
    {"type": "context", "elements": [mrkdwn("Web form"), mrkdwn("<!date^1795356180^{time}|then>")]},
    edited={"ts": "1795356190.000000"},
    replies=[{"ts": "1795359900.000100", "text": "Changed: _found_ as well."}],
)


def test_a_message_is_shown_with_everything_in_it() -> None:
    """Channel, app, time, blocks in their order, and the thread below."""
    assert Page(render("Sandbox", [FULL])).text == (
        "Sandbox Sandbox # new-leads leadmatch APP 14:03 UTC (edited) Ines Duarte · Alder & Finch Already a contact "
        "@U1 , Email 🔒 Ines Duarte none Convert Dismiss Web form 14:03 UTC "
        "1 reply leadmatch APP 15:05 UTC Changed: found as well."
    )


def test_links_are_real_and_open_nothing_unwanted() -> None:
    """Links and buttons with an address are <a> with rel=noopener; a button without one is no link."""
    page = Page(render("Sandbox", [FULL]))
    assert [link["href"] for link in page.all("a")] == [
        "https://crm.example.com/c/1?a=1&b=2",
        "https://crm.example.com/1",
    ]
    assert all("noopener" in link["rel"] for link in page.all("a"))


def test_the_page_loads_and_runs_nothing() -> None:
    """The policy allows one style sheet, by its hash, and there is nothing else that could be fetched."""
    html = render("Sandbox", [FULL])
    page = Page(html)
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    style = re.search("<style>(.*)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert {"script", "link", "img", "iframe", "form", "object"}.isdisjoint(tag for tag, _ in page.tags)
    assert "url(" not in style[1]
    assert not [attrs for _, attrs in page.tags if "style" in attrs or "src" in attrs]


def test_the_page_can_be_read_by_everybody() -> None:
    """It has a language, one first heading, a size for phones, a dark side, and names for its pictures."""
    html = render("Sandbox", [FULL, message(channel_name="ops")])
    page = Page(html)
    assert page.all("html") == [{"lang": "en"}]
    assert [tag for tag, _ in page.tags if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3", "h2"]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert "prefers-color-scheme: dark" in html
    pictures = [svg for svg in page.all("svg") if "aria-hidden" not in svg]
    assert {svg["aria-label"] for svg in pictures} == {"leadmatch"}


def test_a_name_cannot_become_markup() -> None:
    """What a stranger typed into a form is shown letter by letter, wherever it stands."""
    hostile = '"><script>alert(1)</script>'
    html = render(
        hostile, [message({"type": "header", "text": plain(hostile)}, {"type": hostile}, channel_name=hostile)]
    )
    assert "<script" not in html
    assert Page(html).text.count(hostile) == 5


def test_a_button_follows_only_web_addresses() -> None:
    """An address of another kind leaves a button that leads nowhere."""
    button = {"type": "button", "text": plain("x"), "url": "javascript:alert(1)"}
    page = Page(render("x", [message({"type": "actions", "elements": [button]})]))
    assert page.all("a") == []


@given(st.text(alphabet=st.characters() | st.sampled_from("<>&\"'*_`|\n\u202e")))
def test_any_text_leaves_a_whole_page(text: str) -> None:
    """Every element that opens closes, no direction is turned, and the page can be saved."""
    blocks = [{"type": "header", "text": plain(text)}, {"type": "section", "text": mrkdwn(text)}]
    html = render(text, [message(*blocks, channel_name=text)])
    assert Page(html).open == []
    assert "\u202e" not in html
    html.encode()
