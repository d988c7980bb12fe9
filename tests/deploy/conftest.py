"""What the deploy tests begin with: an empty account, a clone, and the wheels that setup.sh keeps."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.account import AwsAccount, empty_account
from tests.deploy.clones import WHEELS, Clone, clone_into
from tests.deploy.packaged import sam_template_file
from tests.deploy.programs import PROGRAMS


@pytest.fixture(autouse=True, scope="session")
def wheels() -> None:
    assert any(WHEELS.glob("*.whl")), f"{WHEELS} is empty. Make the virtual environment anew: make clean test"


@pytest.fixture(autouse=True, scope="session")
def _programs_end() -> Iterator[None]:
    yield
    PROGRAMS.close()


@pytest.fixture(scope="session")
def running_account() -> Iterator[AwsAccount]:
    with empty_account() as running:
        yield running


@pytest.fixture
def account(running_account: AwsAccount) -> AwsAccount:
    """Empty the one account: another process would load moto's services again, which takes two seconds."""
    running_account.reset()
    return running_account


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return clone_into(tmp_path / "clone")


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package once; return Chalice's folder of packages, into which each deploy puts the project's code anew."""
    clone = clone_into(tmp_path_factory.mktemp("packed") / "clone")
    done = clone.ops("package")
    assert done.returncode == 0, done.stderr
    return clone.folder / ".chalice/deployments"


@pytest.fixture
def packed_before(clone: Clone, packed: Path) -> None:
    """Have the clone's dependencies packed already, as after any deploy; test_package.py builds them."""
    shutil.copytree(packed, clone.folder / ".chalice/deployments")


@pytest.fixture(scope="session")
def sam_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `chalice package` makes of a stage as provision leaves it."""
    return sam_template_file(clone_into(tmp_path_factory.mktemp("packaged") / "clone"))
