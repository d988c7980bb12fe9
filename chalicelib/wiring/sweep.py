"""Puts together what the sweep needs: for the access token, for leads that wait, and for the dead letters of both queues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from aws_lambda_powertools import Logger

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import DeadLetter, DeadLetters, Queue, dead_letter_url
from chalicelib.aws.secrets import ZohoTokenSecret
from chalicelib.aws.stage_lists import KEY as LISTS_KEY
from chalicelib.aws.stage_lists import read_lists
from chalicelib.data_centers import OrgPages
from chalicelib.errors import Retryable
from chalicelib.routing import Route
from chalicelib.settings import Settings
from chalicelib.steps.calls import CallWatch
from chalicelib.steps.publish import VerdictPublisher
from chalicelib.steps.results import StepResult
from chalicelib.steps.sweep import DeadLetterHandler, handle_dead_letters, sweep
from chalicelib.timing import SWEEP_PART_SECONDS
from chalicelib.wiring import clients
from chalicelib.wiring.shared import SharedParts, token_requests
from chalicelib.zoho.tokens import request_early


def request_token(settings: Settings) -> None:
    """Request the next access token long before the end of this one."""
    secret = ZohoTokenSecret(clients.secretsmanager(), settings.zoho_token)
    request_early(secret, request=token_requests(settings), now=clients.utc_now())


def queue_the_due(shared: SharedParts, *, ledger: Ledger, log: Logger, pages: OrgPages) -> StepResult:
    """Queue the leads that are due, look after the banner, and watch whether Zoho still calls."""
    settings, state = shared.settings, shared.health.read()
    pages.learn(state.edition)
    try:
        _call_watch(shared).look(state)
    except Retryable as error:  # the next sweep alerts
        log.warning("calls_not_watched", extra={"reason": error.reason})
    return sweep(
        ledger=ledger,
        inbox=Queue(clients.sqs(), settings.inbox_queue),
        banner=shared.banner,
        state=state,
        credits_floor=settings.zoho_credits_floor,
        now=clients.utc_now,
        new_event_id=clients.new_id,
    )


def _call_watch(shared: SharedParts) -> CallWatch:
    return CallWatch(
        health=shared.health,
        alert=lambda alert, subject: shared.operator_alerts.send(alert, subject=subject),
        now=clients.utc_now,
        days=shared.settings.silence_days,
        stage=shared.settings.stage,
    )


def handle_dead_leads(
    log_result: Callable[[StepResult], None], *, settings: Settings, ledger: Ledger, publisher: VerdictPublisher
) -> Counter[str]:
    """Work through the inbox's dead letters and report each; return how often each thing was done."""
    handler = _handler(settings, ledger, publisher)
    return handle_letters(settings.inbox_queue, handler.lead, log_result)


def handle_dead_notices(
    log_result: Callable[[StepResult], None], *, settings: Settings, ledger: Ledger, publisher: VerdictPublisher
) -> Counter[str]:
    """Work through the slack queue's dead letters and report each; return how often each thing was done."""
    handler = _handler(settings, ledger, publisher)
    return handle_letters(settings.slack_queue, handler.notice, log_result)


def _handler(settings: Settings, ledger: Ledger, publisher: VerdictPublisher) -> DeadLetterHandler:
    return DeadLetterHandler(
        ledger=ledger,
        publisher=publisher,
        slack=Queue(clients.sqs(), settings.slack_queue),
        operator_channel=settings.operator_channel,
        now=clients.utc_now,
        routes=partial(_routes, settings),
    )


def _routes(settings: Settings) -> Sequence[Route]:
    """Read the stage's rules, for a lead that no check came to an end with."""
    item = clients.table(settings.table).get_all((LISTS_KEY,)).get(LISTS_KEY, {})
    return read_lists(item, warn=clients.warn_of_list).routes


def handle_letters(
    url: str, handle: Callable[[DeadLetter], StepResult], log_result: Callable[[StepResult], None]
) -> Counter[str]:
    """Work through a queue's dead letters and report each; return how often each thing was done."""
    letters = DeadLetters(clients.sqs(), dead_letter_url(url))
    return handle_dead_letters(letters, handle, log=log_result, now=clients.utc_now, seconds=SWEEP_PART_SECONDS)
