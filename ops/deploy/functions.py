"""The four functions of a stage, as Chalice names them, and the paths at the one behind the API."""

from __future__ import annotations

from ops.provision.section import ROLES

API = "api_handler"
WEBHOOK_PATH = "zoho/leads"
ACTIONS_PATH = "slack/actions"
FUNCTIONS = tuple(ROLES)
"""Their keys in config.json and in Chalice's record of a deploy."""


def function_name(stage: str, key: str) -> str:
    """Give a function's name in AWS; the one behind the API has the stage's own."""
    return f"leadmatch-{stage}" if key == API else f"leadmatch-{stage}-{key}"
