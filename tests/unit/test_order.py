"""The options by which a run's order and pauses can be repeated."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests import order


def collected(**options: object) -> tuple[list[str], frozenset[str]]:
    """Collect twenty tests with some options; give their order, and which are waited before."""
    given = {"--shuffle": None, "--pause-before": 0.0, "--pause-seed": 0} | options
    config = SimpleNamespace(getoption=given.__getitem__, stash=pytest.Stash())
    items = [SimpleNamespace(nodeid=f"test_{number}") for number in range(20)]
    order.pytest_collection_modifyitems(config, items)
    return [item.nodeid for item in items], config.stash[order.CHOSEN]


def test_without_options_nothing_is_other() -> None:
    """The order is that of the files, and nobody waits."""
    assert collected() == ([f"test_{number}" for number in range(20)], frozenset())


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
