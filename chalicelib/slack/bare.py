"""When Slack refuses a message's blocks, its text alone says it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chalicelib.errors import SlackRefused
from chalicelib.slack.failures import is_about_the_message
from chalicelib.slack.message import SlackMessage

Sent = TypeVar("Sent")


def or_bare(message: SlackMessage, send: Callable[[SlackMessage], Sent]) -> Sent:
    """Send a message, and without its blocks when those are what Slack refuses."""
    try:
        return send(message)
    except SlackRefused as error:
        if not is_about_the_message(error) or not message.blocks:
            raise
        return send(SlackMessage(message.text, ()))
