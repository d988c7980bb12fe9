"""What runs in Lambda and on the operator's machine in the eyes of bandit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deploy import accepted, scanners

CODE = [name for name in ("app.py", "chalicelib", "ops") if Path(name).exists()]


@pytest.fixture(scope="module")
def findings() -> set[scanners.Finding]:
    return scanners.bandit(*CODE)


def test_bandit_finds_nothing_that_is_not_accepted(findings: set[scanners.Finding]) -> None:
    """What is accepted stands with its reason in accepted.py."""
    assert [one for one in sorted(findings) if (one.check, one.where) not in accepted.BANDIT] == []


def test_what_is_accepted_of_bandit_is_still_found(findings: set[scanners.Finding]) -> None:
    """An exception that excuses nothing would hide the next mistake."""
    found = {(one.check, one.where) for one in findings}
    assert {pair for pair in accepted.BANDIT if Path(pair[1]).exists()} <= found


def test_bandit_finds_what_is_wrong(tmp_path: Path) -> None:
    """A scanner that finds nothing anywhere would make the tests above worthless."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text("import subprocess\nsubprocess.run(input(), shell=True)\n")
    assert "B602" in {one.check for one in scanners.bandit(f"{wrong}")}
