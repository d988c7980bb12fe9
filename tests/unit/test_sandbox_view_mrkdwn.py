"""Slack's mrkdwn is read as Slack reads it, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.slack.message import BLOCKED_ICON, ICONS, SURE_ICON, UNSURE_ICON
from sandbox.view.mrkdwn import (
    EMOJI,
    Bold,
    Code,
    Date,
    Emoji,
    Italic,
    Link,
    Mention,
    Node,
    Strike,
    Text,
    parse,
    parse_plain,
)

MARKUP: dict[str, tuple[str, tuple[Node, ...]]] = {
    "empty": ("", ()),
    "entities": ("Tea &amp; Co &lt;3", (Text("Tea & Co <3"),)),
    "entity once": ("&amp;lt;", (Text("&lt;"),)),
    "escaped link": ("&lt;https://a.example|b&gt;", (Text("<https://a.example|b>"),)),
    "link": ("see <https://a.example/?x=1&amp;y=2|A &amp; B>.", (
        Text("see "), Link("https://a.example/?x=1&y=2", "A & B"), Text("."))),
    "bare link": ("<https://a.example>", (Link("https://a.example", "https://a.example"),)),
    "script is no link": ("<javascript:alert(1)|x>", (Text("<javascript:alert(1)|x>"),)),
    "nothing is no link": ("<|x> <>", (Text("<|x> <>"),)),
    "user": ("<@U024BE7LH>", (Mention("@U024BE7LH"),)),
    "labelled channel": ("<#C024BE7LR|deals>", (Mention("#deals"),)),
    "everybody": ("<!channel> <!here> <!everyone>", (
        Mention("@channel"), Text(" "), Mention("@here"), Text(" "), Mention("@everyone"))),
    "styles": ("*a b* _c_ ~d~ `e *f*`", (
        Bold((Text("a b"),)), Text(" "), Italic((Text("c"),)), Text(" "), Strike((Text("d"),)), Text(" "), Code("e *f*"))),
    "nested": ("*a _b_ <https://c.example|c>*", (
        Bold((Text("a "), Italic((Text("b"),)), Text(" "), Link("https://c.example", "c"))),)),
    "snake case": ("lead_source_id 2*3*4 a~b~c", (Text("lead_source_id 2*3*4 a~b~c"),)),
    "lonely marks": ("* a * _ ** __ `", (Text("* a * _ ** __ `"),)),
    "no style over lines": ("*a\nb*", (Text("*a\nb*"),)),
    "emoji": (":warning: 10:30:lock:", (Emoji("warning", "⚠️"), Text(" 10:30"), Emoji("lock", "🔒"))),
    "unknown emoji": (":not_in_our_table:", (Text(":not_in_our_table:"),)),
    "date": ("<!date^1795356180^{date_short_pretty} at {time}|then>", (
        Date(datetime(2026, 11, 22, 14, 3, tzinfo=UTC), "Nov 22, 2026 at 14:03 UTC"),)),
    "date far away": ("<!date^999999999999^{time}|then>", (Text("then"),)),
    "broken date": ("<!date^soon|then>", (Text("then"),)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "nodes"), MARKUP.values(), ids=MARKUP)
def test_markup_becomes_a_tree(text: str, nodes: tuple[Node, ...]) -> None:
    """Each kind of markup gives its node; what only looks like markup stays text."""
    assert parse(text) == nodes


def test_plain_text_knows_only_entities_and_emoji() -> None:
    """A plain_text object shows its asterisks and angle brackets."""
    assert parse_plain(":bell: *a* &amp; <b>") == (Emoji("bell", "🔔"), Text(" *a* & <b>"))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    """Whatever stands in a message, it can be read."""
    parse(text)
    parse_plain(text)


@given(st.text(alphabet=st.sampled_from("*_~`<>|&!@#:^;\n aZ0é漢")))
def test_no_heap_of_marks_raises(text: str) -> None:
    """Nor does a text that is nearly all markup."""
    parse(text)


@given(st.text(alphabet=st.characters(exclude_characters="<>&*_~`:")))
def test_a_text_without_markup_comes_back_unchanged(text: str) -> None:
    """Reading takes nothing away from plain words."""
    assert parse(text) == ((Text(text),) if text else ())


@pytest.mark.parametrize("icon", sorted({*ICONS.values(), SURE_ICON, UNSURE_ICON, BLOCKED_ICON}))
def test_every_icon_of_a_message_is_shown_as_its_symbol(icon: str) -> None:
    """In Slack each of them is a picture, so it is one here."""
    assert icon.strip(":") in EMOJI
