"""A stage whose people act on leads from Slack: who may, and the people who try."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

import app
from chalicelib import timing
from chalicelib.aws.stage_lists import KEY as LISTS
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.timing import ZOHO_BACKOFF
from chalicelib.wiring import Wiring
from sandbox.slack.clicks import Clicks
from sandbox.slack.ids import TEAM_ID
from sandbox.slack.methods import ACTING
from sandbox.slack.workspace import Message
from sandbox.system import SIGNING_SECRET, Sandbox
from tests.flow.leads import messages, send
from tests.waiting import SECONDS

ADA, BO = "U0ADA", "U0BO"
"""Two sales people, of Slack and of Zoho."""


class Acting(Clicks):
    """The people of a sandbox in front of Slack, where `ADA` and `BO` may convert."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox.slack, actions_url=sandbox.actions_url, signing_secret=SIGNING_SECRET)
        self.sandbox = sandbox
        sandbox.slack.scopes.update(ACTING)
        sandbox.slack.workspace.views.trigger_seconds = SECONDS
        for user_id, name, email in (
            (ADA, "Ada Park", "ada.park@quillworks.example"),
            (BO, "Bo Chen", "bo.chen@quillworks.example"),
        ):
            sandbox.slack.workspace.people.add(user_id, name, email)
            sandbox.crm.users.add(name, email, profile="Standard")
        self.name_converters("Standard")

    def name_converters(self, *profiles: str, slack: tuple[str, ...] = ()) -> None:
        """Write who may convert, as provision does."""
        converters = {"M": {"profiles": _texts(profiles), "slack": _texts(slack)}}
        item = {"pk": {"S": LISTS}, "placeholders": {"L": []}, "converters": converters}
        self.sandbox.aws.client("dynamodb").put_item(TableName=self.sandbox.outputs["TableName"], Item=item)

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
    monkeypatch.setenv("LEADMATCH_ACTIONS", "on")
    monkeypatch.setenv("LEADMATCH_SLACK_TEAM", TEAM_ID)
    for name in ("ACT_SECONDS", "ACT_AWS_SECONDS"):
        monkeypatch.setattr(timing, name, SECONDS)
    app.wiring = Wiring(
        os.environ, give_up_policy=GiveUpPolicy(120, 120, 120), zoho_backoff=replace(ZOHO_BACKOFF, first_seconds=1)
    )
    return Acting(sandbox)


def _texts(texts: tuple[str, ...]) -> dict[str, list[dict[str, str]]]:
    return {"L": [{"S": text} for text in texts]}
