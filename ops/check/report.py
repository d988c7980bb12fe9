"""How a check is told: to a person line by line, with what goes on shown on a terminal; to a program as one object."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from ops.check import webhook
from ops.check.probe import Probe
from ops.cli import wrapped
from ops.findings import Finding, Result, Status

COLOURS: dict[Status, str] = {"ok": "green", "failed": "red", "not run": "yellow"}
WORDS: dict[Status, str] = {"ok": "ok", "failed": "FAILED", "not run": "not run"}
INDENT = " " * 9
CLEAR_LINE = "\r\x1b[2K"
TO_PASTE = ("python -m ", "aws ", "/invite ", "ZohoCRM.")


class Report:
    """Tells a person on `stdout`, or, when a program wants that for itself, on stderr; passing words go to stderr."""

    def __init__(self, *, for_a_program: bool = False) -> None:
        self._aside = for_a_program
        self._passing = sys.stderr.isatty()
        self._probe = ""

    def probe_began(self, probe: Probe) -> None:
        """Say what is looked at."""
        self._probe = probe.name
        if self._passing:
            self.progress(probe.about)
        else:
            click.echo(f"{'...':<8} {probe.name}: {probe.about}", err=True)

    def progress(self, text: str) -> None:
        """Show what goes on, in the terminal's last line."""
        if self._passing:
            room = shutil.get_terminal_size().columns - 1
            click.echo(f"{CLEAR_LINE}{f'...      {self._probe}: {text}'[:room]}", nl=False, err=True)

    def probe_ended(self, result: Result) -> None:
        """Say how it went, and what to do."""
        if self._passing:
            click.echo(CLEAR_LINE, nl=False, err=True)
        word = click.style(
            f"{WORDS[result.status]:<8}", fg=COLOURS[result.status], bold=True if result.status == "failed" else None
        )
        seconds = "" if result.status == "not run" else click.style(f"  {result.seconds:.1f} s", dim=True)
        self._line(f"{word} {click.style(result.name, bold=True)}{seconds}")
        for line in _lines(result):
            self._line(line)

    def sums_up(self, results: Sequence[Result], stage: str) -> None:
        """Say what is to be done now."""
        failed = [result.name for result in results if result.status == "failed"]
        if failed:
            self._line(
                click.style(f"\n{len(failed)} of {len(results)} failed: {', '.join(failed)}.", fg="red")
                + " Fix the first one and run this again; it is safe."
            )
        elif any(result.status == "not run" for result in results):
            self._line("")
            self._paragraph(
                f"All probes that ran passed. To test one real lead: python -m ops check --stage {stage} --lead ID"
            )
            self._paragraph(webhook.calls_summary(results))
        else:
            self._line("")
            works = "All parts of leadmatch work"
            self._paragraph(f"{works}, from the webhook to Slack. {webhook.calls_summary(results)}", green=works)

    def _paragraph(self, text: str, *, green: str = "") -> None:
        """Print a text in lines that fit; what of it is to be green fits in the first one."""
        lines = "\n".join(wrapped(text))
        self._line(lines.replace(green, click.style(green, fg="green"), 1) if green else lines)

    def _line(self, text: str) -> None:
        click.echo(text, err=self._aside)


def as_json(results: Sequence[Result], **about: str) -> None:
    """Print one object on stdout."""
    probes = [
        {"name": result.name, "status": result.status, "seconds": round(result.seconds, 1)}
        | {key: value for key, value in asdict(result.findings).items() if key != "say"}
        for result in results
    ]
    click.echo(json.dumps({**about, "ok": is_ok(results), "probes": probes}, ensure_ascii=False))


def is_ok(results: Sequence[Result]) -> bool:
    """Return whether everything that ran is as it should be."""
    return all(result.status != "failed" for result in results)


def _lines(result: Result) -> Iterator[str]:
    for fact in result.findings.facts:
        yield from wrapped(fact, indent=INDENT)
    for warning in result.findings.warnings:
        yield from _remark(warning, click.style("!", fg="yellow"))
    for problem in result.findings.troubles:
        yield from _remark(problem, click.style("x", fg="red"))


def _remark(finding: Finding, mark: str) -> Iterator[str]:
    first, *more = wrapped(finding.what, indent=INDENT + "  ")
    yield f"{INDENT}{mark} {first.strip()}"
    yield from more
    for line in finding.fix.splitlines():
        if line.startswith(TO_PASTE):
            yield click.style(f"{INDENT}    {line}", fg="cyan")
        else:
            yield from wrapped(line, indent=INDENT + "  ")
