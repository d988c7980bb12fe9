"""Values of the CRM made harmless for Slack: cleaned, escaped, then cut; every one of them is hostile.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"
INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
ENTITY = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)


def clean(value: str) -> str:
    """Drop control, bidi and invisible characters, and lone surrogates; fold white space into single spaces."""
    spaced = re.sub(r"\s+", " ", INVISIBLE.sub("", value))
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs")).strip()


def plain(value: str, limit: int) -> str:
    """Make a value fit for a plain_text object of at most `limit` characters."""
    text = clean(value)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def mrkdwn(value: str, limit: int) -> str:
    """Make a value fit for a mrkdwn object: no mention, link or entity comes alive, and no entity is cut in two."""
    escaped = clean(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= limit:
        return escaped
    kept = ""
    for piece in ENTITY.findall(escaped):
        if len(kept) + len(piece) >= limit:
            break
        kept += piece
    return kept.rstrip() + ELLIPSIS


def link(url: str, label: str, limit: int) -> str:
    """Link a value to one of our own addresses; without an address the value stands alone."""
    shown = mrkdwn(label, limit)
    return f"<{url}|{shown}>" if url else shown
