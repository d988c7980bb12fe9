"""Refuses what AWS refuses and moto takes; it stands in front of moto and answers as each service documents.

Nothing here or in moto looks at a caller's rights: tests/flow/test_roles.py compares recorded calls with the roles instead.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

BATCH = "AmazonSQS.SendMessageBatch"
SQS_ID = re.compile("[!-~]{1,128}")
"""A message group or deduplication id: letters, digits and punctuation, no blank.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
"""
NOT_SENDABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What a message body may not hold, by the same page."""
BATCH_SIZE, BATCH_ID = 10, re.compile("[A-Za-z0-9_-]{1,80}")
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html"""
RANGES = {"MaxNumberOfMessages": (1, 10), "VisibilityTimeout": (0, 43_200), "WaitTimeSeconds": (0, 20)}
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"""
MAX_SECRET_BYTES, TOKEN_LENGTHS = 65_536, range(32, 65)
"""https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"""
MAX_KEY_BYTES = 2048
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer with HTTP status 400: AWS's code, and a sentence."""

    code: str
    message: str


class Limits:
    """A WSGI app that refuses a call beyond a limit, and passes every other one on."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one call."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if target == BATCH:
            return self._batch(environ, start_response)
        refusal = CHECKS[target](read_body(environ)) if target in CHECKS else None
        return _refuse(refusal, start_response) if refusal else self._inner(environ, start_response)

    def _batch(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Pass on what SQS would take of a batch, and report the rest under `Failed`; what is wrong as a batch, moto refuses."""
        body = read_body(environ)
        entries = {entry["Id"]: entry for entry in body["Entries"]}
        refused = {name: refusal for name, entry in entries.items() if (refusal := _of_message(entry))}
        is_batch = len(entries) == len(body["Entries"]) <= BATCH_SIZE and all(map(BATCH_ID.fullmatch, entries))
        if not (refused and is_batch):
            return self._inner(environ, start_response)
        failed = [
            {"Id": name, "SenderFault": True, "Code": one.code, "Message": one.message} for name, one in refused.items()
        ]
        taken = [entry for name, entry in entries.items() if name not in refused]
        if not taken:
            return _answer({"Successful": [], "Failed": failed}, start_response)
        write_body(environ, body | {"Entries": taken})
        answer, status, headers = run_wsgi_app(self._inner, environ, buffered=True)
        content = json.loads(b"".join(answer))
        if "Successful" not in content:
            return _answer(content, start_response, status, *headers)
        return _answer(content | {"Failed": content.get("Failed", []) + failed}, start_response)


def read_body(environ: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request's JSON object; it can be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)  # type: ignore[index] # a dictionary to every server
    return dict(json.loads(body))


def write_body(environ: dict[str, Any], content: Mapping[str, Any]) -> None:
    """Replace a request's JSON object."""
    body = json.dumps(content).encode()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))


def _of_message(entry: Mapping[str, Any]) -> Refusal | None:
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        if entry.get(name) and not SQS_ID.fullmatch(entry[name]):
            reason = f"{name} can only include alphanumeric and punctuation characters. 1 to 128 in length."
            return Refusal("InvalidParameterValue", f"Value for parameter {name} is invalid. Reason: {reason}")
    if not entry.get("MessageBody"):
        return Refusal("MissingParameter", "The request must contain the parameter MessageBody.")
    if NOT_SENDABLE.search(entry["MessageBody"]):
        return Refusal("InvalidMessageContents", "The message contains characters outside the allowed set.")
    return None


def _of_ranges(body: Mapping[str, Any]) -> Refusal | None:
    for name, (least, most) in RANGES.items():
        if not least <= body.get(name, least) <= most:
            reason = f"Must be between {least} and {most}, if provided."
            return Refusal(
                "InvalidParameterValue", f"Value {body[name]} for parameter {name} is invalid. Reason: {reason}"
            )
    return None


def _of_move(_: Mapping[str, Any]) -> Refusal:
    """Refuse to move dead letters, which moto cannot: nothing here shows what SQS would do with them."""
    return Refusal("AWS.SimpleQueueService.UnsupportedOperation", "The embedded AWS has no message move tasks.")


def _of_secret(body: Mapping[str, Any]) -> Refusal | None:
    if "ClientRequestToken" in body and len(body["ClientRequestToken"]) not in TOKEN_LENGTHS:
        return Refusal("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.")
    if len(body.get("SecretString", "").encode()) <= MAX_SECRET_BYTES:
        return None
    reason = f"Member must have length less than or equal to {MAX_SECRET_BYTES}"
    return Refusal("ValidationException", f"Value at 'secretString' failed to satisfy constraint: {reason}")


def _of_key(body: Mapping[str, Any]) -> Refusal | None:
    if all(len(value.get("S", "").encode()) <= MAX_KEY_BYTES for value in body["Key"].values()):
        return None
    limit = f"Size of hashkey has exceeded the maximum size limit of {MAX_KEY_BYTES} bytes"
    return Refusal("ValidationException", f"One or more parameter values were invalid: {limit}")


CHECKS: Mapping[str, Callable[[Mapping[str, Any]], Refusal | None]] = {
    "AmazonSQS.SendMessage": _of_message,
    "AmazonSQS.ReceiveMessage": _of_ranges,
    "AmazonSQS.ChangeMessageVisibility": _of_ranges,
    "AmazonSQS.StartMessageMoveTask": _of_move,
    "DynamoDB_20120810.GetItem": _of_key,
    "secretsmanager.CreateSecret": _of_secret,
    "secretsmanager.PutSecretValue": _of_secret,
    "secretsmanager.UpdateSecret": _of_secret,
}


def _refuse(refusal: Refusal, start_response: StartResponse) -> Iterable[bytes]:
    query_error = ("x-amzn-query-error", f"{refusal.code};Sender")
    content = {"__type": refusal.code.rpartition(".")[2], "message": refusal.message}
    return _answer(content, start_response, "400 Bad Request", query_error)


def _answer(
    content: Mapping[str, Any], start_response: StartResponse, status: str = "200 OK", *headers: tuple[str, str]
) -> Iterable[bytes]:
    body = json.dumps(content).encode()
    own = ("content-length", "content-type")
    kept = [(name, value) for name, value in headers if name.lower() not in own]
    start_response(status, [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body))), *kept])
    return [body]
