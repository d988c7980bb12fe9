"""Values of the CRM become harmless and short."""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
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


LIFELESS = {
    "shortcode": (":white_check_mark: Verified", "∶white_check_mark∶ Verified"),
    "shortcode inside a word": ("Ltd:skull:Ltd", "Ltd∶skull∶Ltd"),
    "skin tone": (":wave::skin-tone-2:", "∶wave∶∶skin-tone-2∶"),
    "digits": ("10:100:5", "10∶100∶5"),
    "custom emoji in another script": (":체크표시_초록:", "∶체크표시ˍ초록∶"),
    "a shortcode that our text would end": ("Zylker :skull", "Zylker ∶skull"),
    "a shortcode that our text would have begun": ("skull: Zylker", "skull∶ Zylker"),
    "a colon at the end": ("Zylker:", "Zylker∶"),
    "bold": ("*Kestrel* Labs", "∗Kestrel∗ Labs"),
    "italics": ("_Kestrel_ Labs", "ˍKestrelˍ Labs"),
    "strike": ("~Kestrel~ Labs", "∼Kestrel∼ Labs"),
    "code": ("`Kestrel` Labs", "ˋKestrelˋ Labs"),
    "code block": ("```Kestrel```", "ˋˋˋKestrelˋˋˋ"),
    "full width": ("＊a＊ ＿b＿ ｀c｀", "∗a∗ ˍbˍ ˋcˋ"),
    "nested": ("*_~a~_*", "∗ˍ∼a∼ˍ∗"),
    "one half of a pair": ("Kestrel* Labs", "Kestrel∗ Labs"),
    "between letters of another script": ("é_字_é", "éˍ字ˍé"),
    "quote": ("> Kestrel", "› Kestrel"),
    "long quote": (">>> Kestrel", "››› Kestrel"),
    "full-width quote": ("＞Kestrel", "›Kestrel"),
    "quote behind what cannot be seen": ("\u200b\n> Kestrel", "› Kestrel"),
    "underscore in an address": ("ada_m_park@zylker.example", "ada_m_park@zylker.example"),
    "underscores beside each other": ("ada__park@zylker.example", "adaˍˍpark@zylker.example"),
    "address of a website": ("https://zylker.example/a_b", "https://zylker.example/a_b"),
    "colon in a sentence": ("NOT CHECKED: Zoho", "NOT CHECKED: Zoho"),
    "colon between spaces": ("Kestrel : Labs", "Kestrel : Labs"),
    "greater than inside": ("Kestrel > Labs", "Kestrel &gt; Labs"),
    "tilde inside a word": ("a~b", "a~b"),
}


@pytest.mark.parametrize(("value", "expected"), LIFELESS.values(), ids=LIFELESS)
def test_no_format_and_no_emoji_comes_alive(value: str, expected: str) -> None:
    """A sign that could open or close a format, a quote or a shortcode gets a look-alike; others stay to be copied."""
    assert mrkdwn(value, 100) == expected


ALIVE = {
    "emoji": re.compile(r":(?!https?:)[^\s:/]+:"),
    "bold": re.compile(r"\*[^*\n]+\*"),
    "italics": re.compile(r"(?<![a-zA-Z0-9])_[^_\n]+_(?![a-zA-Z0-9])"),
    "strike": re.compile(r"(?<![a-zA-Z0-9])~[^~\n]+~(?![a-zA-Z0-9])"),
    "code": re.compile(r"`[^`\n]*`"),
    "quote": re.compile(r"^\s*(>|&gt;|＞)", re.MULTILINE),
}
"""What Slack would take for a format, read more loosely than Slack does."""
WORDS = ["", " ", "\n", "• ", "x", ": ", " at ", "(", ",", "; this lead says ", ":question: "]
SIGNS = [":", "_", "*", "~", "`"]
BETWEEN = [" ", "\n", ", ", " · ", ": ", " at ", "\n• "]
HOSTILE = st.text(st.sampled_from("aZ0é字_*~`:>＊＿｀＞～&<+-'/ \n\u200b.@"), max_size=20) | st.sampled_from(
    [":skull:", "*a*", "_a_", "~a~", "`a`", "> a", "https://a:b:c", "http:skull:", "https://x", ":https://x:"]
)


@settings(max_examples=500)
@given(
    st.lists(HOSTILE.filter(clean), min_size=1, max_size=3),
    st.sampled_from(BETWEEN),
    st.sampled_from([*product(WORDS, WORDS), *product(WORDS, SIGNS), *product(SIGNS, WORDS)]),
)
def test_nothing_comes_alive_whatever_stands_around_it(
    values: list[str], between: str, around: tuple[str, str]
) -> None:
    """Values beside each other and beside text of ours, half a format included, form nothing that our text alone does not."""
    before, after = around
    ours, shown = (
        before + between.join(texts) + after
        for texts in (["a"] * len(values), [mrkdwn(value, 100) for value in values])
    )
    for name, alive in ALIVE.items():
        assert len(alive.findall(shown)) <= len(alive.findall(ours)), (name, shown)


@given(st.text(max_size=40) | HOSTILE)
def test_what_was_made_lifeless_stays_as_it_is(value: str) -> None:
    """A second time changes nothing but the escapes, and the same value always reads the same."""
    once = html.unescape(mrkdwn(value, 400))
    assert html.unescape(mrkdwn(once, 400)) == once


CLUSTERS = {
    "accent": ("e\u0301" * 10, 6, "e\u0301e\u0301…"),
    "vowel sign": ("कि" * 10, 6, "किकि…"),
    "skin tone": ("👍🏽" * 10, 6, "👍🏽👍🏽…"),
    "joined": ("👩\u200d💻" * 5, 6, "👩\u200d💻…"),
    "flag": ("🇩🇪" * 5, 6, "🇩🇪🇩🇪…"),
    "variation selector": ("❤\ufe0f" * 5, 6, "❤\ufe0f❤\ufe0f…"),
    "one character longer than the limit": ("e" + "\u0301" * 20, 6, "e" + "\u0301" * 4 + "…"),
}


@pytest.mark.parametrize(("value", "limit", "expected"), CLUSTERS.values(), ids=CLUSTERS)
def test_what_people_see_as_one_character_is_cut_whole(value: str, limit: int, expected: str) -> None:
    """An accent, a skin tone or half a flag is not left behind, unless the character alone is too long."""
    assert mrkdwn(value, limit) == expected
    assert plain(value, limit) == expected


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
