"""The secret, the shared item, Zoho and the clocks in memory, and the workers between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.errors import AwsUnavailable, LeadmatchError, Misconfigured, ZohoRefused
from chalicelib.zoho.oauth import AccessToken, ZohoClientCredentials
from chalicelib.zoho.token_events import TokenEvents
from chalicelib.zoho.token_lease import TokenLease, TokenTiming
from chalicelib.zoho.token_record import TokenRecord, read_record
from chalicelib.zoho.token_secret import TokenSecret
from chalicelib.zoho.tokens import AccessTokens
from tests.unit.zoho_answers import CREDENTIALS, NOW

DOMAIN = "https://www.zohoapis.eu"
TIMING = TokenTiming()


@dataclass
class Clock:
    """One time for everybody; a worker's own clock may be wrong by `skew` seconds. Sleeping lets it pass."""

    passed: float = 0.0
    while_asleep: list[Callable[[], object]] = field(default_factory=list)
    """What happens in each of the next sleeps."""
    when_read: Callable[[], object] = lambda: None
    """What happens when a worker begins or ends a wait."""
    still: dict[str, float] = field(default_factory=dict)
    """Which of the two clocks stands still, and what it shows."""

    def now(self, skew: float = 0) -> datetime:
        """Return the time as a worker sees it."""
        return NOW + timedelta(seconds=self.still.get("now", self.passed) + skew)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        self.when_read()
        return 1000.0 + self.still.get("clock", self.passed)

    def stand_still(self, which: str) -> None:
        """Stop the wall clock (`now`) or the one that only grows (`clock`)."""
        self.still[which] = self.passed

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what is to happen meanwhile."""
        self.passed += seconds
        if self.while_asleep:
            self.while_asleep.pop(0)()


class Store:
    """A secret with versions; `failures` are the outcomes of its next writes, None for one that works."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.fields: dict[str, str] | None = None
        self.version = 0
        self.reads = self.writes = 0
        self.is_down = False
        self.failures: list[LeadmatchError | None] = []
        self.stale_reads: list[tuple[dict[str, str] | None, int]] = []
        """What the next reads see: AWS does not tell everybody at once."""

    def read(self) -> tuple[Mapping[str, str] | None, str]:
        """Return what is stored and its version."""
        self.reads += 1
        if self.is_down:
            raise AwsUnavailable("no", reason="secretsmanager_down")
        fields, version = self.stale_reads.pop(0) if self.stale_reads else (self.fields, self.version)
        return fields, f"v{version}" if version else ""

    def write(self, fields: Mapping[str, str]) -> None:
        """Store, or fail."""
        self.writes += 1
        if failure := (self.failures.pop(0) if self.failures else None):
            raise failure
        if self.is_down:
            raise AwsUnavailable("no", reason="secretsmanager_down")
        self.fields, self.version = dict(fields), self.version + 1

    def put(self, value: str, seconds: float = 3600) -> None:
        """Let somebody have stored a token."""
        expires_at = (self.clock.now() + timedelta(seconds=seconds)).isoformat()
        self.fields = {"access_token": value, "api_domain": DOMAIN, "expires_at": expires_at}
        self.version += 1

    @property
    def value(self) -> str | None:
        """Return the token that is stored."""
        return self.fields["access_token"] if self.fields else None


class Item:
    """The shared item; `lose` are the fates of its next writes: "before" and "after" lose the answer, None works."""

    def __init__(self) -> None:
        self.content: Mapping[str, Any] = {}
        self.epoch = 0
        self.reads = self.writes = 0
        self.lose: list[str | None] = []
        self.before_write: Callable[[], object] = lambda: None

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Return the content and its epoch."""
        self.reads += 1
        return self.content, self.epoch

    def write(self, content: Mapping[str, Any], *, after: int) -> bool:
        """Replace the content if nobody wrote since."""
        self.writes += 1
        self.before_write()
        fate = self.lose.pop(0) if self.lose else None
        if fate == "before":
            raise AwsUnavailable("no", reason="dynamodb_down")
        if after != self.epoch:
            return False
        self.content, self.epoch = dict(content), self.epoch + 1
        if fate == "after":
            raise AwsUnavailable("no", reason="dynamodb_read_timeout_error")
        return True

    @property
    def record(self) -> TokenRecord:
        """Return what the item says."""
        return read_record(self.content)


class World:
    """Everything that workers share."""

    def __init__(self, timing: TokenTiming = TIMING) -> None:
        self.timing, self.clock = timing, Clock()
        self.store, self.item = Store(self.clock), Item()
        self.credentials: ZohoClientCredentials | Misconfigured = CREDENTIALS
        self.zoho_says: list[LeadmatchError | None] = []
        """Zoho's next answers: errors, or None for a token."""
        self.refreshes = 0
        self.asked_with: list[ZohoClientCredentials] = []
        self.warnings: list[tuple[str, str]] = []
        self.failures: list[str] = []
        self.revoked: list[tuple[str, str]] = []
        self.incidents: list[str] = []
        self.tokens_refused: list[tuple[str, date]] = []
        self.telling_fails: list[LeadmatchError] = []
        self.ids = 0

    def refresh(self, own: ZohoClientCredentials) -> AccessToken:
        """Return a new token of an hour, or fail."""
        self.refreshes += 1
        self.asked_with.append(own)
        if failure := (self.zoho_says.pop(0) if self.zoho_says else None):
            raise failure
        return AccessToken(f"new-{self.refreshes}", DOMAIN, self.clock.now() + timedelta(hours=1))

    def worker(self, *, skew: float = 0, random: float = 0.0, refresh: Any = None) -> AccessTokens:
        """Return one worker's view, whose clock is wrong by `skew` seconds."""
        return AccessTokens(
            secret=TokenSecret(self.store, sleep=self.clock.sleep, warn=self.warn),
            lease=self.lease(skew=skew),
            credentials=self._credentials,
            refresh=refresh or self.refresh,
            events=TokenEvents(
                warn=self.warn,
                on_failure=lambda error: self.failures.append(error.reason),
                on_revoked=self.tell_revoked,
                on_tokens_refused=self.tell_tokens_refused,
            ),
            wait_seconds=self.timing.wait_seconds,
            now=lambda: self.clock.now(skew),
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
            random=lambda: random,
        )

    def lease(self, *, skew: float = 0) -> TokenLease:
        """Return one worker's view of the lease."""
        return TokenLease(
            item=self.item,
            timing=self.timing,
            now=lambda: self.clock.now(skew),
            clock=self.clock.monotonic,
            new_id=self._new_id,
        )

    def take_lease(self, *, skew: float = 0, version: str | None = None) -> None:
        """Let another worker begin to fetch a token, and die."""
        turn = self.lease(skew=skew).claim(version=version or self.store.read()[1], digest="of another worker")
        assert turn

    def warn(self, name: str, error: LeadmatchError) -> None:
        """Remember a warning."""
        self.warnings.append((name, error.reason))

    def tell_revoked(self, error: ZohoRefused, digest: str, incident: str) -> None:
        """Remember which refused credentials were told of, or fail."""
        if self.telling_fails:
            raise self.telling_fails.pop()
        self.revoked.append((str(error), digest))
        self.incidents.append(f"{digest}-{incident}")

    def tell_tokens_refused(self, digest: str, day: date) -> None:
        """Remember whose tokens are refused on which day, or fail."""
        if self.telling_fails:
            raise self.telling_fails.pop()
        self.tokens_refused.append((digest, day))

    def _credentials(self) -> ZohoClientCredentials:
        if isinstance(self.credentials, Misconfigured):
            raise self.credentials
        return self.credentials

    def _new_id(self) -> str:
        self.ids += 1
        return f"owner-{self.ids}"
