"""One lead on its way from the ledger to a Slack of its own, for tests that move the clock and break the calls."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from chalicelib import match_event
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import InboxTurn
from chalicelib.events import LeadEvent, Notice
from chalicelib.match_event import Match
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.steps.notify import Timing, notify
from chalicelib.verdict import decide
from chalicelib.verdict.model import ConversionOptions, Lead, Record, Verdict
from chalicelib.wiring import clients
from sandbox.slack.server import SlackStandIn
from sandbox.slack.workspace import Channel, Message
from sandbox.system import Sandbox

TOKEN = "xoxb-of-this-test"
CHANNEL, OTHER, OPERATOR = Channel.of("#notify"), Channel.of("#elsewhere"), Channel.of("#operator")
LEASE_SECONDS = Timing().lease_seconds
NUMBERS = itertools.count(1)
NOTHING = decide(ConversionOptions(), Lead("1", "Ada Park", "Zylker"), lead_id="1")
ACCOUNT = decide(ConversionOptions(accounts=(Record("77", "Zylker"),)), Lead("1", "Ada Park", "Zylker"), lead_id="1")


class Play:
    """One lead, a clock that the test moves, and a Slack of its own."""

    def __init__(self, sandbox: Sandbox, slack: SlackStandIn) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
        self.slack, self.lead_id = slack, str(10**18 + next(NUMBERS))
        self.ledger = Ledger(sandbox.aws.table(sandbox.outputs["TableName"]), now=lambda: self.now)
        self.client: SlackBot | SlackWebhook = SlackBot(
            token=TOKEN, api_url=slack.api_url, session=clients.fresh_session
        )
        self.owners = itertools.count()

    def event(self, number: int = 1) -> LeadEvent:
        """Return an event accepted at this moment."""
        return LeadEvent(self.lead_id, f"{self.lead_id}-{number}", self.now, "webhook")

    def store(self, event: LeadEvent, verdict: Verdict = NOTHING) -> Notice:
        """Do check's part."""
        lead = Lead(self.lead_id, "Ada Park", "Zylker")
        text = match_event.write(Match(event, lead, verdict, {}, self.now), stage="test")
        seen = self.ledger.read(self.lead_id)
        earlier = seen.events_before(event.event_id) if seen else ()
        item = self.ledger.store_match(event, text, turn=InboxTurn(self.now, self.now), earlier=earlier)
        return Notice(event, "verdict", item.revision, CHANNEL.id)

    def notify(self, notice: Notice) -> str:
        """Do notify's part; return what it did."""
        outcome = notify(
            notice,
            ledger=self.ledger,
            slack=self.client,
            pace=lambda _: None,
            now=lambda: self.now,
            owner=f"worker-{next(self.owners)}",
            operator_channel=OPERATOR.id,
        )
        return outcome.name

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def item(self) -> LedgerItem:
        """Read the ledger."""
        found = self.ledger.read(self.lead_id)
        assert found is not None
        return found

    def messages(self) -> list[Message]:
        """Return what stands in the channel about the lead."""
        return [
            message
            for message in self.slack.workspace.messages(CHANNEL.id)
            if (message.metadata or {"event_payload": {"event_id": self.lead_id}})["event_payload"][
                "event_id"
            ].startswith(self.lead_id)
        ]
