"""The addresses that clicks bring: each takes five answers within thirty minutes, without a token.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack.arguments import Arguments, RefusedError
from sandbox.slack.content import Content
from sandbox.slack.faults import Answer
from sandbox.slack.ids import APP_ID, TEAM_ID
from sandbox.slack.workspace import Ephemeral, Workspace

RESPONSE_URL = "response_url"
USES, LIFE_SECONDS = 5, 1800.0


@dataclass(slots=True)
class _Click:
    user_id: str
    channel: str
    ts: str
    expires_at: float
    uses: int = 0


class ResponseUrls:
    """Makes the addresses, and takes what is sent to them; safe to use from several threads."""

    def __init__(self, *, workspace: Workspace, clock: Callable[[], float]) -> None:
        self._workspace, self._clock = workspace, clock
        self._lock = threading.Lock()
        self._clicks: dict[str, _Click] = {}

    def make(self, user_id: str, channel: str, ts: str) -> str:
        """Return the path of a new address, for a click on this message."""
        path = f"/actions/{TEAM_ID}/{APP_ID}/{secrets.token_urlsafe(12)}"
        with self._lock:
            self._clicks[path] = _Click(user_id, channel, ts, self._clock() + LIFE_SECONDS)
        return path

    def channel(self, path: str) -> str | None:
        """Return the channel that an address belongs to."""
        with self._lock:
            return self._clicks[path].channel if path in self._clicks else None

    def call(self, path: str, arguments: Arguments) -> Answer:
        """Show what arrived: to the person who clicked, or, as `in_channel`, to all; or put it in the message's place."""
        with self._lock:
            click = self._clicks.get(path)
            if click is None or self._clock() >= click.expires_at:
                return Answer(404, {"ok": False, "error": "expired_url"})
            if click.uses >= USES:
                return Answer(404, {"ok": False, "error": "used_url"})
            click.uses += 1
        try:
            self._show(click, arguments)
        except RefusedError as refused:
            return Answer(400, {"ok": False, "error": refused.error})
        return Answer(200, "ok")

    def _show(self, click: _Click, arguments: Arguments) -> None:
        if arguments.flag("delete_original"):
            self._workspace.delete(click.channel, click.ts)
            return
        content = Content.of(arguments)
        text, blocks = content.text or "", content.blocks or ()
        if arguments.flag("replace_original"):
            self._workspace.update(click.channel, click.ts, text=text, blocks=blocks, metadata=None)
        elif arguments.text("response_type") == "in_channel":
            self._workspace.post(click.channel, text=text, blocks=blocks)
        else:
            self._workspace.whisper(Ephemeral(click.channel, click.user_id, text, blocks))
