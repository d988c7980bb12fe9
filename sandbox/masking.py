"""Makes what goes over the wire readable, and leaves no secret in it: for people who look at calls in the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

MASK = "••••"
MAX_CHARACTERS = 10_000
"""How much of a text is shown."""
ISSUED = r"1000\.[0-9a-f]{16,}(?:\.[0-9a-f]{16,})?|xox[a-z]-[\w-]+|whsec_[\w+/=]+"
"""Zoho's tokens and grant codes, Slack's tokens, and keys of Standard Webhooks, whoever made them."""
CUT = "\n… (more is not shown)"
SECRET_NAME = re.compile(
    r"(?:.*[_-])?(?:token|secret|signature)|key|webhook_keys|response_url|trigger_id|x-leadmatch-key|authorization",
    re.IGNORECASE,
)
FORM = "application/x-www-form-urlencoded"
DYNAMODB_TYPES = frozenset({"S", "N", "BOOL", "NULL", "L", "M", "SS", "NS"})


class Masking:
    """Masks the secrets that it is given, what looks like one, and whatever stands under a secret's name."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted(filter(None, secrets), key=len, reverse=True)
        self._secret = re.compile("|".join([*map(re.escape, known), ISSUED]))

    def masked(self, value: Any, name: str = "") -> Any:
        """Return a decoded value without secrets; `name` is what it is called where it stands."""
        match value:
            case Mapping():
                return {key: self.masked(item, str(key)) for key, item in value.items()}
            case list():
                return [self.masked(item, name) for item in value]
            case str() if value and SECRET_NAME.fullmatch(name):
                return MASK
            case str():
                return self._secret.sub(MASK, value)
        return value

    def shown(self, value: Any) -> str:
        """Return a decoded value as people read it, whole and without secrets."""
        clean = self.masked(value)
        return clean if isinstance(clean, str) else json.dumps(clean, indent=2, ensure_ascii=False)


def cut(text: str) -> str:
    """Return a text, or the beginning of one that is too long to be shown."""
    if len(text) <= MAX_CHARACTERS or text.endswith(CUT):
        return text
    return f"{text[:MAX_CHARACTERS]}{CUT}"


def decoded(body: bytes, content_type: str = "") -> Any:
    """Return a body's JSON value, its form's fields by their names, or its text; JSON inside of JSON is read, too."""
    text = body.decode(errors="replace")
    if content_type.partition(";")[0].strip().lower() == FORM:
        return {name: opened(value) for name, value in parse_qsl(text, keep_blank_values=True)}
    try:
        return opened(json.loads(text))
    except (ValueError, RecursionError):
        return text


def opened(value: Any) -> Any:
    """Return a value in which a text that holds a JSON object or list is that object or list."""
    match value:
        case Mapping():
            return {str(key): opened(item) for key, item in value.items()}
        case list():
            return [opened(item) for item in value]
        case str() if value[:1] in ("{", "["):
            try:
                return opened(json.loads(value))
            except (ValueError, RecursionError):
                return value
    return value


def without_types(value: Any) -> Any:
    """Return DynamoDB's form of a value as plain JSON: `{"S": "a"}` is `a`."""
    match value:
        case Mapping() if len(value) == 1 and (kind := next(iter(value))) in DYNAMODB_TYPES:
            return None if kind == "NULL" else without_types(value[kind])
        case Mapping():
            return {key: without_types(item) for key, item in value.items()}
        case list():
            return [without_types(item) for item in value]
    return value
