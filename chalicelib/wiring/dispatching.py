"""Puts together what keeps a verdict and sends it, for check and for the sweep, which has no use for the Zoho client."""

from __future__ import annotations

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import dead_letter_url
from chalicelib.data_centers import OrgPages, data_center
from chalicelib.settings import Settings
from chalicelib.steps.publish import Channels, Dispatch, MatchesByInbox, Outboxes
from chalicelib.wiring import clients


def org_pages(settings: Settings) -> OrgPages:
    """Build what makes the links into the stage's org."""
    return OrgPages(
        data_center(settings.zoho_data_center),
        settings.zoho_org_id,
        own_url=settings.zoho_pages_url,
        api_url=settings.zoho_api_url,
    )


def build_dispatch(settings: Settings, ledger: Ledger, pages: OrgPages, *, is_check: bool) -> Dispatch:
    """Build it, with links into the stage's org; nothing is sent before its first call."""
    matches = clients.queue(settings.matches_queue)
    return Dispatch(
        ledger=ledger,
        outboxes=Outboxes(
            matches=matches if is_check else MatchesByInbox(clients.queue(settings.inbox_queue)),
            slack=clients.queue(settings.slack_queue),
            dead_letters=clients.queue(dead_letter_url(settings.inbox_queue)),
        ),
        channels=Channels(settings.slack_channel, settings.operator_channel),
        link=pages.link,
        stage=settings.stage,
        now=clients.utc_now,
    )
