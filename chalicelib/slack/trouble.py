"""The message about a trouble that only a person can cure: what happened, and what to do. Pure."""

from __future__ import annotations

from chalicelib.announcements import Trouble
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.text import mrkdwn

LINE_LIMIT = 600


def render_trouble(trouble: Trouble) -> SlackMessage:
    """Render it for the operator's channel."""
    happened = mrkdwn(trouble.happened, LINE_LIMIT)
    steps = [f"{number}. {mrkdwn(step, LINE_LIMIT)}" for number, step in enumerate(trouble.steps, 1)]
    icon = ":white_check_mark:" if trouble.is_over else ":rotating_light:"
    lines = [f"{icon} {happened}", *steps]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines), "verbatim": True}}
    return SlackMessage(" ".join([happened, *steps]), (section,))
