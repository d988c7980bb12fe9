"""Waits for what another thread or process does, as long as a busy machine may take for it."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Callable

SECONDS = 300.0
"""What a quiet machine does in a few seconds; ten times slower, beside other work, it is still done by then."""
PROGRAM_SECONDS = 540.0
"""What a program with a whole sandbox in it may take; pytest's own limit of a test is ten minutes."""
LOOK_SECONDS = 0.02


def wait_for(condition: Callable[[], bool], *, seconds: float = SECONDS) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"It is not so after {seconds:.0f} seconds."
        time.sleep(LOOK_SECONDS)


def first_line(process: subprocess.Popen[str], *, seconds: float = SECONDS) -> str:
    """Return the first line that a program writes to its piped output."""
    assert process.stdout
    looking = select.poll()  # select() knows no more than 1024 open files
    looking.register(process.stdout, select.POLLIN)
    assert looking.poll(seconds * 1000), f"It said nothing in {seconds:.0f} seconds."
    return process.stdout.readline().strip()
