"""`make sandbox` in a process of its own, as a person starts it, so that a test sees what a browser sees and no more."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.waiting import PROGRAM_SECONDS, wait_for

ROOT = Path(__file__).parents[2]
OPENED = re.compile(r"http://127\.0\.0\.1:\d+(?= in a browser)")


IN_BACKGROUND = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
"""What a shell without job control does for a command that ends in `&`: the command is to ignore Ctrl-C."""


class Served:
    """The page and all that is behind it, for as long as its block lasts; its log is in `folder`, and `ending` ends it."""

    def __init__(self, folder: Path, *, port: int = 0, ending: signal.Signals = signal.SIGINT) -> None:
        self._folder, self._port, self._ending = folder, port, ending
        self.url = ""

    def __enter__(self) -> Self:
        said = self._folder / "said.txt"
        command = [*IN_BACKGROUND, sys.executable, "-m", "sandbox", "serve", "--port", str(self._port)]
        with said.open("w") as output:
            self._process = subprocess.Popen(
                command, cwd=self._folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=output, stderr=output
            )
        wait_for(lambda: self._is_up(said) or self._process.poll() is not None, seconds=PROGRAM_SECONDS)
        assert self._is_up(said), said.read_text()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(self._ending)
        self._process.wait(PROGRAM_SECONDS)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])

    @property
    def process_id(self) -> int:
        """Its process, to measure."""
        return self._process.pid

    def _is_up(self, said: Path) -> bool:
        found = OPENED.search(said.read_text())
        self.url = found[0] if found else ""
        return bool(found)
