"""The page of `make sandbox` at its limits: many leads, and a sandbox that has gone and comes back."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from sandbox.page.leads import STEPS_SHOWN
from tests.browser.conftest import NewVisitor
from tests.browser.served import Served

MANY = 60
"""Enough that lists scroll and pieces come in the same moment; `tests.browser.measure` holds five hundred to the same counts."""
MANY_SECONDS = 400.0


def test_many_leads_are_all_there(new_visitor: NewVisitor, tmp_path: Path) -> None:
    """Each has its row and its message, in the window that added them and in one that is opened later; the page still answers.

    Of the steps each window shows the last ones alone.
    """
    with Served(tmp_path) as own:
        visitor = new_visitor(url=own.url)
        before = visitor.leads.count()
        drawer = visitor.drawer("Many leads at once")
        drawer.get_by_label("How many").fill(str(MANY))
        drawer.get_by_role("button", name="Add and qualify them").click()
        expect(visitor.leads).to_have_count(before + MANY, timeout=MANY_SECONDS * 1000)
        messages = visitor.slack.get_by_role("article")
        expect(messages).to_have_count(MANY, timeout=MANY_SECONDS * 1000)
        later = new_visitor(url=own.url)
        expect(later.leads).to_have_count(before + MANY)
        expect(later.slack.get_by_role("article")).to_have_count(MANY)
        for one in (visitor, later):
            expect(one.page.locator("#steps > *")).to_have_count(STEPS_SHOWN)
        visitor.add_lead("Laura", "Last", company="Late Works")
        expect(visitor.message("Laura Last")).to_have_count(1)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(tmp_path: Path, ending: signal.Signals) -> None:
    """By Ctrl-C and by what ends a service, also in the background of a script; it says so and leaves no error."""
    with Served(tmp_path, ending=ending) as own:
        assert requests.get(own.url, timeout=60).ok
    said = (tmp_path / "said.txt").read_text()
    assert "Stopped." in said
    assert "Traceback" not in said


def test_a_sandbox_that_is_gone_is_said_and_the_page_comes_back_with_the_next_one(
    new_visitor: NewVisitor, tmp_path: Path
) -> None:
    """What the earlier sandbox held is gone from the page; the new one's leads are there, and can be qualified."""
    with Served(tmp_path) as first:
        visitor = new_visitor(url=first.url)
        visitor.add_lead("Gustav", "Gone", company="Gone Goods")
        expect(visitor.message("Gustav Gone")).to_have_count(1)
        port = first.port
    lost = visitor.page.get_by_role("alert")
    expect(lost).to_contain_text("The sandbox does not answer")
    with Served(tmp_path, port=port):
        expect(lost).to_have_count(0)
        expect(visitor.leads.first).to_be_visible()
        expect(visitor.lead("Gustav Gone")).to_have_count(0)
        expect(visitor.message("Gustav Gone")).to_have_count(0)
        visitor.add_lead("Nora", "New", company="New Works")
        expect(visitor.message("Nora New")).to_have_count(1)
