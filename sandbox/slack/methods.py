"""The Web API: which methods there are, what each does, who may call them, and how often.

https://docs.slack.dev/reference/methods and https://docs.slack.dev/reference/scopes: every answer names the token's own scopes in the
header `x-oauth-scopes`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from chalicelib.slack.error_codes import METHODS as PAGES
from sandbox.slack.arguments import Arguments, RefusedError
from sandbox.slack.content import Content
from sandbox.slack.faults import Answer
from sandbox.slack.ids import BOT_ID, BOT_USER_ID, TEAM_ID
from sandbox.slack.limits import LIMITS
from sandbox.slack.rates import TIER_2, TIER_3, TIER_4, Rate, RateLimits
from sandbox.slack.workspace import Channel, Ephemeral, Message, Workspace

SCOPES_HEADER = "x-oauth-scopes"
_PREFERENCES = "team.preferences:read"
MENTIONING = ("users:read", "users:read.email")
GRANTED = (
    "chat:write",
    "channels:history",
    "groups:history",
    "channels:read",
    "groups:read",
    _PREFERENCES,
    *MENTIONING,
)
"""What the app's manifest asks for, `MENTIONING` so that the owner of a lead can be mentioned."""
ACTING = (*MENTIONING, "usergroups:read")
"""What has to be there where people may act from Slack."""
_WRITING = ("chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral")
_READING_VERBS = {"conversations.history": "history", "conversations.replies": "history", "conversations.info": "read"}
_OTHER_SCOPES = {
    "team.preferences.list": _PREFERENCES,
    "users.info": "users:read",
    "users.lookupByEmail": "users:read.email",
    "usergroups.users.list": "usergroups:read",
}
_WITHOUT_CHANNEL = (*_OTHER_SCOPES, "auth.test", "views.open", "views.update")
_WITHOUT_A_NUMBER = ("auth.test",)
"""Their pages speak of special rate limits and give no number."""
_TIERS = {
    "usergroups.users.list": TIER_2,
    **dict.fromkeys(("chat.postEphemeral", "users.info", "views.open", "views.update"), TIER_4),
}
"""The tiers that are not the third."""
_MOST_PER_PAGE, _REPLIES_PER_PAGE = 999, 1000


class WebApi:
    """Answers a call as Slack does: HTTP 200 whatever happens, except when the caller is too fast."""

    def __init__(
        self, *, workspace: Workspace, limits: RateLimits, posts: Rate, bot_token: str, granted: set[str]
    ) -> None:
        self._workspace = workspace
        self._limits = limits
        self._posts = posts
        self._bot_token = bot_token
        self._granted = granted

    def call(self, method: str, token: str, arguments: Arguments) -> Answer:
        """Carry out a call."""
        answer = self._answer(method, token, arguments)
        known = {SCOPES_HEADER: ",".join(sorted(self._granted))} if token == self._bot_token else {}
        return replace(answer, headers={**known, **answer.headers})

    def _answer(self, method: str, token: str, arguments: Arguments) -> Answer:
        try:
            self._admit(method, token)
            _require_scope(method, self._channel(method, arguments), self._granted)
            if wait := self._seconds_to_wait(method, arguments):
                return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)})
            return Answer(200, self._done(method, arguments))
        except RefusedError as refused:
            if method in PAGES:
                refused.insist_on(PAGES[method])
            return Answer(200, _refusal(refused))

    def _done(self, method: str, arguments: Arguments) -> Mapping[str, object]:
        if method == "users.info":  # shows more with one scope more
            return user(self._workspace, arguments, with_email="users:read.email" in self._granted)
        return METHODS[method](self._workspace, arguments)

    def _admit(self, method: str, token: str) -> None:
        if not token:
            raise RefusedError("not_authed")
        if token != self._bot_token:
            raise RefusedError("invalid_auth")
        if method not in METHODS:
            raise RefusedError("unknown_method")

    def _channel(self, method: str, arguments: Arguments) -> Channel | None:
        return None if method in _WITHOUT_CHANNEL else self._workspace.channel(arguments.text("channel") or "")

    def _seconds_to_wait(self, method: str, arguments: Arguments) -> int:
        channel = self._channel(method, arguments)
        if channel is not None and method == "chat.postMessage":
            return self._limits.seconds_to_wait(channel.id, self._posts)
        if method in _WITHOUT_A_NUMBER:
            return 0
        return self._limits.seconds_to_wait(method, rate_of(method))


def rate_of(method: str) -> Rate:
    """Return how often a method may be called that has a tier."""
    return _TIERS.get(method, TIER_3)


def auth_test(workspace: Workspace, _arguments: Arguments) -> Mapping[str, object]:
    """Say whose token it is; https://docs.slack.dev/reference/methods/auth.test."""
    who = {"team": "Sandbox", "team_id": TEAM_ID, "user": "leadmatch", "user_id": BOT_USER_ID, "bot_id": BOT_ID}
    org = {"enterprise_id": workspace.enterprise_id} if workspace.enterprise_id else {}
    return {"ok": True, "url": "https://sandbox.slack.com/", **who, **org}


def preferences(workspace: Workspace, _arguments: Arguments) -> Mapping[str, object]:
    """Say what the workspace allows; https://docs.slack.dev/reference/methods/team.preferences.list."""
    return {"ok": True, "msg_edit_window_mins": workspace.edit_window_minutes, "display_real_names": False}


def post_message(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Post to a channel or a thread; https://docs.slack.dev/reference/methods/chat.postMessage."""
    channel = workspace.channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("is_archived")
    if not channel.joined:
        raise RefusedError("not_in_channel")
    content = Content.of(arguments)
    message = workspace.post(
        channel.id,
        text=content.text or "",
        blocks=content.blocks or (),
        metadata=content.metadata or None,
        thread_ts=arguments.text("thread_ts"),
        broadcast=arguments.flag("reply_broadcast"),
    )
    return _written(message)


def update(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Change a message; https://docs.slack.dev/reference/methods/chat.update.

    A text without blocks takes the place of the blocks that the message had.
    """
    channel = workspace.own_channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("is_inactive")
    ts = workspace.message(channel.id, arguments.text("ts") or "").ts
    if len(arguments.text("text") or "") > LIMITS["edited text"]:
        raise RefusedError("msg_too_long")
    content = Content.of(arguments)
    blocks = () if content.text and content.blocks is None else content.blocks
    return _written(workspace.update(channel.id, ts, text=content.text, blocks=blocks, metadata=content.metadata))


def delete(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Remove a message; https://docs.slack.dev/reference/methods/chat.delete."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("cant_delete_message")
    ts = arguments.text("ts") or ""
    workspace.delete(channel.id, ts)
    return {"ok": True, "channel": channel.id, "ts": ts}


def history(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Read a channel, newest first, without replies; https://docs.slack.dev/reference/methods/conversations.history.

    With `oldest` and no `latest`, a page holds the messages closest to `oldest` and the next one lies later in time:
    https://github.com/slackhq/slack-api-docs/issues/4
    """
    channel = workspace.channel_by_id(arguments.text("channel") or "")
    if not channel.joined:
        raise RefusedError("not_in_channel")
    forward = bool(arguments.text("oldest")) and not arguments.text("latest")
    messages = [message for message in workspace.messages(channel.id) if message.thread_ts is None]
    page = _page(messages, arguments, forward=forward, most=_MOST_PER_PAGE, default=100)
    return _read_page(page, page.messages[::-1] if forward else page.messages, arguments)


def replies(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Read a thread, oldest first; https://docs.slack.dev/reference/methods/conversations.replies."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    messages = workspace.thread(channel.id, arguments.text("ts") or "")
    page = _page(messages, arguments, forward=True, most=_REPLIES_PER_PAGE, default=_REPLIES_PER_PAGE)
    return _read_page(page, page.messages, arguments)


def permalink(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Return a message's address; https://docs.slack.dev/reference/methods/chat.getPermalink."""
    channel = workspace.own_channel(arguments.text("channel") or "")
    message = workspace.message(channel.id, arguments.text("message_ts") or "")
    address = f"https://sandbox.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"ok": True, "channel": channel.id, "permalink": address}


def info(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Describe a channel; https://docs.slack.dev/reference/methods/conversations.info."""
    channel = workspace.channel_by_id(arguments.text("channel") or "")
    if channel.private and not channel.joined:
        raise RefusedError("channel_not_found")
    shared = {name: name == channel.shared for name in ("is_ext_shared", "is_org_shared", "is_pending_ext_shared")}
    about = {
        "id": channel.id,
        "name": channel.name,
        "is_archived": channel.archived,
        "is_member": channel.joined,
        "is_private": channel.private,
        "is_shared": channel.shared in ("is_ext_shared", "is_org_shared", "is_shared"),
    }
    return {"ok": True, "channel": about | shared}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Show one person a message; https://docs.slack.dev/reference/methods/chat.postEphemeral."""
    channel = workspace.channel(arguments.text("channel") or "")
    if channel.archived:
        raise RefusedError("is_archived")
    if not channel.joined:
        raise RefusedError("not_in_channel")
    user_id = arguments.text("user") or ""
    if not workspace.people.is_in(channel.id, user_id):
        raise RefusedError("user_not_in_channel")
    content = Content.of(arguments)
    ts = workspace.whisper(Ephemeral(channel.id, user_id, content.text or "", content.blocks or ()))
    return {"ok": True, "message_ts": ts}


def open_view(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Open a modal for the person who clicked; https://docs.slack.dev/reference/methods/views.open."""
    sent = arguments.structure("view", error="invalid_arguments")
    return {"ok": True, "view": workspace.views.open(arguments.text("trigger_id") or "", sent).as_slack()}


def update_view(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Change an open modal; https://docs.slack.dev/reference/methods/views.update."""
    view_id = arguments.text("view_id") or ""
    workspace.views.wait_for_answer(view_id)
    view = workspace.views.update(
        arguments.structure("view", error="invalid_arguments"),
        view_id=view_id,
        external_id=arguments.text("external_id") or "",
        hash_=arguments.text("hash"),
    )
    return {"ok": True, "view": view.as_slack()}


def user(workspace: Workspace, arguments: Arguments, *, with_email: bool = False) -> Mapping[str, object]:
    """Describe a person; https://docs.slack.dev/reference/methods/users.info."""
    return {"ok": True, "user": workspace.people.get(arguments.text("user") or "").as_slack(with_email=with_email)}


def user_by_email(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """Find a person by their email; https://docs.slack.dev/reference/methods/users.lookupByEmail."""
    found = workspace.people.by_email(arguments.text("email") or "")
    return {"ok": True, "user": found.as_slack(with_email=True)}


def group_members(workspace: Workspace, arguments: Arguments) -> Mapping[str, object]:
    """List a user group's members; https://docs.slack.dev/reference/methods/usergroups.users.list."""
    return {"ok": True, "users": list(workspace.people.group(arguments.text("usergroup") or ""))}


METHODS: Mapping[str, Callable[[Workspace, Arguments], Mapping[str, object]]] = {
    "auth.test": auth_test,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
    "conversations.history": history,
    "conversations.info": info,
    "conversations.replies": replies,
    "team.preferences.list": preferences,
    "usergroups.users.list": group_members,
    "users.info": user,
    "users.lookupByEmail": user_by_email,
    "views.open": open_view,
    "views.update": update_view,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in the direction of reading, and the one that the next page starts with."""

    messages: Sequence[Message]
    next: Message | None


def _written(message: Message) -> Mapping[str, object]:
    shown = message.as_slack(metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def _page(messages: Sequence[Message], arguments: Arguments, *, forward: bool, most: int, default: int) -> Page:
    oldest, latest = _moment(arguments, "oldest", "0"), _moment(arguments, "latest", "Infinity")
    edges = (oldest, latest) if arguments.flag("inclusive") else ()
    inside = [message for message in messages if oldest < _at(message) < latest or _at(message) in edges]
    ordered = inside if forward else inside[::-1]
    if start := _start(arguments.text("cursor")):
        ordered = [message for message in ordered if (_at(message) >= start if forward else _at(message) <= start)]
    size = max(1, min(arguments.number("limit", default), most))
    return Page(ordered[:size], ordered[size] if len(ordered) > size else None)


def _read_page(page: Page, messages: Sequence[Message], arguments: Arguments) -> Mapping[str, object]:
    with_metadata = arguments.flag("include_all_metadata")
    body: dict[str, object] = {
        "ok": True,
        "messages": [message.as_slack(metadata=with_metadata) for message in messages],
        "has_more": page.next is not None,
    }
    if page.next:
        body["response_metadata"] = {"next_cursor": _cursor(page.next)}
    return body


def _at(message: Message) -> Decimal:
    return Decimal(message.ts)


def _moment(arguments: Arguments, name: str, default: str) -> Decimal:
    try:
        return Decimal(arguments.text(name) or default)
    except InvalidOperation:
        raise RefusedError(f"invalid_ts_{name}") from None


def _cursor(message: Message) -> str:
    return base64.b64encode(f"next_ts:{message.ts}".encode()).decode()


def _start(cursor: str | None) -> Decimal | None:
    if not cursor:
        return None
    try:
        return Decimal(base64.b64decode(cursor, validate=True).decode().removeprefix("next_ts:"))
    except (binascii.Error, UnicodeDecodeError, InvalidOperation):
        raise RefusedError("invalid_cursor") from None


def _require_scope(method: str, channel: Channel | None, granted: set[str]) -> None:
    """Refuse a call whose scope was not granted; which one reads a channel depends on whether it is private."""
    needed = _needed_scope(method, channel)
    if needed and needed not in granted:
        raise RefusedError("missing_scope", details={"needed": needed, "provided": ",".join(sorted(granted))})


def _needed_scope(method: str, channel: Channel | None) -> str:
    if method in _WRITING:
        return "chat:write"
    if method in _OTHER_SCOPES:
        return _OTHER_SCOPES[method]
    verb = _READING_VERBS.get(method)
    kind = "groups" if channel and channel.private else "channels"
    return f"{kind}:{verb}" if verb else ""


def _refusal(refused: RefusedError) -> Mapping[str, object]:
    body: dict[str, object] = {"ok": False, "error": refused.error, **refused.details}
    if refused.messages:
        body["response_metadata"] = {"messages": list(refused.messages)}
    return body
