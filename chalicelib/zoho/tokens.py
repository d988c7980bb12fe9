"""Where the access token comes from: memory, then the shared secret, then Zoho.

Zoho allows ten new tokens in ten minutes for everybody together, so one worker at a time asks for one, under a lease,
and the others read it in the secret. It is fetched minutes before the old one's end, so that nobody waits for it but the
one who fetches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Lock

from chalicelib.errors import LeadmatchError, LeaseHeld, Retryable, ZohoRefused, ZohoTokensRejected
from chalicelib.timing import (
    CLOCKS_DIFFER,
    TOKEN_EARLY_JITTER_SECONDS,
    TOKEN_EARLY_SECONDS,
    TOKEN_LIFETIME_SECONDS,
    TOKEN_LOOK_JITTER_SECONDS,
    TOKEN_LOOK_SECONDS,
    TOKEN_NEW_SECONDS,
    TOKEN_REST_SECONDS,
    TOKEN_SOON_SECONDS,
)
from chalicelib.zoho.oauth import AccessToken, ZohoClientCredentials
from chalicelib.zoho.token_events import TokenEvents
from chalicelib.zoho.token_lease import TokenLease, Turn
from chalicelib.zoho.token_record import TOKENS_REFUSED
from chalicelib.zoho.token_secret import TokenSecret


class AccessTokens:
    """One worker's view of the shared access token; refreshes early, each worker at a moment of its own."""

    def __init__(
        self,
        *,
        secret: TokenSecret,
        lease: TokenLease,
        credentials: Callable[[], ZohoClientCredentials],
        refresh: Callable[[ZohoClientCredentials], AccessToken],
        events: TokenEvents,
        wait_seconds: float,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self._secret, self._lease = secret, lease
        self._credentials, self._refresh, self._events = credentials, refresh, events
        self._wait_seconds = wait_seconds
        self._now, self._clock, self._sleep, self._random = now, clock, sleep, random
        self._margin = timedelta(seconds=TOKEN_EARLY_SECONDS + TOKEN_EARLY_JITTER_SECONDS * random())
        self._held: AccessToken | None = None
        self._unsaved_over: str | None = None
        """The secret's version that the token in memory has yet to replace; None when there is nothing to store."""
        self._rest_until = clock()
        self._alerted: tuple[str, date] | None = None
        """The digest of the credentials whose refused tokens this worker has told of, and the day."""
        self._lock = Lock()

    def get(self, *, refused: AccessToken | None = None) -> AccessToken:
        """Return a token that lives; `refused` is one that Zoho has just answered 401 to.

        Raises what keeps us from one: `LeaseHeld` while another worker takes long to fetch it, `ZohoThrottled` when the
        budget is spent, `ZohoRefused` for revoked credentials, `ZohoUnavailable` when Zoho gives none or refuses new ones.
        """
        give_up_at = self._clock() + self._wait_seconds  # the wait for another thread is a part of it
        if self._lock.locked() and (old := self._living(refused)):
            return old  # another thread is at the next one
        if not self._lock.acquire(timeout=self._wait_seconds):
            raise self._held_up()
        try:
            held = self._living(refused)
            if held is None or not self._suffices(held):
                return self._next(refused, give_up_at)
            if self._unsaved_over is not None:
                self._save_late(held, self._unsaved_over)
            return held
        finally:
            self._lock.release()

    def _next(self, refused: AccessToken | None, give_up_at: float) -> AccessToken:
        """Return a better token than the one in memory; while none is to be had, the old one serves as long as it lives."""
        try:
            return self._shared_or_new(refused, give_up_at)
        except LeadmatchError as error:
            old = self._living(refused)
            if old is None:
                raise
            self._events.warn("token_not_renewed", error)
            self._rest_until = self._clock() + TOKEN_REST_SECONDS
            return old

    def _shared_or_new(self, refused: AccessToken | None, give_up_at: float) -> AccessToken:
        """Look into the secret until a good token is there, or it is our turn to ask Zoho for one."""
        while True:
            version = self._look(refused)
            old = self._living(refused)
            if old and self._is_good(old):
                return old
            own = self._credentials()
            _check_not_new(refused, self._now())
            if turn := self._claim(version, own.digest(), refused):
                return self._renewed(turn, own, refused)
            if old:
                self._rest_until = self._clock() + TOKEN_REST_SECONDS
                return old
            if self._clock() >= give_up_at:
                raise self._held_up()
            self._sleep(TOKEN_LOOK_SECONDS + TOKEN_LOOK_JITTER_SECONDS * self._random())

    def _claim(self, version: str, digest: str, refused: AccessToken | None) -> Turn | None:
        """Ask for the turn; that Zoho refuses one new token after the other is told the operator, once a day."""
        early = refused is not None and self._is_good(refused)  # else it was to be renewed by now, refused or not
        try:
            return self._lease.claim(version=version, digest=digest, after_refusal=early)
        except ZohoTokensRejected:
            digest_and_day = (digest, self._now().date())
            if self._alerted != digest_and_day:
                with self._quietly("refused_tokens_not_told"):
                    self._events.on_tokens_refused(*digest_and_day)
                    self._alerted = digest_and_day
            raise

    def _renewed(self, turn: Turn, own: ZohoClientCredentials, refused: AccessToken | None) -> AccessToken:
        """Ask Zoho, store what it gives, and give the turn back."""
        try:
            token = self._refresh(own)
        except LeadmatchError as error:
            judged = turn.judged(error)
            if isinstance(judged, ZohoRefused) or self._living(refused) is None:
                self._events.on_failure(judged)
            with self._quietly("token_lease_not_returned"):
                if isinstance(judged, ZohoRefused) and turn.is_first_refusal():
                    self._events.on_revoked(judged, turn.digest, turn.incident())
                self._lease.failed(turn, error)
            raise judged from None
        stored = self._secret.store(token, may_go_on=lambda: not self._lease.is_over(turn))
        self._held, self._unsaved_over = token, None if stored else turn.record.replaces
        with self._quietly("token_lease_not_returned"):
            self._lease.succeeded(turn, stored=stored)
        return token

    def _look(self, refused: AccessToken | None) -> str:
        """Read the secret and keep its token if it lives longer than ours; return the secret's version."""
        shared, version = self._secret.read()
        held = self._living(refused)
        if shared is None or shared.is_same(refused) or shared.is_same(held):
            return version
        shared = _plausible(shared, self._now())
        if held is None or shared.expires_at > held.expires_at:
            self._held, self._unsaved_over = shared, None
        return version

    def _save_late(self, token: AccessToken, over: str) -> None:
        """Store a token that could not be stored at once, unless another one was stored meanwhile."""
        try:
            _, version = self._secret.read()
        except Retryable as error:
            self._events.warn("token_not_stored", error)
            return
        if version != over or self._secret.store(token, writes=1):
            self._unsaved_over = None

    @contextmanager
    def _quietly(self, warning: str) -> Iterator[None]:
        """Do what may fail: a lease that was not given back ends by itself, what was not told is told again."""
        try:
            yield
        except Retryable as error:
            self._events.warn(warning, error)

    def _living(self, refused: AccessToken | None) -> AccessToken | None:
        """Return the token in memory if it lives and is not the refused one."""
        held = self._held
        lives = held is not None and held.expires_at > self._now() and not held.is_same(refused)
        return held if lives else None

    def _is_good(self, token: AccessToken) -> bool:
        return token.expires_at - self._margin > self._now()

    def _suffices(self, token: AccessToken) -> bool:
        return self._is_good(token) or self._clock() < self._rest_until

    def _held_up(self) -> LeaseHeld:
        return LeaseHeld(
            "Another worker is fetching an access token.",
            reason="token_lease_held",
            retry_after_seconds=max(TOKEN_SOON_SECONDS, self._lease.seconds_to_watch()),
        )


def _plausible(token: AccessToken, now: datetime) -> AccessToken:
    """Return the token with an end that it may have: a clock that is ahead wrote a later one, and nobody knows its age."""
    if token.expires_at - now <= timedelta(seconds=TOKEN_LIFETIME_SECONDS) + CLOCKS_DIFFER:
        return token
    return replace(token, expires_at=now + timedelta(seconds=TOKEN_LIFETIME_SECONDS - TOKEN_NEW_SECONDS))


def _check_not_new(refused: AccessToken | None, now: datetime) -> None:
    if refused and refused.expires_at - now > timedelta(seconds=TOKEN_LIFETIME_SECONDS - TOKEN_NEW_SECONDS):
        raise ZohoTokensRejected(
            "Zoho refuses an access token that it has just issued.",
            reason=TOKENS_REFUSED,
            retry_after_seconds=TOKEN_NEW_SECONDS,
        )
