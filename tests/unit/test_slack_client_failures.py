"""Slack's bad answers: the class of error that each becomes, and how little of the answer reaches its text."""

from __future__ import annotations

import json

import pytest

from chalicelib.errors import (
    ChannelClosed,
    ContentRefused,
    EditRefused,
    LeadmatchError,
    MessageGone,
    Permanent,
    PersonAbsent,
    Retryable,
    SlackFailed,
    SlackRefused,
    SlackScopeMissing,
    SlackThrottled,
    SlackTokenRefused,
    SlackUnavailable,
    SlackUnclear,
    ThreadGone,
    TriggerExpired,
    TriggerUsed,
    ViewChanged,
    ViewGone,
)
from chalicelib.http import Answer
from chalicelib.slack.client import method_failure, webhook_failure
from chalicelib.slack.error_codes import METHODS, WEBHOOK, Meaning
from chalicelib.timing import SLACK_RETRY_SECONDS

CLASSES: dict[Meaning, type[LeadmatchError]] = {
    Meaning.THROTTLED: SlackThrottled,
    Meaning.WAIT: SlackUnavailable,
    Meaning.TOKEN: SlackTokenRefused,
    Meaning.SCOPE: SlackScopeMissing,
    Meaning.CHANNEL_CLOSED: ChannelClosed,
    Meaning.UNCLEAR: SlackUnclear,
    Meaning.FAILED: SlackFailed,
    Meaning.CONTENT: ContentRefused,
    Meaning.MESSAGE_GONE: MessageGone,
    Meaning.EDIT_REFUSED: EditRefused,
    Meaning.THREAD_GONE: ThreadGone,
    Meaning.TRIGGER_EXPIRED: TriggerExpired,
    Meaning.TRIGGER_USED: TriggerUsed,
    Meaning.VIEW_GONE: ViewGone,
    Meaning.VIEW_CHANGED: ViewChanged,
    Meaning.PERSON_ABSENT: PersonAbsent,
    Meaning.PERSON_UNKNOWN: SlackRefused,
    Meaning.REFUSED: SlackRefused,
}
EFFECTS = ("chat.postMessage", "chat.update")


def said(code: object, status: int = 200, **beside: object) -> Answer:
    """Return an answer of the Web API that says no."""
    return Answer(status, {}, json.dumps({"ok": False, "error": code, **beside}).encode())


def posted(answer: Answer) -> LeadmatchError:
    """Return the error of an answer to a post."""
    return method_failure(answer, method="chat.postMessage", effect=True)


@pytest.mark.parametrize("method", METHODS)
def test_the_class_follows_from_the_meaning_alone(method: str) -> None:
    """For every code of every page; a call without effect can be made again whatever became of it."""
    effect = method in EFFECTS
    for code, meaning in METHODS[method].codes.items():
        error = method_failure(said(code), method=method, effect=effect)
        unclear = meaning in (Meaning.UNCLEAR, Meaning.FAILED)
        assert type(error) is (SlackUnavailable if unclear and not effect else CLASSES[meaning]), code


@pytest.mark.parametrize("code", ["never_heard_of", "maintenance", "shard_unavailable", "org_frozen", "e2"])
def test_a_code_of_no_page_on_a_post_is_unclear_and_never_refused(code: str) -> None:
    """Nothing says that the message was not taken; refused, the lead would be parked and never shown."""
    error = posted(said(code))
    assert type(error) is SlackFailed
    assert error.reason == f"slack_{code}"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.replies", "auth.test"])
def test_a_code_of_no_page_on_a_question_is_asked_again(method: str) -> None:
    """In an outage Slack says what it likes."""
    assert type(method_failure(said("never_heard_of"), method=method, effect=False)) is SlackUnavailable


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {}, b"<html>maintenance</html>"),
        Answer(200, {}, b""),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b"{}"),
        Answer(302, {}, b""),
        Answer(403, {}, b'{"message": "Forbidden"}'),
        Answer(404, {}, b"not found"),
        Answer(502, {}, b"bad gateway"),
        said("service_unavailable", 503),
        said("channel_not_found", 500),
        said(None),
        said({"code": "x"}),
        said("Ada Park <ada@example.com>"),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:24]!r}",
)
def test_an_answer_without_a_code_of_slack_s_is_unclear(answer: Answer) -> None:
    """Whoever said it, the post may stand; what is no code reaches neither reason nor text."""
    error = posted(answer)
    assert type(error) is SlackUnclear
    assert "Ada" not in f"{error} {error.reason}"
    assert type(method_failure(answer, method="conversations.history", effect=False)) is SlackUnavailable


def test_slack_s_own_failure_is_told_from_a_gateway_s() -> None:
    """Only the first may be for the content."""
    assert type(posted(said("internal_error", 500))) is SlackFailed
    assert type(posted(said("never_heard_of", 500))) is SlackUnclear


@pytest.mark.parametrize(
    "answer",
    [
        Answer(429, {"retry-after": "7"}, b"<html>slow down</html>"),
        Answer(429, {"retry-after": "7"}, b'{"ok":false,"error":"ratelimited"}'),
        Answer(200, {"retry-after": "7"}, b'{"ok":false,"error":"rate_limited"}'),
        Answer(200, {"retry-after": "7"}, b'{"ok":false,"error":"message_limit_exceeded"}'),
    ],
)
def test_a_throttle_passes_on_what_slack_asks_for(answer: Answer) -> None:
    """With a status or with a code alone."""
    error = posted(answer)
    assert isinstance(error, SlackThrottled)
    assert (error.reason, error.retry_after_seconds) == ("slack_throttled", 7)


def test_a_throttle_that_names_no_time_is_waited_out_all_the_same() -> None:
    """Whoever came back at once would be throttled for longer."""
    error = posted(Answer(429, {}, b""))
    assert isinstance(error, SlackThrottled)
    assert error.retry_after_seconds == SLACK_RETRY_SECONDS


@pytest.mark.parametrize("needed", ["chat:write", "channels:history,groups:history,mpim:history,im:history"])
def test_the_scope_that_is_missing_is_named(needed: str) -> None:
    """Slack says it beside the code."""
    error = posted(said("missing_scope", needed=needed, provided="chat:write.public"))
    assert str(error).endswith(f" It lacks the scope {needed}.")


@pytest.mark.parametrize("needed", [None, 7, ["chat:write"], "Ada Park", "x" * 200])
def test_what_is_no_scope_is_not_repeated(needed: object) -> None:
    """An error's text is printed."""
    assert str(posted(said("missing_scope", needed=needed))).endswith("missing_scope.")


def test_slack_s_remarks_about_the_content_stay_out_of_the_text() -> None:
    """They quote what was sent."""
    answer = said("invalid_blocks", response_metadata={"messages": ["[ERROR] unsupported type: Ada Park"]})
    assert "Ada" not in str(posted(answer))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *(("action_prohibited", 403), ("posting_to_general_channel_denied", 403), ("channel_is_archived", 410)),
        *(("channel_not_found", 404), ("user_not_found", 400)),
        *(("invalid_token", 403), ("no_active_hooks", 404), ("no_service", 404), ("no_service_id", 404)),
        *(("no_team", 404), ("team_disabled", 403)),
        *(("invalid_payload", 400), ("no_text", 400), ("too_many_attachments", 400), ("rollup_error", 500)),
    ],
)
def test_an_incoming_webhook_s_code_says_more_than_its_status(code: str, status: int) -> None:
    """Each of its page; the reason names it, so that it has a cure of its own. A closed channel closes the webhook."""
    error = webhook_failure(Answer(status, {}, code.encode() + b"\n"))
    assert type(error) is {**CLASSES, Meaning.CHANNEL_CLOSED: SlackTokenRefused}[WEBHOOK.codes[code]]
    assert error.reason == f"slack_{code}"


@pytest.mark.parametrize(
    "code", [code for code, m in WEBHOOK.codes.items() if m in (Meaning.TOKEN, Meaning.CHANNEL_CLOSED)]
)
def test_what_a_person_mends_at_a_webhook_is_waited_for(code: str) -> None:
    """At any status: a message that waits is not lost."""
    for status in (200, 400, 403, 404, 410):
        error = webhook_failure(Answer(status, {}, code.encode()))
        assert isinstance(error, Retryable)
        assert not isinstance(error, SlackUnclear)


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, b"", SlackUnclear, "slack_http_200"),
        (200, b"OK, Ada Park", SlackUnclear, "slack_http_200"),
        (408, b"", SlackUnclear, "slack_http_408"),
        (500, b"<html>", SlackUnclear, "slack_http_500"),
        (503, b"service_unavailable", SlackUnclear, "slack_service_unavailable"),
        (400, b"invalid_blocks", ContentRefused, "slack_invalid_blocks"),
        (
            400,
            b"missing_text_or_fallback_or_attachments",
            ContentRefused,
            "slack_missing_text_or_fallback_or_attachments",
        ),
        (400, b"Ada Park", ContentRefused, "slack_http_400"),
        (403, b"", SlackTokenRefused, "slack_webhook_gone"),
        (404, b"<html>", SlackTokenRefused, "slack_webhook_gone"),
        (410, b"never_heard_of", SlackTokenRefused, "slack_webhook_gone"),
        (302, b"", SlackUnavailable, "slack_http_302"),
        (407, b"", SlackUnavailable, "slack_http_407"),
        (429, b"rate_limited", SlackThrottled, "slack_throttled"),
    ],
)
def test_a_webhook_s_answer_without_a_known_code_goes_by_its_status(
    status: int, body: bytes, kind: type[LeadmatchError], reason: str
) -> None:
    """HTTP's own meaning: perhaps taken, not taken for what it holds, gone, not now."""
    error = webhook_failure(Answer(status, {}, body))
    assert (type(error), error.reason) == (kind, reason)


def test_no_code_of_the_token_the_channel_or_an_outage_is_permanent() -> None:
    """Such a message waits and is parked never."""
    waits = (
        Meaning.WAIT,
        Meaning.TOKEN,
        Meaning.SCOPE,
        Meaning.CHANNEL_CLOSED,
        Meaning.UNCLEAR,
        Meaning.FAILED,
        Meaning.THROTTLED,
    )
    for method, page in METHODS.items():
        for code, meaning in page.codes.items():
            if meaning in waits:
                assert not isinstance(method_failure(said(code), method=method, effect=True), Permanent)
