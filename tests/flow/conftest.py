"""One sandbox for all flow tests of a process; each test finds it as after its start."""

from __future__ import annotations

import functools
import io
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import botocore.session
import pytest

import app
from chalicelib import timing
from chalicelib.steps.check import GiveUpPolicy
from chalicelib.steps.notify import Timing
from chalicelib.timing import ZOHO_BACKOFF
from chalicelib.wiring import Wiring, clients
from sandbox.aws import OPERATOR as OPERATOR_KEY
from sandbox.aws import READ_SECONDS
from sandbox.slack.server import SlackStandIn
from sandbox.system import Sandbox
from tests.flow.deployment import READERS, Deployment
from tests.flow.isolation import Started, isolated
from tests.flow.ministack import MiniStack
from tests.flow.play import CHANNEL, OPERATOR, OTHER, TOKEN, Play
from tests.process import set_environment

# Each command of an operator has a session of its own, in which botocore looks for AWS's models and reads them anew.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)
POSTS_PER_SECOND = 1000
TOKEN_LOOK_SECONDS = 0.03
LONGER = {
    "BETWEEN_POSTS_SECONDS": 1 / POSTS_PER_SECOND,
    "MENTION_SECONDS": READ_SECONDS,
    "ACT_AWS_SECONDS": READ_SECONDS,
}
"""What the sandbox sets for as long as it lasts, and a flow test for itself."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make test AWS=ministack` choose the AWS."""
    parser.addoption("--aws", default="moto", choices=["moto", "ministack"], help="who answers as AWS in flow tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip on MiniStack what its marker says cannot run there."""
    if not is_ministack(config):
        return
    for item in items:
        if marker := item.get_closest_marker("moto_only"):
            item.add_marker(pytest.mark.skip(reason=marker.args[0]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests MiniStack's run skipped, and why."""
    if is_ministack(config):
        reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
        for reason, count in reasons.most_common():
            terminalreporter.line(f"{count} not on MiniStack: {reason.removeprefix('Skipped: ')}")


def is_ministack(config: pytest.Config) -> bool:
    """Return whether MiniStack answers; a run of more than the flow tests does not know the option."""
    return str(config.getoption("aws", "moto")) == "ministack"


@pytest.fixture(scope="session")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="session")
def running(log: io.StringIO, pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    """Start it, with leads that are given up early and a Slack that takes messages as fast as they come."""
    policy, lease = GiveUpPolicy(unavailable_seconds=2, locked_seconds=1), Timing(lease_seconds=2, in_flight_seconds=1)
    times, variables = {name: getattr(timing, name) for name in LONGER}, dict(os.environ)
    aws = MiniStack() if is_ministack(pytestconfig) else None
    with Sandbox(log=log, posts_per_second=POSTS_PER_SECOND, aws=aws, give_up_policy=policy, timing=lease) as sandbox:
        # This process runs other tests as well; the fixture `sandbox` sets both for a flow test.
        for name, seconds in times.items():
            setattr(timing, name, seconds)
        set_environment(variables)
        yield sandbox


@pytest.fixture(scope="session")
def known(running: Sandbox) -> Started:
    return Started(running)


@pytest.fixture
def sandbox(running: Sandbox, known: Started, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Yield the sandbox as it is after its start: empty, all well, functions that hold nothing; then put it back.

    Meanwhile functions post without a pause, look for a token without delay and try again without a random one.
    """
    for name in [one for one in os.environ if one.startswith(("LEADMATCH_", "AWS_"))]:
        monkeypatch.delenv(name)
    for name, value in running.variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(timing, "TOKEN_LOOK_SECONDS", TOKEN_LOOK_SECONDS)
    for name, seconds in LONGER.items():
        monkeypatch.setattr(timing, name, seconds)
    monkeypatch.setattr(random, "random", lambda: 0.0)
    different = known.differences()
    assert not different, (
        f"Before this test began, these were not as after the sandbox's start: {', '.join(different)}."
    )
    with isolated(running, log):
        yield running


@pytest.fixture
def patient(sandbox: Sandbox) -> Sandbox:
    """Return functions that give no lead up, however slow the machine is."""
    app.wiring = Wiring(
        os.environ, give_up_policy=GiveUpPolicy(120, 120, 120), zoho_backoff=replace(ZOHO_BACKOFF, first_seconds=1)
    )
    return sandbox


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


@pytest.fixture(scope="session")
def functions(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Make the functions that an operator sees in AWS."""
    if isinstance(running.aws, MiniStack):
        pytest.skip("MiniStack runs the functions of event source mappings itself")
    made = Deployment(running, tmp_path_factory.mktemp("functions"))
    for function in (*READERS, "stranger"):
        made.make_function(made.name_of(function))


@pytest.fixture
def deployment(
    sandbox: Sandbox,
    functions: None,  # noqa: ARG001 - they have to be there
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Deployment:
    """Return a stage that is deployed, seen from its project's folder."""
    clients.sqs(), clients.secretsmanager(), clients.dynamodb()
    monkeypatch.setenv(
        "AWS_ACCESS_KEY_ID", OPERATOR_KEY
    )  # the app's functions keep theirs: they have their clients now
    monkeypatch.setattr(clients, "environ", os.environ)
    monkeypatch.chdir(tmp_path)
    made = Deployment(sandbox, tmp_path)
    made.write_config()
    made.write_record(sandbox.webhook_url.removesuffix("zoho/leads"))
    made.connect_all()
    return made
