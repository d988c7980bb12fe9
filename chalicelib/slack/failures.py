"""Slack's bad answers as errors: what each error code means is in `error_codes.py`, what follows from it here.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.errors import (
    ChannelClosed,
    ContentRefused,
    EditRefused,
    LeadmatchError,
    MessageGone,
    SlackFailed,
    SlackRefused,
    SlackThrottled,
    SlackTokenRefused,
    SlackUnavailable,
    SlackUnclear,
    ThreadGone,
)
from chalicelib.http import Answer
from chalicelib.slack.error_codes import WEBHOOK, Meaning, meaning_of, page_of

WAITS: Mapping[Meaning, tuple[type[SlackUnavailable], str]] = {
    Meaning.WAIT: (SlackUnavailable, "Slack takes no calls for now"),
    Meaning.TOKEN: (SlackTokenRefused, "Slack refuses the token or the webhook"),
    Meaning.CHANNEL_CLOSED: (ChannelClosed, "Slack refuses the channel"),
}
UNCLEAR: Mapping[Meaning, type[SlackUnclear]] = {Meaning.UNCLEAR: SlackUnclear, Meaning.FAILED: SlackFailed}
REFUSES: Mapping[Meaning, type[SlackRefused]] = {
    Meaning.CONTENT: ContentRefused,
    Meaning.MESSAGE_GONE: MessageGone,
    Meaning.EDIT_REFUSED: EditRefused,
    Meaning.THREAD_GONE: ThreadGone,
    Meaning.REFUSED: SlackRefused,
}
CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
SCOPES = re.compile(r"[a-z][a-z:._,-]{0,79}")
OK, BAD_REQUEST, REQUEST_TIMEOUT, THROTTLED, SERVER_ERRORS = 200, 400, 408, 429, 500
WEBHOOK_GONE = (403, 404, 410)
"""With a code that no page has; https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks"""
DEFAULT_RETRY_SECONDS = 30.0
PERSON_SECONDS = 120.0


def failure(answer: Answer, *, method: str, effect: bool) -> LeadmatchError:
    """Return the error for a bad answer of a Web API method; `effect` marks a call that must not happen twice."""
    fields = answer.json()
    code = _code(fields.get("error")) if isinstance(fields, Mapping) else ""
    known = meaning_of(code, page_of(method))
    if answer.status == THROTTLED or known is Meaning.THROTTLED:
        return _throttled(answer)
    if not code or (answer.status >= SERVER_ERRORS and known is not Meaning.FAILED):
        known = Meaning.UNCLEAR  # a gateway's answer, not Slack's own
    return _error(known or Meaning.FAILED, code or f"http_{answer.status}", detail=_scope(fields), effect=effect)


def webhook_failure(answer: Answer) -> LeadmatchError:
    """Return the error for a bad answer of an incoming webhook, which is one code as plain text, and a status."""
    code = _code(answer.body[:100].decode("ascii", "replace").strip())
    known = meaning_of(code, WEBHOOK)
    if answer.status == THROTTLED or known is Meaning.THROTTLED:
        return _throttled(answer)
    if known is None and answer.status in WEBHOOK_GONE:
        return _error(Meaning.TOKEN, "webhook_gone", effect=True)
    return _error(known or _by_status(answer.status), code or f"http_{answer.status}", effect=True)


def _error(meaning: Meaning, code: str, *, detail: str = "", effect: bool) -> LeadmatchError:
    reason = f"slack_{code}"
    if meaning in WAITS:
        waits, sentence = WAITS[meaning]
        return waits(f"{sentence}: {code}.{detail}", reason=reason, retry_after_seconds=PERSON_SECONDS)
    if meaning in REFUSES:
        return REFUSES[meaning](f"Slack refused the call: {code}.", reason=reason)
    return (UNCLEAR[meaning] if effect else SlackUnavailable)(f"Slack answered {code}.", reason=reason)


def _by_status(status: int) -> Meaning:
    """Return what a webhook's answer with an unknown code, or with none, means by its HTTP status."""
    if status in (OK, REQUEST_TIMEOUT) or status >= SERVER_ERRORS:
        return Meaning.UNCLEAR  # 200 without "ok" is no answer of Slack's
    return Meaning.CONTENT if status == BAD_REQUEST else Meaning.WAIT


def _code(text: object) -> str:
    """Return an error code as it may be logged; an empty text for what is no code."""
    return text if isinstance(text, str) and CODE.fullmatch(text) else ""


def _scope(fields: object) -> str:
    """Return which scope the token lacks, as `missing_scope` says it beside the code."""
    needed = fields.get("needed") if isinstance(fields, Mapping) else None
    return f" It lacks the scope {needed}." if isinstance(needed, str) and SCOPES.fullmatch(needed) else ""


def _throttled(answer: Answer) -> SlackThrottled:
    return SlackThrottled(
        "Slack asks us to slow down.",
        reason="slack_throttled",
        retry_after_seconds=answer.retry_after_seconds or DEFAULT_RETRY_SECONDS,
    )
