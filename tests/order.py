"""The order of the tests and the time between them, both by a seed: a test that leans on another one fails in some of them."""

from __future__ import annotations

import random
import time

import pytest
from _pytest.terminal import TerminalReporter

LONGEST = ("tests/faults/test_matrix.py", "tests/faults/test_misbehaving.py", "tests/faults/", "tests/deploy/")
"""What begins first. The faults wait most of their time, so another core computes beside them from the beginning, and no
long test is left for the end, when there is nothing more to share out."""
PAUSED_TESTS = 10
"""How many tests of a run are paused before."""
PAUSED = "paused before"
CHOSEN = pytest.StashKey[frozenset[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("order")
    group.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in the order that SEED stands for")
    group.addoption(
        "--pause-before",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="wait before ten tests chosen by --pause-seed",
    )
    group.addoption("--pause-seed", type=int, default=0, metavar="SEED", help="which ten tests wait (default: 0)")


@pytest.hookimpl(trylast=True)  # pytest itself groups the tests by their fixtures before
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest, or shuffle, and choose the tests to wait before; each worker of xdist does the same."""
    items.sort(key=_rank)
    seed = config.getoption("--shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)  # noqa: S311 - an order, no secret
    chosen: list[pytest.Item] = []
    if config.getoption("--pause-before"):
        by_name = sorted(items, key=lambda item: item.nodeid)
        rule = random.Random(config.getoption("--pause-seed"))  # noqa: S311 - same
        chosen = rule.sample(by_name, min(PAUSED_TESTS, len(by_name)))
    config.stash[CHOSEN] = frozenset(item.nodeid for item in chosen)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, begins in enumerate(LONGEST) if item.nodeid.startswith(begins)), len(LONGEST))


@pytest.hookimpl(tryfirst=True)  # before any fixture
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Wait before a chosen test."""
    if item.nodeid in item.config.stash[CHOSEN]:
        seconds = item.config.getoption("--pause-before")
        time.sleep(seconds)
        item.user_properties.append((PAUSED, seconds))


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say which order it was and name the tests that were waited before, so that the run can be repeated."""
    if (seed := config.getoption("--shuffle")) is not None:
        terminalreporter.write_line(f"shuffled: --shuffle {seed}")
    if seconds := config.getoption("--pause-before"):
        terminalreporter.write_line(
            f"paused: --pause-before {seconds:g} --pause-seed {config.getoption('--pause-seed')}"
        )
        for outcome in ("passed", "failed", "error", "skipped"):
            for report in terminalreporter.stats.get(outcome, ()):
                if report.when in ("call", "setup") and PAUSED in dict(report.user_properties):
                    terminalreporter.write_line(f"  {outcome} after {seconds:g} s: {report.nodeid}")
