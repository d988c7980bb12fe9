"""Makes the sandbox look like a deployed stage to an operator: a project folder, functions, and who reads which queue."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.aws import REGION
from sandbox.system import Sandbox
from tests.flow.credentials import credentials

READERS = {
    "check": "InboxQueueUrl",
    "notify": "SlackQueueUrl",
    "convert": "ConvertQueueUrl",
    "refresh": "TokensQueueUrl",
}


@dataclass(frozen=True, slots=True)
class Deployment:
    """What `chalice deploy` would have left behind, for the sandbox's own stage."""

    sandbox: Sandbox
    folder: Path

    def write_config(self, **changes: str) -> None:
        """Write what provision leaves in config.json; a variable that is set to an empty text is left out."""
        environment = {name: value for name, value in (self._settings | changes).items() if value}
        stage = {"aws_region": REGION, "environment_variables": environment}
        self._write("config.json", {"version": "2.0", "stages": {self.sandbox.stage: stage}})

    def write_record(self, base_url: str) -> None:
        """Write what Chalice notes of a deploy."""
        api = {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": "a1b2c3", "rest_api_url": base_url}
        self._write(f"deployed/{self.sandbox.stage}.json", {"schema_version": "2.0", "resources": [api]})

    def secret(self, **changes: Any) -> AbstractContextManager[None]:
        """Change the secret `credentials` for the length of a block."""
        return credentials(self.sandbox, **changes)

    def make_function(self, name: str) -> None:
        """Make a function that has no code to speak of: the sandbox's pump calls the real one."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("app.py", "")
        self._functions.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="app.app",
            Role=self.sandbox.outputs["CheckRoleArn"],
            Code={"ZipFile": packed.getvalue()},
            Environment={"Variables": self._settings},
        )

    def connect(self, function: str, output: str) -> str:
        """Let a function read a queue; return the mapping's id."""
        name = self.sandbox.outputs[output].rpartition("/")[2]
        made = self._functions.create_event_source_mapping(
            FunctionName=function, EventSourceArn=f"arn:aws:sqs:{REGION}:123456789012:{name}", BatchSize=1
        )
        _keep_moto_from_reading(name)
        return str(made["UUID"])

    def connect_all(self) -> None:
        """Let each worker read its own queue and no other."""
        for found in self._functions.list_event_source_mappings()["EventSourceMappings"]:
            self._functions.delete_event_source_mapping(UUID=found["UUID"])
        for function, output in READERS.items():
            self.connect(self.name_of(function), output)

    def mappings(self, function: str) -> list[str]:
        """Return the ids of a function's mappings."""
        found = self._functions.list_event_source_mappings(FunctionName=self.name_of(function))
        return [one["UUID"] for one in found["EventSourceMappings"]]

    def disable(self, mapping: str) -> None:
        """Switch a mapping off."""
        self._functions.update_event_source_mapping(UUID=mapping, Enabled=False)

    def disconnect(self, mapping: str) -> None:
        """Remove a mapping."""
        self._functions.delete_event_source_mapping(UUID=mapping)

    def name_of(self, function: str) -> str:
        """Return a function's name in AWS."""
        return f"leadmatch-{self.sandbox.stage}-{function}"

    @property
    def _settings(self) -> dict[str, str]:
        return {name: value for name, value in self.sandbox.variables().items() if name.startswith("LEADMATCH_")}

    @property
    def _functions(self) -> Any:
        return self.sandbox.aws.client("lambda")

    def _write(self, name: str, content: object) -> None:
        path = self.folder / ".chalice" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))


def _keep_moto_from_reading(queue: str) -> None:
    """Take moto's own hand off a queue: it would run the function in a container, and the pump reads the queue already."""
    from moto.backends import get_backend

    get_backend("sqs")["123456789012"][REGION].queues[queue].lambda_event_source_mappings.clear()
