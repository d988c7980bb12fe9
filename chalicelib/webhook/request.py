"""A webhook call as API Gateway hands it over, and the fields of its body: JSON, a form, multipart, or text that holds one of them.

The body itself is believed before its Content-Type: Zoho administrators choose the type by hand, and choose wrong.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from chalicelib.errors import CallRefused

MAX_BODY_BYTES = 64 * 1024
PICK_THE_ID = "In Zoho's webhook, pick Leads → Lead Id from the list with #, as the value of lead_id."
"""What every refusal says that is about the lead's id: a merge field that is typed is sent as it stands."""

MAX_FORM_FIELDS = 200
MAX_NESTING = 3
"""How often one text may hold another: JSON in a JSON string, percent-encoded JSON, JSON in a form's field."""
HOLDERS = ("lead", "leads", "data", "payload", "json", "record", "records", "entity")
"""Fields made to hold the lead's fields: what stands in them counts like what stands beside them."""
QUOTES = "\"'`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
BLANKS = " \t\r\n\f\v\ufeff"
PART_NAME = re.compile(r'^content-disposition:.*?[;\s]name="?([^";\n]*)', re.IGNORECASE | re.MULTILINE)
ENCODED_JSON = re.compile(r"(?:\+|\s|%20|%09|%0A|%0D|%EF%BB%BF)*%(?:25)*(?:7B|5B|22)", re.IGNORECASE)
"""The beginning of percent-encoded JSON: a brace, a bracket or a quote, after blanks and a byte-order mark."""


@dataclass(frozen=True, slots=True, repr=False)
class WebhookCall:
    """One HTTP request; header names are lower case. Not shown by `repr`: it holds keys and the lead's data."""

    headers: Mapping[str, str]
    body: bytes
    query: Sequence[tuple[str, str]] = ()
    """The URL's parameters, percent-decoded, in the order in which they came; a name may come several times."""
    method: str = "POST"
    fault: CallRefused | None = None
    """Why the body cannot be read; it is empty then."""

    def header(self, name: str) -> str:
        """Return a header's value, or an empty text."""
        return self.headers.get(name, "")

    def require_body(self) -> None:
        """Raise `CallRefused` when the body is too large (413), or marked as base64 and is not (400)."""
        if self.fault:
            raise self.fault


def from_gateway(event: Mapping[str, Any], *, most_bytes: int = MAX_BODY_BYTES) -> WebhookCall:
    """Read a Lambda proxy event. A body that cannot be read is a fault of the call: who sent it is known all the same.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    method = str(event.get("httpMethod") or (event.get("requestContext") or {}).get("httpMethod") or "POST").upper()
    query = tuple(_query(event))
    try:
        return WebhookCall(headers, _body(event, most_bytes), query, method)
    except CallRefused as error:
        return WebhookCall(headers, b"", query, method, error)


def read_fields(call: WebhookCall) -> dict[str, object]:
    """Return the body's top-level fields; numbers come as the digits that were sent, so no id loses its end.

    A name that comes again with another value has all of them, as a tuple. A body that is a number is a lead id. Raises
    `CallRefused` (400) for an empty body, broken JSON, text that cannot be decoded, or JSON that is no object.
    """
    text = _text(call.body)
    if not text:
        raise CallRefused(f"The body is empty. {PICK_THE_ID}", reason="no_body")
    return {"lead_id": text} if bare(text).isdecimal() else _fields_of(text, MAX_NESTING)


def held_fields(value: object) -> Mapping[str, object] | None:
    """Return the fields that a field's value holds: an object, or the text of one. None if it holds none."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, str) or not is_json_text(value):
        return None
    try:
        return _fields_of(value, MAX_NESTING - 1)
    except CallRefused:
        return None


def levels_of(fields: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the fields, and those that stand in their holders, so many deep."""
    levels = last = [fields]
    for _ in range(MAX_NESTING):
        last = [
            inner
            for level in last
            for name, value in level.items()
            if plain_name(name) in HOLDERS
            for one in each(value)
            if (inner := held_fields(one)) is not None
        ]
        levels = levels + last
    return levels


def each(value: object) -> Iterator[object]:
    """Return a value, or each value of a name that came with several."""
    if isinstance(value, tuple):
        for one in value:
            yield from each(one)
    else:
        yield value


def merged(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return fields by name; a name that comes with different values has all of them, as a tuple."""
    values: dict[str, list[object]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: found[0] if all(one == found[0] for one in found) else tuple(found) for name, found in values.items()}


def is_json_text(text: str) -> bool:
    """Return whether a text looks like JSON, percent-encoded or not."""
    return text.strip(BLANKS).startswith(("{", "[", '"')) or ENCODED_JSON.match(text) is not None


def plain_name(name: str) -> str:
    """Return a field's name without case, blanks, underscores and hyphens: people write Lead_Id, lead-id, LEADID."""
    return re.sub(r"[\s_-]+", "", bare(name)).lower()


def bare(text: str) -> str:
    """Return a text without invisible characters, and without the blanks and quotes around it, as pasting and templates add them."""
    seen = text if text.isascii() else "".join(one for one in text if unicodedata.category(one) != "Cf")
    return seen.strip().strip(QUOTES).strip()


def _query(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    several = event.get("multiValueQueryStringParameters")
    if several:
        for name, values in several.items():
            yield from ((str(name), str(value)) for value in values or ())
    else:
        yield from ((str(name), str(value)) for name, value in (event.get("queryStringParameters") or {}).items())


def _body(event: Mapping[str, Any], most_bytes: int) -> bytes:
    body = event.get("body") or b""
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    if event.get("isBase64Encoded"):
        raw = _decode(raw)
    if len(raw) > most_bytes:
        raise CallRefused(
            f"The body is larger than {most_bytes // 1024} kB. Send the lead id alone. {PICK_THE_ID}",
            reason="body_too_large",
            status=413,
        )
    return raw


def _decode(raw: bytes) -> bytes:
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        raise CallRefused("The body is marked as base64 but is not.", reason="bad_base64") from None


def _text(body: bytes) -> str:
    """Decode UTF-8, or the UTF-16 and UTF-32 that its first bytes show, as RFC 4627 has it for JSON."""
    try:
        return body.decode(json.detect_encoding(body)).strip(BLANKS)
    except UnicodeDecodeError:
        raise CallRefused(f"The body is not UTF-8 text. {PICK_THE_ID}", reason="not_utf8") from None


def _fields_of(text: str, nesting: int) -> dict[str, object]:
    text = text.strip(BLANKS)
    if text.startswith(("{", "[", '"')):
        return _json(text, nesting)
    if text.startswith("--"):
        return _multipart(text)
    if nesting and ENCODED_JSON.match(text):
        try:
            return _fields_of(unquote_plus(text).rstrip("="), nesting - 1)
        except CallRefused:
            pass  # a form whose first name begins like JSON
    return _form(text)


def _json(text: str, nesting: int) -> dict[str, object]:
    """Read JSON; `strict=False` takes the raw line breaks and tabs that Zoho merges into a text."""
    try:
        value = json.loads(text, parse_int=str, parse_float=str, strict=False, object_pairs_hook=merged)
    except (ValueError, RecursionError):
        raise CallRefused(
            f"The body is not valid JSON. A quote inside a merge field breaks it: send the lead id alone. {PICK_THE_ID}",
            reason="bad_json",
        ) from None
    if isinstance(value, str) and nesting:
        return _fields_of(value, nesting - 1)
    if not isinstance(value, dict):
        raise CallRefused(
            f'The JSON body must be an object such as {{"lead_id": "…"}}. {PICK_THE_ID}', reason="not_an_object"
        )
    return value


def _form(text: str) -> dict[str, object]:
    try:
        return _form_fields(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS))
    except ValueError:
        raise CallRefused(
            f"The form has too many fields. Send the lead id alone. {PICK_THE_ID}", reason="bad_form"
        ) from None


def _multipart(text: str) -> dict[str, object]:
    """Read multipart/form-data (RFC 7578) by the boundary in its first line.

    Not with the standard library's MIME parser: hostile parts make it raise, or nest until the stack ends.
    """
    lines = text.replace("\r\n", "\n")
    boundary = lines.split("\n", 1)[0].rstrip()
    parts = (part.partition("\n\n") for part in f"\n{lines}".split(f"\n{boundary}"))
    fields = _form_fields((name[1], value.strip()) for head, _, value in parts if (name := PART_NAME.search(head)))
    if not fields:
        raise CallRefused(
            f"The multipart body has no field. Send the field lead_id. {PICK_THE_ID}", reason="bad_multipart"
        )
    return fields


def _form_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Return the fields of a form, which lists leads by repeating `ids`."""
    several: list[str] = []
    others: list[tuple[str, object]] = []
    for name, value in pairs:
        if name == "ids":
            several.append(value)
        else:
            others.append((name, value))
    return merged(others) | ({"ids": ",".join(several)} if several else {})
