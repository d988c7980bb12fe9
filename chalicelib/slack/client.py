"""Posts to Slack and reads back: with a bot token, or through an incoming webhook (the trial mode).

A post is never repeated by an HTTP client and runs on a connection of its own: repeated bytes are a second message. What each
error code of Slack's means stands in `error_codes`; what follows from it, here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib import timing
from chalicelib.errors import (
    ChannelClosed,
    ContentRefused,
    EditRefused,
    LeadmatchError,
    MessageGone,
    PersonAbsent,
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
from chalicelib.http import Answer, AnswerLost, NotSent, exchange
from chalicelib.slack.error_codes import WEBHOOK, Meaning, meaning_of, page_of
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.people import SlackUser, read_user
from chalicelib.timing import SLACK_PERSON_SECONDS, SLACK_READ_SECONDS, SLACK_RETRY_SECONDS

if TYPE_CHECKING:
    import requests

Exchange = Callable[..., Answer]
"""What sends one request on a session and reads its answer whole, as `chalicelib.http.exchange` does."""

HISTORY_LIMIT = 200
EVENT_TYPE = "leadmatch_lead"

WAIT_ERRORS: Mapping[Meaning, tuple[type[SlackUnavailable], str]] = {
    Meaning.WAIT: (SlackUnavailable, "Slack accepts no calls for now"),
    Meaning.TOKEN: (SlackTokenRefused, "Slack refuses the token or the webhook"),
    Meaning.SCOPE: (SlackScopeMissing, "Slack refuses what the token may do"),
    Meaning.CHANNEL_CLOSED: (ChannelClosed, "Slack refuses the channel"),
}
UNCLEAR_ERRORS: Mapping[Meaning, type[SlackUnclear]] = {Meaning.UNCLEAR: SlackUnclear, Meaning.FAILED: SlackFailed}
REFUSAL_ERRORS: Mapping[Meaning, type[SlackRefused]] = {
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
CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
SCOPES = re.compile(r"[a-z][a-z:._,-]{0,79}")
HOOKS = ("hooks.slack.com", "hooks.slack-gov.com")
"""The hosts of the addresses to which a click is answered. https://docs.slack.dev/interactivity/handling-user-interaction"""
WEBHOOK_GONE = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""With a code that no page has; https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks"""


class SlackBot:
    """The Web API with a bot token; `session` opens a fresh connection pool for each call, with which `exchange` makes it."""

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        session: Callable[[], AbstractContextManager[Any]],
        exchange: Exchange = exchange,
    ) -> None:
        self._token, self._api_url, self._session, self._exchange = token, api_url, session, exchange

    def post(
        self, *, channel: str, message: SlackMessage, event_id: str, thread_ts: str = "", broadcast: bool = False
    ) -> str:
        """Post a message whose metadata carries the event id; return its ts. A reply may be shown in the channel too.

        Raises `SlackUnclear` when it may stand there all the same, `SlackUnavailable` or `SlackRefused` when it
        certainly does not. https://docs.slack.dev/reference/methods/chat.postMessage
        """
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"event_id": event_id}}
        body = _content(message) | {"channel": channel, "metadata": metadata}
        body |= {"thread_ts": thread_ts, "reply_broadcast": broadcast} if thread_ts else {}
        return str(self._call("chat.postMessage", body, effect=True).get("ts", ""))

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None:
        """Replace a message; doing it twice does no harm, but doing it late does: it may undo what came after it.

        Raises as `post` does. https://docs.slack.dev/reference/methods/chat.update
        """
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"event_id": event_id}}
        self._call("chat.update", _content(message) | {"channel": channel, "ts": ts, "metadata": metadata}, effect=True)

    def find(self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = "") -> str:
        """Look for our message of an event posted since an epoch second; return its ts, or an empty text.

        Without `until`, an epoch second too, everything since then is read when the message is not there.

        https://docs.slack.dev/reference/methods/conversations.history
        """
        method = "conversations.replies" if thread_ts else "conversations.history"
        query = {"channel": channel, "oldest": str(since), "limit": HISTORY_LIMIT, "include_all_metadata": True}
        query |= {} if until is None else {"latest": str(until)}
        query |= {"ts": thread_ts} if thread_ts else {}
        cursor = ""
        while True:
            page = self._call(method, query | ({"cursor": cursor} if cursor else {}), form=True)
            for message in page.get("messages") or ():
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("event_id") == event_id and message.get("ts") != thread_ts:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return ""

    def permalink(self, *, channel: str, ts: str) -> str:
        """Return a message's address. https://docs.slack.dev/reference/methods/chat.getPermalink"""
        return str(self._call("chat.getPermalink", {"channel": channel, "message_ts": ts}, form=True)["permalink"])

    def open_view(self, *, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a view for the person who clicked; raise `TriggerExpired`, or `TriggerUsed` when one was opened for this click.

        Raises else as `post` does. https://docs.slack.dev/reference/methods/views.open
        """
        self._call("views.open", {"trigger_id": trigger_id, "view": view}, effect=True)

    def update_view(self, *, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> None:
        """Replace an open view, with a hash only while it is in that state; raise `ViewGone` or `ViewChanged`.

        Raises else as `post` does. https://docs.slack.dev/reference/methods/views.update
        """
        body = {"view_id": view_id, "view": view} | ({"hash": view_hash} if view_hash else {})
        self._call("views.update", body, effect=True)

    def ephemeral(self, *, channel: str, user_id: str, text: str) -> None:
        """Show a text to one person in a channel; raise `PersonAbsent` when they are not in it.

        Raises else as `post` does. https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        body = {"channel": channel, "user": user_id, "text": text, "parse": "none"}
        self._call("chat.postEphemeral", body, effect=True)

    def user(self, user_id: str) -> SlackUser:
        """Return who a person is to Slack. https://docs.slack.dev/reference/methods/users.info"""
        return read_user(self._call("users.info", {"user": user_id}, form=True).get("user"))

    def user_by_email(self, email: str) -> SlackUser:
        """Return who has an address; raise `SlackRefused` when nobody does, and that of who was deactivated counts as nobody's.

        https://docs.slack.dev/reference/methods/users.lookupByEmail
        """
        return read_user(self._call("users.lookupByEmail", {"email": email}, form=True).get("user"))

    def group_members(self, group_id: str) -> frozenset[str]:
        """Return the ids of a user group's members. https://docs.slack.dev/reference/methods/usergroups.users.list"""
        users = self._call("usergroups.users.list", {"usergroup": group_id}, form=True).get("users")
        return frozenset(user for user in users if isinstance(user, str)) if isinstance(users, list) else frozenset()

    def respond(self, response_url: str, text: str) -> None:
        """Tell the person who clicked something that nobody else sees, at the address that the click brought.

        It takes five answers in half an hour. Raise `SlackRefused` when it takes no more, or is none of Slack's, else as `post` does.
        https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        if not self._is_slacks(response_url):
            raise SlackRefused("The click's address is none of Slack's.", reason="slack_foreign_address")
        body = {"text": text, "response_type": "ephemeral", "replace_original": False}
        with self._session() as session:
            answer = _sent(session, response_url, effect=True, by=self._exchange, json=body)
        if answer.status != HTTPStatus.OK:
            raise SlackRefused("The click's address takes no answer.", reason=f"slack_http_{answer.status}")

    def _is_slacks(self, url: str) -> bool:
        """Return whether an address is Slack's, or, where another API takes Slack's place, of the same host as that."""
        at, api = urlsplit(url), urlsplit(self._api_url)
        return (at.scheme == "https" and at.hostname in HOOKS) or (at.scheme, at.netloc) == (api.scheme, api.netloc)

    def ask(self, method: str, body: Mapping[str, Any], *, effect: bool = False, form: bool = False) -> Answer:
        """Call one method and give its good answer, whose headers name the token's scopes.

        `form` is for methods that take no JSON, `effect` for those that must not happen twice.
        """
        payload = {"data": {k: str(v).lower() if v is True else v for k, v in body.items()}} if form else {"json": body}
        headers = {"Authorization": f"Bearer {self._token}"}
        with self._session() as session:
            url = f"{self._api_url}/{method}"
            answer = _sent(session, url, headers=headers, effect=effect, by=self._exchange, **payload)
        fields = answer.json()
        if isinstance(fields, Mapping) and fields.get("ok") is True:
            return answer
        raise method_failure(answer, method=method, effect=effect)

    def _call(
        self, method: str, body: Mapping[str, Any], *, effect: bool = False, form: bool = False
    ) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = self.ask(method, body, effect=effect, form=form).json()
        return fields


class SlackWebhook:
    """An incoming webhook: it posts into a channel of its own, and edits, finds and links no message.

    https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
    """

    def __init__(self, *, url: str, session: Callable[[], requests.Session]) -> None:
        self._url, self._session = url, session

    def post(
        self,
        *,
        channel: str,
        message: SlackMessage,
        event_id: str,
        thread_ts: str = "",
        broadcast: bool = False,
    ) -> str:
        """Post a message; there is no ts to give."""
        with self._session() as session:
            answer = _sent(session, self._url, effect=True, json=_content(message))
        if answer.status == HTTPStatus.OK and answer.body.strip() == b"ok":
            return ""
        raise webhook_failure(answer)

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None:
        """Refuse: a bot posted that message before the webhook took its place."""
        raise EditRefused("An incoming webhook edits no message.", reason="slack_webhook")

    def find(self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = "") -> None:
        """Return None: nobody can look."""

    def permalink(self, *, channel: str, ts: str) -> str:
        """Return an empty text: no address is known."""
        return ""


class Pace:
    """Waits until a second has passed since this worker's last post to the same channel: about what Slack takes there.

    https://docs.slack.dev/apis/web-api/rate-limits
    """

    def __init__(self, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock, self._sleep = clock, sleep
        self._posted_at: dict[str, float] = {}

    def wait(self, channel: str) -> None:
        """Wait for the channel's turn, and take it."""
        remaining = self._posted_at.get(channel, float("-inf")) + timing.BETWEEN_POSTS_SECONDS - self._clock()
        if remaining > 0:
            self._sleep(remaining)
        self._posted_at[channel] = self._clock()


def _content(message: SlackMessage) -> dict[str, Any]:
    """Return what posts and edits share: no address is linked that we did not link ourselves, and none is unfurled.

    An edit that leaves `parse` out falls back to `client`. https://docs.slack.dev/reference/methods/chat.update
    """
    quiet = {"parse": "none", "unfurl_links": False, "unfurl_media": False}
    return {"text": message.text, "blocks": list(message.blocks), **quiet}


def _sent(session: Any, url: str, *, effect: bool, by: Exchange = exchange, **options: Any) -> Answer:
    options["headers"] = {"Connection": "close", **options.get("headers", {})}
    try:
        return by(session, "POST", url, read_seconds=SLACK_READ_SECONDS, **options)
    except NotSent:
        raise SlackUnavailable("Slack could not be reached.", reason="slack_unreachable") from None
    except AnswerLost:
        if effect:
            raise SlackUnclear("Slack's answer to a post was lost.", reason="slack_answer_lost") from None
        raise SlackUnavailable("Slack did not answer in time.", reason="slack_no_answer") from None


def method_failure(answer: Answer, *, method: str, effect: bool) -> LeadmatchError:
    """Return the error for a bad answer of a Web API method; `effect` marks a call that must not happen twice."""
    fields = answer.json()
    code = _code(fields.get("error")) if isinstance(fields, Mapping) else ""
    known = meaning_of(code, page_of(method))
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or known is Meaning.THROTTLED:
        return _throttled(answer)
    if not code or (answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and known is not Meaning.FAILED):
        known = Meaning.UNCLEAR  # a gateway's answer, not Slack's own
    return _error(known or Meaning.FAILED, code or f"http_{answer.status}", detail=_scope(fields), effect=effect)


def webhook_failure(answer: Answer) -> LeadmatchError:
    """Return the error for a bad answer of an incoming webhook, which is one code as plain text, and a status."""
    code = _code(answer.body[:100].decode("ascii", "replace").strip())
    known = meaning_of(code, WEBHOOK)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or known is Meaning.THROTTLED:
        return _throttled(answer)
    if known is None and answer.status in WEBHOOK_GONE:
        return _error(Meaning.TOKEN, "webhook_gone", effect=True)
    if known is Meaning.CHANNEL_CLOSED:
        known = Meaning.TOKEN  # a webhook has no other channel
    return _error(known or _by_status(answer.status), code or f"http_{answer.status}", effect=True)


def _error(meaning: Meaning, code: str, *, detail: str = "", effect: bool) -> LeadmatchError:
    reason = f"slack_{code}"
    if meaning in WAIT_ERRORS:
        waits, sentence = WAIT_ERRORS[meaning]
        return waits(f"{sentence}: {code}.{detail}", reason=reason, retry_after_seconds=SLACK_PERSON_SECONDS)
    if meaning in REFUSAL_ERRORS:
        return REFUSAL_ERRORS[meaning](f"Slack refused the call: {code}.", reason=reason)
    return (UNCLEAR_ERRORS[meaning] if effect else SlackUnavailable)(f"Slack answered {code}.", reason=reason)


def _by_status(status: int) -> Meaning:
    """Return what a webhook's answer with an unknown code, or with none, means by its HTTP status."""
    if status in (HTTPStatus.OK, HTTPStatus.REQUEST_TIMEOUT) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Meaning.UNCLEAR  # 200 without "ok" is no answer of Slack's
    return Meaning.CONTENT if status == HTTPStatus.BAD_REQUEST else Meaning.WAIT


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
        retry_after_seconds=answer.retry_after_seconds or SLACK_RETRY_SECONDS,
    )
