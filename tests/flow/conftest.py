"""One sandbox for all flow tests of a process; each test begins with an empty CRM."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from chalicelib.steps.check import Patience
from chalicelib.steps.notify import Timing
from sandbox.slack.server import SlackStandIn
from sandbox.system import Sandbox
from tests.flow.play import CHANNEL, OPERATOR, OTHER, TOKEN, Play


@pytest.fixture(scope="session")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="session")
def running(log: io.StringIO) -> Iterator[Sandbox]:
    patience, timing = Patience(unavailable_seconds=2, locked_seconds=1), Timing(lease_seconds=2)
    with Sandbox(log=log, patience=patience, timing=timing) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.empty_crm()
    return running


@pytest.fixture
def play(sandbox: Sandbox) -> Iterator[Play]:
    with SlackStandIn(
        bot_token=TOKEN,
        channels=[CHANNEL.name, OTHER.name, OPERATOR.name],
        clock=lambda: one.now.timestamp(),  # noqa: PLW0108 - the test moves `now`
        posts_per_second=100,
    ) as slack:
        one = Play(sandbox, slack)
        yield one
