"""act: a click on a button in Slack is answered at once, or Slack shows the person a warning beside the button.

Our buttons are links, which Slack opens by itself; it tells us all the same, and wants to hear that we heard it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from chalicelib.errors import CallRefused, Misconfigured, Retryable
from chalicelib.intake.call import from_gateway
from chalicelib.slack.clicks import clicked, is_from_slack
from chalicelib.steps.reply import Reply, refused, unavailable


class SigningSecret(Protocol):
    """Gives the secret that Slack signs with."""

    def __call__(self) -> str:
        """Read it; raise `AwsUnavailable` or `Misconfigured` when it cannot be had."""


def act(gateway_event: Mapping[str, Any], *, signing_secret: SigningSecret, now: Callable[[], datetime]) -> Reply:
    """Answer one click: 200 with nothing in it, 401 when Slack did not sign it, 413, or 503 when we cannot tell.

    Slack waits three seconds. https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
    """
    try:
        call = from_gateway(gateway_event)
        if not is_from_slack(call.headers, call.body, signing_secret(), now=now()):
            raise CallRefused(
                "Slack did not sign this call in the last five minutes with the secret that we hold.",
                reason="not_from_slack",
                status=401,
            )
    except CallRefused as error:
        return refused(error)
    except (Retryable, Misconfigured) as error:
        return unavailable(error, "The click was not taken. Click again in a minute.")
    return Reply(200, {}, "clicked", about={"buttons": list(clicked(call.body))})
