"""When a waiting lead is checked again: the schedule that check and the sweep keep, and that people are told."""

from __future__ import annotations

from datetime import datetime, timedelta

RECHECK_HOURS = 4


def next_check_at(now: datetime) -> datetime:
    """Give when a lead that waits now is due again."""
    return now + timedelta(hours=RECHECK_HOURS)
