"""Runs `python -m ops` and `chalice` as processes that are forked from one which has imported them already.

Starting Python and importing both takes a second of processor time, and the tests type some two hundred commands. Each
is a process of its own with its environment, folder, umask, output and exit code; only the imports are shared, so whoever
wants other modules than the project's own starts Python anew.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import select
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

GIVE_UP_SECONDS = 300
"""No command takes so long, on a busy machine neither."""
PROJECT = Path(__file__).parents[2]
OPS, CHALICE = "ops", "chalice"


class Programs:
    """The process that forks, for the tests of this process: begun when it is needed first, ended by `close`."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, program: str, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str], umask: int = -1
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, without a terminal."""
        with TemporaryDirectory() as outputs:
            out, err = Path(outputs, "out"), Path(outputs, "err")
            asked = {"program": program, "arguments": arguments, "folder": str(folder), "variables": dict(variables)}
            code = self._ask({**asked, "umask": umask, "out": str(out), "err": str(err)})
            return subprocess.CompletedProcess([program, *arguments], code, out.read_text(), err.read_text())

    def close(self) -> None:
        """End the process: its input ends."""
        if self._server:
            self._server.communicate(timeout=GIVE_UP_SECONDS)
            self._server = None

    def _ask(self, asked: dict[str, Any]) -> int:
        server = self._server = self._server or self._started()
        assert server.stdin
        assert server.stdout
        server.stdin.write(f"{json.dumps(asked)}\n")
        server.stdin.flush()
        looking = select.poll()  # select() knows no more than 1024 open files
        looking.register(server.stdout, select.POLLIN)
        if not looking.poll(GIVE_UP_SECONDS * 1000):
            server.kill()
            raise subprocess.TimeoutExpired(asked["arguments"], GIVE_UP_SECONDS)
        return int(server.stdout.readline())

    @staticmethod
    def _started() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.deploy.programs"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


PROGRAMS = Programs()


def _serve() -> None:
    """Import everything, then fork a process for each line of the input, and say how it ended."""
    for module in ("ops.provision.command", "ops.deploy.command", "ops.package.build", "chalice.cli", "boto3"):
        __import__(module)
    assert threading.active_count() == 1, "A fork has none of the threads, but all of their locks."
    forking = multiprocessing.get_context("fork")
    for line in sys.stdin:
        process = forking.Process(target=_become, kwargs=json.loads(line))
        process.start()
        process.join()
        sys.stdout.write(f"{process.exitcode}\n")
        sys.stdout.flush()


def _become(
    *, program: str, arguments: list[str], folder: str, variables: dict[str, str], umask: int, out: str, err: str
) -> None:
    """Run a program in this process, as if it had been started here."""
    for path, descriptor in ((out, 1), (err, 2)):
        written = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(written, descriptor)
        os.close(written)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    if umask >= 0:
        os.umask(umask)
    sys.path[0], sys.argv = folder, [program, *arguments]
    if program == OPS:
        runpy.run_module("ops", run_name="__main__", alter_sys=True)
    else:
        from chalice.cli import main

        sys.exit(main())


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        _serve()
