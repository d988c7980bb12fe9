"""One bench for all runs of a process, and an AWS of tables for the tests of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.matrix import Bench
from tests.faults.world.embedded import embedded_table


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """Stand for the whole session: its stages are used again."""
    with Bench() as running:
        yield running


@pytest.fixture(scope="module")
def new_table() -> Iterator[Callable[[], Any]]:
    """Yield a maker of real tables; moto's hooks into boto3 go with the module."""
    with embedded_table() as make:
        yield make


@pytest.fixture
def table(new_table: Callable[[], Any]) -> Any:
    """Return a real table that is empty: worlds of one seed make the same ids."""
    return new_table()
