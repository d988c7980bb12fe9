"""Puts refresh together, which alone loads this: the credentials, the record, Zoho's token endpoint, and whom it tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from chalicelib.aws.queues import Delivery
from chalicelib.aws.secrets import ZohoClientSecret, ZohoTokenSecret
from chalicelib.aws.token_item import TokenItem
from chalicelib.data_centers import accounts_url
from chalicelib.errors import Misconfigured, ZohoBlocked, ZohoRefused, ZohoTokensRejected
from chalicelib.settings import Settings
from chalicelib.steps.announce import zoho_refuses
from chalicelib.steps.refresh import Refresher
from chalicelib.steps.results import StepResult
from chalicelib.wiring import clients
from chalicelib.wiring.shared import SharedParts, blocked_reporter
from chalicelib.zoho.oauth import ZohoClientCredentials, refresh


def refresh_step(shared: SharedParts, log: Logger) -> Callable[[Delivery], StepResult]:
    """Return the step that takes a message of the tokens queue; nothing is asked of Zoho or AWS before its first call."""
    settings = shared.settings
    return Refresher(
        item=token_item(settings),
        credentials=lambda: client_credentials(settings),
        ask=lambda own: refresh(clients.kept_session(), own, now=clients.utc_now),
        store=ZohoTokenSecret(clients.secretsmanager(), settings.zoho_token).write,
        alerts=Alerts(shared, log, blocked_reporter(shared, log)),
        warn=lambda name, error: log.warning(name, extra={"reason": error.reason}),
        now=clients.utc_now,
        sleep=time.sleep,
    ).refresh


def token_item(settings: Settings) -> TokenItem:
    """Open the item of the access token's record."""
    return TokenItem(clients.table(settings.table), now=clients.utc_now, new_id=clients.new_id)


def client_credentials(settings: Settings) -> ZohoClientCredentials:
    """Read what Zoho is asked with; raise `Misconfigured` that names what the secret lacks."""
    stored = ZohoClientSecret(clients.secretsmanager(), settings.zoho_client).read()
    names = ("client_id", "client_secret", "refresh_token")
    missing = [name for name in names if not stored.get(name)]
    if missing:
        raise Misconfigured(f"The secret zoho-client lacks {', '.join(missing)}.", reason="zoho_not_connected")
    server = accounts_url(settings.zoho_data_center, settings.zoho_accounts_url)
    return ZohoClientCredentials(**{name: stored[name] for name in names}, accounts_url=server)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Logs, and alerts the operator; nothing of a token or of credentials is in it, but the beginning of a digest in the incident."""

    shared: SharedParts
    log: Logger
    report_blocked: Callable[[ZohoBlocked], None]

    def revoked(self, error: ZohoRefused, *, incident: str) -> None:
        """Zoho takes the credentials no more."""
        self.log.error("zoho_revoked", extra={"reason": error.reason, "incident": incident})
        self._send(error, incident)

    def tokens_rejected(self, error: ZohoTokensRejected, *, incident: str) -> None:
        """Zoho refuses the tokens that it gives out."""
        self.log.error("zoho_tokens_refused", extra={"reason": error.reason, "incident": incident})
        self._send(error, incident)

    def blocked(self, error: ZohoBlocked) -> None:
        """Zoho lets nobody in."""
        self.report_blocked(error)

    def _send(self, error: ZohoRefused | ZohoTokensRejected, incident: str) -> None:
        alert = zoho_refuses(error, stage=self.shared.settings.stage)
        self.shared.operator_alerts.send(alert, subject=f"zoho-credentials-{incident}")
