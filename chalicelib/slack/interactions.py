"""A click on a button of ours, as Slack sends it: signed, and one form field that holds JSON. Pure.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qs

from chalicelib.signatures import is_recent, same

VERSION = "v0"
TIMESTAMP_HEADER = "x-slack-request-timestamp"
SIGNATURE_HEADER = "x-slack-signature"
MAX_NAME_CHARACTERS = 40
MAX_NAMES = 5


def is_from_slack(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> bool:
    """Return whether Slack signed this call (HMAC-SHA256 over its second and the body) in the last five minutes.

    Header names are lower case. https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    if not secret or not is_recent(timestamp, now):
        return False
    return same(headers.get(SIGNATURE_HEADER, ""), signature(secret, timestamp, body))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a call as Slack does."""
    signed = f"{VERSION}:{timestamp}:".encode() + body
    return f"{VERSION}={hmac.digest(secret.encode('utf-8', 'surrogatepass'), signed, 'sha256').hex()}"


def clicked(body: bytes) -> tuple[str, ...]:
    """Return the names (`action_id`) of the buttons that were clicked, for the log; none of a body that names none."""
    try:
        payload = json.loads(
            parse_qs(body.decode("utf-8", "replace"), max_num_fields=MAX_NAMES).get("payload", [""])[0]
        )
    except (ValueError, RecursionError):
        return ()
    actions = payload.get("actions") if isinstance(payload, Mapping) else None
    names = [a.get("action_id") for a in actions if isinstance(a, Mapping)] if isinstance(actions, list) else []
    return tuple(name[:MAX_NAME_CHARACTERS] for name in names[:MAX_NAMES] if isinstance(name, str))
