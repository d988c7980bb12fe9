"""act: a click on a button in Slack is answered at once, or Slack shows the person a warning beside the button.

Our buttons are links, which Slack opens by itself; it tells us all the same, and wants to hear that we heard it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from chalicelib.errors import CallRefused, LeadmatchError, Misconfigured, Retryable
from chalicelib.slack.interactions import clicked, is_from_slack
from chalicelib.steps import results
from chalicelib.steps.results import HttpReply
from chalicelib.webhook.request import from_gateway

NOT_GENUINE = "Slack did not sign this call with our signing secret in the last five minutes."


class SigningSecret(Protocol):
    """Gives the secret that Slack signs with."""

    def __call__(self) -> str:
        """Read it; raise `AwsUnavailable` or `Misconfigured` when it cannot be had."""


def act(gateway_event: Mapping[str, Any], *, signing_secret: SigningSecret, now: Callable[[], datetime]) -> HttpReply:
    """Answer one click: 200 with nothing in it, 401 when Slack did not sign it, 413, or 503 when we cannot tell.

    Slack waits three seconds. https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
    """
    try:
        call = from_gateway(gateway_event)
        call.require_body()
        is_genuine = is_from_slack(call.headers, call.body, signing_secret(), now=now())
    except CallRefused as error:
        return results.refused(error)
    except (Retryable, Misconfigured) as error:
        return unavailable(error)
    if not is_genuine:
        return results.refused(CallRefused(NOT_GENUINE, reason="not_from_slack", status=401))
    return HttpReply(200, "", "clicked", about={"buttons": list(clicked(call.body))})


def unavailable(error: LeadmatchError) -> HttpReply:
    """Say 503: whether Slack signed it could not be told."""
    return results.unavailable(error, "The click was not accepted. Click again in a minute.")
