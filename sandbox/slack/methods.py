"""The Web API: which methods there are, who may call them, and how often.

https://docs.slack.dev/reference/methods
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.slack.arguments import Arguments
from sandbox.slack.faults import Answer
from sandbox.slack.rates import TIER_3, Rate, RateLimits
from sandbox.slack.reading import history, permalink, replies
from sandbox.slack.refused import RefusedError
from sandbox.slack.workspace import BOT_ID, BOT_USER_ID, TEAM_ID, Workspace
from sandbox.slack.writing import post_message, update


class WebApi:
    """Answers a call as Slack does: HTTP 200 whatever happens, except when the caller is too fast."""

    def __init__(self, *, workspace: Workspace, limits: RateLimits, posts: Rate, bot_token: str) -> None:
        self._workspace = workspace
        self._limits = limits
        self._posts = posts
        self._bot_token = bot_token

    def call(self, method: str, token: str, arguments: Arguments) -> Answer:
        """Carry out a call."""
        try:
            self._admit(method, token)
            if wait := self._seconds_to_wait(method, arguments):
                return Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)})
            return Answer(200, METHODS[method](self._workspace, arguments))
        except RefusedError as refused:
            return Answer(200, _refusal(refused))

    def _admit(self, method: str, token: str) -> None:
        if not token:
            raise RefusedError("not_authed")
        if token != self._bot_token:
            raise RefusedError("invalid_auth")
        if method not in METHODS:
            raise RefusedError("unknown_method")

    def _seconds_to_wait(self, method: str, arguments: Arguments) -> int:
        if method == "auth.test":
            return 0
        channel = self._workspace.channel(arguments.text("channel") or "")
        if method == "chat.postMessage":
            return self._limits.seconds_to_wait(channel.id, self._posts)
        return self._limits.seconds_to_wait(method, TIER_3)


def auth_test(_workspace: Workspace, _arguments: Arguments) -> Mapping[str, object]:
    """Say whose token it is; https://docs.slack.dev/reference/methods/auth.test."""
    who = {"team": "Sandbox", "team_id": TEAM_ID, "user": "leadmatch", "user_id": BOT_USER_ID, "bot_id": BOT_ID}
    return {"ok": True, "url": "https://sandbox.slack.com/", **who}


METHODS: Mapping[str, Callable[[Workspace, Arguments], Mapping[str, object]]] = {
    "auth.test": auth_test,
    "chat.getPermalink": permalink,
    "chat.postMessage": post_message,
    "chat.update": update,
    "conversations.history": history,
    "conversations.replies": replies,
}


def _refusal(refused: RefusedError) -> Mapping[str, object]:
    body: dict[str, object] = {"ok": False, "error": refused.error}
    if refused.messages:
        body["response_metadata"] = {"messages": list(refused.messages)}
    return body
