"""The access token as check has it: from memory, then from the secret that `refresh` writes.

Only `refresh` asks Zoho for a token. Whoever lacks one, or will soon, sends it a request: the sweep long before the end, check when the
sweep did not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from chalicelib import timing
from chalicelib.digits import means_nothing
from chalicelib.errors import LeadmatchError, Retryable, TokenAwaited, ZohoTokensRejected
from chalicelib.events import TokenReason, TokenRequest
from chalicelib.timing import (
    CLOCKS_DIFFER,
    TOKEN_EARLY_SECONDS,
    TOKEN_LIFETIME_SECONDS,
    TOKEN_NEW_SECONDS,
    TOKEN_REST_SECONDS,
    TOKEN_SOON_SECONDS,
    TOKEN_SWEEP_RENEWS_SECONDS,
    TOKEN_WAIT_SECONDS,
)
from chalicelib.wire import read_time, time_text
from chalicelib.zoho.token_record import TokenRecord, read_record


@dataclass(frozen=True, slots=True, repr=False)
class AccessToken:
    """A token for an hour, and the API's base URL as the token answer names it."""

    value: str
    api_domain: str
    expires_at: datetime

    def lives_for(self, seconds: float, *, now: datetime) -> bool:
        """Return whether it lives for longer than so many seconds."""
        return self.expires_at - now > timedelta(seconds=seconds)

    def is_same(self, other: AccessToken | None) -> bool:
        """Return whether the other one opens the same."""
        return other is not None and self.value == other.value

    def fields(self) -> dict[str, str]:
        """Return the secret's form."""
        return {
            "access_token": self.value,
            "api_domain": self.api_domain,
            "expires_at": time_text(self.expires_at),
        }


class TokenSecret(Protocol):
    """The secret `zoho-token`."""

    def read(self) -> tuple[Mapping[str, str] | None, str]:
        """Return the stored fields, or None when there are none, and their version, `none` without a value."""


class AccessTokens:
    """One worker's view of the access token; its record is what check last read of it.

    `request` sends a request to `refresh`, `warn` gets what fails while an old token serves, under a static name. `read_record`
    is for whoever may look at the record while it waits. `wait_seconds` bounds the wait for a token, `lock_seconds` that for another
    thread which waits for one.
    """

    def __init__(
        self,
        *,
        secret: TokenSecret,
        request: Callable[[TokenRequest], None],
        warn: Callable[[str, LeadmatchError], None],
        now: Callable[[], datetime],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        wait_seconds: float = TOKEN_WAIT_SECONDS,
        lock_seconds: float = TOKEN_WAIT_SECONDS,
        read_record: Callable[[], Mapping[str, Any]] | None = None,
    ) -> None:
        self._secret, self._request, self._warn, self._read_record = secret, request, warn, read_record
        self._now, self._clock, self._sleep = now, clock, sleep
        self._wait_seconds, self._lock_seconds = wait_seconds, lock_seconds
        self._record = TokenRecord()
        self._held: AccessToken | None = None
        self._version = ""
        """That of the secret when it was last read."""
        self._rest_until = clock()
        self._lock = Lock()

    def heard(self, fields: Mapping[str, Any]) -> None:
        """Remember the record, as it was read together with a lead."""
        self._record = read_record(fields)

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:
        """Return a token that lives; `refused` is one that Zoho has just answered 401 to.

        Raises what keeps us from one: `TokenAwaited` while `refresh` has not stored it, and what the record says of Zoho:
        `ZohoThrottled`, `ZohoRefused`, `ZohoUnavailable`, `ZohoTokensRejected`.
        """
        give_up_at = self._clock() + self._wait_seconds  # the wait for another thread is a part of it
        if not self._lock.acquire(timeout=self._lock_seconds):
            raise _not_there_yet()
        try:
            held = self._living(refused) or self._looked(refused)
            if held is None:
                return self._awaited(refused, give_up_at)
            if not self._is_early(held) or self._clock() < self._rest_until:
                return held
            return self._renewed(held)
        finally:
            self._lock.release()

    def _renewed(self, held: AccessToken) -> AccessToken:
        """Return the next token if it is there, and request it if not; the old one serves as long as it lives."""
        self._rest_until = self._clock() + TOKEN_REST_SECONDS
        try:
            token = self._looked(None) or held
            if self._is_early(token):
                self._request(TokenRequest(self._version, "expiring"))
        except Retryable as error:
            self._warn("token_not_renewed", error)
            return held
        return token

    def _awaited(self, refused: AccessToken | None, give_up_at: float) -> AccessToken:
        """Request a token, and look into the secret until it is there; raise what the record says against that."""
        _check_not_new(refused, self._now())
        wanted = TokenRequest(self._version, self._reason(refused))
        self._request(wanted)
        self._check_record(wanted)
        while self._clock() < give_up_at:
            self._sleep(timing.TOKEN_LOOK_SECONDS)
            if token := self._looked(refused):
                return token
            if self._read_record:
                self.heard(self._read_record())
                self._check_record(wanted)
        raise _not_there_yet()

    def _check_record(self, wanted: TokenRequest) -> None:
        now = int(self._now().timestamp())
        if objection := self._record.objection(now=now, after_refusal=wanted.follows_a_refusal):
            raise objection

    def _reason(self, refused: AccessToken | None) -> TokenReason:
        """Return why a token is needed at once; one that was to be renewed by now counts as ended, refused or not."""
        return "refused" if refused and not self._is_early(refused) else "expired"

    def _looked(self, refused: AccessToken | None) -> AccessToken | None:
        """Read the secret, keep its token if it lives longer than ours, and return the one that lives."""
        fields, self._version = self._secret.read()
        shared, held = read_token(fields, now=self._now()), self._living(refused)
        if shared and not shared.is_same(refused) and (held is None or shared.expires_at > held.expires_at):
            self._held = shared
        return self._living(refused)

    def _living(self, refused: AccessToken | None) -> AccessToken | None:
        """Return the token in memory if it lives and is not the refused one."""
        held = self._held
        return held if held and held.lives_for(0, now=self._now()) and not held.is_same(refused) else None

    def _is_early(self, token: AccessToken) -> bool:
        return not token.lives_for(TOKEN_EARLY_SECONDS, now=self._now())


def request_early(secret: TokenSecret, *, request: Callable[[TokenRequest], None], now: datetime) -> None:
    """Request the next token long before the end of the one in the secret: so no lead waits for it."""
    fields, version = secret.read()
    token = read_token(fields, now=now)
    if token is None or not token.lives_for(0, now=now):
        request(TokenRequest(version, "expired"))
    elif not token.lives_for(TOKEN_SWEEP_RENEWS_SECONDS, now=now):
        request(TokenRequest(version, "expiring"))


def read_token(fields: Mapping[str, str] | None, *, now: datetime) -> AccessToken | None:
    """Return the token that the secret holds; None for what is none of ours.

    One whose end lies too far ahead was written by a clock that is ahead: nobody knows its age.
    """
    if not fields or not fields.get("access_token"):
        return None
    try:
        expires_at = read_time(fields["expires_at"])
    except (KeyError, ValueError):
        return None
    token = AccessToken(fields["access_token"], named_api_domain(fields.get("api_domain")), expires_at)
    if not token.lives_for(TOKEN_LIFETIME_SECONDS + CLOCKS_DIFFER.total_seconds(), now=now):
        return token
    return replace(token, expires_at=now + timedelta(seconds=TOKEN_LIFETIME_SECONDS - TOKEN_NEW_SECONDS))


def named_api_domain(value: object) -> str:
    """Return the API's base URL as a token answer names it, or an empty text: some answers name none, or write it as null."""
    text = str(value or "").strip()
    return "" if means_nothing(text) else text


def _check_not_new(refused: AccessToken | None, now: datetime) -> None:
    if refused and refused.lives_for(TOKEN_LIFETIME_SECONDS - TOKEN_NEW_SECONDS, now=now):
        raise ZohoTokensRejected(
            "Zoho refuses an access token that it has just issued.",
            reason="zoho_token_refused",
            retry_after_seconds=TOKEN_NEW_SECONDS,
        )


def _not_there_yet() -> TokenAwaited:
    return TokenAwaited(
        "Another access token was requested and is not there yet.",
        reason="token_awaited",
        retry_after_seconds=TOKEN_SOON_SECONDS,
    )
