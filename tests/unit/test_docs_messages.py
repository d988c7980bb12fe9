"""What docs/messages.md quotes beside the table of the kinds: each text to the letter, as a person reads it in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.conversion import Decision, DecisionState, Made, MadeRecords
from chalicelib.slack.announcements import Outage, render_outage
from chalicelib.slack.message import BLOCKED_ICON, ICONS, UNSURE_ICON, SlackMessage, render, render_change
from chalicelib.slack.posts import minimal
from chalicelib.verdict import lead_not_found, unchecked, with_recheck
from chalicelib.verdict.model import Cause
from sandbox.view import terminal
from sandbox.view.mrkdwn import EMOJI
from tests.golden.cases import SENTENCES
from tests.strategies import LEAD_ID, match
from tests.unit.test_docs import section

KNOWN = SENTENCES["contact_same_email"]
AT = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
LASTS = Outage(AT, 3, AT + timedelta(minutes=20))
RECORDS = MadeRecords(Made("1001", "Ada Park"), Made("2001", "Zylker"), None)


def states() -> Iterator[SlackMessage]:
    """Yield the message of a lead in each state that a person's click leaves it in."""
    made: dict[DecisionState, dict[str, Any]] = {
        "converting": {},
        "converted": {"records": RECORDS, "differences": ("account_is_another",)},
        "unclear": {},
        "dismissed": {"reason": "Duplicate"},
    }
    for state, more in made.items():
        yield render(KNOWN, decision=Decision(state, "c" * 64, "U0ADA", AT, **more))


def banners() -> Iterator[SlackMessage]:
    """Yield the banner of an outage while it lasts and at each of its ends."""
    yield render_outage(LASTS)
    yield render_outage(replace(LASTS, is_over=True, answered=True))
    yield render_outage(replace(LASTS, is_over=True))


def unchecked_messages() -> Iterator[SlackMessage]:
    """Yield the message of a lead that nobody checked, for each cause that can pass or that an operator mends."""
    for cause in (Cause.NO_ACCESS, Cause.REFUSED, Cause.UNREADABLE, Cause.LEAD_UNREAD, Cause.BROKE_OFF):
        yield render(match(with_recheck(unchecked(cause.name.lower(), cause), is_due=False), None))


def lines(messages: Iterator[SlackMessage]) -> list[str]:
    """Return each message's first paragraph below its title, line by line, as a person reads it."""
    first = (next(block for block in one.blocks if block["type"] == "section") for one in messages)
    return [read for block in first for read in terminal.line(block["text"]).replace("@U0ADA", "@Ada Park").split("\n")]


def quoted(heading: str) -> list[str]:
    """Return the first cells of the table below a heading; of a sign, the form in which a terminal shows it."""
    below = section("docs/messages.md", f"## {heading}").splitlines()
    cells = [row.split(" | ")[0].removeprefix("| ") for row in below if row.startswith("| ")]
    return [cell.replace("\ufe0f", "") for cell in cells[1:]]


def test_the_states_of_a_lead_are_quoted_to_the_letter() -> None:
    """Whoever reads one finds it there."""
    assert quoted("What a person decided") == lines(states())


def test_the_banners_of_an_outage_are_quoted_to_the_letter() -> None:
    """While it lasts, and both of its ends."""
    assert quoted("When Zoho does not answer anybody") == lines(banners())


def test_what_else_is_said_of_a_lead_is_quoted_to_the_letter() -> None:
    """A lead that is not there, one without a summary, what changed, and why nothing was checked."""
    bare = terminal.line({"type": "mrkdwn", "text": minimal(KNOWN).text})
    found = lines(iter([render(match(lead_not_found(LEAD_ID), None)), render_change(KNOWN)]))
    assert quoted("What else is said of a lead") == [*found, bare, *lines(unchecked_messages())]


def test_every_sign_before_a_sentence_is_explained() -> None:
    """In the legend, or in the table that it stands in."""
    page = Path("docs/messages.md").read_text(encoding="utf-8")
    (legend,) = (line for line in page.splitlines() if line.startswith("3. "))
    signs = {EMOJI[icon.strip(":")] for icon in (*ICONS.values(), BLOCKED_ICON, UNSURE_ICON)}
    assert not {sign for sign in signs if sign not in legend}
