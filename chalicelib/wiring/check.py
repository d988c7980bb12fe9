"""Puts check together, which alone loads this: the step, what lets all workers ask Zoho together, Zoho's client and its tokens.

The tokens come from the secret that workers share; a lease in the ledger's table decides which worker renews it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from aws_lambda_powertools import Logger

from chalicelib.aws.dynamodb import SharedItem
from chalicelib.aws.queues import Delivery
from chalicelib.aws.secrets import KeptSecret, ZohoTokenSecret
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.data_centers import OrgPages, accounts_url, data_center
from chalicelib.errors import LeadmatchError, Misconfigured, Retryable, ZohoBlocked, ZohoRefused, ZohoTokensRejected
from chalicelib.events import LeadEvent
from chalicelib.metrics import Meter, Metric
from chalicelib.settings import Settings
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.steps.announce import field_is_not_shown, zoho_blocks, zoho_refuses
from chalicelib.steps.calls import CallNotes
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.publish import VerdictPublisher
from chalicelib.steps.results import StepResult
from chalicelib.steps.zoho_gate import Credits, ZohoGate
from chalicelib.timing import TOKEN_KEEP_SECONDS, ZOHO_BACKOFF, Backoff
from chalicelib.wiring import clients
from chalicelib.wiring.shared import SharedParts
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.oauth import ZohoClientCredentials, refresh
from chalicelib.zoho.token_events import TokenEvents
from chalicelib.zoho.token_lease import TokenLease, TokenTiming
from chalicelib.zoho.token_record import TOKENS_REFUSED
from chalicelib.zoho.token_secret import TokenSecret
from chalicelib.zoho.tokens import AccessTokens

OnRevoked = Callable[[ZohoRefused | ZohoTokensRejected, str], None]
OnBlocked = Callable[[ZohoBlocked], None]

DIGEST_SHOWN = 12
LEASE_KEY = "token#zoho"


def build_gate(
    shared: SharedParts,
    client: KeptSecret[Mapping[str, str]],
    log: Logger,
    meter: Meter,
    *,
    backoff: Backoff | None,
    token_timing: TokenTiming | None,
    on_api_domain: Callable[[str], None],
) -> ZohoGate:
    """Build it; nothing is asked of Zoho or AWS before its first call."""
    credits_left, on_blocked = _credits(shared, log), _blocked_reporter(shared, log)
    return ZohoGate(
        zoho=build_zoho(
            shared.settings,
            client,
            log,
            meter,
            on_credits=_record_credits(credits_left, meter),
            on_api_domain=on_api_domain,
            on_revoked=_alert_on_revoked(shared),
            on_blocked=on_blocked,
            token_timing=token_timing,
        ),
        health=shared.health,
        banner=shared.banner,
        backoff=backoff or ZOHO_BACKOFF,
        now=clients.utc_now,
        random=random.random,
        new_id=clients.new_id,
        note_credits=credits_left.note,
        on_blocked=on_blocked,
    )


def check_step(
    shared: SharedParts,
    zoho: ZohoGate,
    publisher: VerdictPublisher,
    *,
    give_up_policy: GiveUpPolicy | None,
    log: Logger,
    pages: OrgPages,
) -> Callable[[Delivery], StepResult]:
    """Return the step that takes an inbox message."""
    return partial(
        check,
        health=shared.health,
        zoho=zoho,
        publisher=publisher,
        now=clients.utc_now,
        give_up_policy=give_up_policy or GiveUpPolicy(),
        qualified=shared.settings.qualified,
        field_unread=_field_reporter(shared, log),
        note=_notes(shared, log, pages),
    )


def build_zoho(
    settings: Settings,
    client: KeptSecret[Mapping[str, str]],
    log: Logger,
    meter: Meter,
    *,
    on_credits: Callable[[int], None],
    on_api_domain: Callable[[str], None],
    on_revoked: OnRevoked = lambda *_: None,
    on_blocked: OnBlocked = lambda _: None,
    token_timing: TokenTiming | None = None,
) -> ZohoClient:
    """Build the client; nothing is asked of Zoho or AWS before its first call.

    `on_revoked` is called for credentials that Zoho no longer takes, with the beginning of their digest and the name of the incident;
    `on_blocked` is called when the token endpoint lets nobody in.
    """
    return ZohoClient(
        tokens=build_tokens(
            settings,
            client,
            token_events(log, meter, on_revoked, on_blocked),
            timing=token_timing,
        ),
        session=clients.kept_session,
        api_version=settings.zoho_api_version,
        api_url=settings.zoho_api_url,
        center_api_url=data_center(settings.zoho_data_center).api_url,
        qualifying_field=settings.qualified.field if settings.qualified else "",
        on_credits=on_credits,
        on_api_domain=on_api_domain,
    )


def build_tokens(
    settings: Settings, client: KeptSecret[Mapping[str, str]], events: TokenEvents, *, timing: TokenTiming | None = None
) -> AccessTokens:
    """Build one worker's view of the shared token; nothing is asked of Zoho or AWS before its first call."""
    timing = timing or TokenTiming()
    server = accounts_url(settings.zoho_data_center, settings.zoho_accounts_url)
    store = ZohoTokenSecret(clients.secretsmanager(), settings.zoho_token)
    item = SharedItem(
        clients.table(settings.table),
        LEASE_KEY,
        keep_seconds=TOKEN_KEEP_SECONDS,
        now=clients.utc_now,
        new_id=clients.new_id,
    )
    return AccessTokens(
        secret=TokenSecret(store, sleep=time.sleep, warn=events.warn),
        lease=TokenLease(item=item, timing=timing, now=clients.utc_now, clock=time.monotonic, new_id=clients.new_id),
        credentials=lambda: _client_credentials(client.read(), server),
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
        on_revoked(ZohoTokensRejected("Zoho refuses new tokens.", reason=TOKENS_REFUSED), f"{known_by}-tokens-{day}")

    def warn(name: str, error: LeadmatchError) -> None:
        log.warning(name, extra={"reason": error.reason})

    return TokenEvents(warn=warn, on_failure=failed, on_revoked=revoked, on_tokens_refused=tokens_refused)


def _client_credentials(client: Mapping[str, str], server: str) -> ZohoClientCredentials:
    names = ("client_id", "client_secret", "refresh_token")
    missing = [name for name in names if not client.get(name)]
    if missing:
        raise Misconfigured(f"The secret zoho-client lacks {', '.join(missing)}.", reason="zoho_not_connected")
    return ZohoClientCredentials(**{name: client[name] for name in names}, accounts_url=server)


def _credits(shared: SharedParts, log: Logger) -> Credits:
    return Credits(
        floor=shared.settings.zoho_credits_floor,
        health=shared.health,
        now=clients.utc_now,
        warn=_warning(log, "credits_not_noted"),
    )


def _record_credits(credits_left: Credits, meter: Meter) -> Callable[[int], None]:
    """Return what records how many credits are left: in the worker's memory, and as a metric."""

    def record(left: int) -> None:
        credits_left.heard(left)
        meter.record({Metric.ZOHO_CREDITS_LEFT: left})

    return record


def _notes(shared: SharedParts, log: Logger, pages: OrgPages) -> Callable[[LeadEvent, ZohoHealth], None]:
    """Return what writes down for all workers when Zoho called, and which kind of org it is when that is news."""
    calls = CallNotes(shared.health, clients.utc_now, _warning(log, "call_not_noted"))

    def note(event: LeadEvent, state: ZohoHealth) -> None:
        calls.note(event, state)
        pages.learn(state.edition)
        if pages.edition is None or pages.edition == (state.edition or "production"):
            return
        write = log.info if pages.url else log.warning
        write("zoho_edition", extra={"edition": pages.edition, "has_links": bool(pages.url)})
        try:
            shared.health.note_edition(pages.edition)
        except Retryable as error:
            log.warning("edition_not_noted", extra={"reason": error.reason})

    return note


def _alert_on_revoked(shared: SharedParts) -> OnRevoked:
    """Return what alerts the operator to credentials that Zoho takes no more, once for each."""

    def alert_revoked(error: ZohoRefused | ZohoTokensRejected, known_by: str) -> None:
        alert = zoho_refuses(error, stage=shared.settings.stage)
        shared.operator_alerts.send(alert, subject=f"zoho-credentials-{known_by}")

    return alert_revoked


def _field_reporter(shared: SharedParts, log: Logger) -> Callable[[str], None]:
    """Return what logs that Zoho does not show a field, and alerts the operator."""
    send = _alert_once(shared, log)

    def report(field: str) -> None:
        log.warning("qualified_field_unread", extra={"field": field})
        send(field_is_not_shown(field, stage=shared.settings.stage), f"qualified-field-{field}")

    return report


def _blocked_reporter(shared: SharedParts, log: Logger) -> Callable[[ZohoBlocked], None]:
    """Return what logs that Zoho lets nobody in, and alerts the operator, once a day while it lasts."""
    send = _alert_once(shared, log)

    def report(error: ZohoBlocked) -> None:
        log.error("zoho_blocked", extra={"reason": error.reason})
        alert = zoho_blocks(error, stage=shared.settings.stage)
        send(alert, f"zoho-blocked-{error.reason}-{clients.utc_now().date()}")

    return report


def _alert_once(shared: SharedParts, log: Logger) -> Callable[[OperatorAlert, str], None]:
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


def _warning(log: Logger, name: str) -> Callable[[LeadmatchError], None]:
    """Return what logs an error's reason under a static name."""
    return lambda error: log.warning(name, extra={"reason": error.reason})
