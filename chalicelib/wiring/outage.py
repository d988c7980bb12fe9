"""Puts together what all workers share about Zoho: its state, and the banner of an outage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import Queue
from chalicelib.aws.zoho_state import ZohoStateItem
from chalicelib.settings import Settings
from chalicelib.steps.banner import Banner, Silence
from chalicelib.wiring import clients


@dataclass(frozen=True)
class Outages:
    """The parts for one stage, each built once."""

    settings: Settings
    silence: Silence

    @cached_property
    def states(self) -> ZohoStateItem:
        """How Zoho is."""
        return ZohoStateItem(clients.table(self.settings.table), now=clients.utc_now)

    @cached_property
    def banner(self) -> Banner:
        """The banner of an outage, in the channel of the sales people."""
        return Banner(
            states=self.states,
            words=Ledger(clients.table(self.settings.table), now=clients.utc_now, kind="banner"),
            inbox=Queue(clients.sqs(), self.settings.inbox_queue),
            slack=Queue(clients.sqs(), self.settings.slack_queue),
            channel=self.settings.slack_channel,
            silence=self.silence,
            now=clients.utc_now,
        )
