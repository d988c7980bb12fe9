"""Whether Slack takes a message: the stand-in's table of limits, and slack_sdk's models as a second opinion."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from chalicelib.slack.message import SlackMessage
from sandbox.slack.limits import LIMITS, problems


def is_fit(message: SlackMessage) -> None:
    """Hold a message to the stand-in's table of limits and to slack_sdk's models; any of ours may become an edit."""
    assert len(message.text) <= LIMITS["edited text"]
    assert problems(message.blocks, message.text) == []
    for block in message.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    assert message.text
