"""What a person gets to see of a Slack message's JSON, for both renderers; whatever is missing is left out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, TypeAlias

from sandbox.view.mrkdwn import Nodes, parse, parse_plain

Shape: TypeAlias = Mapping[str, Any]

APP_NAME = "leadmatch"
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"
"""What has no form, but gives the characters beside it theirs: in Persian, and in emoji of several parts."""


def visible(text: str) -> str:
    """Take out what could steer a terminal, turn the reading direction or is no character at all; keep line ends."""
    kept = (
        char for char in text.replace("\t", " ") if char in "\n" + _JOINERS or unicodedata.category(char) not in _UNSEEN
    )
    return "".join(kept)


def on_one_line(text: str) -> str:
    """Return what is visible of a text that must stay on its line, such as a file's name."""
    return visible(text.replace("\n", " "))


def blocks(message: Shape) -> Sequence[Shape]:
    """Return the message's blocks; a message without any is its text."""
    text = {"type": "mrkdwn", "text": message.get("text") or ""}
    return message.get("blocks") or [{"type": "section", "text": text}]


def nodes(text: Shape | None) -> Nodes:
    """Read a text object as its type says."""
    if not text:
        return ()
    read = parse_plain if text.get("type") == "plain_text" else parse
    return read(str(text.get("text", "")))


def sent_at(message: Shape) -> datetime | None:
    """Return the time that is the message's ts."""
    try:
        return datetime.fromtimestamp(float(message["ts"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def time_of_day(message: Shape) -> str:
    """Return the time as a reader sees it, with the mark of a message that was changed."""
    at = sent_at(message)
    edited = " (edited)" if message.get("edited") else ""
    return f"{at:%H:%M} UTC{edited}" if at else edited.strip()


def channel(message: Shape) -> str:
    """Return the channel's name, or what is known of it."""
    return "#" + str(message.get("channel_name") or message.get("channel") or "channel").removeprefix("#")


def with_names(shape: Shape, names: Mapping[str, str]) -> Shape:
    """Return a shape in which people are mentioned by their names, as Slack shows them, and not by their ids."""
    text = json.dumps(shape)
    for user_id, name in names.items():
        label = escape(name.replace("|", " "), quote=False)
        text = text.replace(f"<@{user_id}>", f"<@{user_id}|{json.dumps(label)[1:-1]}>")
    named: Shape = json.loads(text)
    return named


def replies(message: Shape) -> Sequence[Shape]:
    """Return the messages of its thread, oldest first."""
    return message.get("replies") or ()
