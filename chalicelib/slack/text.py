"""Values of the CRM made harmless for Slack: cleaned, without formatting of their own, cut, escaped.

Slack's mrkdwn has no escape for `*`, `_`, `~`, a backtick, a quote's `>` and a shortcode's `:`. Where such a character could
open or close something, whatever text stands around the value, a look-alike takes its place; elsewhere it stays as it is,
because people copy addresses. Full-width forms count as the plain ones, and custom emoji have names in any script.
https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from __future__ import annotations

import re

from chalicelib.verdict.wording import ELLIPSIS, boundary, clean, cut

LOOK_ALIKES = str.maketrans({"*": "∗", "＊": "∗", "`": "ˋ", "｀": "ˋ", "＿": "ˍ"})
UNDERSCORE = re.compile("(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
TILDE = re.compile("(?<![A-Za-z0-9])[~～]|[~～](?![A-Za-z0-9])")
QUOTE = re.compile(r"\A[>＞\s]+")
SHORTCODE_START = re.compile(r"(?<!\bhttp)(?<!\bhttps):(?=\S|\Z)|:(?!//|\s)")
SHORTCODE_END = re.compile(r"\A(?!https?://)([^\s:]*):")
"""A colon that would end a shortcode begun by the text before the value; the colon of an address stays."""
LONGEST_ENTITY = len("&amp;")


def plain(value: str, limit: int) -> str:
    """Return a value fit for a plain_text object of at most `limit` characters."""
    return cut(clean(value), limit)


def mrkdwn(value: str, limit: int) -> str:
    """Return a value fit for a mrkdwn object of at most `limit` escaped characters: nothing in it comes alive."""
    text = _lifeless(clean(value))
    end = len(text)
    while len(escaped := _escaped(_lifeless(text[:end].rstrip() + ELLIPSIS) if end < len(text) else text)) > limit:
        end = boundary(text, max(0, end - 1 - (len(escaped) - limit - 1) // LONGEST_ENTITY))
    return escaped


def link(url: str, label: str) -> str:
    """Return a label, already harmless, linked to one of our own addresses; without an address it stands alone."""
    return f"<{_escaped(url)}|{label}>" if url else label


def _lifeless(text: str) -> str:
    """Return a text of one line in which no format, quote or emoji begins or ends; each character has one look-alike."""
    text = QUOTE.sub(lambda signs: re.sub("[>＞]", "›", signs[0]), text.translate(LOOK_ALIKES))
    text = TILDE.sub("∼", UNDERSCORE.sub("ˍ", text))
    return SHORTCODE_END.sub(r"\1∶", SHORTCODE_START.sub("∶", text))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
