"""The incoming webhook: one URL that posts to one channel, and answers in plain text.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

from chalicelib.slack.error_codes import WEBHOOK
from sandbox.slack.arguments import Arguments, RefusedError
from sandbox.slack.content import Content
from sandbox.slack.faults import Answer
from sandbox.slack.rates import Rate, RateLimits
from sandbox.slack.workspace import Workspace

WEBHOOK_BOT_ID = "B0WEBHOOK"
_STATUSES = {"channel_not_found": 404, "channel_is_archived": 410}


class IncomingWebhook:
    """Posts as another bot than the token's, which is why such a message cannot be changed later."""

    def __init__(self, *, workspace: Workspace, limits: RateLimits, posts: Rate, channel: str) -> None:
        self._workspace = workspace
        self._limits = limits
        self._posts = posts
        self.channel = workspace.channel(channel).id

    def call(self, arguments: Arguments) -> Answer:
        """Post what arrived."""
        try:
            return self._post(arguments)
        except RefusedError as refused:
            refused.insist_on(WEBHOOK)
            return Answer(_STATUSES.get(refused.error, 400), refused.error)

    def _post(self, arguments: Arguments) -> Answer:
        channel = self._workspace.channel(self.channel)
        if channel.archived:
            raise RefusedError("channel_is_archived")
        content = _content(arguments)
        if wait := self._limits.seconds_to_wait(channel.id, self._posts):
            return Answer(429, "rate_limited", {"Retry-After": str(wait)})
        self._workspace.post(
            channel.id,
            text=content.text or "",
            blocks=content.blocks or (),
            metadata=content.metadata or None,
            thread_ts=arguments.text("thread_ts"),
            bot_id=WEBHOOK_BOT_ID,
        )
        return Answer(200, "ok")


def _content(arguments: Arguments) -> Content:
    """Read a message's content; whatever is wrong with its blocks or metadata is a payload that is malformed."""
    try:
        return Content.of(arguments)
    except RefusedError as refused:
        raise RefusedError(refused.error if refused.error == "no_text" else "invalid_payload") from None
