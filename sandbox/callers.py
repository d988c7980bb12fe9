"""The calls of the webhook: Zoho's, or those of a program in its place, in every form."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import requests

CALL_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its body as sent, its headers, and what people call this form."""

    form: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    query: dict[str, str] = field(default_factory=dict)

    def send(self, url: str) -> requests.Response:
        """Send it."""
        return requests.request(
            self.method, url, params=self.query, data=self.body, headers=self.headers, timeout=CALL_SECONDS
        )


def json_call(lead_id: str, key: str) -> Call:
    """Call as a workflow webhook with a raw JSON body does."""
    body = json.dumps({"lead_id": lead_id, "Lead_Status": "Qualified"}).encode()
    return Call("JSON", body, {"X-Leadmatch-Key": key, "Content-Type": "application/json"})


def form_call(lead_id: str, key: str) -> Call:
    """Call as a workflow webhook with form parameters does."""
    headers = {"X-Leadmatch-Key": key, "Content-Type": "application/x-www-form-urlencoded"}
    return Call("form", f"lead_id={lead_id}&status=Qualified".encode(), headers)


def multipart_call(lead_id: str, key: str) -> Call:
    """Call as Zoho's Form-Data body does in some orgs."""
    boundary = "----sandbox-boundary"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="Lead Id"\r\n\r\n{lead_id}\r\n--{boundary}--\r\n'
    headers = {"X-Leadmatch-Key": key, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    return Call("multipart", part.encode(), headers)


def put_call(lead_id: str, key: str) -> Call:
    """Call as a workflow webhook with the method PUT does."""
    return replace(form_call(lead_id, key), form="PUT", method="PUT")


def delete_call(lead_id: str, key: str) -> Call:
    """Call as a workflow webhook with the method DELETE does: headers and URL parameters, no body."""
    return Call("DELETE", b"", {"X-Leadmatch-Key": key}, "DELETE", {"lead_id": lead_id})


def get_call(lead_id: str, key: str) -> Call:
    """Call as a workflow webhook with the method GET does: URL parameters alone."""
    return Call("GET", b"", {}, "GET", {"key": key, "lead_id": lead_id})


def notification_call(lead_id: str, key: str) -> Call:
    """Call as a Notification channel does; its only proof is the token inside the body."""
    body: dict[str, Any] = {
        "server_time": int(time.time() * 1000),
        "query_params": {},
        "module": "Leads",
        "resource_uri": "https://www.zohoapis.com/crm/v8/Leads",
        "ids": [lead_id],
        "affected_fields": [{lead_id: ["Lead_Status"]}],
        "operation": "update",
        "channel_id": "1000000068001",
        "token": key,
    }
    return Call("Notification", json.dumps(body).encode(), {"Content-Type": "application/json"})


def signed_call(lead_id: str, key: str) -> Call:
    """Call with a Standard Webhooks signature, as a Deluge function may."""
    webhook_id, timestamp = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    body = json.dumps({"lead_id": lead_id}).encode()
    secret = base64.b64decode(key.removeprefix("whsec_"))
    digest = hmac.new(secret, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    headers = {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    return Call("signed", body, {"Content-Type": "application/json", **headers})


MakeCall = Callable[[str, str], Call]
EVERY_FORM: tuple[MakeCall, ...] = (
    *(json_call, form_call, multipart_call, put_call, delete_call, get_call),
    *(notification_call, signed_call),
)
