"""The project's folder as Chalice keeps it: `.chalice/config.json`, and `.chalice/deployed/<stage>.json` after a deploy.

`config.json` is written whole and in one move, under a lock, so that two stages may be provisioned at the same time. It is written
as people write it, two spaces and a small object such as a function's limits on one line: in another form, the diff that a person
reviews after provisioning would show lines of every stage. What was half-written is named before any command does anything.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from chalicelib.settings import PREFIX
from chalicelib.timing import CHECK_TIMEOUT_SECONDS
from ops.errors import OpsError
from ops.functions import ROLES

Section = dict[str, Any]
"""A stage's part of config.json, or a part of that: Chalice's own keys, and `aws_region`, which Chalice ignores."""
ShapeCheck = Callable[[str, Mapping[str, Any]], Iterator[str]]

REGION_KEY = "aws_region"
ARN_COLONS = 5
STACK_VARIABLES = {
    "INBOX_QUEUE": "InboxQueueUrl",
    "MATCHES_QUEUE": "MatchesQueueUrl",
    "SLACK_QUEUE": "SlackQueueUrl",
    "TOKENS_QUEUE": "TokensQueueUrl",
    "CONVERT_QUEUE": "ConvertQueueUrl",
    "TABLE": "TableName",
    "CREDENTIALS": "CredentialsSecret",
    "ZOHO_CLIENT": "ZohoClientSecret",
    "ZOHO_TOKEN": "ZohoTokenSecret",
}
"""The variables that come out of the stack, and the output that each one is."""

TEXT_WIDTH = 100
TEXT_INDENT = "  "

OBJECT = "an object in braces"
TEXT_KEYS = {
    "aws_region": "eu-west-1",
    "api_gateway_stage": "api",
    "iam_role_arn": "arn:aws:iam::123456789012:role/NAME",
}
"""What must be text, with an example."""
NUMBER_KEYS = {"lambda_memory_size": 1024, "lambda_timeout": CHECK_TIMEOUT_SECONDS}
OBJECT_KEYS = ("environment_variables", "tags")


@dataclass(frozen=True, slots=True)
class Project:
    """The folder that holds app.py and .chalice."""

    folder: Path

    def stages(self) -> tuple[str, ...]:
        """Return the names of the stages in config.json."""
        return tuple(self._config().get("stages", {}))

    def missing_parts(self, name: str) -> str:
        """Return which stages config.json has instead of this one; an empty text when it has this one."""
        known = self.stages()
        near = self.near(name)
        return (
            "" if name in known else f"has {', '.join(known) or 'no stage'}" + (f" (did you mean {near}?)" * bool(near))
        )

    def near(self, name: str) -> str:
        """Return the stage in config.json whose name is most like this one; an empty text when it has this one or none is."""
        known = self.stages()
        return "" if name in known else next(iter(get_close_matches(name, known, n=1)), "")

    def not_provisioned(self, stage: str, lack: str = "lacks its settings", *, then: str = "") -> OpsError:
        """Return what every command says of a stage that config.json does not have, or that `lack`s something there."""
        return OpsError(
            f"Stage {stage} is not provisioned: .chalice/config.json {self.missing_parts(stage) or lack}.",
            f"First run: python -m ops provision --stage {stage}{then}",
        )

    def stage(self, name: str) -> Section:
        """Return a stage's section; an empty one when there is none."""
        return dict(self._config().get("stages", {}).get(name, {}))

    def environment(self, stage: str) -> dict[str, str]:
        """Return a stage's environment variables."""
        return {name: value for name, value in self.written_environment(stage).items() if isinstance(value, str)}

    def written_environment(self, stage: str) -> dict[str, object]:
        """Return the same as it was written, with what is no text."""
        return dict(self.stage(stage).get("environment_variables", {}))

    def region(self, stage: str) -> str:
        """Return the AWS region that a stage was provisioned in, or an empty text."""
        return str(self.stage(stage).get(REGION_KEY, ""))

    def gateway_stage(self, stage: str) -> str:
        """Return the last part of the API's address: the stage's own, else that of the whole file, else Chalice's."""
        key = "api_gateway_stage"
        return str(self.stage(stage).get(key) or self._config().get(key) or "api")

    def account_number(self, stage: str) -> str:
        """Return the AWS account that a stage was provisioned in, as its roles name it, or an empty text."""
        functions = self.stage(stage).get("lambda_functions", {})
        roles = (one.get("iam_role_arn", "") for one in functions.values())
        return next((arn.split(":")[4] for arn in roles if arn.count(":") >= ARN_COLONS), "")

    def role_name(self, stage: str, function: str) -> str:
        """Return the name of the role that a function works with, or an empty text."""
        arn = self.stage(stage).get("lambda_functions", {}).get(function, {}).get("iam_role_arn", "")
        return str(arn).rpartition("/")[2]

    @property
    def app_name(self) -> str:
        """What Chalice puts before the stage in each name that it gives."""
        return str(self._config().get("app_name") or "")

    def limit(self, stage: str, function: str, name: str) -> int | None:
        """Return a function's memory or timeout from where Chalice looks for it, in its order; None when it stands nowhere."""
        config, section = self._config(), self.stage(stage)
        places: list[Section] = [
            section.get("lambda_functions", {}).get(function, {}),
            section,
            config.get("lambda_functions", {}).get(function, {}),
            config,
        ]
        return next((place[name] for place in places if name in place), None)

    def is_provisioned(self, stage: str) -> bool:
        """Return whether a run of provision has come to its end; a stage of which only data stays is not.

        Neither is one whose section was copied: its roles have the other stage's name, and a role's own part a capital.
        """
        names = (self.role_name(stage, function) for function in self.stage(stage).get("lambda_functions", {}))
        own = f"leadmatch-{stage}-"
        return any(name.startswith(own) and name[len(own) :][:1].isupper() for name in names)

    def write_stage(self, name: str, section: Section | None) -> None:
        """Replace a stage's section, or remove it; everything else in the file stays as it is."""
        with self._locked():
            config = self._config()
            stages = config.setdefault("stages", {})
            if section is None:
                stages.pop(name, None)
            else:
                stages[name] = section
            self._replace(config)

    def deployed(self, stage: str) -> tuple[DeployedResource, ...]:
        """Return what Chalice noted of the last deploy; nothing when there was none."""
        path = self.folder / ".chalice" / "deployed" / f"{stage}.json"
        if not path.exists():
            return ()
        return tuple(_resources(_read(path)))

    @property
    def config_path(self) -> Path:
        """The place of config.json."""
        return self.folder / ".chalice" / "config.json"

    def _config(self) -> Section:
        if not self.config_path.exists():
            raise OpsError(f"{self.folder} has no .chalice/config.json.", "Run this in leadmatch's folder.")
        found = _read(self.config_path)
        if wrong := list(shape_errors(found)):
            told = f" {wrong[0]}" if len(wrong) == 1 else "".join(f"\n  {one}" for one in wrong)
            raise OpsError(f".chalice/config.json:{told}", "Fix the file, or restore it from git.")
        return found

    @contextmanager
    def _locked(self) -> Iterator[None]:
        folder = os.open(self.config_path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # closing it lets go
            yield
        finally:
            os.close(folder)

    def _replace(self, config: Section) -> None:
        written = self.config_path.with_suffix(".json.new")
        written.write_text(config_text(config))
        written.replace(self.config_path)


@dataclass(frozen=True, slots=True)
class DeployedResource:
    """One thing that `chalice deploy` made; `fields` has what Chalice noted, such as `lambda_arn` or `rest_api_url`."""

    name: str
    kind: str
    fields: Mapping[str, str]


def _read(path: Path) -> Section:
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise OpsError(f"{path} is not JSON: {error}.", "Fix the file, or restore it from git.") from None
    if not isinstance(found, dict):
        raise OpsError(f"{path} is not a JSON object.", "Fix the file, or restore it from git.")
    return found


def _resources(noted: Section) -> Iterator[DeployedResource]:
    for one in noted.get("resources", ()):
        texts = {name: value for name, value in one.items() if isinstance(value, str)}
        yield DeployedResource(texts.pop("name", ""), texts.pop("resource_type", ""), texts)


def section(
    old: Section, *, stage: str, region: str, outputs: Mapping[str, str], settings: Mapping[str, str]
) -> Section:
    """Return the stage's section. What people wrote into it besides stays, and so does the order; what `settings`
    has as an empty text goes.

    `manage_iam_role` stands with each function: at the stage's level Chalice would want one role for all.
    """
    made = {f"{PREFIX}STAGE": stage} | {PREFIX + name: outputs[key] for name, key in STACK_VARIABLES.items()}
    variables = old.get("environment_variables", {}) | made | dict(settings) | made
    functions = old.get("lambda_functions", {})
    roles = {
        name: functions.get(name, {}) | {"manage_iam_role": False, "iam_role_arn": outputs[key]}
        for name, key in ROLES.items()
    }
    return old | {
        REGION_KEY: region,
        "environment_variables": {name: value for name, value in variables.items() if settings.get(name) != ""},
        "tags": old.get("tags", {}) | tags(stage),
        "lambda_functions": functions | roles,
    }


def tags(stage: str) -> dict[str, str]:
    """Return the tags of everything that belongs to a stage."""
    return {"app": "leadmatch", "stage": stage}


def shape_errors(config: Mapping[str, Any]) -> Iterator[str]:
    """Say of each part that is of another kind than its readers take what it must be; one that is missing is good."""
    yield from _shape_of_section("", config)
    yield from _shape_of_members("stages", config.get("stages", {}), _shape_of_section)


def _shape_of_section(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    """ShapeCheck at a stage's section, or at what the whole file says for all of them."""
    yield from _shape_of_values(place, part)
    yield from _shape_of_members(f"{place}lambda_functions", part.get("lambda_functions", {}), _shape_of_values)


def _shape_of_members(place: str, parts: object, look: ShapeCheck) -> Iterator[str]:
    """ShapeCheck at each part of an object, all of which are objects."""
    if not isinstance(parts, dict):
        yield f"{place} must be {OBJECT}."
        return
    for name, part in parts.items():
        if isinstance(part, dict):
            yield from look(f"{place}.{name}.", part)
        else:
            yield f"{place}.{name} must be {OBJECT}."


def _shape_of_values(place: str, part: Mapping[str, Any]) -> Iterator[str]:
    for name, value in part.items():
        if name in TEXT_KEYS and not isinstance(value, str):
            yield f'{place}{name} must be a text, such as "{TEXT_KEYS[name]}".'
        if name in NUMBER_KEYS and (not isinstance(value, int) or isinstance(value, bool)):
            yield f"{place}{name} must be a whole number without quotes, such as {NUMBER_KEYS[name]}."
        if name in OBJECT_KEYS and not isinstance(value, dict):
            yield f"{place}{name} must be {OBJECT}."


def config_text(value: Any) -> str:
    """Return the whole file."""
    return _text_lines(value, "") + "\n"


def _text_lines(value: Any, margin: str) -> str:
    if not isinstance(value, dict) or not value or _is_small(value, margin):
        return _text_line(value)
    inner = margin + TEXT_INDENT
    members = (f"{inner}{_text_line(name)}: {_text_lines(member, inner)}" for name, member in value.items())
    return "{\n" + ",\n".join(members) + f"\n{margin}}}"


def _is_small(value: dict[str, Any], margin: str) -> bool:
    """Return whether an object has numbers only, as a function's limits are, and fits on its line."""
    return all(isinstance(member, int) for member in value.values()) and len(margin + _text_line(value)) <= TEXT_WIDTH


def _text_line(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_text_line(name)}: {_text_line(member)}" for name, member in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
