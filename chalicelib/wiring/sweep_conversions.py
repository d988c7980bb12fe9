"""Puts together the sweep's part in converting, which a stage without actions never loads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from aws_lambda_powertools import Logger

from chalicelib.aws.conversions import Conversions, read_context
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.pipeline_item import PipelineItem
from chalicelib.data_centers import OrgPages
from chalicelib.errors import LeadmatchError
from chalicelib.steps.results import StepResult
from chalicelib.steps.sweep_conversions import ConversionSweep, renew_pipelines
from chalicelib.wiring import clients
from chalicelib.wiring.check import build_tokens, build_zoho
from chalicelib.wiring.convert import build_conversion_publisher
from chalicelib.wiring.shared import SharedParts
from chalicelib.wiring.sweep import handle_letters
from chalicelib.zoho.pipelines import read_pipelines


def conversion_sweep(shared: SharedParts, ledger: Ledger, pages: OrgPages) -> ConversionSweep:
    """Build what looks after conversions; nothing is asked of AWS before its first call."""
    table = clients.table(shared.settings.table)
    return ConversionSweep(
        conversions=Conversions(table, now=clients.utc_now),
        convert_queue=clients.queue(shared.settings.convert_queue),
        publisher=build_conversion_publisher(shared, ledger, pages),
        read_context=partial(read_context, table, warn=clients.warn_of_list),
        now=clients.utc_now,
    )


def handle_dead_clicks(
    log_result: Callable[[StepResult], None], *, looked_after_by: ConversionSweep, url: str
) -> Counter[str]:
    """Work through the convert queue's dead letters and report each; return how often each thing was done."""
    return handle_letters(url, looked_after_by.dead_letter, log_result)


def renew_stage_pipelines(shared: SharedParts, log: Logger, pages: OrgPages) -> None:
    """Read the pipelines of deals from Zoho, once an hour; without the scope the form offers no deal, and the log says so."""
    settings = shared.settings
    tokens = build_tokens(settings, log)
    zoho = build_zoho(settings, tokens, on_credits=lambda _: None, on_api_domain=pages.heard)
    store = PipelineItem(clients.table(settings.table), now=clients.utc_now)
    try:
        renew_pipelines(store, read=partial(read_pipelines, zoho), now=clients.utc_now)
    except LeadmatchError as error:
        log.warning("pipelines_not_read", extra={"reason": error.reason})
