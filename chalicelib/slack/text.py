"""Values of the CRM made harmless for Slack: cleaned, escaped, then cut; every one of them is hostile.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
CUT_ENTITY = re.compile(r"&[a-z]*\Z")


def clean(value: str) -> str:
    """Drop control, bidi and invisible characters, and lone surrogates; fold white space into single spaces."""
    seen = INVISIBLE.sub("", value)
    return " ".join("".join(c for c in seen if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")).split())


def plain(value: str, limit: int) -> str:
    """Make a value fit for a plain_text object of at most `limit` characters."""
    text = clean(value)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def mrkdwn(value: str, limit: int) -> str:
    """Make a value fit for a mrkdwn object: no mention, link or entity comes alive, and no entity is cut in two."""
    escaped = clean(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= limit:
        return escaped
    return CUT_ENTITY.sub("", escaped[: limit - 1]).rstrip() + ELLIPSIS


def link(url: str, label: str) -> str:
    """Link a label, already harmless, to one of our own addresses; without an address it stands alone."""
    return f"<{url}|{label}>" if url else label
