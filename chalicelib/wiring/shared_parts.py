"""What check and the sweep have in common: the settings, how Zoho is, the banner of an outage, the operator's notices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import Queue
from chalicelib.aws.zoho_health import ZohoStateItem
from chalicelib.settings import Settings
from chalicelib.steps.announce import Banner, Operator, Silence, Voice
from chalicelib.wiring import clients


@dataclass(frozen=True)
class SharedParts:
    """The parts of one stage, each built once."""

    settings: Settings
    silence: Silence

    @cached_property
    def states(self) -> ZohoStateItem:
        """How Zoho is."""
        return ZohoStateItem(
            clients.table(self.settings.table),
            now=clients.utc_now,
            warn=lambda name: clients.logger().warning("list_unreadable", extra={"list": name}),
        )

    @cached_property
    def banner(self) -> Banner:
        """The banner of an outage, in the channel of the sales people."""
        return Banner(
            states=self.states,
            voice=self._voice("banner", self.settings.slack_channel),
            inbox=Queue(clients.sqs(), self.settings.inbox_queue),
            silence=self.silence,
            now=clients.utc_now,
        )

    @cached_property
    def operator(self) -> Operator:
        """What tells the operator's channel of a trouble."""
        return Operator(self._voice("trouble", self.settings.operator_channel), now=clients.utc_now)

    def _voice(self, kind: Literal["banner", "trouble"], channel: str) -> Voice:
        return Voice(
            kind=kind,
            words=Ledger(clients.table(self.settings.table), now=clients.utc_now, kind=kind),
            slack=Queue(clients.sqs(), self.settings.slack_queue),
            channel=channel,
        )
