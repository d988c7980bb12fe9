"""When Slack refuses a message's content, a plainer one takes its place: its text alone, then a line of our own.

A lead's last one holds nothing of the CRM's but the lead's id, so there is nothing left in it to refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from chalicelib.errors import ContentRefused
from chalicelib.match_event import Match
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.text import link, mrkdwn

Sent = TypeVar("Sent")
ID_LIMIT = 40


def or_plainer(message: SlackMessage, plainest: SlackMessage | None, send: Callable[[SlackMessage], Sent]) -> Sent:
    """Send a message, or the first plainer one that Slack takes; raise its last refusal when it takes none."""
    for plainer in _plainer(message, plainest):
        try:
            return send(message)
        except ContentRefused:
            message = plainer
    return send(message)


def minimal(match: Match) -> SlackMessage:
    """Say no more than which lead it is about and where to look."""
    lead_id = match.event.lead_id
    where = link(match.url(lead_id), "Open the lead in Zoho")
    return SlackMessage(f"Lead {mrkdwn(lead_id, ID_LIMIT)} was checked; its summary could not be shown. {where}.", ())


def _plainer(message: SlackMessage, plainest: SlackMessage | None) -> Iterator[SlackMessage]:
    if message.blocks:
        yield SlackMessage(message.text, ())
    if plainest:
        yield plainest
