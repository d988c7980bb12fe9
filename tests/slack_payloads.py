"""Payloads as Slack sends them when somebody clicks a button or submits a form, after its reference.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

TEAM, PERSON = "T0OURS", "U0ADA"
RESPONSE_URL = "https://hooks.slack.com/actions/T0OURS/1/secret"


def clicked(action: str, lead_id: str, revision: int, **changes: Any) -> dict[str, Any]:
    """Return what a click on a button of a lead's message sends."""
    value = json.dumps({"lead_id": lead_id, "revision": revision})
    return {
        "type": "block_actions",
        "user": {"id": PERSON, "username": "ada.park", "name": "ada.park", "team_id": TEAM},
        "api_app_id": "A0LEADMATCH",
        "token": "deprecated",
        "container": {"type": "message", "message_ts": "1.0", "channel_id": "C0LEADS", "is_ephemeral": False},
        "trigger_id": "1.2.abc",
        "team": {"id": TEAM, "domain": "kestrel"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0LEADS", "name": "lead-matches"},
        "message": {"type": "message", "ts": "1.0", "text": "Ada Park", "blocks": []},
        "state": {"values": {}},
        "response_url": RESPONSE_URL,
        "actions": [
            {
                "action_id": action,
                "block_id": "b1",
                "text": {"type": "plain_text", "text": "Convert"},
                "value": value,
                "type": "button",
                "action_ts": "2.0",
            }
        ],
        **changes,
    }


def opened(view: Mapping[str, Any], *, view_id: str = "V0FORM", view_hash: str = "1.first") -> dict[str, Any]:
    """Return a view as it stands with a person: as it was given to Slack, with what its elements show at first."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    return {
        "id": view_id,
        "team_id": TEAM,
        "type": "modal",
        "blocks": view["blocks"],
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {
            "values": {one["block_id"]: {one["element"]["action_id"]: state_of(one["element"])} for one in inputs}
        },
        "hash": view_hash,
        "title": view["title"],
        "close": view["close"],
        "submit": view.get("submit"),
        "clear_on_close": False,
        "notify_on_close": False,
        "previous_view_id": None,
        "root_view_id": view_id,
        "app_id": "A0LEADMATCH",
        "external_id": "",
        "app_installed_team_id": TEAM,
        "bot_id": "B0LEADMATCH",
    }


def state_of(element: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of an element that nobody has touched."""
    kind = element["type"]
    if kind == "checkboxes":
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "datepicker":
        return {"type": kind, "selected_date": element.get("initial_date")}
    if kind in ("radio_buttons", "static_select"):
        return {"type": kind, "selected_option": element.get("initial_option")}
    return {"type": kind, "value": element.get("initial_value")}


def select(view: dict[str, Any], block: str, value: str | None) -> None:
    """Let the person choose an option of an open view, or tick it."""
    element = next(one["element"] for one in view["blocks"] if one.get("block_id") == block)
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    options = [option for group in groups for option in group["options"] if option["value"] == value]
    state = _state(view, block)
    if element["type"] == "checkboxes":
        state["selected_options"] = options
    else:
        state["selected_option"] = options[0] if options else value and {"value": value}


def write(view: dict[str, Any], block: str, text: str) -> None:
    """Let the person write a text, or choose a date, in an open view."""
    state = _state(view, block)
    state["selected_date" if state["type"] == "datepicker" else "value"] = text


def chose(view: Mapping[str, Any], block: str, **changes: Any) -> dict[str, Any]:
    """Return what Slack sends when the person has chosen something in a block of a view that dispatches."""
    state = _state(view, block)
    return {
        "type": "block_actions",
        "user": {"id": PERSON, "username": "ada.park", "name": "ada.park", "team_id": TEAM},
        "api_app_id": "A0LEADMATCH",
        "token": "deprecated",
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": "1.3.abc",
        "team": {"id": TEAM, "domain": "kestrel"},
        "enterprise": None,
        "is_enterprise_install": False,
        "view": view,
        "actions": [{**state, "action_id": block, "block_id": block, "action_ts": "3.0"}],
        **changes,
    }


def submitted(view: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what Slack sends when the person submits a view."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "kestrel"},
        "user": {"id": PERSON, "username": "ada.park", "name": "ada.park", "team_id": TEAM},
        "api_app_id": "A0LEADMATCH",
        "token": "deprecated",
        "trigger_id": "1.4.abc",
        "view": view,
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
        **changes,
    }


def _state(view: Mapping[str, Any], block: str) -> dict[str, Any]:
    """Return the state of a block's element."""
    (state,) = view["state"]["values"][block].values()
    found: dict[str, Any] = state
    return found


def body_of(payload: object) -> bytes:
    """Return the body in which Slack sends a payload."""
    return urlencode({"payload": json.dumps(payload)}).encode()
