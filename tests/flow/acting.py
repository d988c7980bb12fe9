"""A stage whose people act on leads from Slack, for a test."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

import app
from chalicelib import timing
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.timing import ZOHO_BACKOFF
from chalicelib.wiring import Wiring
from sandbox import acting as sandbox_acting
from sandbox.acting import ADA, BO, SWITCHED_ON
from sandbox.slack.workspace import Message
from sandbox.system import Sandbox
from tests.flow.leads import messages, send
from tests.waiting import SECONDS

__all__ = ["ADA", "BO", "Acting", "acting"]


class Acting(sandbox_acting.Acting):
    """The people of a sandbox in front of Slack, and what they see."""

    def message_of(self, lead_id: str) -> Message:
        """Let a lead come in, and return its message."""
        (message,) = messages(self.sandbox, send(self.sandbox, lead_id))
        return message

    def now(self, message: Message) -> Message:
        """Return a message as it stands now."""
        (found,) = [one for one in self.sandbox.slack.workspace.messages(message.channel) if one.ts == message.ts]
        return found

    def told(self, user_id: str) -> list[str]:
        """Return what one person was told alone."""
        return [one.text for one in self.sandbox.slack.workspace.ephemerals(user_id)]


@pytest.fixture
def acting(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Acting:
    """Return it, with functions that wait as long as a busy machine needs."""
    for name, value in SWITCHED_ON.items():
        monkeypatch.setenv(name, value)
    for name in ("ACT_SECONDS", "ACT_AWS_SECONDS"):
        monkeypatch.setattr(timing, name, SECONDS)
    monkeypatch.setattr(timing, "CLICK_ANSWER_SECONDS", 0)
    app.wiring = Wiring(
        os.environ, give_up_policy=GiveUpPolicy(120, 120, 120), zoho_backoff=replace(ZOHO_BACKOFF, first_seconds=1)
    )
    return Acting(sandbox)
