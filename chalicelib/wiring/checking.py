"""Puts check together: what asks Zoho as all workers together may, and the step; only check loads it."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from aws_lambda_powertools import Logger

from chalicelib.aws.queues import Delivery
from chalicelib.aws.secrets import CredentialsSecret
from chalicelib.aws.zoho_health import ZohoState
from chalicelib.data_centers import OrgPages
from chalicelib.errors import LeadmatchError, Retryable, ZohoBlocked, ZohoRefused
from chalicelib.events import LeadEvent
from chalicelib.metrics import Meter, Metric
from chalicelib.slack.announcements import Trouble
from chalicelib.steps.announce import field_is_not_shown, zoho_blocks, zoho_refuses
from chalicelib.steps.calls import CallNotes
from chalicelib.steps.check import Patience, check
from chalicelib.steps.publish import Dispatch
from chalicelib.steps.results import Outcome
from chalicelib.steps.zoho_gate import Credits, Pauses, SharedAsking
from chalicelib.wiring import clients
from chalicelib.wiring.shared_parts import SharedParts
from chalicelib.wiring.zoho import build_zoho
from chalicelib.wiring.zoho_tokens import OnRevoked
from chalicelib.zoho.token_lease import TokenTiming


def build_asking(
    shared: SharedParts,
    credentials: CredentialsSecret,
    log: Logger,
    meter: Meter,
    *,
    pauses: Pauses | None,
    token_timing: TokenTiming | None,
    on_api_domain: Callable[[str], None],
) -> SharedAsking:
    """Build it; nothing is asked of Zoho or AWS before its first call."""
    credits_left, on_blocked = _credits(shared, log), _blocked_reporter(shared, log)
    return SharedAsking(
        zoho=build_zoho(
            shared.settings,
            credentials,
            log,
            meter,
            on_credits=_ear(credits_left, meter),
            on_api_domain=on_api_domain,
            on_revoked=_teller(shared),
            on_blocked=on_blocked,
            token_timing=token_timing,
        ),
        states=shared.states,
        banner=shared.banner,
        pauses=pauses or Pauses(),
        now=clients.utc_now,
        random=random.random,
        new_id=clients.new_id,
        note_credits=credits_left.note,
        on_blocked=on_blocked,
    )


def check_step(
    shared: SharedParts,
    zoho: SharedAsking,
    dispatch: Dispatch,
    *,
    patience: Patience | None,
    log: Logger,
    pages: OrgPages,
) -> Callable[[Delivery], Outcome]:
    """Give the step that takes an inbox message."""
    return partial(
        check,
        states=shared.states,
        zoho=zoho,
        dispatch=dispatch,
        now=clients.utc_now,
        patience=patience or Patience(),
        qualified=shared.settings.qualified,
        field_unread=_field_reporter(shared, log),
        note=_notes(shared, log, pages),
    )


def _credits(shared: SharedParts, log: Logger) -> Credits:
    return Credits(
        floor=shared.settings.zoho_credits_floor,
        states=shared.states,
        now=clients.utc_now,
        warn=_warning(log, "credits_not_noted"),
    )


def _warning(log: Logger, name: str) -> Callable[[LeadmatchError], None]:
    """Return what logs an error's reason under a static name."""
    return lambda error: log.warning(name, extra={"reason": error.reason})


def _teller(shared: SharedParts) -> OnRevoked:
    """Give what tells the operator of credentials that Zoho takes no more, once for each."""

    def tell(error: ZohoRefused, known_by: str) -> None:
        trouble = zoho_refuses(error, stage=shared.settings.stage)
        shared.operator.tell(trouble, subject=f"zoho-credentials-{known_by}")

    return tell


def _tell_once(shared: SharedParts, log: Logger) -> Callable[[Trouble, str], None]:
    """Return what tells the operator's channel of a subject once; that it could not be told fails no lead."""
    told: set[str] = set()

    def tell(trouble: Trouble, subject: str) -> None:
        if subject in told:
            return
        try:
            shared.operator.tell(trouble, subject=subject)
            told.add(subject)
        except Retryable as error:
            log.warning("operator_not_told", extra={"reason": error.reason})

    return tell


def _field_reporter(shared: SharedParts, log: Logger) -> Callable[[str], None]:
    """Return what logs that Zoho does not show a field, and tells the operator."""
    tell = _tell_once(shared, log)

    def report(field: str) -> None:
        log.warning("qualified_field_unread", extra={"field": field})
        tell(field_is_not_shown(field, stage=shared.settings.stage), f"qualified-field-{field}")

    return report


def _blocked_reporter(shared: SharedParts, log: Logger) -> Callable[[ZohoBlocked], None]:
    """Return what logs that Zoho lets nobody in, and tells the operator, once a day while it lasts."""
    tell = _tell_once(shared, log)

    def report(error: ZohoBlocked) -> None:
        log.error("zoho_blocked", extra={"reason": error.reason})
        trouble = zoho_blocks(error, stage=shared.settings.stage)
        tell(trouble, f"zoho-blocked-{error.reason}-{clients.utc_now().date()}")

    return report


def _notes(shared: SharedParts, log: Logger, pages: OrgPages) -> Callable[[LeadEvent, ZohoState], None]:
    """Return what writes down for all workers when Zoho called, and which kind of org it is when that is news."""
    calls = CallNotes(shared.states, clients.utc_now, _warning(log, "call_not_noted"))

    def note(event: LeadEvent, state: ZohoState) -> None:
        calls.note(event, state)
        pages.learn(state.edition)
        if pages.edition is None or pages.edition == (state.edition or "production"):
            return
        tell = log.info if pages.url else log.warning
        tell("zoho_edition", extra={"edition": pages.edition, "has_links": bool(pages.url)})
        try:
            shared.states.note_edition(pages.edition)
        except Retryable as error:
            log.warning("edition_not_noted", extra={"reason": error.reason})

    return note


def _ear(credits_left: Credits, meter: Meter) -> Callable[[int], None]:
    """Give what hears of credits left: the worker's memory, and the metric."""

    def hear(left: int) -> None:
        credits_left.heard(left)
        meter.record({Metric.ZOHO_CREDITS_LEFT: left})

    return hear
