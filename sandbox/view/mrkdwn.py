"""Slack's mrkdwn as a small tree, so that the terminal and the page show the same thing.

Text from Slack's side is never trusted to be well formed: whatever is not markup is text. Of the emoji only those are known that our
messages use. https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

EMOJI = {
    "arrows_counterclockwise": "🔄",
    "bell": "🔔",
    "bust_in_silhouette": "👤",
    "calendar": "📅",
    "email": "📧",
    "ghost": "👻",
    "grey_question": "❔",
    "handshake": "🤝",
    "heavy_check_mark": "✔️",
    "hourglass_flowing_sand": "⏳",
    "information_source": "ℹ️",  # noqa: RUF001 (the emoji itself)
    "large_blue_circle": "🔵",
    "link": "🔗",
    "lock": "🔒",
    "mag": "🔍",
    "new": "🆕",
    "no_bell": "🔕",
    "no_entry": "⛔",
    "office": "🏢",
    "phone": "📞",
    "question": "❓",
    "rotating_light": "🚨",
    "speech_balloon": "💬",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "x": "❌",
}
_EMOJI = f":(?P<emoji>{'|'.join(EMOJI)}):"
_STYLE = r"(?<![\w{mark}]){mark}(?P<{name}>(?=\S)[^{mark}\n]+?(?<=\S)){mark}(?![\w{mark}])"
_MARKUP = re.compile(
    "|".join(
        [
            r"<(?P<angle>[^<>\n]+)>",
            r"`(?P<code>[^`\n]+)`",
            _EMOJI,
            _STYLE.format(mark=r"\*", name="bold"),
            _STYLE.format(mark="_", name="italic"),
            _STYLE.format(mark="~", name="strike"),
        ]
    )
)
_SHORT_NAME = re.compile(_EMOJI)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_LINK = re.compile(r"(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)
_DATE = re.compile(r"!date\^(?P<epoch>-?\d{1,12})\^(?P<format>[^^]*)(?:\^.*)?")
_DATE_TOKENS = {
    "{date_num}": "%Y-%m-%d",
    "{date}": "%B %-d, %Y",
    "{date_pretty}": "%B %-d, %Y",
    "{date_short}": "%b %-d, %Y",
    "{date_short_pretty}": "%b %-d, %Y",
    "{date_long}": "%A, %B %-d, %Y",
    "{date_long_pretty}": "%A, %B %-d, %Y",
    "{time}": "%H:%M UTC",
    "{time_secs}": "%H:%M:%S UTC",
}


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to show as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Characters in a fixed width."""

    text: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A short name of our table and its symbol."""

    name: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who is notified, or a channel that is named: `@U024BE7LH`, `@here`, `#leads`."""

    text: str


@dataclass(frozen=True, slots=True)
class Date:
    """A moment, written as the reader's Slack would, in UTC."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its label; the scheme is always one that a reader may follow."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Bold:
    """`*...*`."""

    children: Nodes


@dataclass(frozen=True, slots=True)
class Italic:
    """`_..._`."""

    children: Nodes


@dataclass(frozen=True, slots=True)
class Strike:
    """`~...~`."""

    children: Nodes


Node: TypeAlias = Text | Code | Emoji | Mention | Date | Link | Bold | Italic | Strike
Nodes: TypeAlias = tuple[Node, ...]


def parse(text: str) -> Nodes:
    """Read a mrkdwn text; never raises."""
    return tuple(_merged(_nodes(text, _MARKUP)))


def parse_plain(text: str) -> Nodes:
    """Read a plain_text object: entities and emoji, no other markup."""
    return tuple(_merged(_nodes(text, _SHORT_NAME)))


def _nodes(text: str, markup: re.Pattern[str]) -> Iterator[Node]:
    end = 0
    for match in markup.finditer(text):
        yield Text(_unescaped(text[end : match.start()]))
        name = match.lastgroup or ""
        yield _READERS[name](match[name]) or Text(_unescaped(match[0]))
        end = match.end()
    yield Text(_unescaped(text[end:]))


def _merged(nodes: Iterable[Node]) -> Iterator[Node]:
    """Join neighbouring texts and drop empty ones."""
    pending = ""
    for node in nodes:
        if isinstance(node, Text):
            pending += node.text
            continue
        if pending:
            yield Text(pending)
        pending = ""
        yield node
    if pending:
        yield Text(pending)


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


def _angle(inside: str) -> Node | None:
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        return _date(target, _unescaped(label))
    if target.startswith(("@", "#", "!")):
        return _mention(target, _unescaped(label))
    if _LINK.fullmatch(target):
        return Link(_unescaped(target), _unescaped(label or target))
    return None


def _mention(target: str, label: str) -> Mention:
    sign = "#" if target.startswith("#") else "@"
    return Mention(sign + (label.removeprefix(sign) or target[1:]))


def _date(target: str, fallback: str) -> Node | None:
    match = _DATE.fullmatch(target)
    if match is None:
        return Text(fallback) if fallback else None
    try:
        at = datetime.fromtimestamp(int(match["epoch"]), UTC)
    except (ValueError, OverflowError, OSError):
        return Text(fallback)
    return Date(at, _written(at, _unescaped(match["format"])))


def _written(at: datetime, template: str) -> str:
    for token, pattern in _DATE_TOKENS.items():
        if token in template:
            template = template.replace(token, at.strftime(pattern))
    return template


_READERS: dict[str, Callable[[str], Node | None]] = {
    "angle": _angle,
    "code": lambda inside: Code(_unescaped(inside)),
    "emoji": lambda name: Emoji(name, EMOJI[name]),
    "bold": lambda inside: Bold(parse(inside)),
    "italic": lambda inside: Italic(parse(inside)),
    "strike": lambda inside: Strike(parse(inside)),
}
