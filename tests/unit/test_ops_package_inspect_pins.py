"""How requirements.txt is read."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from ops.errors import OpsError
from ops.package.inspect import normalized, read_lines, read_pins


def test_pins_are_read_by_their_normalized_names(tmp_path: Path) -> None:
    """Comments, hashes and markers are no part of a version."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(
        "# What ships\nTyping_Extensions==4.16.0 --hash=sha256:00\n    # via x\n"
        "idna==3.20 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via\n    #   y\n"
        'tzdata==2026.1 ; sys_platform == "win32" \\\n    --hash=sha256:00\n\n'
    )
    assert read_pins(requirements) == {"typing-extensions": "4.16.0", "idna": "3.20", "tzdata": "2026.1"}


@pytest.mark.parametrize("line", ["requests", "requests>=2", "git+https://example.com/requests"])
def test_what_pins_no_version_is_refused(tmp_path: Path, line: str) -> None:
    """The same commit would be another package tomorrow."""
    (tmp_path / "requirements.txt").write_text(line)
    with pytest.raises(OpsError, match="does not pin one version"):
        read_pins(tmp_path / "requirements.txt")


def test_a_distribution_s_line_has_all_its_hashes(tmp_path: Path) -> None:
    """It is given to pip alone when Chalice asks for that distribution by its name."""
    (tmp_path / "requirements.txt").write_text(
        "idna==3.20 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via y\n"
    )
    assert read_lines(tmp_path / "requirements.txt") == {"idna": "idna==3.20  --hash=sha256:00  --hash=sha256:11"}


@pytest.mark.parametrize("line", ["idna==3.20", 'idna==3.20 ; sys_platform == "linux"', "idna==3.20 --hash=md5:00"])
def test_what_has_no_hash_is_refused(tmp_path: Path, line: str) -> None:
    """Pip compares nothing when no line of a file has a hash."""
    (tmp_path / "requirements.txt").write_text(line)
    with pytest.raises(OpsError, match=r"requirements\.txt has no hash of idna==3\.20\."):
        read_pins(tmp_path / "requirements.txt")


PYTHONS = [f"3.{minor}" for minor in range(11, 15)]
SYSTEMS = {"linux": "Linux", "darwin": "Darwin"}
EXTRAS = re.compile(r"^[A-Za-z0-9._-]+\[([^]]+)\]")


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_and_system_finds_all_that_it_needs_pinned(python: str, system: str) -> None:
    """Pip installs nothing that has no hash, and some distributions need others on some Pythons only."""
    pinned = read_lines(Path("requirements.txt")) | read_lines(Path("requirements-dev.txt"))
    known = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_system": SYSTEMS[system],
    }
    missing = set()
    for name, line in pinned.items():
        extras = ["", *(found[1].split(",") if (found := EXTRAS.match(line)) else ())]
        for needed in map(Requirement, _requires(name)):
            wanted = not needed.marker or any(needed.marker.evaluate({**known, "extra": extra}) for extra in extras)
            if wanted and normalized(needed.name) not in pinned:
                missing.add(f"{name} needs {needed}")
    assert missing == set()


def _requires(name: str) -> list[str]:
    try:
        return distribution(name).requires or []
    except PackageNotFoundError:  # of another system
        return []
