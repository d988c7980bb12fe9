"""Copies of the project, as two operators' clones would be, and the programs that run in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent.parent
PARTS = ("app.py", "requirements.txt", "chalicelib", "ops", "infra", "sandbox")
WHEELS = Path(sys.prefix) / "wheels"
GIVE_UP_SECONDS = 300
"""No command takes so long, on a busy machine neither."""
CHALICE = "import sys; from chalice.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Clone:
    """A copy of the project in a folder of its own."""

    folder: Path

    def ops(
        self, *arguments: str, aws: Mapping[str, str] | None = None, umask: int = -1, **pip: str
    ) -> subprocess.CompletedProcess[str]:
        """Type `python -m ops …` here."""
        return self._run(["-m", "ops", *arguments], {**(aws or {}), **pip}, umask=umask)

    def begins(self, *arguments: str, aws: Mapping[str, str]) -> subprocess.Popen[str]:
        """Begin `python -m ops …` here in a process group of its own, as a terminal does; stderr is piped."""
        return subprocess.Popen(
            [sys.executable, "-m", "ops", *arguments],
            cwd=self.folder,
            env=_variables(aws),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def chalice(self, *arguments: str, aws: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Type `chalice …` here."""
        return self._run(["-c", CHALICE, *arguments], aws)

    @property
    def config(self) -> dict[str, Any]:
        """What .chalice/config.json says."""
        return dict(json.loads((self.folder / ".chalice/config.json").read_text()))

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Change .chalice/config.json."""
        (self.folder / ".chalice/config.json").write_text(json.dumps(config, indent=2))

    def record(self, stage: str) -> Path:
        """Give the place of Chalice's record of a deploy."""
        return self.folder / f".chalice/deployed/{stage}.json"

    def _run(
        self, arguments: list[str], variables: Mapping[str, str], *, umask: int = -1
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=_variables(variables),
            capture_output=True,
            text=True,
            check=False,
            umask=umask,
            timeout=GIVE_UP_SECONDS,
        )


def _variables(more: Mapping[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PIP_", "PYTHON"))}
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS), "PIP_CONFIG_FILE": os.devnull}
    return clean | offline | {"NO_COLOR": "1"} | dict(more)


def clone_into(folder: Path) -> Clone:
    """Copy what git would have of the project's working parts."""
    leave = shutil.ignore_patterns("__pycache__")
    folder.mkdir(parents=True)
    for part in PARTS:
        source, target = PROJECT / part, folder / part
        shutil.copytree(source, target, ignore=leave) if source.is_dir() else shutil.copy(source, target)
    (folder / ".chalice").mkdir()
    shutil.copy(PROJECT / ".chalice/config.json", folder / ".chalice/config.json")
    return Clone(folder)
