"""`python -m ops` begins at once, on any terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from chalicelib.version import VERSION
from ops.__main__ import COMMANDS, Commands, main

PROGRAM = """
import sys
from ops.__main__ import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> set[str]:
    """Return the modules that a process of its own has loaded after a command."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_nothing_of_chalice_is_imported_before_a_command_needs_it() -> None:
    """Its prompts' library asks the terminal for its features, and --help hung where no answer came."""
    loaded = loaded_by("--help")
    assert {f"ops.{name}.command" for name in COMMANDS} <= loaded
    assert not loaded & {"chalice", "inquirer", "blessed"}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_only_the_typed_command_is_loaded(command: str) -> None:
    """An operator waits for that one alone."""
    loaded = {name for name in loaded_by(command, "--help") if re.fullmatch(r"ops\.\w+\.command", name)}
    assert loaded == {f"ops.{command}.command"}


def test_a_terminal_is_asked_nothing_when_chalice_is_imported(tmp_path: Path) -> None:
    """Some terminals show the questions as text; the variable that keeps them away is as it was afterwards."""
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text("{}")
    shown, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        [sys.executable, "-m", "ops", "package", "--stage", "qa"],
        cwd=tmp_path,
        env=environment | {"TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        check=False,
    )
    os.close(terminal)
    said = os.read(shown, 10_000)
    os.close(shown)
    assert b"There is no stage qa" in said
    assert b"\x1b[31m" in said, "what is ours keeps its colours"
    assert b"\x1bP" not in said


def test_a_package_that_only_a_command_needs_is_named_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module is loaded late, and its absence is told like that of the others; one of ours shows its trace."""
    monkeypatch.setitem(COMMANDS, "check", "ops.nothing")
    with pytest.raises(ModuleNotFoundError):
        CliRunner().invoke(Commands(), ["check"], catch_exceptions=False)
    monkeypatch.setitem(COMMANDS, "check", "nowhere_to_be_found")
    result = CliRunner().invoke(Commands(), ["check"])
    assert result.exit_code == 1
    assert "The Python module nowhere_to_be_found is missing. First run: . .venv/bin/activate" in result.output


def test_outside_its_environment_it_says_how_to_get_in() -> None:
    """In one line: whoever forgot to activate it sees no trace."""
    done = subprocess.run([sys.executable, "-S", "-m", "ops", "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "First run: . .venv/bin/activate (after: make setup)" in done.stderr


def test_the_version_is_said() -> None:
    """On stdout, for whoever asks for help and for programs."""
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"leadmatch {VERSION}\n")


def test_the_changelog_says_what_is_in_the_version() -> None:
    """Its newest heading with a number; what came after it stands above, under Unreleased."""
    headings = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", Path("CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == VERSION
    assert headings[1][1]
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


@pytest.mark.parametrize("command", ["provision", "deploy", "check", "replay", "route 365", "package"])
def test_a_misspelt_stage_is_wrong_usage_in_every_command(command: str) -> None:
    """Before anything is looked at."""
    result = CliRunner().invoke(main, [*command.split(), "--stage", "Dev"])
    assert (result.exit_code, "lower-case letters" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", ["check", "replay"])
def test_what_is_no_lead_s_id_is_wrong_usage(command: str) -> None:
    """A name would be looked for in vain."""
    result = CliRunner().invoke(main, [command, "--stage", "dev", "--lead", "abc"])
    assert (result.exit_code, "A lead's id is the long number" in result.stderr) == (2, True)


def test_a_package_of_a_stage_that_does_not_exist_is_refused() -> None:
    """It would be built with other settings than were meant."""
    result = CliRunner().invoke(main, ["package", "--stage", "qa"])
    assert (result.exit_code, "There is no stage qa: .chalice/config.json has no stage." in result.stderr) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    ("command", "stage", "meant"),
    [
        (command, *case)
        for command in ("replay", "check", "deploy", "route 365")
        for case in (("qa", ""), ("dve", "dev"), ("prd", "prod"))
    ],
)
def test_a_stage_that_is_not_there_is_said_in_one_sentence_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, stage: str, meant: str
) -> None:
    """With what there is, and the name that was perhaps meant; that no region is set is not the cause."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text('{"stages": {"dev": {}, "prod": {}}}')
    result = CliRunner().invoke(main, [*command.split(), "--stage", stage])
    said = f"Stage {stage} is not provisioned: .chalice/config.json has dev, prod"
    said += f" (did you mean {meant}?)." if meant else "."
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, said)
    assert f"First run: python -m ops provision --stage {stage}" in result.stderr


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError, click.Abort])
def test_a_command_that_was_stopped_says_what_it_leaves(stop: type[BaseException]) -> None:
    """Ctrl-C after half of the work is no reason to fear for it."""
    commands = Commands()

    @commands.command("work")
    def work() -> None:
        raise stop

    result = CliRunner().invoke(commands, ["work"])
    said = "Stopped. Completed steps are kept; run the same command again to continue."
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (1, "", said)
    assert isinstance(main, Commands)
