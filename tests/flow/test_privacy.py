"""No log line holds a secret, a token, a name, an email or a phone, whatever went wrong."""

from __future__ import annotations

import io
import json
import logging
from itertools import chain

import pytest

import app
from sandbox.callers import Call, json_call
from sandbox.local_api import proxy_event
from sandbox.slack.faults import Fault as SlackFault
from sandbox.system import BOT_TOKEN, RETIRING_KEY, WEBHOOK_KEY, ZOHO, Sandbox
from sandbox.zoho import faults
from sandbox.zoho.faults import Answer, Fault
from tests.flow.leads import send
from tests.pages import CODE, section, tables
from tests.waiting import SECONDS

NAME, COMPANY = "Marker-Person", "Marker-Company"
EMAIL, PHONE = "marker-mail@marker.example", "+1 555 0199 777"
TROUBLES = (
    None,
    faults.NO_PERMISSION,
    faults.NOT_APPROVED,
    faults.BAD_GATEWAY,
    Fault.RESET,
    Fault.HALF_ANSWER,
    Answer(200, f"<html>{EMAIL}</html>"),
    Answer(400, {"code": "NEWS", "message": f"{EMAIL} {NAME}", "details": {}, "status": "error"}),
)


def documented_fields() -> set[str]:
    """Return the fields that docs/security.md says the log has."""
    return {
        name
        for row in chain(*tables(section("docs/security.md", "## What is logged")))
        for name in CODE.findall(row["fields"])
    }


def fields_of(text: str) -> set[str]:
    """Return the fields of a log's lines, without those of its metrics."""
    lines = [json.loads(line) for line in text.splitlines()]
    return {name for line in lines if "_aws" not in line for name in line}


def test_the_log_holds_ids_counts_durations_and_reasons(sandbox: Sandbox, log: io.StringIO) -> None:
    """Every line is JSON, has no field but those of docs/security.md, and none holds a marker, whatever the trouble."""
    for trouble in TROUBLES:
        lead_id = sandbox.crm.add("Leads", Full_Name=NAME, Company=COMPANY, Email=EMAIL, Phone=PHONE)
        if trouble:
            sandbox.zoho.on("options", trouble, lead_id=lead_id)
        assert json_call(lead_id, WEBHOOK_KEY).send(sandbox.webhook_url).status_code == 202
    assert sandbox.wait_until_idle()
    sandbox.slack.on("chat.update", SlackFault.RESET)
    send(sandbox, lead_id)
    text = log.getvalue()
    assert len(text.splitlines()) > len(TROUBLES)
    assert fields_of(text) <= documented_fields()
    secrets = [*ZOHO.values(), BOT_TOKEN, WEBHOOK_KEY, RETIRING_KEY, "1000."]
    for marker in (NAME, COMPANY, EMAIL, PHONE, *secrets):
        assert marker not in text, marker


def test_a_refused_call_leaves_nothing_of_itself_in_the_log(sandbox: Sandbox, log: io.StringIO) -> None:
    """A wrong key may be a right one mistyped."""
    import requests

    headers = {"X-Leadmatch-Key": "almost-the-key"}
    body = {"lead_id": EMAIL, "name": NAME}
    assert requests.post(sandbox.webhook_url, json=body, headers=headers, timeout=SECONDS).status_code == 401
    headers = {"X-Leadmatch-Key": WEBHOOK_KEY}
    answer = requests.post(sandbox.webhook_url, json=body, headers=headers, timeout=SECONDS)
    assert answer.status_code == 400
    assert EMAIL not in answer.text + log.getvalue()
    assert "almost-the-key" not in log.getvalue()


@pytest.mark.parametrize("name", ["key", "token", "X-Leadmatch-Key"])
def test_a_key_in_the_body_reaches_no_log_line_and_no_answer(sandbox: Sandbox, log: io.StringIO, name: str) -> None:
    """It does not count there, and it is a live one all the same."""
    import requests

    for given in (
        {"data": {name: WEBHOOK_KEY, "lead_id": "123", "email": EMAIL}},
        {"json": {name: WEBHOOK_KEY, "id": "123"}},
    ):
        answer = requests.post(sandbox.webhook_url, timeout=SECONDS, **given)
        assert (answer.status_code, "does not count" in answer.text) == (401, True)
        for marker in (WEBHOOK_KEY, EMAIL):
            assert marker not in answer.text + log.getvalue()


IN_THE_URL = {
    "taken": (202, {"key": WEBHOOK_KEY}),
    "with the previous key": (202, {"key": RETIRING_KEY}),
    "a wrong key": (401, {"key": "almost-the-key"}),
    "no key": (401, {}),
    "a typed merge field": (400, {"key": WEBHOOK_KEY, "lead_id": "${Leads.Lead Id}"}),
    "two leads": (400, {"key": WEBHOOK_KEY, "id": "5"}),
    "another module": (400, {"key": WEBHOOK_KEY, "module": NAME}),
}


@pytest.mark.parametrize(("status", "query"), IN_THE_URL.values(), ids=IN_THE_URL)
def test_what_stands_in_a_url_reaches_no_log_line_and_no_answer(
    sandbox: Sandbox,
    log: io.StringIO,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    status: int,
    query: dict[str, str],
) -> None:
    """With GET the key stands there: neither our log, nor Chalice's at its most talkative, nor the process's output has it."""
    caplog.set_level(logging.INFO)
    for name in ("leadmatch", "app", "chalice", "aws_lambda_powertools"):
        caplog.set_level(logging.DEBUG, logger=name)  # botocore's own would show the secret that it reads
    lead_id = sandbox.crm.add("Leads", Full_Name="Ada Park")
    personal = {"name": NAME, "email": EMAIL, "phone": PHONE}
    event = proxy_event(Call("GET", b"", {}, "GET", {"lead_id": lead_id, **personal, **query}), "/zoho/leads")
    answer = app.app(event, None)
    assert answer["statusCode"] == status, answer["body"]
    assert sandbox.wait_until_idle()
    written = capfd.readouterr()
    records = "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    said = log.getvalue() + records + written.out + written.err + json.dumps(answer)
    for marker in (*personal.values(), WEBHOOK_KEY, RETIRING_KEY, "almost-the-key", "${Leads"):
        assert marker not in said, marker
