"""The CPU seconds of another process, and the share of a CPU that one gets, as Lambda gives it by memory.

A function with M MB has M/1769 of a CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from __future__ import annotations

import ctypes
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup/cpu")
PERIOD_MICROSECONDS = 20_000
WHOLE_CPU_MB = 1769
_numbers = count()
ENTER = 'echo $$ > "$0" && exec "$@"'


def configured_mb(*functions: str) -> int:
    """Return the memory that some functions have in .chalice/config.json, which is the same for all of them."""
    configured = json.loads((Path(__file__).parents[1] / ".chalice/config.json").read_text(encoding="utf-8"))[
        "lambda_functions"
    ]
    (found,) = {configured[name]["lambda_memory_size"] for name in functions}
    return int(found)


def cpu_seconds(pid: int) -> float:
    """Return what all threads of a process have used so far, user and system. man 3 clock_getcpuclockid"""
    clock = ctypes.c_int()
    if error := ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)):
        raise OSError(error, os.strerror(error))
    return time.clock_gettime(clock.value)


def can_share() -> bool:
    """Return whether a share can be set here: by control groups of version 1, for those who may make them."""
    return (CGROUP / "cpu.cfs_quota_us").exists() and os.access(CGROUP, os.W_OK)


@contextmanager
def share(memory_mb: int) -> Iterator[tuple[str, ...]]:
    """Make a group with the share of so much memory; what is put before a command lets it run in there.

    Where no share can be set, the command has the whole CPU: see `can_share`.
    """
    if not can_share():
        yield ()
        return
    group = CGROUP / f"bench-{os.getpid()}-{next(_numbers)}"
    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
        (group / "cpu.cfs_quota_us").write_text(str(PERIOD_MICROSECONDS * memory_mb // WHOLE_CPU_MB))
        yield ("/bin/sh", "-c", ENTER, str(group / "cgroup.procs"))
    finally:
        group.rmdir()


def peak_mb(pid: int) -> float:
    """Return the most memory that a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
