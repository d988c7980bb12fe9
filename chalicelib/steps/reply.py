"""What an HTTP route answers, and what is to be logged of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import CallRefused, LeadmatchError

RETRY_AFTER_SECONDS = "60"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; `about` is what else its log line says, in ids and machine words."""

    status: int
    body: dict[str, Any] | str
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, object] = field(default_factory=dict)
    leads: int = 0
    """How many leads were taken."""
    is_lost: bool = False
    """Whether leads were not taken of a caller with a live key, or while nobody could tell: nobody else reports them."""
    has_wrong_key: bool = False
    """Whether the caller has no live key and yet shows one or names a lead: Zoho with an old key or none, or a stranger."""


def refused(
    error: CallRefused, *, about: Mapping[str, object] | None = None, is_lost: bool = False, has_wrong_key: bool = False
) -> Reply:
    """Say what is wrong with a call."""
    body = _error(error.reason, str(error).strip())
    return Reply(error.status, body, error.reason, about=about or {}, is_lost=is_lost, has_wrong_key=has_wrong_key)


def unavailable(error: LeadmatchError, message: str, *, is_lost: bool = False) -> Reply:
    """Say 503: nothing was taken, and the caller may send it again."""
    body = _error("try_again", message)
    return Reply(503, body, error.reason, {"Retry-After": RETRY_AFTER_SECONDS}, is_lost=is_lost)


def _error(reason: str, message: str) -> dict[str, Any]:
    return {"error": {"reason": reason, "message": message}}
