"""The sandbox behind the page: the whole system, people who act, and a sweep every few seconds; times are shortened.

A person who breaks Zoho will not wait five minutes for the banner, nor six hours for a lead that is given up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import IO, Any

import app
from chalicelib import timing
from chalicelib.steps.announce import BannerPolicy
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.steps.convert import ConvertTiming
from chalicelib.timing import ZOHO_BACKOFF
from sandbox.acting import Acting, people_act
from sandbox.system import Sandbox
from sandbox.watch import Watch

POSTS_PER_SECOND = 20.0
SWEEP_SECONDS = 5.0
BANNER_AFTER_SECONDS = 4.0
GIVE_UP_SECONDS = 120.0
GIVE_UP_ALONE_SECONDS = 20.0
READ_AGAIN_SECONDS = (2.0, 3.0, 5.0)
POLICY = GiveUpPolicy(
    unavailable_seconds=GIVE_UP_SECONDS, locked_seconds=GIVE_UP_ALONE_SECONDS, alone_seconds=GIVE_UP_ALONE_SECONDS
)
BACKOFF = replace(ZOHO_BACKOFF, first_seconds=2, longest_seconds=4)
BANNER = BannerPolicy(before_banner_seconds=BANNER_AFTER_SECONDS, between_edits_seconds=1)
CONVERT = ConvertTiming(read_again_seconds=READ_AGAIN_SECONDS)


@contextmanager
def running(log: IO[str], watch: Watch) -> Iterator[Acting]:
    """Run the system for the length of a block; yield its people in front of Slack."""
    times: dict[str, Any] = {
        "give_up_policy": POLICY,
        "zoho_backoff": BACKOFF,
        "banner_policy": BANNER,
        "convert_timing": CONVERT,
    }
    with (
        _outages_are_known_early(),
        Sandbox(log=log, posts_per_second=POSTS_PER_SECOND, watch=watch, **times) as sandbox,
        people_act(sandbox, **times) as people,
        _swept(sandbox),
    ):
        yield people


@contextmanager
def _outages_are_known_early() -> Iterator[None]:
    """Let an outage be one for everybody from its banner on, as in the product: until then a lead is given up as one alone."""
    product, timing.OUTAGE_LASTS = timing.OUTAGE_LASTS, timedelta(seconds=BANNER_AFTER_SECONDS)
    try:
        yield
    finally:
        timing.OUTAGE_LASTS = product


@contextmanager
def _swept(sandbox: Sandbox) -> Iterator[None]:
    """Run the sweep as the schedule does, and read the match events as another system does."""
    ending = threading.Event()

    def sweep() -> None:
        while not ending.wait(SWEEP_SECONDS):
            try:
                app.wiring.sweep()
            except Exception as error:  # noqa: BLE001 - as in Lambda, the next one comes all the same
                sandbox.pump.raised.append(error)
            sandbox.match_texts()

    thread = threading.Thread(target=sweep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
