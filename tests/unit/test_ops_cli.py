"""Progress is plain lines on stderr."""

from __future__ import annotations

import pytest

from ops.cli import Console


def test_lines_go_to_stderr_without_colours_when_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the result goes to stdout, and a log file holds no escape codes."""
    console = Console()
    console.step("Stack")
    console.line("a queue")
    console.good("made")
    console.bad("not made")
    console.warn("small")
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Stack\n  a queue\n  ok made\n  NO not made\n  ! small\n"
