"""The Web API methods that write a message, and the checks that Slack makes of its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.slack.arguments import Arguments
from sandbox.slack.limits import LIMITS, problems
from sandbox.slack.refused import RefusedError
from sandbox.slack.workspace import Blocks, Message, Metadata, Workspace


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, checked; None was not sent."""

    text: str | None
    blocks: Blocks | None
    metadata: Metadata | None

    @classmethod
    def of(cls, arguments: Arguments) -> Content:
        """Read and check a message's content; a text that is too long is cut, as Slack does."""
        text = arguments.text("text")
        blocks = arguments.structure("blocks", error="invalid_blocks_format")
        if not text and not blocks:
            raise RefusedError("no_text")
        text = text and text[: LIMITS["message text"]]
        metadata = arguments.structure("metadata", error="invalid_metadata_format")
        return cls(text, _checked_blocks(blocks), _checked_metadata(metadata))


def post_message(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Post to a channel or a thread; https://docs.slack.dev/reference/methods/chat.postMessage."""
    channel = workspace.channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("is_archived")
    if not channel.joined:
        raise RefusedError("not_in_channel")
    content = Content.of(arguments)
    message = workspace.post(
        channel.id,
        text=content.text or "",
        blocks=content.blocks or (),
        metadata=content.metadata or None,
        thread_ts=arguments.text("thread_ts"),
        broadcast=arguments.flag("reply_broadcast"),
    )
    return _written(message)


def update(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Change a message; https://docs.slack.dev/reference/methods/chat.update."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("is_inactive")
    ts = workspace.message(channel.id, arguments.text("ts") or "").ts
    if len(arguments.text("text") or "") > LIMITS["edited text"]:
        raise RefusedError("msg_too_long")
    content = Content.of(arguments)
    return _written(
        workspace.update(channel.id, ts, text=content.text, blocks=content.blocks, metadata=content.metadata)
    )


def delete(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Remove a message; https://docs.slack.dev/reference/methods/chat.delete."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("cant_delete_message")
    ts = arguments.text("ts") or ""
    workspace.delete(channel.id, ts)
    return {"ok": True, "channel": channel.id, "ts": ts}


def _written(message: Message) -> Mapping[str, object]:
    shown = message.as_slack(metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def _checked_blocks(blocks: object) -> Blocks | None:
    if blocks is None or blocks == "":
        return None
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    if blocks and (found := problems(blocks)):
        raise RefusedError("invalid_blocks", [f"[ERROR] {problem}" for problem in found])
    return blocks


def _checked_metadata(metadata: object) -> Metadata | None:
    if metadata is None or metadata == {}:
        return None if metadata is None else {}
    event_type = metadata.get("event_type") if isinstance(metadata, dict) else None
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise RefusedError("invalid_metadata_format")
    return {"event_type": event_type, "event_payload": payload}
