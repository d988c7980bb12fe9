"""The options by which a run's order and pauses can be repeated."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests import order


def collected(**options: object) -> tuple[list[str], frozenset[str]]:
    """Collect twenty tests with some options; return their order, and which are waited before."""
    given = {"--shuffle": None, "--pause-before": 0.0, "--pause-seed": 0} | options
    config = SimpleNamespace(getoption=given.__getitem__, stash=pytest.Stash())
    items = [SimpleNamespace(nodeid=f"test_{number}") for number in range(20)]
    order.pytest_collection_modifyitems(config, items)
    return [item.nodeid for item in items], config.stash[order.CHOSEN]


def test_without_options_nothing_is_other() -> None:
    """The order is that of the files, and nobody waits."""
    assert collected() == ([f"test_{number}" for number in range(20)], frozenset())


def test_the_longest_begin() -> None:
    """Each part keeps its own order."""
    names = ["tests/deploy/a.py::1", "tests/faults/a.py::1", "tests/faults/test_matrix.py::2", "tests/unit/a.py::1"]
    names += ["tests/faults/test_matrix.py::1", "tests/flow/a.py::1"]
    config = SimpleNamespace(getoption={"--shuffle": None, "--pause-before": 0.0}.__getitem__, stash=pytest.Stash())
    items = [SimpleNamespace(nodeid=name) for name in names]
    order.pytest_collection_modifyitems(config, items)
    assert [names.index(item.nodeid) for item in items] == [2, 4, 1, 0, 3, 5]


@pytest.mark.parametrize("seed", [0, 1, 20261])
def test_a_seed_stands_for_one_order(seed: int) -> None:
    """Each worker of a run finds the same one, or pytest-xdist would refuse to go on."""
    shuffled, _ = collected(**{"--shuffle": seed})
    assert shuffled == collected(**{"--shuffle": seed})[0]
    assert shuffled != collected(**{"--shuffle": seed + 1})[0]
    assert sorted(shuffled) == sorted(collected()[0])


@pytest.mark.parametrize("seed", [0, 1, 20261])
def test_a_seed_stands_for_ten_tests_to_wait_before(seed: int) -> None:
    """In whatever order they run."""
    _, chosen = collected(**{"--pause-before": 61.0, "--pause-seed": seed})
    assert len(chosen) == 10
    assert chosen == collected(**{"--pause-before": 61.0, "--pause-seed": seed, "--shuffle": 5})[1]
    assert chosen != collected(**{"--pause-before": 61.0, "--pause-seed": seed + 1})[1]
