"""One bench for all runs of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.matrix import Bench


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """Stand for the whole session: its stages are used again."""
    with Bench() as running:
        yield running
