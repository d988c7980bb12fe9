"""The Web API methods that read messages back, page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sandbox.slack.arguments import Arguments
from sandbox.slack.refused import RefusedError
from sandbox.slack.workspace import Message, Workspace

_MOST_PER_PAGE = 999


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in the direction of reading, and the one that the next page starts with."""

    messages: Sequence[Message]
    next: Message | None


def history(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Read a channel, newest first, without replies; https://docs.slack.dev/reference/methods/conversations.history.

    With `oldest` and no `latest`, a page holds the messages closest to `oldest` and the next one lies later in time:
    https://github.com/slackhq/slack-api-docs/issues/4
    """
    channel = workspace.channel_by_id(arguments.text("channel") or "")
    if not channel.joined:
        raise RefusedError("not_in_channel")
    forward = bool(arguments.text("oldest")) and not arguments.text("latest")
    messages = [message for message in workspace.messages(channel.id) if message.thread_ts is None]
    page = _page(messages, arguments, forward=forward, default=100)
    return _read(page, page.messages[::-1] if forward else page.messages, arguments)


def replies(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Read a thread, oldest first; https://docs.slack.dev/reference/methods/conversations.replies."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    messages = workspace.thread(channel.id, arguments.text("ts") or "")
    page = _page(messages, arguments, forward=True, default=_MOST_PER_PAGE)
    return _read(page, page.messages, arguments)


def permalink(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Give a message's address; https://docs.slack.dev/reference/methods/chat.getPermalink."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    message = workspace.message(channel.id, arguments.text("message_ts") or "")
    address = f"https://sandbox.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": address}


def info(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Describe a channel; https://docs.slack.dev/reference/methods/conversations.info."""
    channel = workspace.channel_by_id(arguments.text("channel") or "")
    if channel.private and not channel.joined:
        raise RefusedError("channel_not_found")
    shared = {name: name == channel.shared for name in ("is_ext_shared", "is_org_shared", "is_pending_ext_shared")}
    about = {
        "id": channel.id,
        "name": channel.name,
        "is_archived": channel.archived,
        "is_member": channel.joined,
        "is_private": channel.private,
        "is_shared": channel.shared in ("is_ext_shared", "is_org_shared", "is_shared"),
    }
    return {"ok": True, "channel": about | shared}


def _page(messages: Sequence[Message], arguments: Arguments, *, forward: bool, default: int) -> Page:
    oldest, latest = _moment(arguments, "oldest", "0"), _moment(arguments, "latest", "Infinity")
    edges = (oldest, latest) if arguments.flag("inclusive") else ()
    inside = [message for message in messages if oldest < _at(message) < latest or _at(message) in edges]
    ordered = inside if forward else inside[::-1]
    if start := _start(arguments.text("cursor")):
        ordered = [message for message in ordered if (_at(message) >= start if forward else _at(message) <= start)]
    size = max(1, min(arguments.number("limit", default), _MOST_PER_PAGE))
    return Page(ordered[:size], ordered[size] if len(ordered) > size else None)


def _read(page: Page, messages: Sequence[Message], arguments: Arguments) -> Mapping[str, object]:
    with_metadata = arguments.flag("include_all_metadata")
    body: dict[str, object] = {
        "ok": True,
        "messages": [message.as_slack(metadata=with_metadata) for message in messages],
        "has_more": page.next is not None,
    }
    if page.next:
        body["response_metadata"] = {"next_cursor": _cursor(page.next)}
    return body


def _at(message: Message) -> Decimal:
    return Decimal(message.ts)


def _moment(arguments: Arguments, name: str, default: str) -> Decimal:
    try:
        return Decimal(arguments.text(name) or default)
    except InvalidOperation:
        raise RefusedError(f"invalid_ts_{name}") from None


def _cursor(message: Message) -> str:
    return base64.b64encode(f"next_ts:{message.ts}".encode()).decode()


def _start(cursor: str | None) -> Decimal | None:
    if not cursor:
        return None
    try:
        return Decimal(base64.b64decode(cursor, validate=True).decode().removeprefix("next_ts:"))
    except (binascii.Error, UnicodeDecodeError, InvalidOperation):
        raise RefusedError("invalid_cursor") from None
