"""A sandbox whose people act on leads from Slack: what is switched on for it, who may convert, and two people who may."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import app
from chalicelib import timing
from chalicelib.aws.stage_lists import KEY as LISTS
from chalicelib.wiring import Wiring
from sandbox.local_api import environment
from sandbox.slack.clicks import Clicks
from sandbox.slack.ids import TEAM_ID
from sandbox.slack.methods import ACTING
from sandbox.system import ROSA, SIGNING_SECRET, Sandbox
from sandbox.zoho.crm import OWNER

SWITCHED_ON = {"LEADMATCH_ACTIONS": "on", "LEADMATCH_SLACK_TEAM": TEAM_ID}
ADA, BO = "U0ADA", "U0BO"
"""Two sales people, of Slack and of Zoho."""
PEOPLE = {ADA: ("Ada Park", "ada.park@quillworks.example"), BO: ("Bo Chen", "bo.chen@quillworks.example")}
NAMES = {user_id: name for user_id, (name, _) in PEOPLE.items()} | {ROSA: OWNER["name"]}
PROFILE = "Standard"
SECONDS = 60.0
"""How long a click may take on a busy machine; Slack and the product are stricter."""


class Acting(Clicks):
    """The people of a sandbox in front of Slack, where `ADA` and `BO` may convert."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox.slack, actions_url=sandbox.actions_url, signing_secret=SIGNING_SECRET)
        self.sandbox = sandbox
        sandbox.slack.scopes.update(ACTING)
        sandbox.slack.workspace.views.trigger_seconds = sandbox.slack.workspace.views.answer_seconds = SECONDS
        for user_id, (name, email) in PEOPLE.items():
            sandbox.slack.workspace.people.add(user_id, name, email)
            sandbox.crm.users.add(name, email, profile=PROFILE)
        self.name_converters(PROFILE)

    def name_converters(self, *profiles: str, slack: tuple[str, ...] = ()) -> None:
        """Write who may convert, as provision does."""
        converters = {"M": {"profiles": _texts(profiles), "slack": _texts(slack)}}
        item = {"pk": {"S": LISTS}, "placeholders": {"L": []}, "converters": converters}
        self.sandbox.aws.client("dynamodb").put_item(TableName=self.sandbox.outputs["TableName"], Item=item)


@contextmanager
def people_act(sandbox: Sandbox, **times: Any) -> Iterator[Acting]:
    """Let people act from Slack for the length of a block; the sweep has read the pipelines. `times` replace the product's in its `Wiring`."""
    before, product = app.wiring, (timing.ACT_SECONDS, timing.ACT_AWS_SECONDS, timing.CLICK_ANSWER_SECONDS)
    with environment(sandbox.variables() | SWITCHED_ON):
        app.wiring = Wiring(os.environ, **times)
        timing.ACT_SECONDS = timing.ACT_AWS_SECONDS = SECONDS
        timing.CLICK_ANSWER_SECONDS = 0.0  # the stand-in waits for the answer
        try:
            people = Acting(sandbox)
            app.wiring.sweep()
            yield people
        finally:
            app.wiring = before
            timing.ACT_SECONDS, timing.ACT_AWS_SECONDS, timing.CLICK_ANSWER_SECONDS = product


def _texts(texts: tuple[str, ...]) -> dict[str, list[dict[str, str]]]:
    return {"L": [{"S": text} for text in texts]}
