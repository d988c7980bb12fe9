"""The tracer that shows one lead's way through the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.trace import OURS, Way, a_lead, as_json, as_text, trace
from sandbox.system import SALES, Sandbox
from tests.flow.leads import send
from tests.pages import CODE, file_of, section, tables


@pytest.fixture
def ways(sandbox: Sandbox) -> dict[str, Way]:
    """Return the way of one lead after another one has warmed everything."""
    send(sandbox, a_lead(sandbox))
    with sandbox.pump.resting():
        return trace(sandbox, a_lead(sandbox))


def test_the_lead_that_is_followed_reaches_slack(sandbox: Sandbox, ways: dict[str, Way]) -> None:
    """The way is whole: both leads have a message, and no message of a queue is left behind."""
    assert list(ways) == ["receive", "check", "notify"]
    assert len(sandbox.slack.workspace.messages(SALES.id)) == 2
    assert sandbox.wait_until_idle()


def test_each_step_begins_in_app_py_and_comes_to_its_own_file(ways: dict[str, Way]) -> None:
    """The files stand in the order of their first call, those included that run in a step's own threads only."""
    for name, way in ways.items():
        files = list(way.first_calls)
        assert files[:2] == ["app.py", "chalicelib/handlers.py"]
        assert f"chalicelib/steps/{name}.py" in files
    assert {"chalicelib/zoho/client.py", "chalicelib/verdict/rules.py"} <= set(ways["check"].first_calls)
    assert "chalicelib/slack/client.py" in ways["notify"].first_calls


def test_only_what_the_functions_call_counts(ways: dict[str, Way]) -> None:
    """Nothing of the stand-ins, though they use some files of ours, nothing that was loaded before, nothing of another step."""
    files = {file for way in ways.values() for file in way.first_calls}
    assert files <= set(OURS.values())
    assert all(Path(file).is_file() for file in files)
    assert "chalicelib/slack/error_codes.py" not in files
    assert "chalicelib/settings.py" not in files
    assert "chalicelib/steps/check.py" not in ways["receive"].first_calls
    assert "chalicelib/verdict/rules.py" not in ways["notify"].first_calls


def test_text_and_json_say_the_same(ways: dict[str, Way]) -> None:
    """Each file stands in a line of the text, and the figures are the sums of the steps."""
    found, text = json.loads(json.dumps(as_json(ways))), as_text(ways)
    assert found["changes_of_file"] == sum(way.changes for way in ways.values()) > 0
    assert found["files"] == len({file for way in ways.values() for file in way.first_calls}) < found["files_of_all"]
    assert f"{found['files']} of {found['files_of_all']} files run, {found['functions']} functions" in text
    for step in found["steps"].values():
        for number, (file, first) in enumerate(step["first_calls"].items(), 1):
            assert any(line.split() == [str(number), file, first] for line in text.splitlines())


def test_the_page_follows_the_lead_as_it_goes(ways: dict[str, Way]) -> None:
    """Every function that docs/architecture.md names for a step runs there, in the order of its rows."""
    for name, way in ways.items():
        (rows,) = tables(section("docs/architecture.md", f"### {name}"))
        calls = {f"{file} {called}": number for number, (file, called) in enumerate(way.calls)}
        files = [str(file_of(CODE.findall(row["file"])[0])) for row in rows]
        named = [
            [f"{file} {one}" for one in CODE.findall(row["function"])] for file, row in zip(files, rows, strict=True)
        ]
        assert not [one for row in named for one in row if one not in calls]
        firsts = [min(calls[one] for one in row) for row in named]  # where two run side by side, either may be first
        assert firsts == sorted(firsts), name
