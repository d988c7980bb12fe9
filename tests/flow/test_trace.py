"""The log of one lead from the webhook to Slack: one line per event with its ids, and what the dashboard counts."""

from __future__ import annotations

import io
import json

import app
from chalicelib.aws.queues import Message, Queue, dead_letter_url
from chalicelib.events import LeadEvent
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from sandbox.zoho import faults
from tests.flow.leads import matches, send, zylker_contact
from tests.flow.log_lines import lines_since, measured


def test_one_search_for_the_event_id_shows_a_lead_s_whole_way(sandbox: Sandbox, log: io.StringIO) -> None:
    """receive, check and notify each write one line with the lead id and the event id."""
    start = len(log.getvalue())
    lead_id = zylker_contact(sandbox)
    event_id = send(sandbox, lead_id)
    found = [line for line in lines_since(log, start) if event_id in json.dumps(line)]
    assert [line["message"] for line in found] == ["received", "checked", "posted"]
    assert all(lead_id in json.dumps(line) for line in found)


def test_a_lead_is_counted_once_at_every_station(sandbox: Sandbox, log: io.StringIO) -> None:
    """One received, one verdict, one time to Slack; nothing retried, nothing failed."""
    start = len(log.getvalue())
    send(sandbox, zylker_contact(sandbox))
    totals = measured(lines_since(log, start))
    assert totals.pop("SecondsToSlack") > 0
    assert totals == {"LeadsReceived": 1, "CallsNotTaken": 0, "Verdicts": 1, "Unchecked": 0}


def test_what_could_not_be_checked_is_counted_as_that(sandbox: Sandbox, log: io.StringIO) -> None:
    """An alarm watches it."""
    start = len(log.getvalue())
    lead_id = zylker_contact(sandbox)
    sandbox.zoho.on("options", faults.NO_PERMISSION, lead_id=lead_id)
    send(sandbox, lead_id)
    assert measured(lines_since(log, start))["Unchecked"] == 1


def test_a_retry_is_no_failure(patient: Sandbox, log: io.StringIO) -> None:
    """What raises to be seen again must wake nobody."""
    start = len(log.getvalue())
    lead_id = zylker_contact(patient)
    patient.zoho.on("options", faults.SERVICE_UNAVAILABLE, lead_id=lead_id, times=1)
    send(patient, lead_id)
    totals = measured(lines_since(log, start))
    assert totals["Retries"] >= 1
    assert "Failures" not in totals


def test_a_lead_that_died_counts_as_unchecked(sandbox: Sandbox, log: io.StringIO) -> None:
    """Whoever reached the verdict, the same alarm rings."""
    event = LeadEvent(zylker_contact(sandbox), clients.new_id(), clients.utc_now(), "webhook")
    dead_letters = Queue(sandbox.aws.client("sqs"), dead_letter_url(sandbox.outputs["InboxQueueUrl"]))
    dead_letters.send(Message(event.to_json(), group=event.lead_id, deduplication_id=clients.new_id()))
    start = len(log.getvalue())
    app.wiring.sweep()
    assert sandbox.wait_until_idle()
    assert [match["data"]["verdict"]["action"] for match in matches(sandbox, event.lead_id)] == ["unchecked"]
    assert measured(lines_since(log, start))["Unchecked"] == 1
