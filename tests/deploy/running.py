"""A deployed stage that works: the code that AWS was given, each function in a process of its own."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zipfile import ZipFile

from bench.lambda_runtime import DeployedFunction, make_runtime
from ops.functions import FUNCTIONS, function_name
from sandbox.callers import Call
from sandbox.local_api import proxy_event
from sandbox.pump import Pump
from tests.deploy.account import AwsAccount


class RunningStage:
    """Every function of a stage, and Lambda's pollers between its queues and them."""

    def __init__(self, account: AwsAccount, stage: str, folder: Path) -> None:
        self._account, self._stage, self._folder = account, stage, folder
        self.functions: dict[str, DeployedFunction] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Take the functions back out of AWS and start them."""
        runtime = make_runtime(self._folder / "runtime")
        with ExitStack() as opening:
            for key in FUNCTIONS:
                self.functions[key] = opening.enter_context(self._function(key, runtime))
            self.pump = opening.enter_context(Pump(self._account.client("sqs"), self._take_over_mappings(), workers=1))
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them."""
        self._open.__exit__(kind, error, trace)

    def call(self, call: Call, path: str = "/zoho/leads") -> dict[str, Any]:
        """Call the API's function as API Gateway does."""
        return dict(self.functions["api_handler"](proxy_event(call, path)))

    def _function(self, key: str, runtime: Path) -> DeployedFunction:
        name = function_name(self._stage, key)
        found = self._account.client("lambda").get_function_configuration(FunctionName=name)
        package = self._folder / name
        with ZipFile(io.BytesIO(self._account.code(name))) as zipped:
            zipped.extractall(package)
        variables = self._account.environment() | found["Environment"]["Variables"] | {"AWS_REGION": "us-east-1"}
        return DeployedFunction(package, found["Handler"], variables, runtime=runtime)

    def _take_over_mappings(self) -> dict[str, DeployedFunction]:
        """Return the mappings' queues with their functions, and stop moto's own readers, which would need Docker."""
        lambdas, sqs = self._account.client("lambda"), self._account.client("sqs")
        names = {function_name(self._stage, key): key for key in FUNCTIONS}
        readers = {}
        for mapping in lambdas.list_event_source_mappings()["EventSourceMappings"]:
            lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
            if key := names.get(mapping["FunctionArn"].rpartition(":")[2]):
                queue = mapping["EventSourceArn"].rpartition(":")[2]
                readers[sqs.get_queue_url(QueueName=queue)["QueueUrl"]] = self.functions[key]
        return readers
