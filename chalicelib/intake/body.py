"""The body's fields, whatever form it has: JSON, form-urlencoded, multipart, or text that holds one of them.

The body itself is believed before its Content-Type: Zoho administrators choose the type by hand, and choose wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from chalicelib.errors import CallRefused
from chalicelib.intake.call import WebhookCall

MAX_FORM_FIELDS = 200
PART_NAME = re.compile(r'^content-disposition:.*?[;\s]name="?([^";\n]*)', re.IGNORECASE | re.MULTILINE)


def read_fields(call: WebhookCall) -> dict[str, object]:
    """Give the body's top-level fields; numbers come as the digits that were sent, so no id loses its end.

    Raises `CallRefused` (400) for an empty body, broken JSON, text that is not UTF-8, or JSON that is no object.
    """
    text = _text(call.body)
    if text.startswith(("{", "[")):
        return _json(text)
    return _multipart(text) if text.startswith("--") else _form(text)


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
        return _fields(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))
    except ValueError:
        raise CallRefused("The form has too many fields. Send the lead id alone.", reason="bad_form") from None


def _multipart(text: str) -> dict[str, object]:
    """Read multipart/form-data (RFC 7578) by the boundary in its first line.

    Not with the standard library's MIME parser: hostile parts make it raise, or nest until the stack ends.
    """
    lines = text.replace("\r\n", "\n")
    boundary = lines.split("\n", 1)[0].rstrip()
    parts = (part.partition("\n\n") for part in f"\n{lines}".split(f"\n{boundary}"))
    fields = _fields((name[1], value.strip()) for head, _, value in parts if (name := PART_NAME.search(head)))
    if not fields:
        raise CallRefused("The multipart body holds no field. Send the field lead_id.", reason="bad_multipart")
    return fields


def _fields(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Give the last value of each name, but every one of `ids`: a form lists leads by repeating the name."""
    fields: dict[str, object] = {}
    for name, value in pairs:
        fields[name] = f"{fields[name]},{value}" if name == "ids" and name in fields else value
    return fields
