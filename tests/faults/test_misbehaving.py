"""Zoho and Slack that break off, drip, answer 200 with an error, or ask for patience: every lead is told once all the same.

Here the functions talk to the stand-ins directly, so that what breaks is a real connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.steps.notify import Timing
from sandbox.slack import faults as slack
from sandbox.zoho import faults
from sandbox.zoho.faults import CallName
from tests.faults.functions import Product
from tests.faults.matrix import Bench, Case
from tests.faults.scenes import CHANGED, FIRST
from tests.faults.stage import Stage
from tests.faults.trial import Scene
from tests.faults.worker import Times

DIRECT = Product(direct=True)
PATIENT = Product(Times(Timing(lease_seconds=16, in_flight_seconds=2), kill_seconds=14), direct=True)
"""Lives long enough to give up a dripping answer by itself."""
RECORDED = Path("tests/answers/zoho")
PATIENCE = {"Retry-After": "1"}

ZOHO: Mapping[str, faults.Answer | faults.Fault] = {
    "reset": faults.Fault.RESET,
    "half an answer": faults.Fault.HALF_ANSWER,
    "429 with Retry-After": faults.too_many_requests(retry_after_seconds=1),
    "429 without": faults.TOO_MANY_REQUESTS,
    "200 with an error": faults.Answer(200, json.loads((RECORDED / "200_error_in_a_list.json").read_text())),
    "200 with a sign-in page": faults.Answer(200, (RECORDED / "200_sign_in_page.html").read_text()),
    "502 with a page": faults.BAD_GATEWAY,
}
TOKEN = {
    "reset": faults.Fault.RESET,
    "half an answer": faults.Fault.HALF_ANSWER,
    "200 with the throttle": replace(faults.access_denied(200), headers=PATIENCE),
    "200 without a token": faults.Answer(200, {"error": "internal"}),
}
SLACK: Mapping[str, slack.Answer | slack.Fault] = {
    "reset": slack.Fault.RESET,
    "reset after the post": slack.Fault.RESET_AFTER_EFFECT,
    "half an answer": slack.Fault.HALF_ANSWER_AFTER_EFFECT,
    "429 with Retry-After": slack.Answer(429, {"ok": False, "error": "ratelimited"}, PATIENCE),
    "200 with an error": slack.Answer(200, {"ok": False, "error": "internal_error"}),
    "200 with an error after the post": slack.Answer(200, {"ok": False, "error": "fatal_error"}, effect=True),
    "200 with a page after the post": slack.Answer(200, "<html>", effect=True),
    "503 after the post": slack.Answer(503, "down", effect=True),
}


def scene(name: str, prepare: Callable[[Stage], None], *, base: Scene = FIRST) -> Scene:
    """Return a scene in which a stand-in is told beforehand how to misbehave."""

    def build(stage: Stage) -> str:
        if base.then is None:
            prepare(stage)
        return base.build(stage)

    def then(stage: Stage, lead_id: str) -> None:
        if base.then:
            base.then(stage, lead_id)
            prepare(stage)

    return Scene(name, build, then if base.then else None)


def zoho_does(call: CallName, fault: faults.Answer | faults.Fault) -> Callable[[Stage], None]:
    """Let Zoho's next call of this kind go wrong."""
    return lambda stage: stage.parts.zoho.on(call, fault, times=1)


def slack_does(method: str, fault: slack.Answer | slack.Fault) -> Callable[[Stage], None]:
    """Let Slack's next call of this method go wrong."""
    return lambda stage: stage.parts.slack.on(method, fault)


def complaints(bench: Bench, scenes: list[Scene], product: Product = DIRECT) -> list[str]:
    """Play the scenes; return what was lost, doubled or wrong."""
    outcomes = bench.run_each([Case(one, (), product) for one in scenes])
    return [outcome.complaint() for outcome in outcomes if not outcome.is_good]


@pytest.mark.parametrize("call", ["options", "lead"])
def test_a_zoho_that_misbehaves_delays_the_lead_and_no_more(bench: Bench, call: CallName) -> None:
    """No answer of this kind is taken for "nothing matches"."""
    assert complaints(bench, [scene(f"{call}: {name}", zoho_does(call, fault)) for name, fault in ZOHO.items()]) == []


def test_a_token_endpoint_that_misbehaves_delays_the_lead_and_no_more(bench: Bench) -> None:
    """Its errors come with 200, too."""
    assert (
        complaints(bench, [scene(f"token: {name}", zoho_does("token", fault)) for name, fault in TOKEN.items()]) == []
    )


def test_a_slack_that_misbehaves_gets_one_message(bench: Bench) -> None:
    """Whether it took the post is found out, never guessed."""
    method = "chat.postMessage"
    assert complaints(bench, [scene(f"post: {name}", slack_does(method, fault)) for name, fault in SLACK.items()]) == []


def test_a_slack_that_misbehaves_over_an_update_gets_one_reply(bench: Bench) -> None:
    """The edit may be repeated, the reply may not."""
    told = [
        scene(f"{method}: {name}", slack_does(method, fault), base=CHANGED)
        for method in ("chat.update", "chat.postMessage")
        for name, fault in list(SLACK.items())[:5]
    ]
    assert complaints(bench, told) == []


def test_an_answer_that_drips_is_given_up(bench: Bench) -> None:
    """Each byte is in time for itself; the whole is not, and then nobody knows what Slack took."""
    dripping = [
        scene("Zoho drips", zoho_does("options", faults.Fault.DRIP)),
        scene("Slack drips", slack_does("chat.postMessage", slack.Fault.DRIP_AFTER_EFFECT)),
    ]
    assert complaints(bench, dripping, PATIENT) == []
