"""The secret, the record, the requests, Zoho and the clock in memory, with the workers and the refresher between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.aws.queues import Delivery, Message
from chalicelib.errors import (
    AwsUnavailable,
    LeadmatchError,
    Misconfigured,
    ZohoBlocked,
    ZohoRefused,
    ZohoTokensRejected,
)
from chalicelib.events import TokenReason, TokenRequest
from chalicelib.steps.refresh import Refresher
from chalicelib.steps.results import StepResult
from chalicelib.zoho.oauth import ZohoClientCredentials
from chalicelib.zoho.token_record import TokenRecord, read_record
from chalicelib.zoho.tokens import AccessToken, AccessTokens
from tests.unit.zoho_answers import CREDENTIALS, NOW

DOMAIN = "https://www.zohoapis.eu"
SWALLOWED_SECONDS = 300


@dataclass
class Clock:
    """One time for everybody; a worker's own clock may be wrong by `skew` seconds. Sleeping lets it pass."""

    passed: float = 0.0
    while_asleep: Callable[[], object] = lambda: None
    """What happens in each sleep."""

    def now(self, skew: float = 0) -> datetime:
        """Return the time as a worker sees it."""
        return NOW + timedelta(seconds=self.passed + skew)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return 1000.0 + self.passed

    def sleep(self, seconds: float) -> None:
        """Let time pass, and what is to happen meanwhile."""
        self.passed += seconds
        self.while_asleep()


class Secret:
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
        return fields, f"v{version}" if version else "none"

    def write(self, fields: Mapping[str, str]) -> str:
        """Store, or fail; return the version."""
        self.writes += 1
        if failure := (self.failures.pop(0) if self.failures else None):
            raise failure
        self.fields, self.version = dict(fields), self.version + 1
        return f"v{self.version}"

    def put(self, value: str, seconds: float = 3600) -> None:
        """Let somebody have stored a token."""
        self.write(AccessToken(value, DOMAIN, self.clock.now() + timedelta(seconds=seconds)).fields())

    @property
    def value(self) -> str | None:
        """Return the token that is stored."""
        return self.fields["access_token"] if self.fields else None


class Item:
    """The record's item; `lose` are the fates of its next writes: "before" and "after" lose the answer, None works."""

    def __init__(self) -> None:
        self.content: Mapping[str, Any] = {}
        self.epoch = 0
        self.lose: list[str | None] = []
        self.before_write: Callable[[], object] = lambda: None

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Return the content and its epoch."""
        return self.content, self.epoch

    def write(self, content: Mapping[str, Any], *, after: int) -> bool:
        """Replace the content if nobody wrote since."""
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


@dataclass
class Alerts:
    """What the operator hears; `fails` are what goes wrong with the next ones."""

    told: list[tuple[str, str]] = field(default_factory=list)
    fails: list[LeadmatchError] = field(default_factory=list)

    def revoked(self, error: ZohoRefused, *, incident: str) -> None:
        """Remember the incident."""
        self._tell("revoked", incident, error)

    def tokens_rejected(self, error: ZohoTokensRejected, *, incident: str) -> None:
        """Remember the incident."""
        self._tell("tokens_rejected", incident, error)

    def blocked(self, error: ZohoBlocked) -> None:
        """Remember the reason."""
        self._tell("blocked", error.reason, error)

    def _tell(self, what: str, incident: str, error: LeadmatchError) -> None:
        assert str(error)
        if self.fails:
            raise self.fails.pop()
        self.told.append((what, incident))


class World:
    """Everything that workers and the refresher share."""

    def __init__(self) -> None:
        self.clock, self.alerts, self.item = Clock(), Alerts(), Item()
        self.secret = Secret(self.clock)
        self.credentials: ZohoClientCredentials | Misconfigured = CREDENTIALS
        self.zoho_says: list[LeadmatchError | None] = []
        """Zoho's next answers: errors, or None for a token."""
        self.asked_at: list[float] = []
        self.warnings: list[tuple[str, str]] = []
        self.requests: list[TokenRequest] = []
        """What the queue has not given out yet."""
        self.results: list[StepResult] = []
        self.refresh_runs = True
        self._swallowed: dict[str, float] = {}
        self.clock.while_asleep = self.run_refresh

    @property
    def refreshes(self) -> int:
        """Count what Zoho was asked."""
        return len(self.asked_at)

    def send(self, request: TokenRequest, *, skew: float = 0) -> None:
        """Queue a request, unless SQS drops it as a repeat."""
        message = Message.of_token_request(request, now=self.clock.now(skew))
        seen = self._swallowed.get(message.deduplication_id)
        if seen is None or self.clock.passed - seen >= SWALLOWED_SECONDS:
            self._swallowed[message.deduplication_id] = self.clock.passed
            self.requests.append(TokenRequest.from_json(message.body))

    def run_refresh(self) -> None:
        """Let the refresher work on what is queued, when it runs; a request is deleted whatever becomes of it."""
        while self.requests and self.refresh_runs:
            request = self.requests.pop(0)
            try:
                self.results.append(self.refresh(request))
            except LeadmatchError as error:
                self.warnings.append(("dropped", error.reason))

    def request(self, version: str | None = None, cause: TokenReason = "expired") -> StepResult:
        """Let the refresher work on one request."""
        return self.refresh(TokenRequest(version or self.secret.read()[1], cause))

    def refresh(self, request: TokenRequest, *, ask: Any = None) -> StepResult:
        """Let the refresher work on this request."""
        return self.refresher(ask=ask).refresh(Delivery(request.to_json()))

    def refresher(self, *, ask: Any = None) -> Refresher:
        """Return the refresher."""
        return Refresher(
            item=self.item,
            credentials=self._credentials,
            ask=ask or self.ask,
            store=self.secret.write,
            alerts=self.alerts,
            warn=self.warn,
            now=self.clock.now,
            sleep=self.clock.sleep,
        )

    def ask(self, own: ZohoClientCredentials) -> AccessToken:
        """Return a new token of an hour, or fail."""
        assert own == self.credentials
        self.asked_at.append(self.clock.passed)
        if failure := (self.zoho_says.pop(0) if self.zoho_says else None):
            raise failure
        return AccessToken(f"new-{self.refreshes}", DOMAIN, self.clock.now() + timedelta(hours=1))

    def worker(self, *, skew: float = 0) -> AccessTokens:
        """Return one worker's view, whose clock is wrong by `skew` seconds."""
        return AccessTokens(
            secret=self.secret,
            request=lambda request: self.send(request, skew=skew),
            warn=self.warn,
            now=lambda: self.clock.now(skew),
            clock=self.clock.monotonic,
            sleep=self.clock.sleep,
        )

    def token(self, worker: AccessTokens, *, refused: AccessToken | None = None) -> AccessToken:
        """Let a worker check a lead: it reads the record, and then needs a token."""
        worker.heard(self.item.content)
        return worker.get(refused=refused)

    def warn(self, name: str, error: LeadmatchError) -> None:
        """Remember a warning."""
        self.warnings.append((name, error.reason))

    def _credentials(self) -> ZohoClientCredentials:
        if isinstance(self.credentials, Misconfigured):
            raise self.credentials
        return self.credentials
