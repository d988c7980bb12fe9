"""Figures of the bench: their spread, what is seen as worse, and how they are kept and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.page import page
from bench.report import Figure, Goal, changes, figures, load, save, table


def ms(*values: float) -> dict[str, Any]:
    """Return a figure as a part has it."""
    return Figure.of(values, "ms").as_json()


def test_a_figure_is_a_median_with_the_middle_half_of_its_runs() -> None:
    """One run that a neighbour disturbed moves neither."""
    figure = Figure.of([10, 11, 12, 13, 500], "ms")
    assert (figure.median, figure.low, figure.high, figure.runs, figure.spread) == (12, 11, 13, 5, 2)


def test_a_figure_of_few_runs_has_the_spread_of_all() -> None:
    """Two or three runs have no quarters."""
    assert Figure.of([3, 1, 2], "ms") == Figure(2, 1, 3, 3, "ms")
    assert Figure.of([3], "ms").spread == 0


def test_a_ratio_is_that_of_runs_beside_each_other() -> None:
    """What slows both down at once is not in it."""
    assert Figure.ratio([2, 20, 4], [1, 10, 2]) == Figure(2, 2, 2, 3, "x")


def test_what_became_worse_by_more_than_its_spread_is_seen_and_nothing_else() -> None:
    """The larger spread of both runs counts; less time is better."""
    before = {"check": {"cpu": ms(10, 11, 12), "wall": ms(10, 15, 20)}, "notify": {"cpu": ms(10, 11, 12)}}
    now = {"check": {"cpu": ms(20, 21, 22), "wall": ms(15, 20, 25)}, "notify": {"cpu": ms(1, 2, 3)}, "new": ms(1)}
    found = changes(before, now, is_same_machine=True)
    assert [(change.name, change.is_worse) for change in found] == [("check/cpu", True), ("notify/cpu", False)]
    assert str(found[0]) == "check/cpu: 11 (10 to 12) before, 21 (20 to 22) now, ms"


def test_of_another_machine_only_the_ratios_compare() -> None:
    """Its milliseconds are others."""
    before = {"cpu": ms(1), "ratio": Figure.ratio([1], [1]).as_json()}
    now = {"cpu": ms(2), "ratio": Figure.ratio([2], [1]).as_json()}
    assert [change.name for change in changes(before, now, is_same_machine=False)] == ["ratio"]


def test_figures_come_back_as_they_were_kept(tmp_path: Path) -> None:
    """By their paths, at any depth; what is no figure is passed over."""
    kept = {"warm": {"figures": {"leadmatch": {"cpu": ms(1, 2, 3), "calls": {"sqs": 1}}, "note": "text"}}}
    save(tmp_path / "docs" / "performance.json", kept)
    assert load(tmp_path / "docs" / "performance.json") == kept
    assert dict(figures(kept)) == {"warm/figures/leadmatch/cpu": Figure(2, 1, 3, 3, "ms")}


def test_without_figures_there_is_nothing_to_compare(tmp_path: Path) -> None:
    """The first run has no run before it."""
    assert load(tmp_path / "performance.json") == {}


@pytest.mark.parametrize(("value", "text"), [(1234.5, "1,230"), (0.01234, "0.0123"), (2, "2")])
def test_three_digits_count(value: float, text: str) -> None:
    """More would be noise."""
    assert str(Figure.of([value], "ms")) == text
    assert str(Figure.of([value, value, 2 * value], "ms")).startswith(f"{text} ({text} to ")


def test_a_table_is_markdown() -> None:
    """Whatever stands in the cells."""
    assert table(["step", "ms"], [["check", 1.5]]) == "| step | ms |\n| --- | --- |\n| check | 1.5 |"


class OnePart:
    """A part with one goal, which is met or not."""

    NAME, TITLE = "one", "One part"
    USES: tuple[str, ...] = ("other",)

    def __init__(self, at_most: float) -> None:
        self._at_most = at_most

    def measure(self, _: object) -> dict[str, Any]:
        """Measure nothing."""
        return {"cpu": ms(2)}

    def answer(self, figures: dict[str, Any]) -> str:
        """Say the figure."""
        return f"It takes {figures['cpu']['median']:g} ms."

    def goals(self, figures: dict[str, Any]) -> list[Goal]:
        """Return the goal."""
        return [Goal("fast", Figure.of_json(figures["cpu"]), self._at_most)]

    def section(self, _: dict[str, Any]) -> str:
        """Return a text."""
        return "How it was measured."

    def plots(self, _: dict[str, Any]) -> list[dict[str, Any]]:
        """Return none."""
        return []


MACHINE = {"processor": "a processor", "cores": 2, "python": "3.11.7"}
MEASURED = {"measured_on": "2026-01-01", "seconds": 3, "machine": MACHINE, "load": 0.5, "is_quick": False}
KEPT = {"one": MEASURED | {"figures": {"cpu": ms(2)}}}


@pytest.mark.parametrize(("at_most", "met"), [(2, "yes"), (1.9, "**no**")])
def test_the_page_says_first_which_goals_are_met(at_most: float, met: str, tmp_path: Path) -> None:
    """And then what the goals speak of, and part by part how and where it was measured."""
    text = page([OnePart(at_most)], KEPT, tmp_path, memory_mb=1024)
    answer, part = text.index(f"| fast | {at_most:g} | 2 | {met} |"), text.index("## One part")
    assert text.index("- It takes 2 ms.") < answer < text.index("the floor is") < part
    assert "`python -m bench one`, 2026-01-01, 3 s on a processor, 2 cores, Python 3.11.7." in text[part:]


class Other(OnePart):
    """Another part, whose figures the first one uses."""

    NAME = "other"
    USES = ()


def written(folder: Path, one: dict[str, Any], other: dict[str, Any], *, memory_mb: int = 1024) -> str:
    """Return the page of two parts of which something is told."""
    kept = {"one": KEPT["one"] | one, "other": KEPT["one"] | other}
    return page([OnePart(2), Other(2)], kept, folder, memory_mb=memory_mb)


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (0.5, 0.0, "The machine was idle before they began."),
        (0.6, 0.6, "**The machine was busy before they began** (load 0.6)"),
        (0.0, 8.25, "**The machine was busy before `other` began** (load 8.2)"),
    ],
)
def test_the_page_says_first_whether_the_machine_was_idle(one: float, other: float, text: str, tmp_path: Path) -> None:
    """By the loads that were recorded: on a busy one, wall times say little."""
    head, *parts = written(tmp_path, {"load": one}, {"load": other}).split("\n## ")
    assert text in head
    assert ("It was idle before the others began." in head) is (one <= 0.5 < other)
    assert ["was busy" in part for part in parts[1:]] == [one > 0.5, other > 0.5]


def test_a_part_that_is_older_than_what_it_uses_is_out_of_date(tmp_path: Path) -> None:
    """Its figures were worked out from others than those beside it."""
    morning, noon = ({"measured_on": f"2026-01-02 {hour}:00:00 UTC"} for hour in ("09", "12"))
    note = "**Out of date**: it is older than `other`, whose figures it uses."
    assert "Out of date" not in written(tmp_path, noon, morning) + written(tmp_path, noon, noon)
    head, _, one, other = written(tmp_path, morning, noon).split("\n## ")
    assert "**Out of date (each section says why): `one`.**" in head
    assert (note in one, "Out of date" in other) == (True, False)
    assert note in written(tmp_path, {"measured_on": "2026-01-02"}, noon)


def test_a_part_that_was_measured_with_another_memory_is_out_of_date(tmp_path: Path) -> None:
    """The functions have another share of a processor now."""
    with_memory = {"figures": {"cpu": ms(2), "memory": 1024}}
    assert "Out of date" not in written(tmp_path, with_memory, {}, memory_mb=1024)
    text = written(tmp_path, with_memory, {}, memory_mb=1769)
    assert "**Out of date**: it was measured with 1024 MB, and the functions are configured with 1769." in text
    assert text.count("Out of date") == 2


class Drawn(OnePart):
    """A part without goals whose section has two plots."""

    def goals(self, _: dict[str, Any]) -> list[Goal]:
        """Return none."""
        return []

    def section(self, _: dict[str, Any]) -> str:
        """Return a text with plots."""
        return "Before.\n\n![One](performance/one.svg)\n\n![Other](performance/other.svg)"


def test_the_page_has_the_plots_that_are_there(tmp_path: Path) -> None:
    """Without matplotlib none is drawn, and a link to it would be broken."""
    (tmp_path / "performance").mkdir()
    (tmp_path / "performance/one.svg").touch()
    text = page([Drawn(1)], KEPT, tmp_path, memory_mb=1024)
    assert text.endswith("Before.\n\n![One](performance/one.svg)\n")


def test_without_goals_none_is_counted(tmp_path: Path) -> None:
    """As after a run of a part that has none."""
    text = page([Drawn(1)], KEPT, tmp_path, memory_mb=1024)
    assert "- It takes 2 ms.\n\n## One part" in text
    assert "goals are met" not in text
