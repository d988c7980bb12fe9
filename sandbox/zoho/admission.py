"""Who is let in to the API, and what a call costs them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sandbox.zoho import faults

if TYPE_CHECKING:
    from sandbox.zoho.answers import Answer
    from sandbox.zoho.oauth import Tokens

_SCHEME = "Zoho-oauthtoken "  # not Bearer, although the token endpoint calls its tokens that


class Admission:
    """Checks the access token of a call and books its credit."""

    def __init__(self, tokens: Tokens, daily_credits: int) -> None:
        self._tokens = tokens
        self._daily_credits = daily_credits
        self._spent = 0
        self._lock = threading.Lock()

    def refusal(self, authorization: str | None) -> Answer | None:
        """Return why a call with this Authorization header is not let in, or None and book one credit."""
        if authorization is None or not authorization.startswith(_SCHEME):
            return faults.AUTHENTICATION_FAILURE
        if not self._tokens.is_live(authorization.removeprefix(_SCHEME)):
            return faults.INVALID_TOKEN
        return self._spend()

    def headers(self) -> dict[str, str]:
        """Return what an answer says about the day's credits, which is nothing before half of them are spent."""
        with self._lock:
            if self._spent * 2 <= self._daily_credits:
                return {}
            return {"X-API-CREDITS-REMAINING": str(self._daily_credits - self._spent)}

    def _spend(self) -> Answer | None:
        with self._lock:
            if self._spent >= self._daily_credits:
                return faults.TOO_MANY_REQUESTS
            self._spent += 1
            return None
