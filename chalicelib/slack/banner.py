"""The banner of an outage: one message that counts the leads that wait, edited until it is over. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.announcements import Outage
from chalicelib.slack.message import SlackMessage

LASTS_ICON, ANSWERED_ICON, UNKNOWN_ICON = ":rotating_light:", ":white_check_mark:", ":grey_question:"
HOUR_MINUTES = 60
TellTime = Callable[[datetime, datetime], str]


def render_outage(outage: Outage) -> SlackMessage:
    """Render the banner as it stands; at the outage's end it says so in its place."""
    text, marked = _sentence(outage, _plain_time), _sentence(outage, _local_time)
    blocks: list[dict[str, Any]] = [{"type": "section", "text": _mrkdwn(f"{_icon(outage)} {marked}")}]
    if not outage.is_over:
        as_of = f"As of {_local_time(outage.as_of, outage.as_of)}"
        blocks.append({"type": "context", "elements": [_mrkdwn(as_of)]})
    return SlackMessage(text, tuple(blocks))


def _icon(outage: Outage) -> str:
    if not outage.is_over:
        return LASTS_ICON
    return ANSWERED_ICON if outage.answered else UNKNOWN_ICON


def _sentence(outage: Outage, tell_time: TellTime) -> str:
    since, at = tell_time(outage.since, outage.as_of), tell_time(outage.as_of, outage.as_of)
    lasted = _duration(outage.as_of - outage.since)
    if not outage.is_over:
        return f"Zoho has not answered since {since}. {_waiting(outage.waiting)} Search by hand if it is urgent."
    if not outage.answered:
        return (
            f"Zoho had not answered since {since} when the last lead stopped waiting, at {at}. "
            "The next lead will show whether it answers again."
        )
    waited = "1 lead waited and is" if outage.waiting == 1 else f"{outage.waiting} leads waited and are"
    return f"Zoho answered again at {at}, after {lasted}. {waited} being checked now."


def _waiting(count: int) -> str:
    if count == 1:
        return "1 lead waits; it will be checked as soon as Zoho does."
    return f"{count} leads wait; each will be checked as soon as it does."


def _duration(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < HOUR_MINUTES:
        return _count(minutes, "minute")
    hours, rest = divmod(minutes, HOUR_MINUTES)
    return f"{_count(hours, 'hour')} {_count(rest, 'minute')}" if rest else _count(hours, "hour")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _plain_time(moment: datetime, reader_at: datetime) -> str:
    """Give a time of day in UTC, and its date when the banner is read on another one."""
    at, today = moment.astimezone(UTC), reader_at.astimezone(UTC).date()
    return f"{at:%H:%M} UTC" if at.date() == today else f"{at:%H:%M} UTC on {at:%Y-%m-%d}"


def _local_time(moment: datetime, reader_at: datetime) -> str:
    """Give the same in the reader's own zone, which Slack knows. https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    same_day = moment.astimezone(UTC).date() == reader_at.astimezone(UTC).date()
    form = "{time}" if same_day else "{date_short_pretty} {time}"
    return f"<!date^{int(moment.timestamp())}^{form}|{_plain_time(moment, reader_at)}>"


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
