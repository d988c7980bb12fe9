"""Puts together where Zoho's access tokens come from: the secret, the lease in the ledger's table, the credentials."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date

from aws_lambda_powertools import Logger

from chalicelib.aws.dynamodb import SharedItem
from chalicelib.aws.secrets import Credentials, CredentialsSecret, ZohoTokenSecret
from chalicelib.data_centers import accounts_url
from chalicelib.errors import LeadmatchError, Misconfigured, ZohoBlocked, ZohoRefused
from chalicelib.metrics import Meter, Metric
from chalicelib.settings import Settings
from chalicelib.wiring import clients
from chalicelib.zoho.oauth import ZohoClientCredentials, refresh
from chalicelib.zoho.token_events import TokenEvents
from chalicelib.zoho.token_lease import TokenLease, TokenTiming
from chalicelib.zoho.token_record import TOKENS_REFUSED
from chalicelib.zoho.token_secret import TokenSecret
from chalicelib.zoho.tokens import AccessTokens

DIGEST_SHOWN = 12
OnRevoked = Callable[[ZohoRefused, str], None]
OnBlocked = Callable[[ZohoBlocked], None]
LEASE_KEY = "token#zoho"
KEEP_SECONDS = 7 * 24 * 3600
"""The longest budget is a day's; what nobody has written for a week is of no use."""


def build_tokens(
    settings: Settings, credentials: CredentialsSecret, events: TokenEvents, *, timing: TokenTiming | None = None
) -> AccessTokens:
    """Build one worker's view of the shared token; nothing is asked of Zoho or AWS before its first call."""
    timing = timing or TokenTiming()
    server = accounts_url(settings.zoho_data_center, settings.zoho_accounts_url)
    store = ZohoTokenSecret(clients.secretsmanager(), settings.zoho_token)
    item = SharedItem(
        clients.table(settings.table), LEASE_KEY, keep_seconds=KEEP_SECONDS, now=clients.utc_now, new_id=clients.new_id
    )
    return AccessTokens(
        secret=TokenSecret(store, sleep=time.sleep, warn=events.warn),
        lease=TokenLease(item=item, timing=timing, now=clients.utc_now, clock=time.monotonic, new_id=clients.new_id),
        credentials=lambda: _client_credentials(credentials.read(), server),
        refresh=lambda own: refresh(clients.kept_session(), own, now=clients.utc_now),
        events=events,
        wait_seconds=timing.wait_seconds,
        now=clients.utc_now,
        clock=time.monotonic,
        sleep=time.sleep,
        random=random.random,
    )


def token_events(
    log: Logger, meter: Meter, on_revoked: OnRevoked, on_blocked: OnBlocked = lambda _: None
) -> TokenEvents:
    """Log what happens to the token, count what fails, pass a revocation on.

    Nothing of a token or of credentials is in it, but the beginning of a digest.
    """

    def failed(error: LeadmatchError) -> None:
        log.warning("token_refresh_failed", extra={"reason": error.reason})
        meter.record({Metric.TOKEN_REFRESH_FAILURES: 1})
        if isinstance(error, ZohoBlocked):
            on_blocked(error)

    def revoked(error: ZohoRefused, digest: str, incident: str) -> None:
        known_by = digest[:DIGEST_SHOWN]
        log.error("zoho_revoked", extra={"reason": error.reason, "credentials_digest": known_by})
        on_revoked(error, f"{known_by}-{incident}")

    def tokens_refused(digest: str, day: date) -> None:
        known_by = digest[:DIGEST_SHOWN]
        log.error("zoho_tokens_refused", extra={"reason": TOKENS_REFUSED, "credentials_digest": known_by})
        on_revoked(ZohoRefused("Zoho refuses new tokens.", reason=TOKENS_REFUSED), f"{known_by}-tokens-{day}")

    def warn(name: str, error: LeadmatchError) -> None:
        log.warning(name, extra={"reason": error.reason})

    return TokenEvents(warn=warn, on_failure=failed, on_revoked=revoked, on_tokens_refused=tokens_refused)


def _client_credentials(credentials: Credentials, server: str) -> ZohoClientCredentials:
    names = ("client_id", "client_secret", "refresh_token")
    missing = [f"zoho.{name}" for name in names if not credentials.zoho.get(name)]
    if missing:
        raise Misconfigured(f"The secret credentials lacks {', '.join(missing)}.", reason="zoho_not_connected")
    return ZohoClientCredentials(**{name: credentials.zoho[name] for name in names}, accounts_url=server)
