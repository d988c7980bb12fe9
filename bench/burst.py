"""Sends many leads as fast as one client can, and counts what comes out at both ends.

    python -m bench.burst --leads 200

Slack takes a message a second in a channel, so the time is about a second a lead; the match events are there long
before. The exit code is 0 only if every lead is on both outputs exactly once.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from http import HTTPStatus
from pathlib import Path

import click
import requests

from sandbox.system import OPERATOR, SALES, WEBHOOK_KEY, Sandbox

LOG = Path("build/burst.log")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--leads", default=200, show_default=True, help="How many leads to send.")
def burst(leads: int) -> None:
    """Send many leads at once through the sandbox."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("w") as log, Sandbox(log=log) as sandbox:
        ids = [_lead(sandbox, number) for number in range(leads)]
        began = time.monotonic()
        sent = _send_all(sandbox, ids)
        click.echo(f"{leads} calls answered 202 in {time.monotonic() - began:.1f} s")
        _wait_for_matches(sandbox, leads, began)
        sandbox.wait_until_idle(seconds=60 + 3 * leads)
        click.echo(f"All quiet after {time.monotonic() - began:.1f} s")
        sys.exit(_report(sandbox, ids, sent))


def _lead(sandbox: Sandbox, number: int) -> str:
    company = f"Company {number}"
    sandbox.crm.add("Accounts", Account_Name=company)
    return sandbox.crm.add("Leads", Full_Name=f"Person {number}", Company=company, Email=f"p{number}@c{number}.example")


def _send_all(sandbox: Sandbox, ids: list[str]) -> dict[str, str]:
    """Return the event id of every lead; one connection, one call after the other."""
    headers, sent = {"X-Leadmatch-Key": WEBHOOK_KEY}, {}
    with requests.Session() as session:
        for lead_id in ids:
            response = session.post(sandbox.webhook_url, json={"lead_id": lead_id}, headers=headers, timeout=30)
            response.raise_for_status()
            sent[lead_id] = response.json()["accepted"][0]["event_id"]
    return sent


def _wait_for_matches(sandbox: Sandbox, leads: int, began: float) -> None:
    deadline = time.monotonic() + 60 + leads
    while len(sandbox.match_texts()) < leads and time.monotonic() < deadline:
        time.sleep(0.5)
    click.echo(f"{len(sandbox.match_texts())} match events after {time.monotonic() - began:.1f} s")


def _report(sandbox: Sandbox, ids: list[str], sent: dict[str, str]) -> int:
    matches = Counter(json.loads(text)["id"] for text in sandbox.match_texts())
    messages = Counter(
        (message.metadata or {})["event_payload"]["event_id"]
        for channel in (SALES, OPERATOR)
        for message in sandbox.slack.workspace.messages(channel.id)
    )
    wanted = Counter(sent.values())
    for name, found in (("matches queue", matches), ("Slack", messages)):
        lost, doubled = wanted - found, found - wanted
        click.echo(f"{name}: {sum(found.values())} of {len(ids)}, lost {len(lost)}, doubled {len(doubled)}")
    refused = sum(call.status == HTTPStatus.TOO_MANY_REQUESTS for call in sandbox.slack.calls)
    click.echo(f"Slack refused {refused} posts as too fast")
    return 0 if matches == messages == wanted else 1


if __name__ == "__main__":
    burst()
