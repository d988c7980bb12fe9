"""What the bot token may do: the scope that each method needs.

https://docs.slack.dev/reference/scopes; every answer names the token's own scopes in the header `x-oauth-scopes`.
"""

from __future__ import annotations

from sandbox.slack.refused import RefusedError
from sandbox.slack.workspace import Channel

HEADER = "x-oauth-scopes"
GRANTED = ("chat:write", "channels:history", "groups:history", "channels:read", "groups:read")
"""What the app's manifest asks for."""
_WRITING = ("chat.postMessage", "chat.update", "chat.delete")
_VERBS = {"conversations.history": "history", "conversations.replies": "history", "conversations.info": "read"}


def insist(method: str, channel: Channel | None, granted: set[str]) -> None:
    """Refuse a call whose scope was not granted; which one reads a channel depends on whether it is private."""
    needed = _needed(method, channel)
    if needed and needed not in granted:
        raise RefusedError("missing_scope", details={"needed": needed, "provided": ",".join(sorted(granted))})


def _needed(method: str, channel: Channel | None) -> str:
    if method in _WRITING:
        return "chat:write"
    verb = _VERBS.get(method)
    kind = "groups" if channel and channel.private else "channels"
    return f"{kind}:{verb}" if verb else ""
