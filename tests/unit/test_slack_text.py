"""Values of the CRM become harmless and short."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.slack.text import clean, link, mrkdwn, plain

CLEANED = {
    "spaces": ("  Ada \t\n  Park ", "Ada Park"),
    "control": ("A\x00da\x1b \x7fPark\x9f", "Ada Park"),
    "bidi": ("\u202eAda\u202c \u2066Park\u2069\u200f\u061c", "Ada Park"),
    "invisible": ("\u200bAda\ufeff \u00adPark\u2060", "Ada Park"),
    "line separators": ("Ada\u2028Park\u2029x", "Ada Park x"),
    "control between spaces": ("Ada \x00 Park", "Ada Park"),
    "lone surrogates and noncharacters": ("\ud83eAda\ufffe\uffff", "Ada"),
    "joined emoji": ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
    "nothing visible": ("\u200b\u202e \x00", ""),
}


@pytest.mark.parametrize(("value", "expected"), CLEANED.values(), ids=CLEANED)
def test_clean_keeps_what_can_be_seen(value: str, expected: str) -> None:
    """Control, bidi and invisible characters go, white space becomes single spaces, joined emoji stay."""
    assert clean(value) == expected


def test_plain_cuts_with_an_ellipsis_within_the_limit() -> None:
    """A plain text at the limit stays whole; a longer one ends in an ellipsis and no space before it."""
    assert plain("abcde", 5) == "abcde"
    assert plain("abc def", 5) == "abc…"


def test_mrkdwn_escapes_the_three_characters_once() -> None:
    """What looks like a mention, a link or an entity is shown as it was typed."""
    assert mrkdwn("<!channel> & &amp;", 100) == "&lt;!channel&gt; &amp; &amp;amp;"


def test_mrkdwn_never_cuts_an_entity() -> None:
    """The limit counts escaped characters and an entity that does not fit is left out whole."""
    assert mrkdwn("ab<cd", 7) == "ab&lt;…"
    assert mrkdwn("ab<cd", 6) == "ab…"
    assert mrkdwn("ab<cd", 8) == "ab&lt;cd"


def test_a_label_without_an_address_stands_alone() -> None:
    """A link needs an address; the label alone is shown otherwise."""
    assert link("https://crm.example/1", "Ada") == "<https://crm.example/1|Ada>"
    assert link("", "Ada") == "Ada"


@given(st.text(st.characters(), max_size=60), st.integers(min_value=2, max_value=40))
def test_any_value_is_short_escaped_and_visible(value: str, limit: int) -> None:
    """Whatever stands in the CRM, the limit holds and nothing comes alive or hides."""
    for shown in (mrkdwn(value, limit), plain(value, limit)):
        assert len(shown) <= limit
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
        assert not any(unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF") for c in shown)
        assert not any(unicodedata.bidirectional(c) in ("LRI", "RLI", "FSI", "PDI") for c in shown)
    escaped = mrkdwn(value, limit)
    assert not {"<", ">"} & set(escaped)
    for entity in ("&amp;", "&lt;", "&gt;"):
        escaped = escaped.replace(entity, "")
    assert "&" not in escaped
