"""Workers of one function in a process of their own, fed from a queue as Lambda feeds them: one message a call, so many at once."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.cpu import cpu_seconds
from bench.fast_aws import FastQueue
from sandbox.pump import lambda_record
from sandbox.serving import LocalServer

PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
import json, os, queue, sys, threading
told = os.fdopen(os.dup(1), "w")
log, (step, threads, pace, channels) = sys.argv[1], json.loads(sys.argv[2])
os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
import app
from chalicelib import timing
from chalicelib.wiring import Wiring
timing.BETWEEN_POSTS_SECONDS = pace
handlers = [getattr(Wiring({**os.environ, "LEADMATCH_SLACK_CHANNEL": channel}), step) for channel in channels]
jobs, lock = queue.SimpleQueue(), threading.Lock()
def work():
    while (line := jobs.get()) is not None:
        number, record = json.loads(line)
        try:
            handlers[number % len(handlers)].handle(record)
            well = 1
        except Exception:
            well = 0
        with lock:
            told.write(f"{number} {well}\\n")
            told.flush()
told.write("-1 1\\n")
told.flush()
workers = [threading.Thread(target=work) for _ in range(threads)]
for worker in workers:
    worker.start()
for line in sys.stdin:
    jobs.put(line)
for worker in workers:
    jobs.put(None)
"""
"""Ctrl-C is for the bench: it closes the input, and with that the program ends."""
WAIT_SECONDS = 0.2


class Crew(LocalServer):
    """A step such as `check` at work on a queue, by `workers` threads of one process, between `resume` and `rest`.

    With several channels the messages take turns among as many stages, each with one of them; `pace` is the seconds between posts.
    """

    def __init__(
        self,
        step: str,
        queue: FastQueue,
        paths: Sequence[Path],
        environment: Mapping[str, str],
        *,
        log: Path,
        workers: int,
        pace: float,
        channels: Sequence[str],
    ) -> None:
        self._step, self._queue, self._paths, self._environment = step, queue, paths, environment
        self._log, self._given = log, json.dumps([step, workers, pace, list(channels)])
        self._workers, self._free = workers, threading.Semaphore(workers)
        self._is_up, self._resting = threading.Event(), threading.Event()
        self._feeder: threading.Thread | None = None
        self._handles: dict[int, str] = {}
        self._numbers = itertools.count()
        self.failed = 0

    def start(self) -> None:
        """Start the process; it has imported its handler when this returns."""
        self._process = subprocess.Popen(  # noqa: S603 - this Python
            [sys.executable, "-S", "-s", "-B", "-c", PROGRAM, str(self._log), self._given],
            cwd=self._paths[0],
            env={**self._environment, "PYTHONPATH": os.pathsep.join(map(str, self._paths))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._is_up.wait()

    def stop(self) -> None:
        """End the process, also in the middle of its work."""
        self._stop_feeding()
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        self._listener.join()
        if self._process.stdout:
            self._process.stdout.close()

    def resume(self) -> None:
        """Take messages from the queue."""
        self._resting.clear()
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def rest(self) -> None:
        """Take none any more, and let what is being worked on end."""
        self._stop_feeding()
        for _ in range(self._workers):
            self._free.acquire()
        self._free.release(self._workers)

    @property
    def cpu_seconds(self) -> float:
        """The seconds of CPU that the process has used so far."""
        return cpu_seconds(self._process.pid)

    @property
    def megabytes(self) -> float:
        """The memory that the process has now."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _stop_feeding(self) -> None:
        self._resting.set()
        if self._feeder:
            self._feeder.join()

    def _feed(self) -> None:
        while not self._resting.is_set():
            if not self._free.acquire(timeout=WAIT_SECONDS):
                continue
            message = self._queue.take(WAIT_SECONDS)
            if message is None:
                self._free.release()
                continue
            number = next(self._numbers)
            self._handles[number] = message["ReceiptHandle"]
            record = lambda_record(message, f"{self._step}.fifo")
            print(json.dumps([number, record]), file=self._process.stdin, flush=True)

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            number, well = map(int, line.split())
            if number >= 0:
                self._end(self._handles.pop(number), well=bool(well))
            self._is_up.set()
        self._is_up.set()  # the process has ended

    def _end(self, handle: str, *, well: bool) -> None:
        if well:
            self._queue.delete(handle)
        else:
            self.failed += 1
            self._queue.give_back(handle)
        self._free.release()
