"""What Slack's bad answers mean: certainly not taken, perhaps taken, or refused for good.

https://docs.slack.dev/reference/methods/chat.postMessage#errors and https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import ChannelClosed, LeadmatchError, SlackRefused, SlackUnavailable, SlackUnclear
from chalicelib.http import Answer

THROTTLED = ("ratelimited", "rate_limited", "message_limit_exceeded")
STUMBLES = ("fatal_error", "internal_error")
"""Slack's own word that this call went wrong, which may be for its content."""
UNCLEAR = (*STUMBLES, "service_unavailable", "request_timeout")
TOKEN_REFUSED = (
    *("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope"),
    *("no_permission", "org_login_required", "access_denied", "not_allowed_token_type", "team_access_not_granted"),
)
"""What is wrong with the token is wrong in every channel: all messages wait until a person has mended it."""
WORKSPACE_CLOSED = ("team_added_to_org", "ekm_access_denied", "accesslimited", "two_factor_setup_required")
"""What a workspace as a whole refuses, while it moves into an organization, say: as with the token, all messages wait."""
CHANNEL_CLOSED = (
    *("channel_not_found", "not_in_channel", "is_archived", "channel_type_not_supported", "restricted_action"),
    *("restricted_action_read_only_channel", "restricted_action_thread_only_channel", "messages_tab_disabled"),
)
"""What is wrong with one channel: the messages for it have another place to go to."""
MESSAGE_REFUSED = (
    *("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"),
    "invalid_payload",  # an incoming webhook's word for the same
)
THROTTLED_STATUS = 429
BAD_REQUEST = 400
SERVER_ERRORS = 500
DEFAULT_RETRY_SECONDS = 30.0
PERSON_SECONDS = 120.0


def failure(answer: Answer, *, effect: bool) -> LeadmatchError:
    """Give the error of a Web API answer; `effect` marks a call that must not happen twice."""
    fields = answer.json()
    error = fields.get("error") if isinstance(fields, Mapping) else None
    code = error if isinstance(error, str) and error else f"http_{answer.status}"
    if answer.status == THROTTLED_STATUS or code in THROTTLED:
        return _throttled(answer)
    if code in UNCLEAR or answer.status >= SERVER_ERRORS or not isinstance(fields, Mapping):
        kind = SlackUnclear if effect else SlackUnavailable
        return kind(f"Slack answered {code}.", reason=f"slack_{code}")
    for kind, codes in ((SlackUnavailable, (*TOKEN_REFUSED, *WORKSPACE_CLOSED)), (ChannelClosed, CHANNEL_CLOSED)):
        if code in codes:
            said = f"Slack refuses our token or channel: {code}."
            return kind(said, reason=f"slack_{code}", retry_after_seconds=PERSON_SECONDS)
    return SlackRefused(f"Slack refused the call: {code}.", reason=f"slack_{code}")


def webhook_failure(answer: Answer) -> LeadmatchError:
    """Give the error of an incoming webhook's answer, which is plain text."""
    if answer.status == THROTTLED_STATUS:
        return _throttled(answer)
    if answer.status >= SERVER_ERRORS or answer.status == 200:  # noqa: PLR2004 - 200 without "ok" is no answer of Slack's
        return SlackUnclear(f"Slack's webhook answered HTTP {answer.status}.", reason=f"slack_http_{answer.status}")
    if answer.status == BAD_REQUEST:
        return SlackRefused("Slack's webhook refused the message.", reason=f"slack_{_word(answer)}")
    return SlackUnavailable(
        f"Slack's webhook answered HTTP {answer.status}: make a new one.",
        reason="slack_webhook_gone",
        retry_after_seconds=PERSON_SECONDS,
    )


def _word(answer: Answer) -> str:
    """Give the webhook's one-word answer, or its status."""
    text = answer.body[:40].decode("ascii", "replace").strip()
    return text if text.isidentifier() else f"http_{answer.status}"


def is_about_the_message(error: SlackRefused) -> bool:
    """Tell whether Slack refused the content, so that a plainer one may still get through."""
    return error.reason.removeprefix("slack_") in MESSAGE_REFUSED


def is_stumble(error: SlackUnclear) -> bool:
    """Tell whether Slack itself said that the call went wrong; a lost answer or a gateway's says nothing of the message."""
    return error.reason.removeprefix("slack_") in STUMBLES


def _throttled(answer: Answer) -> SlackUnavailable:
    return SlackUnavailable(
        "Slack asks us to slow down.",
        reason="slack_throttled",
        retry_after_seconds=answer.retry_after_seconds or DEFAULT_RETRY_SECONDS,
    )
