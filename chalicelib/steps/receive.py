"""receive: a webhook call becomes lead events on the inbox, and 202 is said only once the queue has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from chalicelib.aws.queues import Message
from chalicelib.errors import CallRefused, LeadmatchError, Misconfigured, Retryable
from chalicelib.intake import accept, is_opened_by, shows_any_key
from chalicelib.intake.call import WebhookCall, from_gateway
from chalicelib.intake.keys import CHECK_HEADER
from chalicelib.steps import reply
from chalicelib.steps.reply import Reply


class Keys(Protocol):
    """Gives the live webhook keys."""

    def __call__(self) -> Sequence[str]:
        """Read them; raise `AwsUnavailable` or `Misconfigured` when they cannot be had."""


class Inbox(Protocol):
    """Takes lead events."""

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep them all, or raise `AwsUnavailable`."""


def receive(
    gateway_event: Mapping[str, Any],
    *,
    keys: Keys,
    inbox: Inbox,
    now: Callable[[], datetime],
    new_event_id: Callable[[], str],
) -> Reply:
    """Answer one call of the webhook: 202, 400, 401, 413, or 503 when the leads could not be kept.

    A Notification that leads were deleted is answered 202 with no lead in it: another answer would count as a failed call.
    """
    try:
        call = from_gateway(gateway_event)
    except CallRefused as error:
        return reply.refused(error)
    try:
        at, live = now(), keys()
        events = accept(call, keys=live, now=at, new_event_id=new_event_id)
        inbox.send_all([Message.of_event(event) for event in events])
    except CallRefused as error:
        return reply.refused(error, is_lost=shows_any_key(call) and not call.header(CHECK_HEADER))
    except (Retryable, Misconfigured) as error:
        return unavailable(error)
    accepted = [{"lead_id": event.lead_id, "event_id": event.event_id} for event in events]
    about = {"leads": accepted, **_opened_by(call, live, now=at)}
    reason = "accepted" if accepted else "leads_deleted"
    return Reply(202, {"accepted": accepted}, reason, about=about, leads=len(accepted))


def unavailable(error: LeadmatchError) -> Reply:
    """Say 503: the leads are not on the inbox."""
    return reply.unavailable(error, "The leads were not taken. Send the same call again later.", is_lost=True)


def _opened_by(call: WebhookCall, live: Sequence[str], *, now: datetime) -> dict[str, str]:
    """While two keys are live, say which one it was: an operator sees when the previous one is used no more."""
    if len(live) < 2:  # noqa: PLR2004 - the current one and the previous one
        return {}
    return {"key": "current" if is_opened_by(call, live[0], now=now) else "previous"}
