"""The stand-in's word for what Slack calls `"ok": false`."""

from __future__ import annotations

from collections.abc import Sequence


class RefusedError(Exception):
    """Slack would refuse the call with this error code."""

    def __init__(self, error: str, messages: Sequence[str] = ()) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)
