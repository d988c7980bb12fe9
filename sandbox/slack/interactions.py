"""How Slack tells an app of a click on one of its buttons: a signed form with the whole message in it.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from sandbox.callers import Call
from sandbox.slack.workspace import Message

CLICKER = {"id": "U0SANDBOX", "username": "robin.clicks", "name": "robin.clicks", "team_id": "T0SANDBOX"}


def buttons(message: Message) -> Iterator[dict[str, Any]]:
    """Give a message's buttons."""
    for block in message.blocks:
        if block["type"] == "actions":
            yield from block["elements"]


def click(message: Message, button: dict[str, Any], *, channel: str, secret: str, at: float | None = None) -> Call:
    """Give the call that Slack makes when somebody clicks this button, a link's too; `secret` is the signing secret."""
    payload = {
        "type": "block_actions",
        "user": CLICKER,
        "api_app_id": "A0SANDBOX",
        "container": {"type": "message", "message_ts": message.ts, "channel_id": channel, "is_ephemeral": False},
        "trigger_id": "1.2.sandbox",
        "channel": {"id": channel},
        "message": {"type": "message", "ts": message.ts, "text": message.text, "blocks": list(message.blocks)},
        "response_url": "https://hooks.slack.invalid/actions/T0SANDBOX/1/sandbox",
        "actions": [button | {"action_ts": message.ts}],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
    return Call("click", body, headers | {"Content-Type": "application/x-www-form-urlencoded"})
