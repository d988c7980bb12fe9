"""The pages' links to headings, and the index of the decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.unit.test_docs import PAGES

HEADING = re.compile(r"^(#{1,6}) (.+?)#*$", re.MULTILINE)
FENCED = re.compile(r"```.*?```", re.DOTALL)


@cache
def headings(page: Path) -> tuple[tuple[int, str], ...]:
    """Return a page's headings with their levels; a comment in a block of code is none."""
    found = HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    return tuple((len(marks), text.strip()) for marks, text in found)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading which no other on the page equals."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchored_links(page: Path) -> Iterator[tuple[Path, str]]:
    """Yield the page and the anchor of each link that has one, links to other sites left out."""
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, name = target.partition("#")
        if "://" not in path:
            yield (page.parent / path if path else page), name


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_link_to_a_heading_leads_to_one(page: Path) -> None:
    """A heading that was reworded takes the links to it along."""
    gone = [
        f"{target}#{name}"
        for target, name in anchored_links(page)
        if name not in {anchor(heading) for _, heading in headings(target)}
    ]
    assert not gone


def test_the_index_of_the_decisions_has_each_of_them_in_order() -> None:
    """The index at the top is how a reader finds one of many: every theme and entry, each heading once."""
    page = Path("docs/decisions.md")
    index = re.findall(r"^ *- \[(.+)\]\(#([^)]+)\)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    listed = [(text, anchor(text)) for level, text in headings(page) if level > 1]
    assert index == listed
    assert len({name for _, name in index}) == len(index)
