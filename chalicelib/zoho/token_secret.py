"""The access token in the secret that all workers share: read, and stored with a few attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from chalicelib.errors import LeadmatchError, Retryable
from chalicelib.timing import TOKEN_WRITE_BACKOFF
from chalicelib.wire import read_time, time_text
from chalicelib.zoho.oauth import AccessToken, named_api_domain

WRITES = 3


class TokenStore(Protocol):
    """A secret with versions."""

    def read(self) -> tuple[Mapping[str, str] | None, str]:
        """Return the stored fields, or None when there are none, and their version."""

    def write(self, fields: Mapping[str, str]) -> None:
        """Keep fields as the next version."""


class TokenSecret:
    """The secret's value as a token."""

    def __init__(
        self, store: TokenStore, *, sleep: Callable[[float], None], warn: Callable[[str, LeadmatchError], None]
    ) -> None:
        self._store, self._sleep, self._warn = store, sleep, warn

    def read(self) -> tuple[AccessToken | None, str]:
        """Return the token and the secret's version; what is no token of ours counts as none, and is replaced."""
        fields, version = self._store.read()
        return _token(fields), version

    def store(self, token: AccessToken, *, may_go_on: Callable[[], bool] = lambda: True, writes: int = WRITES) -> bool:
        """Store the token for the others, with several writes if need be; tell whether it is stored."""
        for number in range(writes):
            if number:
                self._sleep(TOKEN_WRITE_BACKOFF.whole_seconds(number - 1))
            if not may_go_on():
                return False
            try:
                self._store.write(_fields(token))
            except Retryable as error:
                self._warn("token_not_stored", error)
            else:
                return True
        return False


def _fields(token: AccessToken) -> dict[str, str]:
    return {
        "access_token": token.value,
        "api_domain": token.api_domain,
        "expires_at": time_text(token.expires_at),
    }


def _token(fields: Mapping[str, str] | None) -> AccessToken | None:
    if not fields or not fields.get("access_token"):
        return None
    try:
        expires_at = read_time(fields["expires_at"])
    except (KeyError, ValueError):
        return None
    return AccessToken(fields["access_token"], named_api_domain(fields.get("api_domain")), expires_at)
