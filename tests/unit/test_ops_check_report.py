"""How a check looks to a person: on a terminal, and in a file."""

from __future__ import annotations

import io
import sys

import pytest

from chalicelib.errors import ZohoUnavailable
from ops.check.probe import Probe, run
from ops.check.report import CLEAR_LINE, Report, is_ok
from ops.errors import OpsError
from ops.findings import Finding, Findings, Result, Status

LONG = "word " * 40


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def terminal_of(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal to this test; not as a fixture, since pytest sets its own streams before each test."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "60")
    return screen


def probe(name: str = "Zoho") -> Probe:
    """Return a probe that finds nothing."""
    return Probe(name, "token and scopes", lambda _stage, _findings: None)


def result(status: Status = "ok", *, name: str = "Zoho", facts: list[str] | None = None) -> Result:
    """Return a probe's end."""
    findings = Findings(
        facts=facts or [], troubles=[Finding("It is shut.", "Open it:\naws open")] if status == "failed" else []
    )
    return Result(name, status, 1.25, findings)


def called(at: str | None) -> Result:
    """Return the end of the probe that knows when Zoho called last."""
    return Result("Webhook", "ok", 0.5, Findings(values={"last_call_at": at}))


LONG_AGO, FAR_AHEAD = "2026-03-02T09:15:00Z", "2222-01-01T00:00:00Z"


def test_a_file_gets_whole_lines_without_colours(capsys: pytest.CaptureFixture[str]) -> None:
    """To be read, or to be searched."""
    report = Report()
    report.probe_began(probe())
    report.progress("asking")
    report.probe_ended(result("failed", facts=[LONG.strip()]))
    told = capsys.readouterr()
    assert told.err == "...      Zoho: token and scopes\n"
    assert told.out.splitlines() == [
        "FAILED   Zoho  1.2 s",
        f"         {LONG.strip()}",
        "         x It is shut.",
        "           Open it:",
        "             aws open",
    ]


def test_a_program_has_stdout_for_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """What a person reads goes to stderr then."""
    report = Report(for_a_program=True)
    report.probe_ended(result())
    report.sums_up([result()], "dev")
    told = capsys.readouterr()
    assert told.out == ""
    assert "ok       Zoho" in told.err


def test_a_terminal_shows_what_goes_on_in_one_line_and_wipes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """And never more than one line of it, which could not be wiped."""
    terminal = terminal_of(monkeypatch)
    report = Report()
    report.probe_began(probe())
    report.progress(LONG)
    report.probe_ended(result())
    _, first, second, third = terminal.getvalue().split(CLEAR_LINE)
    assert first == "...      Zoho: token and scopes"
    assert (second[:20], len(second)) == ("...      Zoho: word ", 59)
    assert third.startswith("\x1b[32mok")


def test_a_terminal_wraps_at_words_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the probe's name."""
    terminal = terminal_of(monkeypatch)
    Report().probe_ended(result(facts=[LONG.strip()]))
    lines = terminal.getvalue().rstrip("\n").split("\n")[1:]
    assert len(lines) > 1
    assert all(line.startswith("         word") and len(line) <= 60 for line in lines)


@pytest.mark.parametrize(
    ("results", "ok", "words"),
    [
        ([result(), result()], True, "All parts of leadmatch work, from the webhook to Slack. This run did not check whether Zoho calls."),
        ([result(), called(None)], True, "As far as leadmatch knows, Zoho has never called, and check cannot see the webhook and the rule"),
        ([called(None), result("not run")], True, "--lead ID\nAs far as leadmatch knows, Zoho has never called"),
        ([result(), called(LONG_AGO)], True, "days ago (2026-03-02 09:15 UTC or up to 15 minutes later)."),
        ([called(FAR_AHEAD)], True, "Zoho last called within the last 15 minutes (2222-01-01 00:00 UTC or later"),
        ([result(), result("not run")], True, "To test one real lead: python -m ops check --stage dev --lead ID"),
        ([result("failed"), result("failed", name="Slack")], False, "2 of 2 failed: Zoho, Slack."),
    ],
)  # fmt: skip
def test_the_end_says_what_is_to_be_done(
    capsys: pytest.CaptureFixture[str], results: list[Result], words: str, *, ok: bool
) -> None:
    """What did not run is no failure."""
    Report().sums_up(results, "dev")
    assert words in capsys.readouterr().out
    assert is_ok(results) is ok


@pytest.mark.parametrize("results", [[result(), called(None)], [called(None), result("not run")]])
def test_the_end_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, results: list[Result]) -> None:
    """No word of it is broken in two."""
    terminal = terminal_of(monkeypatch)
    Report().sums_up(results, "dev")
    lines = terminal.getvalue().replace("\x1b[32m", "").replace("\x1b[0m", "").split("\n")
    assert max(map(len, lines)) <= 60
    assert "To test one real lead: python -m ops check --stage dev --lead ID" in " ".join(
        lines
    ) or "All parts" in " ".join(lines)


class Heard:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def probe_began(self, probe: Probe) -> None:
        """Keep it."""
        self.words.append(f"begins {probe.name}")

    def progress(self, text: str) -> None:
        """Keep it."""
        self.words.append(text)

    def probe_ended(self, result: Result) -> None:
        """Keep it."""
        self.words.append(f"{result.status} {result.name}")


def test_probes_run_in_order_whatever_one_of_them_raises() -> None:
    """What a probe raises is its finding; the next one may be hindered by it."""

    def shut(_stage: object, findings: Findings) -> None:
        findings.say("knocking")
        raise OpsError("It is shut.", "Open it.")

    def silent(_stage: object, _findings: Findings) -> None:
        raise ZohoUnavailable("Zoho did not answer in time.", reason="zoho_no_answer")

    heard, seconds = Heard(), iter(range(10))
    probes = [
        Probe("one", "", shut),
        Probe("two", "", silent),
        Probe("three", "", shut, lambda before: f"{len(before)} came before"),
        Probe("four", "", lambda _stage, findings: findings.warn("Odd.", "Look."), lambda _: ""),
    ]
    stage = type("Stage", (), {"name": "dev"})()
    results = list(run(probes, stage, observer=heard, clock=lambda: next(seconds)))
    assert [(one.name, one.status, one.seconds) for one in results] == [
        ("one", "failed", 1),
        ("two", "failed", 1),
        ("three", "not run", 0),
        ("four", "ok", 1),
    ]
    assert [one.findings.troubles[0].what for one in results[:2]] == ["It is shut.", "Zoho did not answer in time."]
    assert results[2].findings.facts == ["2 came before"]
    assert heard.words[:4] == ["begins one", "knocking", "failed one", "begins two"]
