"""The six functions of a stage as Chalice and AWS name them, the paths at the one behind the API, and the Python that they run on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ops.timing import RUNTIME_NOTICE

API = "api_handler"
WEBHOOK_PATH = "zoho/leads"
ACTIONS_PATH = "slack/actions"
ROLES = {
    "api_handler": "ApiRoleArn",
    "check": "CheckRoleArn",
    "notify": "NotifyRoleArn",
    "convert": "ConvertRoleArn",
    "refresh": "RefreshRoleArn",
    "sweep": "SweepRoleArn",
}
"""Each function's key in config.json, and the stack's output with its role."""
FUNCTIONS = tuple(ROLES)
"""Their keys in config.json and in Chalice's record of a deploy."""


@dataclass(frozen=True, slots=True)
class RuntimeLifetime:
    """The last day with updates from AWS, and the first on which Lambda takes no code for the runtime any more."""

    updated_until: date
    closed_from: date


PYTHON_RUNTIMES = {
    "python3.11": RuntimeLifetime(date(2027, 6, 30), date(2027, 8, 31)),
    "python3.12": RuntimeLifetime(date(2028, 10, 31), date(2029, 1, 10)),
    "python3.13": RuntimeLifetime(date(2029, 6, 30), date(2029, 8, 31)),
    "python3.14": RuntimeLifetime(date(2029, 6, 30), date(2029, 8, 31)),
}
"""How long AWS keeps each of Lambda's Python runtimes up to date: Chalice deploys to that of the Python which runs it.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtimes-supported; a test compares it with what cfn-lint
knows of that page, so the dates follow whenever the pins are renewed.
"""
NEWEST_PYTHON = "3.14"


def function_name(stage: str, key: str) -> str:
    """Return a function's name in AWS; the one behind the API has the stage's own."""
    return f"leadmatch-{stage}" if key == API else f"leadmatch-{stage}-{key}"


def this_runtime() -> str:
    """Return Lambda's name for the Python that runs here."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def warn_of_runtime(warn: Callable[[str], None], runtime: str, *, on: date | None = None) -> None:
    """Say when AWS keeps a runtime up to date no longer, or soon no longer; `on` is a day, today unless given."""
    if said := runtime_ending(runtime, on=on or datetime.now(UTC).date()):
        warn(said)


def runtime_ending(runtime: str, *, on: date) -> str:
    """Return what to know of a runtime that AWS keeps up to date no longer, or soon no longer; else an empty text."""
    lifetime = PYTHON_RUNTIMES.get(runtime)
    if lifetime is None or on < lifetime.updated_until - RUNTIME_NOTICE:
        return ""
    python = runtime.removeprefix("python")
    end = "ended on" if on > lifetime.updated_until else "end on"
    return (
        f"AWS's updates of Lambda's Python {python} {end} {lifetime.updated_until}, and Lambda accepts no code for it from {lifetime.closed_from} on. "
        f"Use a newer Python, up to {NEWEST_PYTHON}: make clean, then make setup PYTHON=python{NEWEST_PYTHON}, then deploy again."
    )
