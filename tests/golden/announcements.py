"""The messages about no lead whose golden files stand in the folder `announcements`, by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chalicelib.slack.announcements import OperatorAlert, Outage, render_alert, render_outage
from chalicelib.slack.message import SlackMessage

FOLDER = Path(__file__).parent / "announcements"
SINCE = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
LATER = SINCE + timedelta(minutes=47)
NEXT_DAY = SINCE + timedelta(hours=11, minutes=1)
REVOKED = OperatorAlert(
    "Zoho no longer accepts the authorisation <of this> & that.",
    ("Authorise leadmatch again.", "Put the new refresh token into the secret."),
)

ANNOUNCEMENTS: dict[str, SlackMessage] = {
    "outage_of_one_lead": render_outage(Outage(SINCE, 1, SINCE + timedelta(minutes=5))),
    "outage_of_seven_leads": render_outage(Outage(SINCE, 7, LATER)),
    "outage_overnight": render_outage(Outage(SINCE, 7, NEXT_DAY)),
    "outage_answered": render_outage(Outage(SINCE, 7, LATER, is_over=True, answered=True)),
    "outage_answered_one_lead": render_outage(Outage(SINCE, 1, NEXT_DAY, is_over=True, answered=True)),
    "outage_nobody_waits": render_outage(Outage(SINCE, 0, LATER, is_over=True)),
    "alert": render_alert(REVOKED),
}
