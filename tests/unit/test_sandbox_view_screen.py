"""The demo's lines: as wide as the terminal, measured as a terminal measures, and without what could steer it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from sandbox.view.screen import Screen

COMPANY = "株式会社サンプル商事 🦊 Łódź é ﷺ 🇩🇪 क्षि"


@pytest.mark.parametrize(
    ("columns", "width"),
    [("80", 80), ("40", 40), ("60", 60), ("132", 100), ("8", 24), ("", 80), ("wide", 80), ("-3", 80), ("0", 80)],
)
def test_the_width_is_what_columns_says_and_else_that_of_a_pipe(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    """A value that is no number is passed over; nobody reads lines of more than 100 columns."""
    monkeypatch.setenv("COLUMNS", columns)
    assert Screen().columns == width


@pytest.mark.parametrize("columns", ["80", "60", "40", "24"])
@pytest.mark.parametrize("lead", ["", "   ", "Next: ", "ok contact   "])
def test_no_line_is_wider_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str, lead: str
) -> None:
    """Wrapped, cut and begun lines alike, with characters of every width."""
    monkeypatch.setenv("COLUMNS", columns)
    screen, text = Screen(), f"{COMPANY} and a_word_that_fits_no_line_at_all_{'x' * 90} {COMPANY}"
    screen.say(text, lead=lead)
    screen.cut(text, lead=lead)
    screen.listing(f"{text}\n{text}", most=1, lead=lead)
    screen.begin(text)
    lines = capsys.readouterr().out.split("\n")
    assert max(wcswidth(line.rstrip()) for line in lines) <= int(columns)
    assert sum("…" in line for line in lines) == 2


@pytest.mark.parametrize(
    "char", ["\x1b", "\x9b", "\x07", "\x00", "\x7f", "\r", "\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\ud800"]
)
def test_what_steers_a_terminal_is_not_printed(capsys: pytest.CaptureFixture[str], char: str) -> None:
    """Escape sequences, control characters of both sets, and what turns the reading direction."""
    screen = Screen()
    screen.say(f"a{char}b", lead=f"{char}1")
    screen.cut(f"a{char}b", lead=f"{char}1")
    screen.listing(f"a{char}b", most=1, lead=f"{char}1")
    screen.begin(f"a{char}b")
    assert capsys.readouterr().out == "1ab\n" * 3 + "ab "


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters() | st.sampled_from(" \n漢字🔒👍🏽🇩🇪")))
def test_any_text_fits(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Whatever a CRM holds."""
    screen = Screen()
    screen.say(text)
    screen.cut(text)
    lines = capsys.readouterr().out.split("\n")
    assert all(0 <= wcswidth(line) <= screen.columns for line in lines)


def test_a_long_listing_says_how_much_it_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """The caller says so in its own words."""
    assert Screen().listing("1\n2\n3", most=2, lead="- ") == 1
    assert capsys.readouterr().out == "- 1\n- 2\n"
    assert Screen().listing("1", most=2, lead="- ") == 0


def test_a_pipe_gets_neither_dots_nor_colours(capsys: pytest.CaptureFixture[str]) -> None:
    """The same text each time, but for the seconds."""
    screen = Screen()
    progress = screen.progress("Starting")
    progress.tick()
    screen.say("x", style="1")
    assert capsys.readouterr().out == "Starting x\n"
