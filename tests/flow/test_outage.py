"""Zoho's bad days through the whole sandbox: one banner for an outage, one pause for everybody, credits that run low."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import app
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.steps.announce import BannerPolicy
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.timing import ZOHO_BACKOFF
from chalicelib.wiring import Wiring
from sandbox.callers import json_call
from sandbox.slack.workspace import Message
from sandbox.system import OPERATOR, SALES, WEBHOOK_KEY, Sandbox
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer
from tests.flow.leads import matches, messages, send, zylker_contact
from tests.waiting import wait_for

WAITING, OVER = "Zoho has not answered since", "Zoho answered again at"


@pytest.fixture
def impatient(sandbox: Sandbox) -> Wiring:  # noqa: ARG001 - it puts the functions back
    """Return functions whose five minutes are two seconds, and which give no lead up meanwhile."""
    app.wiring = impatient_wiring()
    return app.wiring


def impatient_wiring(*, before_banner_seconds: float = 2) -> Wiring:
    """Build them."""
    return Wiring(
        os.environ,
        give_up_policy=GiveUpPolicy(unavailable_seconds=120, locked_seconds=120),
        zoho_backoff=replace(ZOHO_BACKOFF, first_seconds=4, longest_seconds=4),
        banner_policy=BannerPolicy(before_banner_seconds, between_edits_seconds=1),
    )


def call_for(sandbox: Sandbox, leads: int) -> dict[str, str]:
    """Let the webhook be called for so many leads; return their event ids by lead id."""
    events = {}
    for number in range(leads):
        lead_id = zylker_contact(sandbox, f"Person {number}", f"person.{number}@zylker.example")
        answer = json_call(lead_id, WEBHOOK_KEY).send(sandbox.webhook_url).json()
        events[lead_id] = str(answer["accepted"][0]["event_id"])
    return events


def banners(sandbox: Sandbox, *, after: int) -> list[Message]:
    """Return what was said of outages in the sales channel after so many messages."""
    said = sandbox.slack.workspace.messages(SALES.id)[after:]
    return [message for message in said if message.text.startswith((WAITING, OVER))]


def test_an_outage_is_one_banner_that_counts_is_edited_and_ends(sandbox: Sandbox, impatient: Wiring) -> None:
    """Three leads wait: one message says so, and in the end the same message says that it is over."""
    assert impatient
    sandbox.zoho.on("options", faults.SERVICE_UNAVAILABLE)
    before = len(sandbox.slack.workspace.messages(SALES.id))
    events = call_for(sandbox, 2)
    wait_for(
        lambda: any("2 leads are waiting and will be checked" in one.text for one in banners(sandbox, after=before))
    )
    events |= call_for(sandbox, 1)
    wait_for(lambda: "3 leads are waiting" in banners(sandbox, after=before)[0].text)
    sandbox.zoho.clear()
    assert sandbox.wait_until_idle()
    (banner,) = banners(sandbox, after=before)
    assert banner.text.startswith(OVER)
    assert banner.thread_ts is None
    for lead_id, event_id in events.items():
        (match,) = matches(sandbox, lead_id)
        assert match["data"]["verdict"]["action"] != "unchecked"
        assert len(messages(sandbox, event_id)) == 1


def test_a_short_outage_is_not_told(sandbox: Sandbox, impatient: Wiring) -> None:
    """Who is back before the five minutes are over has kept nobody waiting, and the next outage begins anew."""
    sandbox.zoho.on("options", faults.SERVICE_UNAVAILABLE, times=1)
    before = len(sandbox.slack.workspace.messages(SALES.id))
    send(sandbox, zylker_contact(sandbox))
    assert banners(sandbox, after=before) == []
    assert impatient.shared.health.read().failing_since is None


def test_one_429_pauses_every_worker(sandbox: Sandbox, impatient: Wiring) -> None:
    """One of eight leads meets the 429; nobody calls before the pause is over."""
    assert impatient
    sandbox.zoho.on("options", faults.too_many_requests(retry_after_seconds=4), times=1)
    call_for(sandbox, 1)
    wait_for(lambda: impatient.shared.health.read().paused_until is not None)
    until = impatient.shared.health.read().paused_until
    events = call_for(sandbox, 7)
    assert sandbox.wait_until_idle()
    asked = [call.at for call in sandbox.zoho.calls if call.name in ("options", "lead")]
    later = asked[2:]  # without the two of the lead that met the 429
    assert len(later) >= 2 * 8
    assert until is not None
    assert min(later) >= until.timestamp()
    assert all(len(messages(sandbox, event_id)) == 1 for event_id in events.values())


def test_a_lead_is_given_up_by_age_during_a_pause_too(sandbox: Sandbox, impatient: Wiring) -> None:
    """NOT CHECKED comes in time although Zoho was not asked."""
    assert impatient
    app.wiring = Wiring(os.environ, give_up_policy=GiveUpPolicy(unavailable_seconds=0))
    sandbox.zoho.on("options", faults.too_many_requests(retry_after_seconds=60))
    send(sandbox, zylker_contact(sandbox))
    asked, lead_id = len(sandbox.zoho.calls), zylker_contact(sandbox, "Bo Chen", "bo@zylker.example")
    send(sandbox, lead_id)
    assert len(sandbox.zoho.calls) == asked
    assert [match["data"]["verdict"]["reason"] for match in matches(sandbox, lead_id)] == ["zoho_paused"]


def test_a_banner_that_no_lead_moves_is_ended_by_the_sweep(sandbox: Sandbox) -> None:
    """The last lead was given up; the banner does not count it for ever."""
    wiring = impatient_wiring(before_banner_seconds=0)
    health, banner = wiring.shared.health, wiring.shared.banner
    before = len(sandbox.slack.workspace.messages(SALES.id))
    begun = health.begin_outage(outage_id="outage-of-nobody")
    banner.go_on(begun)
    assert sandbox.wait_until_idle()
    (shown,) = banners(sandbox, after=before)
    wiring.sweep()
    assert sandbox.wait_until_idle()
    assert "No lead has been waiting" in sandbox.slack.workspace.message(SALES.id, shown.ts).text
    assert health.read().failing_since is None


def test_credits_that_run_low_hold_the_sweep_back(
    sandbox: Sandbox, impatient: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer says how many are left; a lead that waits for an approval is then not asked for again."""
    assert impatient
    waiting = faults.NOT_APPROVED
    low = Answer(waiting.status, waiting.body, {"X-API-CREDITS-REMAINING": "499"})
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", low, lead_id=lead_id)
    send(sandbox, lead_id)
    app.wiring.ledger.postpone(lead_id, until=datetime(2020, 1, 1, tzinfo=UTC))
    held_back = app.wiring.sweep().fields
    assert (held_back["queued"], held_back["reason"], held_back["credits_left"]) == (0, "zoho_credits_low", 499)
    monkeypatch.setenv("LEADMATCH_ZOHO_CREDITS_FLOOR", "499")
    assert int(impatient_wiring().sweep().fields["queued"]) >= 1


def test_a_trouble_is_told_to_the_operator_once(sandbox: Sandbox, impatient: Wiring) -> None:
    """Told twice, as after a crash, it stands there once; another one of its kind is another message."""
    trouble = OperatorAlert(
        "Zoho no longer accepts the authorisation.", ("Authorise again.", "Put the token into the secret.")
    )
    for subject in ("one", "one", "two"):
        impatient.shared.operator_alerts.send(trouble, subject=f"zoho-authorisation-{subject}")
    assert sandbox.wait_until_idle()
    told = [one for one in sandbox.slack.workspace.messages(OPERATOR.id) if "no longer accepts" in one.text]
    assert len(told) == 2
