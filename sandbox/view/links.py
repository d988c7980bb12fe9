"""Leads the links of what is drawn to the stand-in's pages: those that the product makes lead to Zoho, where no such org exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from sandbox.view.blocks import safe
from sandbox.zoho.ids import ORG_ID

ORG_PAGES = f"https://crm.zoho.com/crm/{ORG_ID}"
"""Where the product's links to the sandbox's org lead."""
Place = Callable[[str], str]
"""Gives the address of one of the org's pages from its path below `ORG_PAGES`, such as `tab/Leads/7203914004000000001`."""
_LINK = re.compile(rf'\b(href|action)="{re.escape(ORG_PAGES)}/([^"]*)"')
_UNSAFE = re.compile("[^A-Za-z0-9]")


def to_stand_in(html: str, place: Place) -> str:
    """Return what was drawn with its links into the org leading to the places that `place` gives; texts stay as they are.

    In HTML that is drawn here a quotation mark of a text is escaped, so what looks like a link is one.
    """
    return _LINK.sub(lambda link: f'{link[1]}="{safe(place(unescape(link[2])))}"', html)


def paths(html: str) -> tuple[str, ...]:
    """Return the org's pages that links lead to in what was drawn, each once."""
    return tuple(dict.fromkeys(unescape(link[2]) for link in _LINK.finditer(html)))


def below(base: str) -> Place:
    """Return the places of a server that has the org's pages below `base`."""
    return lambda path: f"{base}/{path}"


def anchor(path: str) -> str:
    """Return the place of a page that is a section of the same file; no two paths share one."""
    name = _UNSAFE.sub(lambda char: "-" if char[0] == "/" else f"_{ord(char[0]):x}", path.removeprefix("tab/"))
    return f"#zoho-{name}"
