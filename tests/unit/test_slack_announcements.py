"""The messages about no lead: golden files, Slack's limits, and what a reader makes of times and counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.slack.announcements import OperatorAlert, Outage, render_alert, render_outage
from sandbox.view import page, terminal
from tests.golden.announcements import ANNOUNCEMENTS, FOLDER, SINCE
from tests.golden.rewrite import written
from tests.unit.fit_for_slack import is_fit

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OUTAGES = st.builds(
    lambda since, seconds, **others: Outage(since=since, as_of=since + timedelta(seconds=seconds), **others),
    MOMENTS,
    st.integers(0, 10**6),
    waiting=st.integers(0, 10**6),
    is_over=st.booleans(),
    answered=st.booleans(),
)
TROUBLES = st.builds(
    OperatorAlert, st.text(max_size=2000).map("Zoho ".__add__), st.lists(st.text(max_size=2000), max_size=4).map(tuple)
)


@pytest.mark.parametrize("name", ANNOUNCEMENTS)
def test_golden_announcement(name: str) -> None:
    """The message is what stands in its file; `make golden` rewrites it, and the diff is read."""
    assert written(ANNOUNCEMENTS[name]) == json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_golden_file_has_its_announcement() -> None:
    """No file stays behind when its case is gone."""
    assert {file.stem for file in FOLDER.glob("*.json")} == set(ANNOUNCEMENTS)


@given(OUTAGES)
def test_any_banner_keeps_slacks_limits_and_survives_the_ledger(outage: Outage) -> None:
    """However long it lasts and however many wait."""
    is_fit(render_outage(outage))
    assert Outage.from_json(outage.to_json()) == outage


@given(TROUBLES)
def test_any_trouble_keeps_slacks_limits_and_survives_the_ledger(alert: OperatorAlert) -> None:
    """Its texts are escaped and cut like any value."""
    is_fit(render_alert(alert))
    assert OperatorAlert.from_json(alert.to_json()) == alert


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "1 minute."), (60, "1 minute."), (150, "2 minutes."), (3600, "1 hour."), (7260, "2 hours 1 minute.")],
)
def test_how_long_it_lasted_is_told_in_minutes_and_hours(seconds: int, words: str) -> None:
    """Nobody counts seconds."""
    over = Outage(SINCE, 2, SINCE + timedelta(seconds=seconds), is_over=True, answered=True)
    assert f", after {words}" in render_outage(over).text


def test_the_sandbox_shows_a_banner() -> None:
    """In the terminal and on the page, like any message."""
    message = {**written(ANNOUNCEMENTS["outage_of_seven_leads"]), "ts": "1772463120.1", "channel_name": "lead-matches"}
    assert "7 leads are waiting" in " ".join(terminal.render(message, width=200, colour=False, links=False).split())
    assert "7 leads are waiting" in page.render("Slack", [message])
