"""The buttons with which people act on a lead from its message, and the line that says what a person decided. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.conversion import Decision
from chalicelib.match_event import Match
from chalicelib.slack.outcomes import difference_words, records_phrase
from chalicelib.slack.text import mrkdwn

CONVERT, CHECK_AGAIN, DISMISS = "convert", "check_again", "dismiss"
"""The `action_id` of each button."""
LABELS = {CONVERT: "Convert", CHECK_AGAIN: "Check again", DISMISS: "Dismiss"}
NAME_LIMIT = 100
REASON_LIMIT = 300
DIFFERENCE_LIMIT = 200
DIFFERENCES_SHOWN = 5
CLOSED = ("already_converted", "lead_not_found")
"""The actions after which there is nothing to dismiss."""


def action_buttons(
    match: Match, decision: Decision | None, revision: int, *, is_sure: bool
) -> Iterator[dict[str, Any]]:
    """Yield the block of the buttons that the lead's state has a use for, if there is any."""
    value = json.dumps({"lead_id": match.event.lead_id, "revision": revision})
    shown = [_button(action, value) for action in _offered(match, decision)]
    if shown and is_sure and shown[0]["action_id"] == CONVERT:
        shown[0]["style"] = "primary"
    if shown:
        yield {"type": "actions", "elements": shown}


def decision_line(decision: Decision | None) -> str:
    """Return what a person decided and what came of it, as mrkdwn; empty without a decision."""
    if decision is None:
        return ""
    who, at = f"<@{decision.by}>", _time(decision.at)
    if decision.state == "converting":
        return f":hourglass_flowing_sand: {who} is converting this lead, since {at}."
    if decision.state == "dismissed":
        reason = mrkdwn(decision.reason, REASON_LIMIT)
        return f":no_bell: {who} dismissed this lead on {at}{f': {reason}' if reason else ''}"
    if decision.state == "unclear":
        return (
            f":warning: {who} clicked Convert on {at}. Zoho did not say whether it converted the lead; it shows the lead as open. "
            "Look in Zoho before you click again."
        )
    wrong = "; ".join(
        mrkdwn(difference_words(one), DIFFERENCE_LIMIT) for one in decision.differences[:DIFFERENCES_SHOWN]
    )
    line = f":heavy_check_mark: {who} converted this lead into {records_phrase(decision.records)} on {at}."
    return f"{line}\n:warning: Not as chosen: {wrong}" if wrong else line


def _offered(match: Match, decision: Decision | None) -> Iterator[str]:
    """Yield the actions that the lead's state has a use for."""
    if decision and decision.state in ("converting", "converted"):
        return
    is_dismissed = decision is not None and decision.state == "dismissed"
    if match.verdict.is_convertible and not is_dismissed:
        yield CONVERT
    if match.verdict.action != "already_converted":
        yield CHECK_AGAIN
    if match.verdict.action not in CLOSED and not is_dismissed:
        yield DISMISS


def _button(action: str, value: str) -> dict[str, Any]:
    label = {"type": "plain_text", "text": LABELS[action]}
    return {"type": "button", "action_id": action, "text": label, "value": value}


def _time(moment: datetime) -> str:
    """Return a time in the reader's own zone, which Slack knows."""
    at = moment.astimezone(UTC)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
