"""What the demo tells of a lead: everything that is long is cut, and how long the product would wait is the product's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.errors import AnswersDiffer, RecordLocked, Retryable, ZohoThrottled, ZohoUnavailable
from sandbox.callers import Call
from sandbox.run import Played
from sandbox.scenes import SCENES
from sandbox.view import report
from sandbox.view.screen import Screen
from tests.golden.events import event_of

MESSAGE = {"channel_name": "lead-matches", "text": "The message."}


def played(body: bytes = b"{}", **event: object) -> Played:
    call = Call("JSON", body)
    return Played(SCENES[0], "1", call, 202, {}, event_of("choose") | event, MESSAGE, 0.5)


@pytest.fixture
def event_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "EVENT_FILE", tmp_path / "event.json")
    return tmp_path / "event.json"


def test_the_message_comes_last_and_the_event_only_when_asked_for(
    capsys: pytest.CaptureFixture[str], event_file: Path
) -> None:
    """What a person came for stands at the end of the screen."""
    report.in_full(Screen(), played(), waits=(), with_event=False)
    out = capsys.readouterr().out
    assert '"specversion"' not in out
    assert not event_file.exists()
    assert out.rstrip().splitlines()[-3].startswith("╭─ #lead-matches ─")
    report.in_full(Screen(), played(), waits=(), with_event=True)
    out = capsys.readouterr().out
    assert out.index('"specversion"') < out.index("╭─ #lead-matches ─")


def test_a_long_event_is_cut_and_stands_whole_in_a_file(capsys: pytest.CaptureFixture[str], event_file: Path) -> None:
    """A thousand records would push everything else off the screen."""
    report.in_full(Screen(), played(data=event_of("choose")["data"] | {"x": ["y"] * 4000}), waits=(), with_event=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < report.MOST_EVENT_LINES + 30
    assert any("more lines" in line for line in lines)
    assert len(event_file.read_text().splitlines()) > 4000


def test_a_long_call_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    """A form has a line for each part, and may have many."""
    report.in_full(Screen(), played(b"line\n" * 500), waits=(), with_event=False)
    assert "… 492 more lines" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "said", "has_banner"),
    [
        (ZohoUnavailable("", reason="zoho_http_503"), "up to 6 hours, or 30 minutes if Zoho answers other leads", True),
        (ZohoThrottled("", reason="zoho_throttled"), "up to 6 hours (zoho_throttled)", True),
        (RecordLocked("", reason="record_locked"), "up to 10 minutes (record_locked)", False),
        (AnswersDiffer("", reason="zoho_contradiction"), "up to 10 minutes (zoho_contradiction)", False),
    ],
    ids=["no answer", "throttled", "locked", "contradiction"],
)
def test_a_lead_that_waits_is_said_to_wait_for_as_long_as_the_product_waits(
    capsys: pytest.CaptureFixture[str], error: Retryable, said: str, *, has_banner: bool
) -> None:
    """And the banner is shown where people would see it."""
    report.in_full(Screen(), played(), waits=[error], with_event=False)
    out = " ".join(capsys.readouterr().out.split())
    assert f"The lead waits and is tried again, for {said}" in out
    assert ("Zoho has not answered since" in out) == has_banner


def test_the_last_lines_say_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Every lead by its name, and every option."""
    report.next_steps(Screen())
    out = " ".join(capsys.readouterr().out.split())
    assert all(scene.name in out for scene in SCENES)
    assert all(option in out for option in ("LEAD=", "ANSWER=", "EVENT=1", "PAGE="))


def test_the_event_of_a_lead_that_waits_is_as_late_as_its_message(
    capsys: pytest.CaptureFixture[str], event_file: Path
) -> None:
    """The demo does not wait, but nothing that it shows is from before the banner."""
    one, error = played(acceptedat="2026-03-02T09:30:00Z", time="2026-03-02T09:30:04Z"), RecordLocked("", reason="x")
    report.in_full(
        Screen(), replace(one, message={**MESSAGE, "ts": "1772443805.000100"}), waits=[error], with_event=True
    )
    assert json.loads(event_file.read_text())["time"].startswith("2026-03-02T09:40:04")
    assert " 09:40 UTC ─╮" in capsys.readouterr().out
