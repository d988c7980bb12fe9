"""One HTTP call as it went over the wire, and what people call it: its name, its error's word, its texts without secrets."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import responses
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode

from sandbox.masking import FORM, MASK, Masking, decoded, without_types

Party = Literal["webhook", "slack_click", "function", "aws", "zoho", "slack"]
BROKEN = "connection_broken"
SHOWN_HEADERS = (
    *("content-type", "authorization", "x-leadmatch-key", "webhook-id", "webhook-timestamp", "webhook-signature"),
    *("x-slack-request-timestamp", "x-slack-signature", "x-amz-target", "retry-after"),
)
AWS_SERVICES = {"DynamoDB_20120810": "DynamoDB", "AmazonSQS": "SQS", "secretsmanager": "Secrets Manager"}
ZOHO_NAMES = {"__conversion_options": "conversion options", "token": "access token", "Leads": "leads"}
ZOHO_RECORDS = {"Leads": "lead", "users": "user"}


@dataclass(slots=True)
class Exchange:
    """A request as it came, and its answer; no status where the connection broke."""

    party: Party
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    at: float = field(default_factory=time.time)
    began: float = field(default_factory=time.perf_counter)

    @property
    def name(self) -> str:
        """What people call the call, such as `GET conversion options`."""
        *_, before, last = ("", *self.path.split("/"))
        match self.party:
            case "aws":
                service, _, operation = _header(self.headers, "x-amz-target").partition(".")
                return f"{AWS_SERVICES.get(service, service)} {operation}"
            case "zoho":
                word = ZOHO_RECORDS.get(before) or ZOHO_NAMES.get(last, last)
                return f"{self.method} {word}"
            case "slack":
                return last if before == "api" else "response_url" if "/actions/" in self.path else "incoming webhook"
        return f"{self.method} {self.path}"

    def asked(self) -> str:
        """Return what the request says, in its address and in its body, with nothing of it encoded for an address."""
        body = self.body.decode(errors="replace")
        is_form = _header(self.headers, "content-type").startswith(FORM)
        return f"{self.path} {unquote_plus(self.query)} {unquote_plus(body) if is_form else body}"

    def answered(self) -> Any:
        """Return the answer's JSON, or its text."""
        try:
            return json.loads(self.answer)
        except (ValueError, RecursionError):
            return self.answer.decode(errors="replace")

    def request_text(self, masking: Masking) -> str:
        """Return the whole request as people read it."""
        query = masking.masked(dict(parse_qsl(self.query, keep_blank_values=True)))
        target = f"{self.path}?{urlencode(query).replace(quote(MASK), MASK)}" if query else self.path
        head = [f"{self.method} {masking.masked(target)}", *_shown(self.headers, masking)]
        return _text(head, self._shown(self.body, self.headers, masking))

    def answer_text(self, masking: Masking) -> str:
        """Return the whole answer as people read it."""
        first = f"{self.status} {responses.get(self.status, '')}".strip() if self.status else "The connection broke."
        return _text(
            [first, *_shown(self.answer_headers, masking)], self._shown(self.answer, self.answer_headers, masking)
        )

    def _shown(self, body: bytes, headers: Mapping[str, str], masking: Masking) -> str:
        value = decoded(body, _header(headers, "content-type"))
        return masking.shown(without_types(value) if self.party == "aws" else value)


def error_word(received: Any, status: int | None) -> str:
    """Return a machine's word for what went wrong: Slack's error, Zoho's or AWS's code, the webhook's reason."""
    match received:
        case _ if status is None:
            return BROKEN
        case {"error": str(word)} | {"error": {"reason": str(word)}}:
            return word
        case {"__type": str(word)}:
            return word.rpartition("#")[2]
        case {"status": "error", "code": str(word)}:
            return word
        case {"data": [item]}:
            return error_word(item, status)
    return f"HTTP {status}" if status >= HTTPStatus.BAD_REQUEST else ""


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((value for one, value in headers.items() if one.lower() == name), "")


def _shown(headers: Mapping[str, str], masking: Masking) -> list[str]:
    return [
        f"{name}: {masking.masked(value, name)}" for name, value in headers.items() if name.lower() in SHOWN_HEADERS
    ]


def _text(head: list[str], body: str) -> str:
    return "\n".join([*head, "", body] if body else head)
