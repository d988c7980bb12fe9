"""The rules by which Zoho's token endpoint gives out access tokens, and by which the tokens die again.

https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.zoho import faults
from sandbox.zoho.faults import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOKEN_LIFE_SECONDS = 3600
WINDOW_SECONDS = 600
TOKENS_PER_WINDOW = 10
LIVE_TOKENS = 15
GRANT_LIFE_SECONDS = 180

GRANTED = (
    "ZohoCRM.modules.ALL",
    "ZohoCRM.org.READ",
    "ZohoCRM.users.READ",
    "ZohoCRM.settings.layouts.READ",
    "ZohoCRM.settings.pipeline.READ",
)
"""What the grant code of the sandbox was made with."""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    dies_at: float


class Tokens:
    """The access tokens of one client and one refresh token; `clock` tells seconds since the epoch.

    `api_domain` is what each answer names, `scopes` what the tokens may do; both may be changed at any time.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        clock: Callable[[], float],
        api_domain: str = "https://www.zohoapis.com",
        throttle_status: int = 400,
    ) -> None:
        self._client = (client_id, client_secret)
        self._refresh_tokens = {refresh_token}
        self._grant_codes: dict[str, float] = {}
        self._revoked = False
        self._clock = clock
        self.api_domain = api_domain
        self._throttle_status = throttle_status
        self.scopes = set(GRANTED)
        self._live: deque[_Token] = deque(maxlen=LIVE_TOKENS)  # one more pushes the oldest out
        self._window_ends_at = 0.0
        self._given_in_window = 0
        self._lock = threading.Lock()

    def answer(self, form: Mapping[str, str]) -> Answer:
        """Answer `POST /oauth/v2/token` with these parameters, wherever in the request they stood."""
        with self._lock:
            if form.get("grant_type") == "authorization_code":
                return self._wrong_client(form) or self._spend(form.get("code", ""))
            return self._wrong_client(form) or self._refusal(form) or self._throttle() or self._give()

    def issue_grant_code(self, *, life_seconds: float = GRANT_LIFE_SECONDS) -> str:
        """Do what a person does in the Self Client's tab Generate Code: give a code that works once, for some minutes."""
        code = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        with self._lock:
            self._grant_codes[code] = self._clock() + life_seconds
        return code

    def is_live(self, value: str) -> bool:
        """Return whether a call with this access token is let in."""
        with self._lock:
            return any(token.value == value and token.dies_at > self._clock() for token in self._live)

    def kill_all(self) -> None:
        """Let every access token given so far die before its hour is over."""
        with self._lock:
            self._live.clear()

    def revoke_refresh_token(self) -> None:
        """Do what an administrator does who removes the connected app: nothing is given out any more."""
        with self._lock:
            self._revoked = True
            self._live.clear()

    def _wrong_client(self, form: Mapping[str, str]) -> Answer | None:
        client_id, client_secret = self._client
        if form.get("client_id") != client_id:
            return faults.INVALID_CLIENT
        if form.get("client_secret") != client_secret:
            return faults.INVALID_CLIENT_SECRET
        return None

    def _refusal(self, form: Mapping[str, str]) -> Answer | None:
        known = form.get("grant_type") == "refresh_token" and form.get("refresh_token") in self._refresh_tokens
        return None if known and not self._revoked else faults.INVALID_CODE

    def _spend(self, code: str) -> Answer:
        """Return a refresh token for a grant code, once: a code that was used or is too old is as unknown as any other."""
        if self._grant_codes.pop(code, 0.0) <= self._clock():
            return faults.INVALID_CODE
        refresh_token = f"1000.{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._refresh_tokens.add(refresh_token)
        return self._give(refresh_token=refresh_token)

    def _throttle(self) -> Answer | None:
        """Refuse the eleventh token of a window, which begins with its first token, until the window is over."""
        if self._clock() >= self._window_ends_at:
            self._window_ends_at = self._clock() + WINDOW_SECONDS
            self._given_in_window = 0
        if self._given_in_window >= TOKENS_PER_WINDOW:
            return faults.access_denied(self._throttle_status)
        self._given_in_window += 1
        return None

    def _give(self, **besides: str) -> Answer:
        token = _Token(f"1000.{secrets.token_hex(32)}", self._clock() + TOKEN_LIFE_SECONDS)
        self._live.append(token)
        return Answer(
            200,
            {
                "access_token": token.value,
                "scope": " ".join(sorted(self.scopes)),
                "api_domain": self.api_domain,
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFE_SECONDS,
                **besides,
            },
        )
