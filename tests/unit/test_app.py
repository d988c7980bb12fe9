"""app.py: the handlers' names, their queues, and what happens before anything is provisioned."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

from chalicelib.version import VERSION

EVENT = {
    "headers": {"content-type": "application/json"},
    "body": "{}",
    "requestContext": {"httpMethod": "POST", "resourcePath": "/zoho/leads", "identity": {}},
    "pathParameters": {},
    "multiValueQueryStringParameters": None,
    "stageVariables": {},
}


def run(program: str) -> list[str]:
    """Run a program in a process with an empty environment; return its last lines."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        env={},
    )
    return done.stdout.splitlines()


def test_importing_it_needs_no_environment_and_attaches_to_no_stage() -> None:
    """A deploy that was not provisioned fails whole: its queues exist nowhere."""
    (line,) = run(
        """
        import app, json
        print(json.dumps({s.name: getattr(s, "queue", None) for s in app.app.event_sources}))
        """
    )
    assert json.loads(line) == {
        "check": "leadmatch-unprovisioned-inbox.fifo",
        "notify": "leadmatch-unprovisioned-slack.fifo",
        "convert": "leadmatch-unprovisioned-convert.fifo",
        "refresh": "leadmatch-unprovisioned-tokens.fifo",
        "sweep": None,
    }


def test_a_call_before_anything_is_set_says_503_and_logs_what_is_missing() -> None:
    """Zoho is not told that a lead was taken."""
    *log, answer = run(f"import app, json; print(json.dumps(app.app({EVENT!r}, None)))")
    assert json.loads(answer)["statusCode"] == 503
    assert json.loads(answer)["headers"]["Retry-After"] == "60"
    assert "setting_missing" in "".join(log)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
def test_every_method_of_zoho_s_form_reaches_the_webhook_and_a_failure_shows_no_url(method: str) -> None:
    """API Gateway answers any other method with a 403 of its own, of which no line and no alarm tells."""
    url = {"key": "secret-key", "lead_id": "7110000000000204017", "name": "Secretperson"}
    event = EVENT | {
        "httpMethod": method,
        "requestContext": {"httpMethod": method, "resourcePath": "/zoho/leads", "identity": {}},
        "queryStringParameters": url,
        "multiValueQueryStringParameters": {name: [value] for name, value in url.items()},
    }
    lines = run(f"import app, json; print(json.dumps(app.app({event!r}, None)))")
    assert json.loads(lines[-1])["statusCode"] == 503
    assert not [line for line in lines if any(value in line for value in url.values())]


def test_health_needs_nothing() -> None:
    """It says that the function runs, and asks nobody."""
    event = EVENT | {"requestContext": {"httpMethod": "GET", "resourcePath": "/health", "identity": {}}}
    (answer,) = run(f"import app, json; print(json.dumps(app.app({event!r}, None)))")
    assert json.loads(answer)["statusCode"] == 200
    assert json.loads(json.loads(answer)["body"]) == {"status": "ok", "version": VERSION}


def test_each_line_of_the_log_has_the_version() -> None:
    """So that a line tells which code wrote it, while functions take over a new one after another."""
    *log, _ = run(f"import app, json; print(json.dumps(app.app({EVENT!r}, None)))")
    lines = [json.loads(line) for line in log if line.startswith('{"level"')]
    assert lines
    assert {line["version"] for line in lines} == {VERSION}
