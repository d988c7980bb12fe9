"""A function in a process of its own, which tells with each answer what it cost; run as a program, the inside of it.

The process sees its package and Lambda's runtime and nothing else, as under AWS's runtime client (`lambda_runtime`), but
without that client, which costs as much as a small function: here the handler alone is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.serving import LocalServer

PROGRAM = """
import importlib, json, os, sys, time
told = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(module), name)
for line in sys.stdin:
    event, fault, answer = json.loads(line), "", None
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        answer = handler(event, None)
    except Exception as error:
        import traceback
        fault = traceback.format_exc()
    cost = time.process_time() - cpu, time.perf_counter() - wall
    told.write(json.dumps([answer, *cost, fault]) + "\\n")
    told.flush()
"""


class WorkerFailedError(Exception):
    """The handler raised, or its process ended; the text is its traceback."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A handler's answer, and the seconds of CPU (user and system, all threads) and of wall time until it gave it."""

    value: Any
    cpu: float
    wall: float


class Worker(LocalServer):
    """A handler such as `app.check` at work for as long as its block lasts."""

    def __init__(
        self, handler: str, paths: Sequence[Path], environment: Mapping[str, str], *, python: Path | None = None
    ) -> None:
        self._handler, self._paths, self._environment = handler, paths, environment
        self._python = [str(python)] if python else [sys.executable, "-S", "-s"]

    def start(self) -> None:
        """Start the process."""
        self._process = subprocess.Popen(  # noqa: S603 - this Python, or that of the second environment
            [*self._python, "-B", "-c", PROGRAM, self._handler],
            cwd=self._paths[0],
            env={**self._environment, "PYTHONPATH": os.pathsep.join(map(str, self._paths))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        """The process, for whoever measures it."""
        return self._process.pid

    def call(self, event: Any) -> Answered:
        """Call the handler; raise `WorkerFailedError` when it raised."""
        print(json.dumps(event), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise WorkerFailedError(f"The process of {self._handler} ended.")
        value, cpu, wall, fault = json.loads(line)
        if fault:
            raise WorkerFailedError(fault)
        return Answered(value, cpu, wall)
