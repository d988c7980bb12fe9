"""receive: a webhook call becomes lead events on the inbox, and 202 is said only once the queue has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.aws.queues import Message
from chalicelib.errors import CallRefused, LeadmatchError, Misconfigured, Retryable
from chalicelib.events import LeadEvent
from chalicelib.intake import accept, is_opened_by, shows_any_key
from chalicelib.intake.call import WebhookCall, from_gateway
from chalicelib.intake.keys import CHECK_HEADER

RETRY_AFTER_SECONDS = "60"


class Keys(Protocol):
    """Gives the live webhook keys."""

    def __call__(self) -> Sequence[str]:
        """Read them; raise `AwsUnavailable` or `Misconfigured` when they cannot be had."""


class Inbox(Protocol):
    """Takes lead events."""

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep them all, or raise `AwsUnavailable`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, and what to log of it."""

    status: int
    body: dict[str, Any]
    reason: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_lost: bool = False
    """Whether leads of somebody who has a key, or means to, were not taken: nobody else will tell of them."""
    opened_by: str = ""
    """While two keys are live, which one let the call in: `current` or `previous`."""

    @property
    def accepted(self) -> tuple[dict[str, str], ...]:
        """Give the lead and event ids that were taken."""
        return tuple(self.body.get("accepted", ()))


def receive(
    gateway_event: Mapping[str, Any],
    *,
    keys: Keys,
    inbox: Inbox,
    now: Callable[[], datetime],
    new_event_id: Callable[[], str],
) -> Reply:
    """Answer one call of the webhook: 202, 400, 401, 413, or 503 when the leads could not be kept."""
    try:
        call = from_gateway(gateway_event)
    except CallRefused as error:
        return _refused(error)
    try:
        at, live = now(), keys()
        events = accept(call, keys=live, now=at, new_event_id=new_event_id)
        inbox.send_all([_message(event) for event in events])
    except CallRefused as error:
        return _refused(error, is_lost=shows_any_key(call) and not call.header(CHECK_HEADER))
    except (Retryable, Misconfigured) as error:
        return unavailable(error)
    accepted = [{"lead_id": event.lead_id, "event_id": event.event_id} for event in events]
    return Reply(202, {"accepted": accepted}, "accepted", opened_by=_opened_by(call, live, now=at))


def unavailable(error: LeadmatchError) -> Reply:
    """Say 503: nothing was taken, and the caller may send it again."""
    body = _error("try_again", "The leads were not taken. Send the same call again later.")
    return Reply(503, body, error.reason, {"Retry-After": RETRY_AFTER_SECONDS}, is_lost=True)


def _refused(error: CallRefused, *, is_lost: bool = False) -> Reply:
    return Reply(error.status, _error(error.reason, str(error)), error.reason, is_lost=is_lost)


def _opened_by(call: WebhookCall, live: Sequence[str], *, now: datetime) -> str:
    """Say which key it was, so that an operator sees when the previous one is used no more."""
    if len(live) < 2:  # noqa: PLR2004 - the current one and the previous one
        return ""
    return "current" if is_opened_by(call, live[0], now=now) else "previous"


def _message(event: LeadEvent) -> Message:
    return Message(event.to_json(), group=event.lead_id, deduplication_id=event.event_id)


def _error(reason: str, message: str) -> dict[str, Any]:
    return {"error": {"reason": reason, "message": message}}
