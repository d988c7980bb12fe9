"""Puts together check's part in watching Zoho; only check loads what asks Zoho."""

from __future__ import annotations

import random
from collections.abc import Callable

from aws_lambda_powertools import Logger

from chalicelib.metrics import Meter, Metric
from chalicelib.steps.credits import Credits
from chalicelib.steps.outage import Pauses, Watch
from chalicelib.wiring import clients
from chalicelib.wiring.announcing import Announcing


def build_credits(announcing: Announcing, log: Logger) -> Credits:
    """Build the worker's memory of the credits left."""
    return Credits(
        states=announcing.states,
        now=clients.utc_now,
        warn=lambda error: log.warning("credits_not_noted", extra={"reason": error.reason}),
    )


def ear(credits_left: Credits, meter: Meter) -> Callable[[int], None]:
    """Give what hears of credits left: the worker's memory, and the metric."""

    def hear(left: int) -> None:
        credits_left.heard(left)
        meter.record({Metric.ZOHO_CREDITS_LEFT: left})

    return hear


def build_watch(announcing: Announcing, credits_left: Credits, pauses: Pauses | None) -> Watch:
    """Build what asks Zoho as all workers together may."""
    return Watch(
        states=announcing.states,
        banner=announcing.banner,
        pauses=pauses or Pauses(),
        now=clients.utc_now,
        random=random.random,
        new_id=clients.new_id,
        note_credits=credits_left.note,
    )
