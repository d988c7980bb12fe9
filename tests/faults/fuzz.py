"""`python -m tests.faults.fuzz --seconds 60`: coverage-guided fuzzing (atheris) of everything that strangers' bytes reach.

Four doors: a webhook call with and without the key, a click in Slack, Zoho's answers up to the rendered message, values that Slack shows.
An uncaught exception, a lead without a key, or text that Slack would take for a mention ends the run with its input.
`make fuzz` installs atheris; hypothesis tests the same doors in `make test`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import atheris

with atheris.instrument_imports(include=["chalicelib"]):
    from chalicelib.events import LeadEvent
    from chalicelib.match_event import Match, read, write
    from chalicelib.slack.interactions import signature
    from chalicelib.slack.message import render
    from chalicelib.slack.text import mrkdwn, plain
    from chalicelib.steps.act import act
    from chalicelib.steps.receive import receive
    from chalicelib.verdict import decide
    from chalicelib.zoho.answers import read_lead, read_options

KEYS = ("whsec_c2FuZGJveC1rZXktZm9yLXRoZS1kZW1vLW9ubHkh", "the-key-before")
SECRET = "5a" * 16
NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
HEADERS = ("content-type", "x-leadmatch-key", "webhook-id", "webhook-timestamp", "webhook-signature")
ANSWERS = {202, 400, 401, 413}
LIVE = ("<!", "<@", "<#", "<http")
LIMIT = 150


class Inbox:
    """Counts what it is sent."""

    def __init__(self) -> None:
        self.count = 0

    def send_all(self, messages: Any) -> None:
        """Count."""
        self.count += len(messages)


def call(data: atheris.FuzzedDataProvider) -> None:
    """Whoever calls gets an answer, and without a live key nothing is taken."""
    knows_the_key = data.ConsumeBool()
    headers = {name: data.ConsumeUnicode(60) for name in HEADERS if data.ConsumeBool()}
    if knows_the_key:
        headers["x-leadmatch-key"] = KEYS[0]
    event = {
        "headers": headers,
        "isBase64Encoded": data.ConsumeBool(),
        "body": data.ConsumeUnicode(data.remaining_bytes()),
    }
    inbox = Inbox()
    reply = receive(event, keys=lambda: KEYS, inbox=inbox, now=lambda: NOW, new_event_id=lambda: "event")
    assert reply.status in ANSWERS, reply
    assert inbox.count == reply.leads
    keyless = not knows_the_key and headers.get("x-leadmatch-key") not in KEYS and KEYS[0] not in event["body"]
    assert not (keyless and KEYS[1] not in event["body"] and reply.leads), "taken without a key"


def click(data: atheris.FuzzedDataProvider) -> None:
    """Whoever calls gets an answer, and what Slack did not sign is refused, whatever it looks like."""
    body, timestamp = data.ConsumeUnicode(data.remaining_bytes() // 2), str(int(NOW.timestamp()))
    is_signed = data.ConsumeBool()
    signed = (
        signature(SECRET, timestamp, body.encode("utf-8", "surrogatepass")) if is_signed else data.ConsumeUnicode(80)
    )
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signed}
    reply = act({"headers": headers, "body": body}, signing_secret=lambda: SECRET, now=lambda: NOW)
    assert reply.status == (200 if is_signed else 401), reply


def answer(data: atheris.FuzzedDataProvider) -> None:
    """Whatever Zoho answers becomes a verdict, an event that reads back the same, and a message that Slack takes."""
    shape = {
        "__conversion_options": {
            "Contacts": [_record(data)],
            "Accounts": [_record(data) for _ in range(data.ConsumeIntInRange(0, 3))],
            "preference_field_matched_value": {"Contacts": [_evidence(data)], "Accounts": [_evidence(data)]},
            "modules_with_multiple_layouts": _json(data),
        }
    }
    lead = read_lead({"data": [_record(data)]})
    verdict = decide(read_options(shape), lead, lead_id="1")
    match = Match(LeadEvent("1", "event", NOW, "webhook"), lead, verdict, {}, NOW)
    text = write(match, stage="fuzz")
    assert write(read(text), stage="fuzz") == text
    assert len(render(match).blocks) <= 50


def value(data: atheris.FuzzedDataProvider) -> None:
    """No value of the CRM becomes a mention, a link or half an entity, or longer than Slack takes."""
    text = data.ConsumeUnicode(data.remaining_bytes())
    shown = mrkdwn(text, LIMIT)
    assert not any(mark in shown for mark in LIVE), shown
    assert "<" not in shown, shown
    assert max(len(shown), len(plain(text, LIMIT))) <= LIMIT


def _record(data: atheris.FuzzedDataProvider) -> dict[str, Any]:
    names = ("Full_Name", "Account_Name", "Email", "Phone", "Website", "Company", "Locked__s", "$approval_state")
    return {"id": "10" if data.ConsumeBool() else _json(data)} | {name: _json(data) for name in names}


def _evidence(data: atheris.FuzzedDataProvider) -> dict[str, Any]:
    return {"field": {"api_name": _json(data), "unique": data.ConsumeBool()}, "matched_lead_value": _json(data)}


def _json(data: atheris.FuzzedDataProvider) -> Any:
    """Return a value of any JSON type, texts most often."""
    kind = data.ConsumeIntInRange(0, 7)
    if kind == 0:
        return None
    if kind == 1:
        return data.ConsumeBool()
    if kind == 2:
        return [data.ConsumeUnicode(8), {"name": data.ConsumeUnicode(8), "id": data.ConsumeUnicode(8)}]
    return data.ConsumeUnicode(24)


DOORS: tuple[Callable[[atheris.FuzzedDataProvider], None], ...] = (call, click, answer, value)


class Fuzzer:
    """Sends each input through one door, until the time is over."""

    def __init__(self, seconds: float) -> None:
        self.until, self.executions = time.monotonic() + seconds, dict.fromkeys((door.__name__ for door in DOORS), 0)

    def one(self, raw: bytes) -> None:
        """Run one input; report and end when the time is over."""
        if time.monotonic() > self.until:
            print(json.dumps({"executions": self.executions, "uncaught": 0}), flush=True)  # noqa: T201 - the report
            import os

            os._exit(0)  # libFuzzer has no other way to end well from inside
        if not raw:
            return
        door = DOORS[raw[0] % len(DOORS)]
        door(atheris.FuzzedDataProvider(raw[1:]))
        self.executions[door.__name__] += 1


def main() -> None:
    """Read the arguments and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    atheris.Setup([sys.argv[0], "-max_len=4096", "-verbosity=0"], Fuzzer(chosen.seconds).one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
