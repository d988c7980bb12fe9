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

from tests.deploy.programs import CHALICE, GIVE_UP_SECONDS, OPS, PROGRAMS, PROJECT

PARTS = ("app.py", "requirements.txt", "chalicelib", "ops", "infra", "sandbox")
WHEELS = Path(sys.prefix) / "wheels"


INTERRUPTIBLE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, "-m", "ops", *sys.argv[1:]])
"""


@dataclass(frozen=True, slots=True)
class Clone:
    """A copy of the project in a folder of its own."""

    folder: Path

    def ops(
        self, *arguments: str, aws: Mapping[str, str] | None = None, umask: int = -1, **pip: str
    ) -> subprocess.CompletedProcess[str]:
        """Type `python -m ops …` here."""
        variables = _variables({**(aws or {}), **pip})
        return PROGRAMS.run(OPS, arguments, folder=self.folder, variables=variables, umask=umask)

    def starts(
        self, *arguments: str, aws: Mapping[str, str] | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Type the same with a Python of its own, which has nothing but the modules of this folder."""
        return subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=self.folder,
            env=_variables({**(aws or {}), **more}),
            capture_output=True,
            text=True,
            check=False,
            timeout=GIVE_UP_SECONDS,
        )

    def begins(self, *arguments: str, aws: Mapping[str, str]) -> subprocess.Popen[str]:
        """Begin `python -m ops …` here in a process group of its own, as a terminal does; stderr is piped.

        Ctrl-C reaches it, although a shell lets programs in the background ignore that, and their own programs as well.
        """
        return subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, *arguments],
            cwd=self.folder,
            env=_variables(aws),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def chalice(self, *arguments: str, aws: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Type `chalice …` here."""
        return PROGRAMS.run(CHALICE, arguments, folder=self.folder, variables=_variables(aws))

    @property
    def config(self) -> dict[str, Any]:
        """What .chalice/config.json says."""
        return dict(json.loads((self.folder / ".chalice/config.json").read_text()))

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Change .chalice/config.json."""
        (self.folder / ".chalice/config.json").write_text(json.dumps(config, indent=2))

    def record(self, stage: str) -> Path:
        """Return the place of Chalice's record of a deploy."""
        return self.folder / f".chalice/deployed/{stage}.json"


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
