"""The process in which the tests run a deployed function: what it sees, and what its failures look like."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.lambda_runtime import DeployedFunction, FunctionFailedError, make_runtime

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client is made for Linux only")
CODE = """
import importlib.util, os

def echo(event, context):
    print("heard")
    return event

def sees(event, context):
    return [name for name in event if importlib.util.find_spec(name)]

def fails(event, context):
    raise ValueError("on purpose")

def dies(event, context):
    os._exit(3)
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_runtime(tmp_path_factory.mktemp("lambda") / "runtime")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "handlers.py").write_text(CODE)
    return tmp_path


def test_it_answers_and_keeps_its_log(package: Path, runtime: Path) -> None:
    """A value goes in and out as JSON, call after call, and what is printed can be read in the end."""
    with DeployedFunction(package, "handlers.echo", {}, runtime=runtime) as function:
        assert [function({"id": "1"}), function(["2"])] == [{"id": "1"}, ["2"]]
    assert function.log.count("heard") == 2


def test_it_sees_its_package_and_lambdas_runtime_only(package: Path, runtime: Path) -> None:
    """Neither this repository nor its virtual environment can stand in for what the package lacks."""
    names = [
        "handlers",
        "boto3",
        "awslambdaric",
        "chalicelib",
        "app",
        "chalice",
        "requests",
        "moto",
        "click",
        "urllib3",
    ]
    with DeployedFunction(package, "handlers.sees", {}, runtime=runtime) as function:
        assert function(names) == ["handlers", "boto3", "awslambdaric"]


def test_what_a_handler_raises_is_raised_here_and_the_next_call_works(package: Path, runtime: Path) -> None:
    """As in Lambda, where a failed call keeps its queue message."""
    with DeployedFunction(package, "handlers.fails", {}, runtime=runtime) as function:
        for _ in range(2):
            with pytest.raises(FunctionFailedError, match="on purpose"):
                function({})


def test_a_process_that_dies_is_told(package: Path, runtime: Path) -> None:
    """Nobody waits for an answer that cannot come."""
    with (
        DeployedFunction(package, "handlers.dies", {}, runtime=runtime) as function,
        pytest.raises(FunctionFailedError, match="The process ended"),
    ):
        function({})


@pytest.mark.parametrize(
    ("handler", "said"), [("handlers.nobody", "HandlerNotFound"), ("nothing.here", "ImportModule")]
)
def test_what_cannot_start_is_told(package: Path, runtime: Path, handler: str, said: str) -> None:
    """With the runtime client's own words, which stand in a function's log in AWS."""
    with (
        pytest.raises(FunctionFailedError, match=said),
        DeployedFunction(package, handler, {}, runtime=runtime),
    ):
        pass
