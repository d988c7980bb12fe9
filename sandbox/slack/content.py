"""What a message says, as it arrives with a call: text, blocks and metadata, checked as Slack checks them."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.slack.arguments import Arguments, RefusedError
from sandbox.slack.limits import LIMITS, problems
from sandbox.slack.workspace import Blocks, Metadata


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
        if arguments.text("markdown_text"):
            raise RefusedError("markdown_text_conflict")
        text = text and text[: LIMITS["message text"]]
        metadata = arguments.structure("metadata", error="invalid_metadata_format")
        return cls(text, _checked_blocks(blocks), _checked_metadata(metadata))


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
