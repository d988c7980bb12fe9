"""Chalice's packager gets from pip only what requirements.txt has the hash of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from chalice.deploy.packager import PipRunner
from chalice.utils import OSUtils

from ops.package.build import HashedPip


class Done:
    """A pip that went well at once."""

    returncode = 0

    def communicate(self) -> tuple[bytes, bytes]:
        """Say nothing."""
        return b"", b""


class NotedCalls(OSUtils):
    """Notes what pip is asked for, and what stands in the requirements file that it is given, instead of running it."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], str]] = []

    def popen(self, command: Sequence[str], **_: Any) -> Done:  # type: ignore[override] # as much of it as Chalice uses
        """Note a call."""
        found = re.search(r"main\((\[.*\])\)\)", command[-1])
        assert found
        arguments = re.findall(r"'([^']*)'", found[1])
        self.asked.append((arguments, Path(arguments[arguments.index("-r") + 1]).read_text()))
        return Done()


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("charset-normalizer==3.5.2 \\\n    --hash=sha256:00\nidna==3.20 \\\n    --hash=sha256:11\n")
    return path


def test_what_chalice_asks_for_by_name_is_asked_for_by_hash(requirements: Path, tmp_path: Path) -> None:
    """A wheel for the other processor; of each distribution alone, since Chalice wants those that there are."""
    calls = NotedCalls()
    pip = PipRunner(HashedPip(calls, requirements), osutils=calls)
    pip.download_manylinux_wheels("cp313", ["charset-normalizer==3.5.2", "idna==3.20"], str(tmp_path))
    assert [text for _, text in calls.asked] == [
        "charset-normalizer==3.5.2  --hash=sha256:00",
        "idna==3.20  --hash=sha256:11",
    ]
    assert all("--require-hashes" in arguments and "--only-binary=:all:" in arguments for arguments, _ in calls.asked)


@pytest.mark.parametrize("asked", ["wheel==0.47.0", "setuptools==82.0.1", "charset-normalizer==9.9.9"])
def test_what_nobody_pinned_is_never_asked_for_without_a_hash(requirements: Path, tmp_path: Path, asked: str) -> None:
    """Pip refuses it: its hash is required, and none is given, or that of another version."""
    calls = NotedCalls()
    PipRunner(HashedPip(calls, requirements), osutils=calls).download_sdists([asked], str(tmp_path))
    ((arguments, text),) = calls.asked
    assert "--require-hashes" in arguments
    assert "--hash" not in text


def test_the_whole_file_is_given_as_it_is(requirements: Path, tmp_path: Path) -> None:
    """In a file that has hashes pip demands them of everything."""
    calls = NotedCalls()
    PipRunner(HashedPip(calls, requirements), osutils=calls).download_all_dependencies(str(requirements), str(tmp_path))
    assert [text for _, text in calls.asked] == [requirements.read_text()]


def test_nothing_is_built(requirements: Path, tmp_path: Path) -> None:
    """A build fetches tools that nobody pinned; what has no wheel is missing in the package, which is then refused."""
    calls = NotedCalls()
    PipRunner(HashedPip(calls, requirements), osutils=calls).build_wheel("idna-3.20.tar.gz", str(tmp_path))
    assert calls.asked == []
