"""What sandbox/setup.sh gives the virtual environment for a deploy's sake."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from ops.package.inspect import read_pins
from tests.deploy.clones import PROJECT, WHEELS

SETUP = (PROJECT / "sandbox/setup.sh").read_text()


def run(python: Path, folder: Path) -> None:
    """Import a module the way `chalice deploy` imports app.py."""
    subprocess.run([python, "-c", "import lead"], cwd=folder, env={}, check=True)


def test_python_leaves_no_bytecode_beside_our_code(tmp_path: Path) -> None:
    """Chalice packs whatever lies in chalicelib, so a plain `chalice deploy` finds no bytecode there either."""
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv/bin/python"
    (tmp_path / "lead.py").write_text("")
    run(python, tmp_path)
    assert (tmp_path / "__pycache__").exists()
    shutil.rmtree(tmp_path / "__pycache__")

    (site_packages,) = (tmp_path / "venv/lib").glob("*/site-packages")
    shutil.copy(PROJECT / "sandbox/bytecode.pth", site_packages / "leadmatch.pth")
    run(python, tmp_path)
    assert not (tmp_path / "__pycache__").exists()


def test_setup_puts_it_there() -> None:
    """The file is the one that the test above tries."""
    assert re.search(r'^cp sandbox/bytecode\.pth .*purelib.*/leadmatch\.pth"$', SETUP, re.MULTILINE)


def test_a_linked_environment_is_not_emptied(tmp_path: Path) -> None:
    """Setting up would clear what the link leads to, which may be another checkout's environment."""
    (tmp_path / "other").mkdir()
    kept = tmp_path / "other/kept"
    kept.touch()
    (tmp_path / ".venv").symlink_to(tmp_path / "other")
    done = subprocess.run(
        ["sh", PROJECT / "sandbox/setup.sh"],
        env={"PATH": os.environ["PATH"], "VENV": str(tmp_path / ".venv"), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "is a link" in done.stderr
    assert kept.exists()


def test_nothing_is_installed_without_its_hash() -> None:
    """Not even when a requirements file has lost all of its hashes, for which pip itself asks only when one is left."""
    scanners = (PROJECT / "sandbox/scanners.sh").read_text()
    calls = re.findall(r"^.*\binstall (?:[^#\n]|\\\n)*-r .*$", SETUP + scanners, re.MULTILINE)
    assert len(calls) == 3
    assert all("--require-hashes" in call for call in calls), calls


def test_every_wheel_of_a_deploy_is_kept() -> None:
    """Tests build the package without a network: each pin has a wheel for Lambda's processors, or one for all."""
    kept = [wheel.name.lower().replace("-", "_") for wheel in WHEELS.glob("*.whl")]
    for name, version in read_pins(PROJECT / "requirements.txt").items():
        wheels = [wheel for wheel in kept if wheel.startswith(f"{name}-{version}-".replace("-", "_"))]
        pure = any(wheel.endswith("_none_any.whl") for wheel in wheels)
        assert pure or all(any(machine in wheel for wheel in wheels) for machine in ("aarch64", "x86_64")), name
