"""One invocation of a function in a process of its own: what Lambda does, with the real app.py.

The fork server imports this module once; every worker is a fork of it, with all modules and tables loaded and no client open:
what a worker loads by itself would be loaded some ten thousand times in a whole matrix.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from chalice.config import Config
from chalice.local import LambdaContext, LocalGateway

import app
import chalicelib
from chalicelib import timing
from chalicelib.errors import LeadmatchError
from chalicelib.steps.convert import ConvertTiming
from chalicelib.steps.notify import Timing
from chalicelib.timing import ZOHO_BACKOFF, Backoff
from chalicelib.verdict.compare import is_placeholder
from chalicelib.verdict.names import same_company
from chalicelib.wiring import Wiring
from sandbox.aws import READ_SECONDS
from sandbox.callers import Call
from sandbox.local_api import scheduled_event
from tests.conftest import stay_on_this_machine
from tests.faults import broken

REMAINING_MILLISECONDS = 20_000
TIMING = Timing(lease_seconds=8, in_flight_seconds=3, read_back_after_seconds=1)
CONVERT_TIMING = ConvertTiming(lease_seconds=8, read_again_seconds=(1, 1, 1), message_late=timedelta(seconds=1))
TOKEN_WAIT_SECONDS = 0
"""Refresh is invoked between two attempts of check, so that the calls of a run have an order."""
BACKOFF = replace(ZOHO_BACKOFF, first_seconds=1)

stay_on_this_machine()
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
same_company("Zylker", "Zylker Ltd"), is_placeholder("n/a", "Ada Park")  # their tables are built at the first question


@dataclass(frozen=True, slots=True)
class Times:
    """How long the product takes its time; nobody here has 45 seconds. `kill_seconds` is Lambda's time-out.

    `in_flight_seconds` is the longest that a call is under way after its worker's end. The lease is longer than both
    together.
    """

    timing: Timing = TIMING
    convert: ConvertTiming = CONVERT_TIMING
    zoho_backoff: Backoff = BACKOFF
    kill_seconds: float = 5
    in_flight_seconds: float = 2


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do: a call over HTTP, or an event of Lambda's for one of the other functions."""

    function: str
    work: Call | Mapping[str, Any]
    environ: Mapping[str, str]
    log: Path
    times: Times
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the HTTP answer, or what the function raised."""

    raised: str = ""
    status: int = 0
    body: str = ""


def work(job: Job, answers: Connection) -> None:
    """Do the job in this process and send the answer."""
    os.environ.clear()
    os.environ.update(job.environ)
    timing.AWS_READ_SECONDS = timing.ACT_AWS_SECONDS = timing.ACT_SECONDS = timing.MENTION_SECONDS = READ_SECONDS
    timing.CLICK_ANSWER_SECONDS = 0.0  # act has answered before anything is delivered
    sys.stdout = job.log.open("a", buffering=1)
    random.random = lambda: 0.0  # no jitter: workers that come back as early as they may are the harder case
    times = job.times
    app.wiring = Wiring(
        os.environ,
        timing=times.timing,
        convert_timing=times.convert,
        token_wait_seconds=TOKEN_WAIT_SECONDS,
        zoho_backoff=times.zoho_backoff,
    )
    broken.break_on_purpose(job.broken)
    answers.send(_answer(job))


def _answer(job: Job) -> Answer:
    if isinstance(job.work, Call):
        gateway = LocalGateway(app.app, Config())
        answer = gateway.handle_request(
            "POST", "/zoho/leads" if job.function == "receive" else "/slack/actions", job.work.headers, job.work.body
        )
        return Answer(status=answer["statusCode"], body=answer["body"])
    try:
        if job.function == "sweep":
            app.sweep(scheduled_event(), None)
            return Answer()
        functions = {"check": app.check, "notify": app.notify, "convert": app.convert, "refresh": app.refresh}
        functions[job.function](dict(job.work), LambdaContext(job.function, 512, REMAINING_MILLISECONDS))
    except LeadmatchError as error:
        return Answer(raised=error.reason)
    return Answer()
