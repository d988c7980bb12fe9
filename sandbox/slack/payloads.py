"""What Slack sends when a person acts: block_actions, view_submission and view_closed, as a signed form. Pure.

https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/authentication/verifying-requests-from-slack; slack_sdk
signs, so that what is sent and what is verified do not share their code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import Clock, SignatureVerifier

from sandbox.slack.ids import APP_ID, TEAM_ID
from sandbox.slack.people import Person
from sandbox.slack.views import OpenView, action_of
from sandbox.slack.workspace import Blocks, Channel, Message

Payload = dict[str, Any]


def message_click(
    person: Person,
    message: Message,
    channel: Channel,
    element: Mapping[str, Any],
    *,
    trigger_id: str,
    response_url: str,
    at: float,
) -> Payload:
    """Return the block_actions payload of a click on a message's element, given as it stands in its blocks."""
    return {
        **_base("block_actions", person, trigger_id),
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": False,
        },
        "channel": {"id": channel.id, "name": "privategroup" if channel.private else channel.name},
        "message": {**message.as_slack(metadata=True), "blocks": _with_ids(message.blocks)},
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [_action(element, _block_of(message.blocks, element), at=at)],
    }


def view_action(person: Person, view: OpenView, block_id: str, *, trigger_id: str, at: float) -> Payload:
    """Return the block_actions payload of something put into an input that dispatches."""
    element = view.inputs[block_id]["element"]
    action = {**view.values[block_id][action_of(element)], **_action(element, block_id, at=at)}
    return {
        **_base("block_actions", person, trigger_id),
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_slack(),
        "actions": [action],
    }


def submission(person: Person, view: OpenView, *, trigger_id: str) -> Payload:
    """Return the view_submission payload; https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload."""
    return {**_base("view_submission", person, trigger_id), "view": view.as_slack(), "response_urls": []}


def closing(person: Person, view: OpenView, *, is_cleared: bool) -> Payload:
    """Return the view_closed payload, which Slack sends for a view with `notify_on_close`."""
    payload = _base("view_closed", person, "")
    del payload["trigger_id"]
    return {**payload, "view": view.as_slack(), "is_cleared": is_cleared}


def form(payload: Mapping[str, Any]) -> bytes:
    """Return the body: one form field that holds the JSON."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, secret: str, *, at: float) -> dict[str, str]:
    """Return the headers of a body that Slack signs at this second."""
    timestamp = str(int(at))
    signature = SignatureVerifier(secret, Clock()).generate_signature(timestamp=timestamp, body=body)
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": str(signature),
    }


def _base(kind: str, person: Person, trigger_id: str) -> Payload:
    enterprise = {"id": person.enterprise_id, "name": "Quillworks"} if person.enterprise_id else None
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": "sandbox"},
        "user": {
            "id": person.id,
            "username": person.name.lower().replace(" ", "."),
            "name": person.name.lower().replace(" ", "."),
            "team_id": person.enterprise_id or person.team_id,
        },
        "api_app_id": APP_ID,
        "token": "verification-token-of-old",
        "trigger_id": trigger_id,
        "enterprise": enterprise,
        "is_enterprise_install": False,
    }


def _action(element: Mapping[str, Any], block_id: str, *, at: float) -> dict[str, Any]:
    shown = {name: element[name] for name in ("type", "action_id", "text", "value", "style") if name in element}
    return {**shown, "block_id": block_id, "action_ts": f"{at:.6f}"}


def _with_ids(blocks: Blocks) -> list[dict[str, Any]]:
    return [{"block_id": f"b{number}", **block} for number, block in enumerate(blocks)]


def _block_of(blocks: Blocks, element: Mapping[str, Any]) -> str:
    """Return the id of the block that holds the element; Slack gives one to a block without."""
    for block in _with_ids(blocks):
        if element in block.get("elements", ()) or block.get("accessory") == element:
            return str(block["block_id"])
    raise LookupError(f"No block has the element {element.get('action_id')}.")
