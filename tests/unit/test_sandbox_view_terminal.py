"""A Slack message on a terminal: a frame whose right edge is straight whatever stands in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from sandbox.view.terminal import render

MESSAGE = {
    "ts": "1795356180.000100",
    "channel_name": "new-leads",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Ines Duarte · Alder & Finch"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Already a contact* (same email). Convert into it."}},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Contact*\n<https://crm.example.com/c/1|Ines Duarte>"},
                {"type": "mrkdwn", "text": "*Account*\n株式会社サンプル"},
            ],
        },
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": "Convert in Zoho"},
                    "url": "https://crm.example.com/convert/1",
                    "style": "primary",
                },
                {"type": "button", "text": {"type": "plain_text", "text": "Open contact"}},
            ],
        },
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "Web form"}, {"type": "mrkdwn", "text": "1 layout"}],
        },
    ],
    "replies": [{"ts": "1795359900.000100", "text": "Changed: the account was found as well."}],
}

DRAWN = """\
╭─ #new-leads ────────────────────────── leadmatch · 14:03 UTC ─╮
│ Ines Duarte · Alder & Finch                                   │
│                                                               │
│ Already a contact (same email). Convert into it.              │
│                                                               │
│ Contact                         Account                       │
│ Ines Duarte                     株式会社サンプル              │
│                                                               │
│ ───────────────────────────────────────────────────────────── │
│                                                               │
│ [ Convert in Zoho ]  [ Open contact ]                         │
│ Web form  1 layout                                            │
╰───────────────────────────────────────────────────────────────╯
  └ reply · 15:05 UTC
    Changed: the account was found as well."""


def columns(line: str) -> int:
    """Count a line's columns, as a terminal would."""
    return wcswidth(line)


def text_message(text: str, **more: Any) -> dict[str, Any]:
    return {"ts": "1795356180.000100", "channel_name": "ops", "text": text, **more}


def test_a_message_is_drawn_as_it_is_read() -> None:
    """Header, text, two columns, buttons, context and the thread, in plain text."""
    assert render(MESSAGE, width=65) == DRAWN


def test_a_narrow_terminal_gets_one_column() -> None:
    """Fields stand below each other, and a button is never broken."""
    drawn = render(MESSAGE, width=34)
    assert [line[2:-2].strip() for line in drawn.splitlines()][6:10] == [
        "Contact", "Ines Duarte", "Account", "株式会社サンプル"]  # fmt: skip
    assert "│ [ Convert in Zoho ]            │" in drawn
    assert "#new-leads ─────── 14:03 UTC ─╮" in drawn


def test_colour_marks_the_primary_button() -> None:
    """With colour the primary button stands out and bold is bold; without it there is no escape code at all."""
    drawn = render(MESSAGE, colour=True)
    assert "\x1b[1;97;42m[ Convert in Zoho ]\x1b[0m" in drawn
    assert "\x1b[1mAlready a contact\x1b[0m" in drawn
    assert "\x1b" not in render(MESSAGE)


def test_links_can_be_followed() -> None:
    """OSC 8 hyperlinks carry the addresses of links and buttons, and do not move the frame."""
    drawn = render(MESSAGE, width=65, links=True)
    assert "\x1b]8;;https://crm.example.com/c/1\x1b\\Ines Duarte\x1b]8;;\x1b\\" in drawn
    assert "\x1b]8;;https://crm.example.com/convert/1\x1b\\[ Convert in Zoho ]\x1b]8;;\x1b\\" in drawn


def test_an_address_cannot_steer_the_terminal() -> None:
    """Whatever a URL holds, what stands between the escape codes is printable ASCII."""
    message = text_message("<https://a.example/\x1b]0;owned\x07é|x>")
    drawn = render(message, links=True)
    assert "\x1b]8;;https://a.example/%1B]0;owned%07%C3%A9\x1b\\x" in drawn


def test_an_edited_message_says_so() -> None:
    """A person sees that a message was changed after it was sent."""
    assert "14:03 UTC (edited) ─╮" in render(text_message("x", edited={"ts": "1795356190.000000"}))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\x1b[31mb\x07", "a[31mb"),
        ("1\u202e2\u2066", "12"),
        ("tab\there", "tab here"),
        ("\ud800lone", "lone"),
        ("e\u0301te\u0301", "e\u0301te\u0301"),
        (":warning: careful", "⚠ careful"),
    ],
)
def test_only_what_can_be_seen_is_drawn(text: str, seen: str) -> None:
    """Control and direction characters go, marks stay on their letter."""
    line = render(text_message(text), width=40).splitlines()[1]
    assert line[2:-2].rstrip() == seen
    assert columns(line) == 40


def test_what_is_missing_is_left_out() -> None:
    """A message of which little is known is drawn all the same."""
    drawn = render({"blocks": [{"type": "section", "accessory": {"type": "button"}}, {"type": "header"}]}, width=40)
    assert drawn.splitlines()[0] == "╭─ #channel ─────────────── leadmatch ─╮"


def test_a_block_it_does_not_know_is_named() -> None:
    """Nothing of a message disappears without a word."""
    assert "(carousel)" in render(text_message("x", blocks=[{"type": "carousel"}]))


@given(text=st.text(alphabet=st.characters() | st.sampled_from("*_~`<>| \n漢字🔒")), width=st.integers(0, 90))
def test_the_frame_is_straight_around_any_text(text: str, width: int) -> None:
    """Every line has the same width in columns, and the picture can be written to a terminal."""
    drawn = render(text_message(text, channel_name=text), width=width)
    assert {columns(line) for line in drawn.split("\n")} == {max(width, 24)}
    assert "\x1b" not in drawn
    drawn.encode()
