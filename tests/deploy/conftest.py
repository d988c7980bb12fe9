"""What the deploy tests begin with: an empty account, a clone, and the wheels that setup.sh keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.account import AwsAccount, empty_account
from tests.deploy.clones import WHEELS, Clone, clone_into


@pytest.fixture(autouse=True, scope="session")
def wheels() -> None:
    assert any(WHEELS.glob("*.whl")), f"{WHEELS} is empty. Make the virtual environment anew: make clean test"


@pytest.fixture
def account() -> Iterator[AwsAccount]:
    with empty_account() as running:
        yield running


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return clone_into(tmp_path / "clone")
