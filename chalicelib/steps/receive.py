"""receive: a webhook call becomes lead events on the inbox, and 202 is said only once the queue has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.aws.queues import Message
from chalicelib.errors import CallRefused, LeadmatchError, Misconfigured, Retryable
from chalicelib.intake import accept
from chalicelib.intake.call import from_gateway

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
        events = accept(call, keys=keys(), now=now(), new_event_id=new_event_id)
        inbox.send_all([Message.of_event(event) for event in events])
    except CallRefused as error:
        return Reply(error.status, _error(error.reason, str(error)), error.reason)
    except (Retryable, Misconfigured) as error:
        return unavailable(error)
    accepted = [{"lead_id": event.lead_id, "event_id": event.event_id} for event in events]
    return Reply(202, {"accepted": accepted}, "accepted")


def unavailable(error: LeadmatchError) -> Reply:
    """Say 503: nothing was taken, and the caller may send it again."""
    body = _error("try_again", "The leads were not taken. Send the same call again later.")
    return Reply(503, body, error.reason, {"Retry-After": RETRY_AFTER_SECONDS})


def _error(reason: str, message: str) -> dict[str, Any]:
    return {"error": {"reason": reason, "message": message}}
