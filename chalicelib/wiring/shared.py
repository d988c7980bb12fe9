"""What several functions have in common: how Zoho is, the outage banner, the operator's alerts, token requests, links, and what publishes a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from aws_lambda_powertools import Logger

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import Message, Queue, dead_letter_url
from chalicelib.aws.zoho_health import ZohoHealthItem
from chalicelib.data_centers import OrgPages, data_center
from chalicelib.errors import Retryable, ZohoBlocked
from chalicelib.events import TokenRequest
from chalicelib.settings import Settings
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.steps.announce import Announcer, Banner, BannerPolicy, OperatorAlerts, zoho_blocks
from chalicelib.wiring import clients

if TYPE_CHECKING:
    from chalicelib.steps.publish import VerdictPublisher


@dataclass(frozen=True)
class SharedParts:
    """The parts of one stage, each built once."""

    settings: Settings
    banner_policy: BannerPolicy

    @cached_property
    def health(self) -> ZohoHealthItem:
        """How Zoho is."""
        return ZohoHealthItem(
            clients.table(self.settings.table),
            now=clients.utc_now,
            warn=clients.warn_of_list,
        )

    @cached_property
    def banner(self) -> Banner:
        """The banner of an outage, in the channel of the sales people."""
        return Banner(
            health=self.health,
            announcer=self._announcer("banner", self.settings.slack_channel),
            inbox=Queue(clients.sqs(), self.settings.inbox_queue),
            policy=self.banner_policy,
            now=clients.utc_now,
        )

    @cached_property
    def operator_alerts(self) -> OperatorAlerts:
        """What sends alerts to the operator's channel."""
        return OperatorAlerts(self._announcer("alert", self.settings.operator_channel), now=clients.utc_now)

    def _announcer(self, kind: Literal["banner", "alert"], channel: str) -> Announcer:
        return Announcer(
            kind=kind,
            announcements=Ledger(clients.table(self.settings.table), now=clients.utc_now, kind=kind),
            slack=Queue(clients.sqs(), self.settings.slack_queue),
            channel=channel,
        )


def blocked_reporter(shared: SharedParts, log: Logger) -> Callable[[ZohoBlocked], None]:
    """Return what logs that Zoho lets nobody in, and alerts the operator, once a day while it lasts."""
    send = alert_once(shared, log)

    def report(error: ZohoBlocked) -> None:
        log.error("zoho_blocked", extra={"reason": error.reason})
        alert = zoho_blocks(error, stage=shared.settings.stage)
        send(alert, f"zoho-blocked-{error.reason}-{clients.utc_now().date()}")

    return report


def alert_once(shared: SharedParts, log: Logger) -> Callable[[OperatorAlert, str], None]:
    """Return what sends an alert about a subject once; that it could not be sent fails no lead."""
    sent: set[str] = set()

    def send_once(alert: OperatorAlert, subject: str) -> None:
        if subject in sent:
            return
        try:
            shared.operator_alerts.send(alert, subject=subject)
            sent.add(subject)
        except Retryable as error:
            log.warning("operator_not_told", extra={"reason": error.reason})

    return send_once


def token_requests(settings: Settings) -> Callable[[TokenRequest], None]:
    """Return what sends a request for an access token to `refresh`."""

    def request(wanted: TokenRequest) -> None:
        clients.queue(settings.tokens_queue).send(Message.of_token_request(wanted, now=clients.utc_now()))

    return request


def org_pages(settings: Settings) -> OrgPages:
    """Build what makes the links into the stage's org."""
    return OrgPages(
        data_center(settings.zoho_data_center),
        settings.zoho_org_id,
        own_url=settings.zoho_pages_url,
        api_url=settings.zoho_api_url,
    )


def build_publisher(settings: Settings, ledger: Ledger, pages: OrgPages, *, is_check: bool) -> VerdictPublisher:
    """Build it, with links into the stage's org; nothing is sent before its first call."""
    from chalicelib.steps.publish import Channels, MatchesByInbox, Outboxes, VerdictPublisher

    matches = clients.queue(settings.matches_queue)
    return VerdictPublisher(
        ledger=ledger,
        outboxes=Outboxes(
            matches=matches if is_check else MatchesByInbox(clients.queue(settings.inbox_queue)),
            slack=clients.queue(settings.slack_queue),
            dead_letters=clients.queue(dead_letter_url(settings.inbox_queue)),
        ),
        channels=Channels(settings.slack_channel, settings.operator_channel),
        link=pages.link,
        search=pages.search,
        stage=settings.stage,
        now=clients.utc_now,
    )
