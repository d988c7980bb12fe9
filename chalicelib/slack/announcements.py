"""What Slack shows that is about no lead: the outage banner, alerts for the operator, and the line about a closed channel. Pure.

The banner is one message that counts the waiting leads and is edited until the outage is over. An alert is about a problem that
only a person can cure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.errors import ChannelClosed
from chalicelib.wire import Written

if TYPE_CHECKING:  # check and the sweep write announcements, and only notify renders them
    from chalicelib.slack.message import SlackMessage

TellTime = Callable[[datetime, datetime], str]

LASTS_ICON, ANSWERED_ICON, UNKNOWN_ICON = ":rotating_light:", ":white_check_mark:", ":grey_question:"
MINUTES_IN_AN_HOUR = 60
ALERT_LINE_LIMIT = 600

ANOTHER_CHANNEL = "choose another channel (provision --slack-channel and a deploy, or --lists where a rule names it)"
LET_POST = "Ask the workspace's administrator to let the app post there"
NO_CHANNEL = ""  # nothing opens such a conversation to an app
CLOSED_CHANNELS = {
    "slack_channel_not_found": (
        "that channel does not exist, or it is private and our app is not in it",
        "Invite the app there",
    ),
    "slack_not_in_channel": ("our app is not in that channel", "Invite the app there"),
    "slack_no_permission": (
        "our app may not write there, most likely because it is not in the channel",
        "Invite the app there",
    ),
    "slack_is_archived": ("that channel is archived", "Unarchive it"),
    "slack_is_inactive": ("that channel is archived, frozen or deleted", "Unarchive it"),
    "slack_team_not_found": ("our app's token is not for the workspace of that channel", "Invite the app there"),
    "slack_restricted_action": ("only some people may post there", LET_POST),
    "slack_restricted_action_read_only_channel": ("that channel is read-only", LET_POST),
    "slack_restricted_action_thread_only_channel": ("that channel accepts only replies", LET_POST),
    "slack_channel_is_limited_access": (
        "that channel belongs to a Salesforce record that our app may not see",
        NO_CHANNEL,
    ),
    "slack_channel_type_not_supported": ("that kind of conversation accepts no messages from an app", NO_CHANNEL),
    "slack_method_not_supported_for_channel_type": ("that kind of conversation has no threads", NO_CHANNEL),
    "slack_messages_tab_disabled": ("that is the app's own page, which accepts no messages", NO_CHANNEL),
}
"""By the reason of the refusal, what is wrong with the channel and what mends it."""
CLOSED_OTHERWISE = ("that channel accepts no messages from our app", "Allow the app to post there")


@dataclass(frozen=True, slots=True)
class Outage(Written):
    """Zoho does not answer; `waiting` counts the leads. At its end either Zoho `answered`, or no lead waits any more."""

    since: datetime
    waiting: int
    as_of: datetime
    is_over: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class OperatorAlert(Written):
    """What happened, in a sentence or two, and what a person has to do about it, step by step; nothing when it `is_over`."""

    happened: str
    steps: tuple[str, ...]
    is_over: bool = False


def render_outage(outage: Outage) -> SlackMessage:
    """Render the banner as it stands; at the outage's end it says so in its place."""
    from chalicelib.slack.message import SlackMessage

    text, marked = _outage_sentence(outage, _plain_time), _outage_sentence(outage, _local_time)
    blocks: list[dict[str, Any]] = [{"type": "section", "text": _mrkdwn(f"{_outage_icon(outage)} {marked}")}]
    if not outage.is_over:
        as_of = f"As of {_local_time(outage.as_of, outage.as_of)}"
        blocks.append({"type": "context", "elements": [_mrkdwn(as_of)]})
    return SlackMessage(text, tuple(blocks))


def render_alert(alert: OperatorAlert) -> SlackMessage:
    """Render it for the operator's channel."""
    from chalicelib.slack.message import SlackMessage
    from chalicelib.slack.text import mrkdwn

    happened = mrkdwn(alert.happened, ALERT_LINE_LIMIT)
    steps = [f"{number}. {mrkdwn(step, ALERT_LINE_LIMIT)}" for number, step in enumerate(alert.steps, 1)]
    icon = ":white_check_mark:" if alert.is_over else ":rotating_light:"
    lines = [f"{icon} {happened}", *steps]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines), "verbatim": True}}
    return SlackMessage(" ".join([happened, *steps]), (section,))


def closed_line(channel: str, error: ChannelClosed) -> str:
    """Return what is wrong with the channel that the message belongs in, and what to do."""
    alert, cure = CLOSED_CHANNELS.get(error.reason, CLOSED_OTHERWISE)
    advice = f"{cure}, or {ANOTHER_CHANNEL}" if cure else ANOTHER_CHANNEL.capitalize()
    return f"This message belongs in <#{channel}> ({channel}), but {alert}. {advice}."


def _outage_icon(outage: Outage) -> str:
    if not outage.is_over:
        return LASTS_ICON
    return ANSWERED_ICON if outage.answered else UNKNOWN_ICON


def _outage_sentence(outage: Outage, tell_time: TellTime) -> str:
    since, at = tell_time(outage.since, outage.as_of), tell_time(outage.as_of, outage.as_of)
    lasted = _duration(outage.as_of - outage.since)
    if not outage.is_over:
        return f"Zoho has not answered since {since}. {_waiting(outage.waiting)} Search by hand if a lead is urgent."
    if not outage.answered:
        return (
            f"Zoho did not answer from {since} on. No lead has been waiting for it since {at}. "
            "The next lead will show whether Zoho answers again."
        )
    waited = "1 lead waited and is" if outage.waiting == 1 else f"{outage.waiting} leads waited and are"
    return f"Zoho answered again at {at}, after {lasted}. {waited} being checked now."


def _waiting(count: int) -> str:
    if count == 1:
        return "1 lead is waiting and will be checked as soon as Zoho answers."
    return f"{count} leads are waiting and will be checked as soon as Zoho answers."


def _duration(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < MINUTES_IN_AN_HOUR:
        return _count(minutes, "minute")
    hours, rest = divmod(minutes, MINUTES_IN_AN_HOUR)
    return f"{_count(hours, 'hour')} {_count(rest, 'minute')}" if rest else _count(hours, "hour")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _plain_time(moment: datetime, reader_at: datetime) -> str:
    """Return a time of day in UTC, and its date when the banner is read on another one."""
    at, today = moment.astimezone(UTC), reader_at.astimezone(UTC).date()
    return f"{at:%H:%M} UTC" if at.date() == today else f"{at:%H:%M} UTC on {at:%Y-%m-%d}"


def _local_time(moment: datetime, reader_at: datetime) -> str:
    """Return the same in the reader's own zone, which Slack knows. https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    same_day = moment.astimezone(UTC).date() == reader_at.astimezone(UTC).date()
    form = "{time}" if same_day else "{date_short_pretty} {time}"
    return f"<!date^{int(moment.timestamp())}^{form}|{_plain_time(moment, reader_at)}>"


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
