"""The arguments of a Web API call, which arrive as JSON values or as the strings of a form or a query, and the refusal of a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug import Request

from chalicelib.slack.error_codes import Page

_NO = ("", "0", "false")
_CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_CHARSETS = ("utf-8", "iso-8859-1")
_NAME = re.compile(r"\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arguments:
    """Named values, each read as the type that its method needs."""

    values: Mapping[str, object]

    @classmethod
    def of(cls, request: Request) -> Arguments:
        """Read a call; a GET carries its arguments in the query."""
        if request.method == "POST":
            _check_content_type(request)
        if request.mimetype == "application/json":
            values = _object(request.get_data(as_text=True) or "{}")  # a call without arguments may have no body
        else:
            values = request.values.to_dict()
        if not all(map(_NAME.fullmatch, values)):
            raise RefusedError("invalid_arg_name")
        return cls(values)

    @classmethod
    def of_webhook(cls, request: Request) -> Arguments:
        """Read an incoming webhook's call: JSON, whatever it calls itself, or a form with a `payload`."""
        body = request.get_data(as_text=True)  # before the form, which would use it up
        return cls(_object(request.form.get("payload") or body))

    def text(self, name: str) -> str | None:
        """Return a string, or None if it was not sent."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return a truth value; not sent means no."""
        return str(self.values.get(name, "")).lower() not in _NO

    def number(self, name: str, default: int) -> int:
        """Return a whole number; what is none counts as not sent."""
        text = str(self.values.get(name, ""))
        return int(text) if text.isascii() and text.isdigit() else default

    def structure(self, name: str, *, error: str) -> object:
        """Return a list or an object, which a form carries as JSON text; refuse the call with `error` otherwise."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise RefusedError(error) from None


class RefusedError(Exception):
    """Slack would refuse the call with this error code; `details` stand beside it in the answer."""

    def __init__(self, error: str, messages: Sequence[str] = (), *, details: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
        self.details = dict(details or {})

    def insist_on(self, page: Page) -> None:
        """Raise unless Slack's own page lists the code: a stand-in that invents some would prove nothing."""
        if self.error not in page.codes:
            raise LookupError(f"{page.address} does not list the code {self.error}.")


def _check_content_type(request: Request) -> None:
    if request.content_length and not request.mimetype:
        raise RefusedError("missing_post_type")
    if request.mimetype and request.mimetype not in _CONTENT_TYPES:
        raise RefusedError("invalid_post_type")
    if request.mimetype_params.get("charset", "utf-8").lower() not in _CHARSETS:
        raise RefusedError("invalid_charset")


def _object(text: str) -> Mapping[str, object]:
    try:
        values = json.loads(text)
    except ValueError:
        raise RefusedError("invalid_json") from None
    if not isinstance(values, dict):
        raise RefusedError("json_not_object")
    return values
