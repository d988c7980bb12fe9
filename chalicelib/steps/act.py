"""act: what a person does with a button or a form of ours in Slack is answered at once, or Slack shows them a warning.

While people may not act from Slack, our buttons are links, which Slack opens by itself; it tells us all the same, and wants to
hear that we heard it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from chalicelib.errors import CallRefused, LeadmatchError, Misconfigured, Retryable
from chalicelib.slack.interactions import MAX_BODY_BYTES, Interaction, clicked, is_from_slack, read_interaction
from chalicelib.steps import results
from chalicelib.steps.results import HttpReply
from chalicelib.webhook.request import from_gateway

NOT_GENUINE = "Slack did not sign this call with our signing secret in the last five minutes."

Answer = Callable[[Interaction], HttpReply]
"""What answers an interaction that Slack signed."""


class SigningSecret(Protocol):
    """Gives the secret that Slack signs with."""

    def __call__(self) -> str:
        """Read it; raise `AwsUnavailable` or `Misconfigured` when it cannot be had."""


def act(
    gateway_event: Mapping[str, Any],
    *,
    signing_secret: SigningSecret,
    now: Callable[[], datetime],
    answer: Answer | None = None,
) -> HttpReply:
    """Answer one call: 401 when Slack did not sign it, 400 or 413 when it cannot be read, 503 when we cannot tell.

    Without `answer` people do not act from Slack, and every click is answered with an empty 200. Slack waits three seconds.
    https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
    """
    try:
        call = from_gateway(gateway_event, **({"most_bytes": MAX_BODY_BYTES} if answer else {}))
        call.require_body()
        if not is_from_slack(call.headers, call.body, signing_secret(), now=now()):
            return results.refused(CallRefused(NOT_GENUINE, reason="not_from_slack", status=401))
        if answer:
            return answer(read_interaction(call.body))
    except CallRefused as error:
        return results.refused(error)
    except (Retryable, Misconfigured) as error:
        return unavailable(error)
    return HttpReply(200, "", "clicked", about={"buttons": list(clicked(call.body))})


def unavailable(error: LeadmatchError) -> HttpReply:
    """Say 503: whether Slack signed it could not be told."""
    return results.unavailable(error, "The click was not accepted. Click again in a minute.")
