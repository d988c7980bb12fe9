"""The lists of mutations fit the code: each can be applied, its tests are there, and what runs them tells their fates apart."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.mutants.__main__ import Outcome as Tried
from tests.mutants.__main__ import judge, table, try_one
from tests.mutants.mutation import Mutation, read_all
from tests.template import read_template

ALL = read_all()
AREAS = {
    "convert",
    "act",
    "webhook",
    "check",
    "verdict",
    "queues",
    "sweep",
    "notify",
    "http",
    "slack_text",
    "refresh",
    "settings",
    "template",
}


@pytest.mark.parametrize("path", sorted({mutation.file for mutation in ALL}))
def test_every_mutation_of_a_file_can_be_applied(path: str) -> None:
    """Its text stands there once, and what takes its place can be read: else nothing would be tried."""
    text = Path(path).read_text(encoding="utf-8")
    for mutation in ALL:
        if mutation.file == path:
            mutated = mutation.mutated(text)
            assert mutated != text
            assert read_template(mutated) if path.endswith(".yaml") else ast.parse(mutated)


def test_every_mutation_has_a_name_of_its_own_and_tests_that_exist() -> None:
    """The nearest tests, by their files."""
    assert Counter(map(str, ALL)).most_common(1)[0][1] == 1
    assert Counter((one.file, one.old, one.new) for one in ALL).most_common(1)[0][1] == 1
    missing = {test for one in ALL for test in one.tests if not Path(test.partition("::")[0]).is_file()}
    assert missing == set()
    assert all(one.tests for one in ALL)


def test_every_area_is_covered() -> None:
    """At least five of each, and what is mutated is what ships or is provisioned."""
    counts = Counter(mutation.area for mutation in ALL)
    assert counts.keys() == AREAS
    assert min(counts.values()) >= 5
    assert {Path(one.file).parts[0] for one in ALL} == {"chalicelib", "infra"}


def test_a_text_that_stands_there_twice_is_no_mutation() -> None:
    """Nobody could say which of the two is meant."""
    with pytest.raises(ValueError, match="2 times"):
        Mutation("area", "name", "file", "a", "b", ()).mutated("a a")


FATES = {
    "passed": (0, "3 passed", "SURVIVED"),
    "failed": (1, "FAILED tests/unit/test_x.py::test_y - boom", "killed"),
    "an error in a fixture": (1, "ERROR tests/unit/test_x.py::test_y", "killed"),
    "not collected": (2, "ERROR tests/unit/test_x.py\n1 error", "DOES NOT RUN"),
    "no tests": (5, "no tests ran", "DOES NOT RUN"),
    "endless": (None, "", "DOES NOT RUN"),
}


@pytest.mark.parametrize(("code", "printed", "fate"), FATES.values(), ids=FATES)
def test_a_mutation_is_killed_by_a_test_that_fails_and_by_nothing_else(
    code: int | None, printed: str, fate: str
) -> None:
    """Code that cannot even be imported proves no test."""
    assert judge(code, printed)[0] == fate


def test_the_table_counts_each_area() -> None:
    """And all of them."""
    one, other = ALL[0], ALL[-1]
    lines = table([Tried(one, "killed", "t", 1.0), Tried(other, "SURVIVED", "all passed", 1.0)]).splitlines()
    assert lines[0] == "| area | mutations | killed | survived | does not run |"
    assert lines[-1] == "| all | 2 | 1 | 1 | 0 |"
    assert f"| {other.area} | 1 | 0 | 1 | 0 |" in lines


BROKEN_LISTS = {
    "no TOML": ('[[mutation]]\nname = "x', "area.toml: "),
    "a key missing": ('[[mutation]]\nname = "x"\nfile = "f"\nold = "o"\ntests = ["t"]', "'x': an entry has"),
    "an unknown key": ('[[mutation]]\nname = "x"\nfile = "f"\nold = "o"\nnew = "n"\ntest = ["t"]', "'x': an entry has"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN_LISTS.values(), ids=BROKEN_LISTS)
def test_a_list_that_cannot_be_read_is_named(text: str, said: str, tmp_path: Path) -> None:
    """With its entry, if that has a name."""
    (tmp_path / "area.toml").write_text(text)
    with pytest.raises(ValueError, match=said):
        read_all(tmp_path)


@pytest.mark.parametrize("file", ["no-such-file.py", "there.py"])
def test_a_mutation_that_cannot_be_applied_gives_its_copy_back(tmp_path: Path, file: str) -> None:
    """Else the next ones would wait for it for ever."""
    (tmp_path / "there.py").write_text("pass")
    free: SimpleQueue[Path] = SimpleQueue()
    free.put(tmp_path)
    outcome = try_one(Mutation("area", "name", file, "not there", "new", ("t",)), free)
    assert (outcome.fate, free.get_nowait()) == ("DOES NOT RUN", tmp_path)
    assert file in outcome.by
