"""Puts check together, which alone loads this: the step, what lets all workers ask Zoho together, Zoho's client and its tokens.

The access token comes from the secret that `refresh` writes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.aws.queues import Delivery
from chalicelib.aws.secrets import ZohoTokenSecret
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.data_centers import OrgPages, data_center
from chalicelib.errors import LeadmatchError, Retryable
from chalicelib.events import LeadEvent
from chalicelib.metrics import Meter, Metric
from chalicelib.settings import Settings
from chalicelib.steps.announce import field_is_not_shown
from chalicelib.steps.calls import CallNotes
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.publish import VerdictPublisher
from chalicelib.steps.results import StepResult
from chalicelib.steps.zoho_gate import Credits, ZohoGate
from chalicelib.timing import TOKEN_WAIT_SECONDS, ZOHO_BACKOFF, Backoff
from chalicelib.wiring import clients
from chalicelib.wiring.shared import SharedParts, alert_once, blocked_reporter, token_requests
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.tokens import AccessTokens


def build_gate(
    shared: SharedParts,
    log: Logger,
    meter: Meter,
    *,
    backoff: Backoff | None,
    token_wait_seconds: float,
    on_api_domain: Callable[[str], None],
) -> ZohoGate:
    """Build it; nothing is asked of Zoho or AWS before its first call."""
    credits_left = _credits(shared, log)
    tokens = build_tokens(shared.settings, log, wait_seconds=token_wait_seconds)
    return ZohoGate(
        zoho=build_zoho(
            shared.settings, tokens, on_credits=_record_credits(credits_left, meter), on_api_domain=on_api_domain
        ),
        health=shared.health,
        banner=shared.banner,
        backoff=backoff or ZOHO_BACKOFF,
        now=clients.utc_now,
        random=random.random,
        new_id=clients.new_id,
        note_credits=credits_left.note,
        hear_of_token=tokens.heard,
        on_blocked=blocked_reporter(shared, log),
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
    tokens: AccessTokens,
    *,
    on_credits: Callable[[int], None],
    on_api_domain: Callable[[str], None],
) -> ZohoClient:
    """Build the client; nothing is asked of Zoho or AWS before its first call."""
    return ZohoClient(
        tokens=tokens,
        session=clients.kept_session,
        api_version=settings.zoho_api_version,
        api_url=settings.zoho_api_url,
        center_api_url=data_center(settings.zoho_data_center).api_url,
        qualifying_field=settings.qualified.field if settings.qualified else "",
        on_credits=on_credits,
        on_api_domain=on_api_domain,
    )


def build_tokens(
    settings: Settings,
    log: Logger,
    *,
    wait_seconds: float = TOKEN_WAIT_SECONDS,
    read_record: Callable[[], Mapping[str, Any]] | None = None,
) -> AccessTokens:
    """Build one worker's view of the access token; nothing is asked of AWS before its first call."""
    return AccessTokens(
        secret=ZohoTokenSecret(clients.secretsmanager(), settings.zoho_token),
        request=token_requests(settings),
        warn=lambda name, error: log.warning(name, extra={"reason": error.reason}),
        now=clients.utc_now,
        clock=time.monotonic,
        sleep=time.sleep,
        wait_seconds=wait_seconds,
        read_record=read_record,
    )


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


def _field_reporter(shared: SharedParts, log: Logger) -> Callable[[str], None]:
    """Return what logs that Zoho does not show a field, and alerts the operator."""
    send = alert_once(shared, log)

    def report(field: str) -> None:
        log.warning("qualified_field_unread", extra={"field": field})
        send(field_is_not_shown(field, stage=shared.settings.stage), f"qualified-field-{field}")

    return report


def _warning(log: Logger, name: str) -> Callable[[LeadmatchError], None]:
    """Return what logs an error's reason under a static name."""
    return lambda error: log.warning(name, extra={"reason": error.reason})
