"""The demo as a person runs it: what it prints, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sandbox.__main__ import main
from tests.waiting import PROGRAM_SECONDS


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo in a process of its own, as make does."""
    command = [sys.executable, "-m", "sandbox", "demo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)


def test_the_demo_shows_one_lead_in_full_and_every_lead_in_a_line(tmp_path: Path) -> None:
    """Exit code 0, the message, the event, the page, what to type next, and not a single escape code in a pipe."""
    page = tmp_path / "page.html"
    done = demo("--lead", "choose", "--page", str(page))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 accounts are called Kestrel Labs. Pick one before converting." in done.stdout
    assert '"type": "leadmatch.lead.checked.v1"' in done.stdout
    assert "12 of 12 leads stand in Slack and on the matches queue. Nothing left this machine." in done.stdout
    assert "make demo LEAD=" in done.stdout
    assert "\x1b" not in done.stdout
    assert "Kestrel Labs" in page.read_text()


def test_an_answer_of_one_s_own_goes_through_the_whole_system(tmp_path: Path) -> None:
    """The lead takes on what the answer says matched."""
    answer = tmp_path / "answer.json"
    name = {"field": {"api_name": "Account_Name"}, "matched_lead_value": "Fernway"}
    options = {
        "Accounts": [{"Account_Name": "Fernway", "id": "7"}],
        "preference_field_matched_value": {"Accounts": [name]},
    }
    answer.write_text(json.dumps({"__conversion_options": options}))
    done = demo("--answer", str(answer))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Probably Fernway is already an account (names only). Check first." in done.stdout


def test_an_empty_answer_is_zoho_s_204(tmp_path: Path) -> None:
    """Zoho's way to say that nothing matches."""
    answer = tmp_path / "answer.json"
    answer.write_text("")
    done = demo("--answer", str(answer))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No exact match for company or name. Search A company of yours once, then create." in done.stdout


@pytest.mark.parametrize("text", ["not json", "[]"])
def test_a_file_that_is_no_answer_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    """No traceback, exit code 1."""
    answer = tmp_path / "answer.json"
    answer.write_text(text)
    result = CliRunner().invoke(main, ["demo", "--answer", str(answer)])
    assert result.exit_code == 1
    assert "Zoho answers with" in result.output


def test_an_unknown_lead_is_answered_with_the_known_ones() -> None:
    """Click's exit code for wrong usage is 2."""
    result = CliRunner().invoke(main, ["demo", "--lead", "nobody"])
    assert result.exit_code == 2
    assert "unchecked" in result.output


def test_a_lead_of_ours_and_an_answer_of_yours_exclude_each_other(tmp_path: Path) -> None:
    """One of them would be dropped without a word."""
    (answer := tmp_path / "answer.json").write_text("{}")
    result = CliRunner().invoke(main, ["demo", "--lead", "choose", "--answer", str(answer)])
    assert (result.exit_code, "exclude each other" in result.output) == (2, True)


def test_a_file_named_by_no_status_is_refused(tmp_path: Path) -> None:
    """No server answers 999."""
    (answer := tmp_path / "999_x.json").write_text("{}")
    result = CliRunner().invoke(main, ["demo", "--answer", str(answer)])
    assert (result.exit_code, "which is no HTTP status of an answer" in result.output) == (1, True)
