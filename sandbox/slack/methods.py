"""The Web API: which methods there are, who may call them, and how often.

https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.slack.error_codes import METHODS as PAGES
from sandbox.slack import scopes
from sandbox.slack.arguments import Arguments
from sandbox.slack.faults import Answer
from sandbox.slack.rates import TIER_3, Rate, RateLimits
from sandbox.slack.reading import history, info, permalink, replies
from sandbox.slack.refused import RefusedError
from sandbox.slack.workspace import BOT_ID, BOT_USER_ID, TEAM_ID, Channel, Workspace
from sandbox.slack.writing import delete, post_message, update


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
        known = {scopes.HEADER: ",".join(sorted(self._granted))} if token == self._bot_token else {}
        return replace(answer, headers={**known, **answer.headers})

    def _answer(self, method: str, token: str, arguments: Arguments) -> Answer:
        try:
            self._admit(method, token)
            scopes.insist(method, self._channel(method, arguments), self._granted)
            if wait := self._seconds_to_wait(method, arguments):
                return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)})
            return Answer(200, METHODS[method](self._workspace, arguments))
        except RefusedError as refused:
            if method in PAGES:
                refused.insist_on(PAGES[method])
            return Answer(200, _refusal(refused))

    def _admit(self, method: str, token: str) -> None:
        if not token:
            raise RefusedError("not_authed")
        if token != self._bot_token:
            raise RefusedError("invalid_auth")
        if method not in METHODS:
            raise RefusedError("unknown_method")

    def _channel(self, method: str, arguments: Arguments) -> Channel | None:
        return None if method == "auth.test" else self._workspace.channel(arguments.text("channel") or "")

    def _seconds_to_wait(self, method: str, arguments: Arguments) -> int:
        channel = self._channel(method, arguments)
        if channel is None:
            return 0
        if method == "chat.postMessage":
            return self._limits.seconds_to_wait(channel.id, self._posts)
        return self._limits.seconds_to_wait(method, TIER_3)


def auth_test(_workspace: Workspace, _arguments: Arguments) -> Mapping[str, object]:
    """Say whose token it is; https://docs.slack.dev/reference/methods/auth.test."""
    who = {"team": "Sandbox", "team_id": TEAM_ID, "user": "leadmatch", "user_id": BOT_USER_ID, "bot_id": BOT_ID}
    return {"ok": True, "url": "https://sandbox.slack.com/", **who}


METHODS: Mapping[str, Callable[[Workspace, Arguments], Mapping[str, object]]] = {
    "auth.test": auth_test,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
    "chat.postMessage": post_message,
    "chat.update": update,
    "conversations.history": history,
    "conversations.info": info,
    "conversations.replies": replies,
}


def _refusal(refused: RefusedError) -> Mapping[str, object]:
    body: dict[str, object] = {"ok": False, "error": refused.error, **refused.details}
    if refused.messages:
        body["response_metadata"] = {"messages": list(refused.messages)}
    return body
