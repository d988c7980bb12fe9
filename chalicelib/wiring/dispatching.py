"""Puts together what keeps a verdict and sends it, for check and for the sweep, which has no use for the Zoho client."""

from __future__ import annotations

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import dead_letter_url
from chalicelib.settings import Settings
from chalicelib.steps.deliver import Channels, Dispatch, Outboxes
from chalicelib.wiring import clients
from chalicelib.zoho.data_centers import data_center
from chalicelib.zoho.links import record_links


def build_dispatch(settings: Settings, ledger: Ledger) -> Dispatch:
    """Build it, with links into the stage's org; nothing is sent before its first call."""
    return Dispatch(
        ledger=ledger,
        outboxes=Outboxes(
            matches=clients.queue(settings.matches_queue),
            slack=clients.queue(settings.slack_queue),
            dead_letters=clients.queue(dead_letter_url(settings.inbox_queue)),
        ),
        channels=Channels(settings.slack_channel, settings.operator_channel),
        link=record_links(data_center(settings.zoho_data_center), settings.zoho_org_id),
        stage=settings.stage,
        now=clients.utc_now,
    )
