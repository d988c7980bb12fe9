"""Plays scenes in the sandbox: sends each lead by HTTP, and waits for what comes out at both ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import click

from chalicelib.errors import Retryable
from chalicelib.steps.check import GiveUpPolicy, Waited
from sandbox.callers import Call
from sandbox.scenes import Scene, Stage
from sandbox.system import OPERATOR, SALES, WEBHOOK_KEY, Sandbox
from sandbox.view.shown import with_names

POSTS_PER_SECOND = 100.0
"""Slack takes one a second in a channel, and a lead that waits for that shows nothing."""
LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AtOnce(GiveUpPolicy):
    """Gives every lead up at its first failure, since nobody waits for hours here, and keeps what each waited for."""

    waits: list[Retryable] = field(default_factory=list)

    def is_over(self, error: Retryable, waited: Waited) -> bool:  # noqa: ARG002 - however long it waited
        """Return True, whatever the error."""
        self.waits.append(error)
        return True


@dataclass(frozen=True, slots=True)
class Played:
    """One scene as it went: what came in, what was answered, and what stood at both ends."""

    scene: Scene
    lead_id: str
    call: Call
    status: int
    answer: dict[str, Any]
    match: dict[str, Any] | None
    message: dict[str, Any] | None
    seconds_to_slack: float | None

    @property
    def went_well(self) -> bool:
        """Return whether the lead reached both outputs with the verdict that was expected."""
        if self.match is None or self.message is None or self.status != HTTPStatus.ACCEPTED:
            return False
        return not self.scene.action or self.match["data"]["verdict"]["action"] == self.scene.action


@dataclass(frozen=True, slots=True)
class _Sent:
    scene: Scene
    lead_id: str
    call: Call
    status: int
    answer: dict[str, Any]
    at: float


def play(sandbox: Sandbox, scenes: Sequence[Scene], *, tick: Callable[[], None]) -> list[Played]:
    """Send every scene's lead when the one before it is through; return them in the same order."""
    stage = Stage(sandbox.crm, sandbox.zoho)
    leads = [(scene, scene.build(stage)) for scene in scenes]
    return [_played(sandbox, _through(sandbox, stage, scene, lead_id, tick)) for scene, lead_id in leads]


def _through(sandbox: Sandbox, stage: Stage, scene: Scene, lead_id: str, tick: Callable[[], None]) -> _Sent:
    """Send a scene's lead and wait for what becomes of it; once more if something happens to it then."""
    tick()
    sent = _send(sandbox, scene, lead_id)
    _await_quiet(sandbox, tick)
    if scene.then:
        scene.then(stage, lead_id)
        sent = _send(sandbox, scene, lead_id)
        _await_quiet(sandbox, tick)
    return sent


def _await_quiet(sandbox: Sandbox, tick: Callable[[], None]) -> None:
    if not sandbox.wait_until_idle(seconds=LONGEST_WAIT_SECONDS, tick=tick):
        raise click.ClickException(
            f"A message is still on its way after {LONGEST_WAIT_SECONDS:.0f} seconds. The machine may be busy; try again."
        )


def _send(sandbox: Sandbox, scene: Scene, lead_id: str) -> _Sent:
    call = scene.call(lead_id, WEBHOOK_KEY)
    at = time.time()
    response = call.send(sandbox.webhook_url)
    return _Sent(scene, lead_id, call, response.status_code, response.json(), at)


def _played(sandbox: Sandbox, sent: _Sent) -> Played:
    event_id = next((one["event_id"] for one in sent.answer.get("accepted", ())), "")
    matches = [json.loads(text) for text in sandbox.match_texts()]
    message = _message_of(sandbox, event_id)
    return Played(
        scene=sent.scene,
        lead_id=sent.lead_id,
        call=sent.call,
        status=sent.status,
        answer=sent.answer,
        match=next((match for match in matches if match["id"] == event_id), None),
        message=message,
        seconds_to_slack=_shown_at(message) - sent.at if message else None,
    )


def _message_of(sandbox: Sandbox, event_id: str) -> dict[str, Any] | None:
    """Find the message whose metadata carries the event id, with the people whom it mentions by their names."""
    workspace = sandbox.slack.workspace
    for channel in (SALES, OPERATOR):
        for message in workspace.conversation(channel.id):
            metadata = workspace.message(channel.id, message["ts"]).metadata or {}
            if metadata.get("event_payload", {}).get("event_id") == event_id:
                return dict(with_names(message, workspace.people.names()))
    return None


def _shown_at(message: dict[str, Any]) -> float:
    """Return when the message took the form it has: posted, or last changed."""
    edited = message.get("edited")
    return float(edited["ts"] if edited else message["ts"])
