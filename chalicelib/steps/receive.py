"""receive: a webhook call becomes lead events on the inbox, and 202 is said only once the queue has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from chalicelib.aws.queues import Message
from chalicelib.errors import LeadmatchError, Misconfigured, Retryable
from chalicelib.steps import results
from chalicelib.steps.results import HttpReply
from chalicelib.webhook import Refused, accept
from chalicelib.webhook.auth import CHECK_HEADER, Entry
from chalicelib.webhook.request import WebhookCall, from_gateway


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
) -> HttpReply:
    """Answer one call of the webhook: 202, 400, 401, 413, or 503 when the leads could not be kept.

    A Notification that leads were deleted is answered 202 with no lead in it: another answer would count as a failed call.
    """
    call = from_gateway(gateway_event)
    try:
        at, live = now(), keys()
        taken = accept(call, keys=live, now=at, new_event_id=new_event_id)
        if isinstance(taken, Refused):
            return _refused(call, taken)
        inbox.send_all([Message.of_event(event) for event in taken.events])
    except (Retryable, Misconfigured) as error:
        return unavailable(error)
    accepted = [{"lead_id": event.lead_id, "event_id": event.event_id} for event in taken.events]
    # While two keys are live, an operator sees when the previous one is used no more.
    which = {"key": taken.entry.key} if len(live) > 1 else {}
    about = {"leads": accepted, **which, **_place(taken.entry)}
    return HttpReply(
        202, {"accepted": accepted}, "accepted" if accepted else "leads_deleted", about=about, leads=len(accepted)
    )


def unavailable(error: LeadmatchError) -> HttpReply:
    """Say 503: the leads are not on the inbox."""
    return results.unavailable(error, "The leads were not accepted. Send the same call again later.", is_lost=True)


def _refused(call: WebhookCall, refused: Refused) -> HttpReply:
    """Say what is wrong. With a live key the leads are lost, unless it is the operator's check.

    Without one nobody is believed: neither that the call is a check, nor that a lead is lost.
    """
    return results.refused(
        refused.error,
        about={"method": call.method, **_place(refused.entry)},
        is_lost=refused.entry is not None and not call.header(CHECK_HEADER),
        has_wrong_key=refused.entry is None and refused.is_meant_for_us,
    )


def _place(entry: Entry | None) -> dict[str, str]:
    """Say when the key came in the URL, which others may log: the operator's check recommends POST then."""
    return {"key_in": "url"} if entry and entry.where == "url" else {}
