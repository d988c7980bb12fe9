"""The body's fields, whatever form it has: JSON, form-urlencoded, multipart, or text that holds one of them.

The body itself is believed before its Content-Type: Zoho administrators choose the type by hand, and choose wrong.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from chalicelib.errors import CallRefused
from chalicelib.intake.call import WebhookCall

MAX_FORM_FIELDS = 200


def read_fields(call: WebhookCall) -> dict[str, object]:
    """Give the body's top-level fields; numbers come as the digits that were sent, so no id loses its end.

    Raises `CallRefused` (400) for an empty body, broken JSON, text that is not UTF-8, or JSON that is no object.
    """
    text = _text(call.body)
    content_type = call.header("content-type")
    if content_type.lower().startswith("multipart/"):
        return _multipart(content_type, call.body)
    if text.startswith(("{", "[")):
        return _json(text)
    if text.startswith("--"):
        boundary = text.split("\n", 1)[0].strip()[2:]
        return _multipart(f'multipart/form-data; boundary="{boundary}"', call.body.lstrip())
    return _form(text)


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise CallRefused("The body is not UTF-8 text.", reason="not_utf8") from None
    if not text:
        raise CallRefused("The body is empty. Send the lead id: lead_id=${Leads.Lead Id}", reason="no_body")
    return text


def _json(text: str) -> dict[str, object]:
    try:
        fields = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise CallRefused(
            "The body is not valid JSON. A quote inside a merge field breaks it: send the lead id alone.",
            reason="bad_json",
        ) from None
    if not isinstance(fields, dict):
        raise CallRefused('The JSON body must be an object such as {"lead_id": "…"}.', reason="not_an_object")
    return fields


def _form(text: str) -> dict[str, object]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))
    except ValueError:
        raise CallRefused("The form has too many fields. Send the lead id alone.", reason="bad_form") from None


def _multipart(content_type: str, body: bytes) -> dict[str, object]:
    """Read multipart/form-data (RFC 7578) with the standard library's MIME parser."""
    from email.parser import BytesParser

    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = BytesParser().parsebytes(head + body)
    fields: dict[str, object] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        value = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(value, bytes):
            fields[name] = value.decode("utf-8", "replace").strip()
    if not fields:
        raise CallRefused("The multipart body holds no field. Send the field lead_id.", reason="bad_multipart")
    return fields
