"""The demo as a person runs it: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from wcwidth import wcswidth

import app
from chalicelib.wiring import Wiring
from sandbox.__main__ import main
from sandbox.own_answer import scene_of_file
from sandbox.run import AtOnce, play
from sandbox.system import Sandbox
from sandbox.view import report
from sandbox.view.screen import Screen
from tests.waiting import PROGRAM_SECONDS

TIMES = (
    r"since (?:[A-Z][a-z]{2} \d+, \d{4} )?(\d\d:\d\d) UTC",  # with its date, five minutes before midnight
    r"As of (\d\d:\d\d) UTC",
    r"\d{4} (\d\d:\d\d) UTC",
    r"(\d\d:\d\d) UTC ─╮",
)
"""When the demo's lead came, when the banner was brought up to date, when the lead was checked, and when it was told of."""
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NAME = "Fern\x1b[31mway \u202eyawnreF\x9b32m"
BY_NAME = {"field": {"api_name": "Account_Name"}, "matched_lead_value": NAME}
HOSTILE = {
    "__conversion_options": {
        "Accounts": [{"Account_Name": NAME, "id": "7"}],
        "preference_field_matched_value": {"Accounts": [BY_NAME]},
    }
}


def demo(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the demo in a process of its own, as make does."""
    command = [sys.executable, "-m", "sandbox", "demo", *arguments]
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | variables
    return subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False, env=environ)


def minutes_between(early: str, late: str) -> int:
    """Return the minutes from one time of day to another, perhaps of the next day."""
    (hour, minute), (later_hour, later_minute) = (map(int, time.split(":")) for time in (early, late))
    return ((later_hour - hour) * 60 + later_minute - minute) % (24 * 60)


def widest(text: str) -> int:
    """Return the columns of the widest line."""
    return max(wcswidth(line.rstrip()) for line in text.splitlines())


def test_the_demo_shows_every_lead_in_a_line_and_one_in_full(tmp_path: Path) -> None:
    """Exit code 0, the message and what a person made of it last, the page, what to type next, 80 columns and not a single escape code in a pipe."""
    page = tmp_path / "build" / "new" / "page.html"
    done = demo("--page", str(page))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("\nok ") == 12
    assert "12 of 12 leads reached Slack and the matches queue. Nothing left this machine." in done.stdout
    message, _, after = done.stdout.partition("╭─ #lead-matches ─")[2].partition("─╯\n")
    assert "Ada Park is already a contact at Zylker (same email)." in message
    assert "Owner: @Rosa Quill" in message
    conversion, _, after_it = after.partition("Next: make demo LEAD=name")
    assert "Makes: contact Ada Park, account Zylker, no deal" in conversion
    assert "@Bo Chen converted this lead into contact Ada Park," in conversion
    assert after_it
    assert len(message.splitlines()) + len(after.splitlines()) < 24
    assert '"specversion"' not in done.stdout
    assert STEERING.search(done.stdout.replace("\n", "")) is None
    assert widest(done.stdout) == 80
    drawn = page.read_text()
    assert "Kestrel Labs" in drawn
    links, places = set(re.findall(r'href="([^"]*)"', drawn)), set(re.findall(r'\bid="([^"]*)"', drawn))
    assert len([link for link in links if link.startswith("#zoho-Leads-")]) > 12
    assert {link.removeprefix("#") for link in links} <= places


def test_one_lead_is_played_alone_on_a_narrow_terminal_with_its_event() -> None:
    """By the environment, as make gives it."""
    done = demo(DEMO_LEAD="choose", DEMO_EVENT="1", COLUMNS="40")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Sending 1 lead" in done.stdout
    assert "\nok " not in done.stdout
    assert '"specversion": "1.0"' in done.stdout
    assert widest(done.stdout) == 40


@pytest.fixture
def at_once(sandbox: Sandbox) -> AtOnce:  # noqa: ARG001 - which puts the functions back
    """Let the functions give every lead up at once, as in the demo."""
    at_once = AtOnce()
    app.wiring = Wiring(os.environ, give_up_policy=at_once)
    return at_once


def shown(sandbox: Sandbox, at_once: AtOnce, path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the demo prints of an answer."""
    (played,) = play(sandbox, [scene_of_file(path)], tick=lambda: None)
    assert played.went_well, played
    report.in_full(Screen(), played, waits=at_once.waits, with_event=False)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("401_x.json", '{"code": "INVALID_TOKEN"}'),
        ("401_page.html", "<html>Sign in</html>"),
        ("429_x.json", '{"code": "TOO_MANY_REQUESTS"}'),
        ("429_page.html", "<html>Too many</html>"),
        ("500_x.json", '{"code": "INTERNAL_ERROR"}'),
        ("502_page.html", "<html>Bad gateway</html>"),
        ("503_busy.json", "<html>Busy</html>"),
        ("503_empty.json", ""),
        ("302_moved.html", "<html>Moved</html>"),
        ("sign_in.html", "<html>Sign in</html>"),
        ("words.txt", "Service unavailable"),
        ("list.json", "[]"),
    ],
)
def test_an_answer_that_makes_the_lead_wait_is_shown_at_once(
    sandbox: Sandbox, at_once: AtOnce, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    """For how long, what Slack shows meanwhile, and what it shows in the end."""
    (path := tmp_path / name).write_text(text)
    out = " ".join(shown(sandbox, at_once, path, capsys).split())
    assert "The lead waits and is tried again, for up to 6 hours" in out
    assert out.index("Zoho has not answered since") < out.rindex("NOT CHECKED")
    came, banner, checked, posted = (re.findall(found, out)[-1] for found in TIMES)
    assert minutes_between(came, banner) == 5
    assert minutes_between(came, checked) in (360, 361)  # the demo took seconds
    assert minutes_between(checked, posted) in (0, 1)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b'\xef\xbb\xbf{"__conversion_options": {}}'])
def test_an_answer_without_a_match_is_no_failure(
    sandbox: Sandbox, at_once: AtOnce, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    """An empty file is Zoho's 204; a byte-order mark is none of its content."""
    (path := tmp_path / "answer.json").write_bytes(content)
    shown(sandbox, at_once, path, capsys)
    assert at_once.waits == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_names_cannot_steer_the_terminal(
    sandbox: Sandbox, at_once: AtOnce, tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    """The lead takes on what the answer says matched, and only what can be seen of it is printed."""
    (path := tmp_path / "a\x1b[31m.json").write_text(json.dumps(HOSTILE), encoding=encoding)
    out = shown(sandbox, at_once, path, capsys)
    assert "is already an account" in " ".join(out.split())
    assert STEERING.search(out.replace("\n", "")) is None


def invoked(*arguments: str) -> tuple[int, str]:
    """Return the exit code and the output of a demo that is refused."""
    result = CliRunner().invoke(main, ["demo", *arguments])
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize(
    "page",
    [
        ".",
        "/proc/page.html",
        "/proc/x/page.html",
        "file/page.html",
        "file/a/page.html",
        "x" * 300,
        f"a/{'x' * 300}/b.html",
        "loop",
    ],
    ids=[
        "a folder",
        "no rights",
        "no folder",
        "under a file",
        "deep under a file",
        "too long a name",
        "too long a folder",
        "a loop",
    ],
)
def test_a_page_that_cannot_be_written_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Exit code 2, as for all wrong usage, and nothing was started."""
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    code, output = invoked("--page", page)
    assert code == 2
    assert "Invalid value for '--page'" in output
    assert "cannot be written: " in output or page == "."
    assert "mkdir" not in output
    assert "Starting" not in output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "loop"]


def test_a_folder_that_cannot_be_made_is_what_the_refusal_names() -> None:
    """The page's name alone would send people to look for a missing file."""
    assert "its folder cannot be made (No such file or directory)." in invoked("--page", "/proc/x/page.html")[1]


@pytest.mark.parametrize("page", ["there.html", "new.html", "build/page.html", "a/b c/d/page.html", "link.html"])
def test_looking_whether_a_page_can_be_written_changes_nothing(tmp_path: Path, page: str) -> None:
    """A page that is there keeps its text; one that is not there does not come into being, nor do its folders."""
    (there := tmp_path / "there.html").write_text("kept")
    (link := tmp_path / "link.html").symlink_to("behind/it.html")
    code, output = invoked("--page", str(tmp_path / page), "--lead", "choose", "--answer", str(there))
    assert (code, "exclude each other" in output) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "there.html"]
    assert there.read_text() == "kept"
    assert not link.exists()


@pytest.mark.parametrize(
    "name",
    ["it's mine.json", 'a "b" c.json', "$HOME ${x} $(x).json", "a;b&c|d.json", "größe 日本.json", "`x` \\ *.json"],
)
def test_make_passes_a_file_s_name_on_as_it_was_typed(tmp_path: Path, name: str) -> None:
    """Neither make nor the shell reads anything into it; `-o` keeps make from setting anything up."""
    (says := tmp_path / "says.py").write_text("import os; print(os.environ['DEMO_ANSWER'], os.environ['DEMO_LEAD'])")
    command = [
        "make",
        "--no-print-directory",
        "-o",
        ".venv/ready",
        "demo",
        f"RUN={sys.executable} {says}",
        f"ANSWER={name}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True)
    assert done.stdout == f"{name} \n"


def test_an_unknown_lead_is_answered_with_the_known_ones() -> None:
    """Click's exit code for wrong usage is 2."""
    code, output = invoked("--lead", "nobody")
    assert code == 2
    assert "unchecked" in output


def test_a_lead_of_ours_and_an_answer_of_yours_exclude_each_other(tmp_path: Path) -> None:
    """One of them would be dropped without a word."""
    (answer := tmp_path / "answer.json").write_text("{}")
    code, output = invoked("--lead", "choose", "--answer", str(answer))
    assert (code, "exclude each other" in output) == (2, True)


def test_a_file_named_by_no_status_is_refused(tmp_path: Path) -> None:
    """No server answers 999."""
    (answer := tmp_path / "999_x.json").write_text("{}")
    code, output = invoked("--answer", str(answer))
    assert (code, "which is no HTTP status of an answer" in output) == (1, True)
