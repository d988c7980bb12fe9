"""refresh: of what runs in AWS the only caller of Zoho's token endpoint, and the only writer of the secret `zoho-token`.

It works on one request at a time (tokens.fifo has one message group) and deletes each: whoever still lacks a token asks again in a
minute. So nothing waits here; what is known of Zoho stands in the record `token#zoho`, which is written before Zoho is asked. Whatever a
dying refresher asked for is counted already, and its request comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.aws.queues import Delivery
from chalicelib.errors import LeadmatchError, Misconfigured, Retryable, ZohoBlocked, ZohoRefused, ZohoTokensRejected
from chalicelib.events import TokenRequest
from chalicelib.metrics import Metric
from chalicelib.steps.results import StepResult
from chalicelib.timing import TOKEN_WRITE_BACKOFF
from chalicelib.zoho.oauth import ZohoClientCredentials
from chalicelib.zoho.token_record import AskZoho, NotNeeded, NotNow, TokenRecord, plan, read_record
from chalicelib.zoho.tokens import AccessToken

if TYPE_CHECKING:
    from chalicelib.aws.token_item import TokenItem

WRITES = 3
NOTHING: Mapping[Metric, float] = {}
FAILED = {Metric.TOKEN_REFRESH_FAILURES: 1}


class TokenAlerts(Protocol):
    """Tells the operator, once for each incident."""

    def revoked(self, error: ZohoRefused, *, incident: str) -> None:
        """Zoho takes the credentials no more."""

    def tokens_rejected(self, error: ZohoTokensRejected, *, incident: str) -> None:
        """Zoho refuses the tokens that it gives out."""

    def blocked(self, error: ZohoBlocked) -> None:
        """Zoho lets nobody in."""


@dataclass(frozen=True, slots=True)
class Refresher:
    """What refresh works with.

    `ask` asks Zoho for a token, `store` returns its version in the secret, `warn` gets what fails and is made up for, under a static
    name.
    """

    item: TokenItem
    credentials: Callable[[], ZohoClientCredentials]
    ask: Callable[[ZohoClientCredentials], AccessToken]
    store: Callable[[Mapping[str, str]], str]
    alerts: TokenAlerts
    warn: Callable[[str, LeadmatchError], None]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def refresh(self, delivery: Delivery) -> StepResult:
        """Ask Zoho for a token if the record allows it, store it, and write down how it went.

        Raises `Unreadable` for what is no request, and `AwsUnavailable` when nothing was asked or the operator could not be told.
        """
        request = TokenRequest.from_json(delivery.body)
        fields, epoch = self.item.read()
        record = read_record(fields)
        try:
            own = self.credentials()
        except Misconfigured as error:
            self.item.write(record.of("").refusing(str(error), now=self._seconds()).fields(), after=epoch)
            return _result("token_not_requested", request, error, {Metric.FAILURES: 1})
        match plan(record.of(own.digest()), request, now=self._seconds()):
            case NotNeeded():
                return _result("token_not_needed", request)
            case NotNow(objection, record):
                return self._not_now(objection, record, request)
            case AskZoho(record):
                if not self.item.write(record.fields(), after=epoch):
                    return _result("token_request_overtaken", request)
                return self._asked(own, record, request, epoch + 1)

    def _not_now(self, error: LeadmatchError, record: TokenRecord, request: TokenRequest) -> StepResult:
        if isinstance(error, ZohoTokensRejected):
            self.alerts.tokens_rejected(error, incident=f"{record.known_by}-tokens-{self.now().date()}")
        return _result("token_not_requested", request, error)

    def _asked(self, own: ZohoClientCredentials, record: TokenRecord, request: TokenRequest, epoch: int) -> StepResult:
        """Ask, and handle the answer; `record` says already that Zoho was asked."""
        try:
            token = self.ask(own)
        except LeadmatchError as error:
            judged = record.judged(error)
            self._alert_operator(judged, record)
            self._note(record.failed(error, now=self._seconds()), epoch)
            return _failed(judged, request)
        stored = self._stored(token)
        self._note(record.succeeded(stored=stored, ends_at=int(token.expires_at.timestamp())), epoch)
        return _result("token_refreshed", request) if stored else _result("token_lost", request, measures=FAILED)

    def _alert_operator(self, judged: LeadmatchError, record: TokenRecord) -> None:
        """Alert the operator to what waiting does not cure, before it is written down: a crash in between tells it again."""
        if isinstance(judged, ZohoRefused) and record.refusal is None:
            self.alerts.revoked(judged, incident=f"{record.known_by}-{record.first_refusal}")
        if isinstance(judged, ZohoBlocked):
            self.alerts.blocked(judged)

    def _stored(self, token: AccessToken) -> str:
        """Store the token, with several writes if need be; return its version, or an empty text when it is not stored."""
        for number in range(WRITES):
            if number:
                self.sleep(TOKEN_WRITE_BACKOFF.whole_seconds(number - 1))
            try:
                return self.store(token.fields())
            except Retryable as error:
                self.warn("token_not_stored", error)
        return ""

    def _note(self, record: TokenRecord, epoch: int) -> None:
        """Write down how it went; without that the ask counts as one whose answer was lost."""
        try:
            self.item.write(record.fields(), after=epoch)
        except Retryable as error:
            self.warn("token_record_not_written", error)

    def _seconds(self) -> int:
        return int(self.now().timestamp())


def _failed(judged: LeadmatchError, request: TokenRequest) -> StepResult:
    """Return what Zoho's answer came to: no failure yet where an old token serves and waiting may cure it."""
    serves = request.is_early and not isinstance(judged, ZohoRefused)
    return _result("token_refresh_failed", request, judged, {} if serves else FAILED)


def _result(
    name: str, request: TokenRequest, error: LeadmatchError | None = None, measures: Mapping[Metric, float] = NOTHING
) -> StepResult:
    why = {"reason": error.reason} if error else {}
    return StepResult(name, {"secret_version": request.version, "request": request.reason, **why}, measures)
