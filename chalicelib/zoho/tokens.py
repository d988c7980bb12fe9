"""Where the access token comes from: memory, then the shared secret, then Zoho.

Zoho allows ten new tokens in ten minutes for everybody together, so the one in the secret is read before a new one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from chalicelib.errors import LeadmatchError, Retryable, ZohoUnavailable
from chalicelib.events import read_time, time_text
from chalicelib.zoho.oauth import LIFETIME_SECONDS, AccessToken

EARLY_SECONDS = 300
JITTER_SECONDS = 300
NEW_SECONDS = 60


class TokenStore(Protocol):
    """The secret that all workers share."""

    def read(self) -> Mapping[str, str] | None:
        """Give the stored fields, or None when there are none."""

    def write(self, fields: Mapping[str, str]) -> None:
        """Keep a new token's fields for the others."""


class AccessTokens:
    """One worker's view of the shared access token; refreshes early, each worker at a moment of its own."""

    def __init__(
        self,
        *,
        store: TokenStore,
        refresh: Callable[[], AccessToken],
        now: Callable[[], datetime],
        random: Callable[[], float],
        warn: Callable[[LeadmatchError], None],
    ) -> None:
        self._store, self._refresh, self._now, self._warn = store, refresh, now, warn
        self._margin = timedelta(seconds=EARLY_SECONDS + JITTER_SECONDS * random())
        self._held: AccessToken | None = None
        self._unsaved = False
        self._lock = Lock()

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:
        """Give a token that is good for minutes; `refused` is one that Zoho has just answered 401 to.

        Raises `ZohoUnavailable` when that one was new: new ones are few, and another would hardly fare better.
        """
        with self._lock:
            if not self._is_good(self._held, refused):
                self._held, self._unsaved = _from_fields(self._store.read()), False
            if self._held is None or not self._is_good(self._held, refused):
                self._held = self._renewed(refused)
            self._save()
            return self._held

    def _renewed(self, refused: AccessToken | None) -> AccessToken:
        """Give a new token; when Zoho has none for now, the old one serves as long as it lives."""
        if refused and refused.expires_at - self._now() > timedelta(seconds=LIFETIME_SECONDS - NEW_SECONDS):
            raise ZohoUnavailable(
                "Zoho refuses an access token that it has just given out.",
                reason="zoho_token_refused",
                retry_after_seconds=NEW_SECONDS,
            )
        try:
            token, self._unsaved = self._refresh(), True
        except Retryable as error:
            shared = _from_fields(self._store.read())
            if shared and self._is_good(shared, refused):
                return shared  # another worker was faster, and Zoho had a token for one of us
            if self._held is None or self._held == refused or self._held.expires_at <= self._now():
                raise
            self._warn(error)
            return self._held
        return token

    def _save(self) -> None:
        """Share a new token; when that fails, use it all the same and try again at the next call."""
        if not self._unsaved or self._held is None:
            return
        try:
            self._store.write(_fields(self._held))
            self._unsaved = False
        except Retryable as error:
            self._warn(error)

    def _is_good(self, token: AccessToken | None, refused: AccessToken | None) -> bool:
        if token is None or (refused is not None and token.value == refused.value):
            return False
        return token.expires_at - self._margin > self._now()


def _fields(token: AccessToken) -> dict[str, str]:
    return {
        "access_token": token.value,
        "api_domain": token.api_domain,
        "expires_at": time_text(token.expires_at),
    }


def _from_fields(fields: Mapping[str, str] | None) -> AccessToken | None:
    """Read the secret's value; what is no token of ours counts as none, and is replaced by a new one."""
    if not fields or not fields.get("access_token"):
        return None
    try:
        expires_at = read_time(fields["expires_at"])
    except (KeyError, ValueError):
        return None
    return AccessToken(fields["access_token"], fields.get("api_domain", ""), expires_at)
