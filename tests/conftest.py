"""What every test stands on: no network beyond this machine, and the same examples in every run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.order import (  # noqa: F401 - pytest finds its hooks here
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_terminal_summary,
)
from tests.process import Process, environment

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.hookimpl(optionalhook=True)  # it is pytest-xdist's
def pytest_xdist_auto_num_workers() -> int:
    """Let one more test run than there are cores: a third of the time tests wait for a server, a lease or a process."""
    return 1 + len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1))


def _refuse_strangers(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise when anything in this process connects to another machine."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        raise AssertionError(f"A test tried to reach {address[0]}.")


def stay_on_this_machine() -> None:
    """Refuse every connection of this process to another machine, for as long as it lives."""
    sys.addaudithook(_refuse_strangers)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse them in every test, but not while coverage is measured: `make test` and CI run without it.

    Coverage sets a trace function in each thread, and CPython lets other threads run while a hook that is written in
    Python looks at that; whichever sets one meanwhile fails with "Cannot install a trace function while another trace
    function is being installed".
    """
    if not config.getoption("cov_source", None):
        stay_on_this_machine()


settings.register_profile(
    "leadmatch",
    deadline=None,  # the machine may be busy
    suppress_health_check=[HealthCheck.too_slow],  # same
    derandomize=True,
    print_blob=True,
)
settings.load_profile("leadmatch")


@pytest.fixture(autouse=True, scope="session")
def _variables() -> dict[str, str]:
    """Return the environment as it is before the first test."""
    return environment()


@pytest.fixture(autouse=True)
def _leaves_the_process_as_it_was(_variables: dict[str, str]) -> Iterator[None]:
    """Fail a test after which something of its process is different, and put it back for the next one.

    Fail it as well if a fixture that outlives a test has changed the environment, which every later test would run in.
    """
    before = Process()
    assert environment() == _variables, "A session's or module's fixture changed the environment. Let a test's set it."
    yield
    left = before.restore()
    assert not left, f"This test left changed: {', '.join(left)}. Change it by monkeypatch, which puts it back."
