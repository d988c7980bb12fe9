"""Where a lead event is, read from its item in the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown
from chalicelib.events import LeadEvent
from chalicelib.match_event import Match
from chalicelib.verdict import already_converted, lead_not_found
from chalicelib.verdict.model import Lead, Verdict
from ops.check.lead import Stop, match_of, stop_of

LEAD_ID, NOW = "3652397000007526001", datetime(2026, 1, 1, tzinfo=UTC)
EVENT = LeadEvent(LEAD_ID, "e-1", NOW, "webhook")
LEAD = Lead(LEAD_ID, "Ada Park", "Zylker", "", "", "", "", "", None, converted=True)


def written(verdict: Verdict) -> str:
    """Return a verdict as the ledger keeps it."""
    return match_event.write(Match(EVENT, LEAD, verdict, {LEAD_ID: "https://crm.zoho.com"}, NOW), stage="dev")


MATCH, CONVERTED = written(lead_not_found(LEAD_ID)), written(already_converted(LEAD))
CHECKED = LedgerItem(LEAD_ID, event_id="e-1", match=MATCH, revision=1)
SHOWN = Shown("C0123456789", "1.0", "e-1", "", 1, "")
POSTING = Posting(SHOWN, "", 0)


@pytest.mark.parametrize(
    ("item", "stop"),
    [
        (None, Stop.INBOX),
        (LedgerItem(LEAD_ID), Stop.INBOX),
        (replace(CHECKED, event_id="e-0"), Stop.INBOX),
        (replace(CHECKED, event_id="e-0", shown=replace(SHOWN, event_id="e-0")), Stop.INBOX),
        (CHECKED, Stop.SLACK_QUEUE),
        (replace(CHECKED, shown=replace(SHOWN, event_id="e-0")), Stop.SLACK_QUEUE),
        (replace(CHECKED, owner="o"), Stop.NOTIFY),
        (replace(CHECKED, posting=POSTING, owner="o"), Stop.POSTING),
        (replace(CHECKED, shown=SHOWN), Stop.TOLD),
        (replace(CHECKED, match=CONVERTED), Stop.QUIET),
        (replace(CHECKED, match=CONVERTED, shown=replace(SHOWN, event_id="e-0")), Stop.SLACK_QUEUE),
    ],
)
def test_the_item_tells_where_the_event_is(item: LedgerItem | None, stop: Stop) -> None:
    """Another event's item is as good as none; a converted lead is told only where it was told before."""
    assert stop_of(item, "e-1") is stop


def test_two_stops_are_the_end() -> None:
    """Slack has it, or Slack is not to have it."""
    assert {stop for stop in Stop if stop.is_end} == {Stop.TOLD, Stop.QUIET}


def test_the_verdict_is_read_from_the_item() -> None:
    """As notify reads it."""
    assert match_of(CHECKED).verdict.action == "lead_not_found"
