"""Puts convert together, which alone loads this: what it reads, Zoho and its users, and whom it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.aws.conversions import Conversions, read_context
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import Delivery
from chalicelib.data_centers import OrgPages
from chalicelib.settings import Settings
from chalicelib.steps.convert import Converter, ConvertTiming
from chalicelib.steps.publish_conversion import ConversionPublisher
from chalicelib.steps.results import StepResult
from chalicelib.wiring import clients
from chalicelib.wiring.check import build_tokens, build_zoho
from chalicelib.wiring.shared import SharedParts
from chalicelib.zoho.conversion import Outcome
from chalicelib.zoho.users import ZohoUsers


def convert_step(
    shared: SharedParts,
    ledger: Ledger,
    log: Logger,
    pages: OrgPages,
    *,
    token_wait_seconds: float,
    timing: ConvertTiming | None,
) -> Callable[[Delivery], StepResult]:
    """Return the step that takes a message of the convert queue; nothing is asked of Zoho or AWS before its first call.

    What was clicked while people could act is worked on to its end, also after that was switched off.
    """
    settings = shared.settings
    tokens = build_tokens(settings, log, wait_seconds=token_wait_seconds)
    zoho = build_zoho(settings, tokens, on_credits=lambda _: None, on_api_domain=pages.heard)
    table = clients.table(settings.table)

    def open_call(lead_id: str, body: Mapping[str, Any]) -> Callable[[], Outcome]:
        return zoho.conversion(lead_id=lead_id, body=body, session=clients.fresh_session)

    return Converter(
        read_context=partial(read_context, table, warn=clients.warn_of_list),
        conversions=Conversions(table, now=clients.utc_now),
        zoho=zoho,
        users=ZohoUsers(zoho, now=clients.utc_now),
        open_call=open_call,
        publisher=build_conversion_publisher(shared, ledger, pages),
        now=clients.utc_now,
        new_id=clients.new_id,
        timing=timing or ConvertTiming(),
    ).work_on


def build_conversion_publisher(shared: SharedParts, ledger: Ledger, pages: OrgPages) -> ConversionPublisher:
    """Build it, with links into the stage's org; nothing is sent before its first call."""
    settings: Settings = shared.settings
    return ConversionPublisher(
        ledger=ledger,
        slack=clients.queue(settings.slack_queue),
        matches=clients.queue(settings.matches_queue),
        inbox=clients.queue(settings.inbox_queue),
        alerts=shared.operator_alerts,
        channel=settings.slack_channel,
        link=pages.link,
        stage=settings.stage,
        now=clients.utc_now,
    )
