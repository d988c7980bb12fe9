"""The project's folder as Chalice keeps it: `.chalice/config.json`, and `.chalice/deployed/<stage>.json` after a deploy.

`config.json` is written whole and in one move, under a lock, so that two stages may be provisioned at the same time.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ops.config_shape import misshapen
from ops.config_text import config_text
from ops.failures import OpsError

Section = dict[str, Any]
"""A stage's part of config.json, or a part of that: Chalice's own keys, and `aws_region`, which Chalice ignores."""
REGION_KEY = "aws_region"
ARN_COLONS = 5


@dataclass(frozen=True, slots=True)
class DeployedResource:
    """One thing that `chalice deploy` made; `fields` has what Chalice noted, such as `lambda_arn` or `rest_api_url`."""

    name: str
    kind: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Project:
    """The folder that holds app.py and .chalice."""

    folder: Path

    def stages(self) -> tuple[str, ...]:
        """Give the names of the stages in config.json."""
        return tuple(self._config().get("stages", {}))

    def lack_of(self, name: str) -> str:
        """Return which stages config.json has instead of this one; an empty text when it has this one."""
        known = self.stages()
        near = self.near(name)
        return (
            ""
            if name in known
            else f"knows {', '.join(known) or 'no stage'}" + (f". Meant, perhaps: {near}" * bool(near))
        )

    def near(self, name: str) -> str:
        """Return the stage in config.json whose name is most like this one; an empty text when it has this one or none is."""
        known = self.stages()
        return "" if name in known else next(iter(get_close_matches(name, known, n=1)), "")

    def not_provisioned(self, stage: str, lack: str = "lacks its settings", *, then: str = "") -> OpsError:
        """Return what every command says of a stage that config.json does not have, or that `lack`s something there."""
        return OpsError(
            f"Stage {stage} is not provisioned: .chalice/config.json {self.lack_of(stage) or lack}.",
            f"First run: python -m ops provision --stage {stage}{then}",
        )

    def stage(self, name: str) -> Section:
        """Give a stage's section; an empty one when there is none."""
        return dict(self._config().get("stages", {}).get(name, {}))

    def environment(self, stage: str) -> dict[str, str]:
        """Give a stage's environment variables."""
        return {name: value for name, value in self.written_environment(stage).items() if isinstance(value, str)}

    def written_environment(self, stage: str) -> dict[str, object]:
        """Give the same as it was written, with what is no text."""
        return dict(self.stage(stage).get("environment_variables", {}))

    def region(self, stage: str) -> str:
        """Give the AWS region that a stage was provisioned in, or an empty text."""
        return str(self.stage(stage).get(REGION_KEY, ""))

    def gateway_stage(self, stage: str) -> str:
        """Give the last part of the API's address: the stage's own, else that of the whole file, else Chalice's."""
        key = "api_gateway_stage"
        return str(self.stage(stage).get(key) or self._config().get(key) or "api")

    def account_number(self, stage: str) -> str:
        """Give the AWS account that a stage was provisioned in, as its roles name it, or an empty text."""
        functions = self.stage(stage).get("lambda_functions", {})
        roles = (one.get("iam_role_arn", "") for one in functions.values())
        return next((arn.split(":")[4] for arn in roles if arn.count(":") >= ARN_COLONS), "")

    def role_name(self, stage: str, function: str) -> str:
        """Give the name of the role that a function works with, or an empty text."""
        arn = self.stage(stage).get("lambda_functions", {}).get(function, {}).get("iam_role_arn", "")
        return str(arn).rpartition("/")[2]

    @property
    def app_name(self) -> str:
        """What Chalice puts before the stage in each name that it gives."""
        return str(self._config().get("app_name") or "")

    def limit(self, stage: str, function: str, name: str) -> int | None:
        """Give a function's memory or timeout from where Chalice looks for it, in its order; None when it stands nowhere."""
        config, section = self._config(), self.stage(stage)
        places: list[Section] = [
            section.get("lambda_functions", {}).get(function, {}),
            section,
            config.get("lambda_functions", {}).get(function, {}),
            config,
        ]
        return next((place[name] for place in places if name in place), None)

    def is_provisioned(self, stage: str) -> bool:
        """Tell whether a run of provision has come to its end; a stage of which only data stays is not.

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
        """Give what Chalice noted of the last deploy; nothing when there was none."""
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
            raise OpsError(f"{self.folder} holds no .chalice/config.json.", "Run this in leadmatch's own folder.")
        found = _read(self.config_path)
        if wrong := list(misshapen(found)):
            told = f" {wrong[0]}" if len(wrong) == 1 else "".join(f"\n  {one}" for one in wrong)
            raise OpsError(f".chalice/config.json:{told}", "Mend it, or take it back from git.")
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


def _read(path: Path) -> Section:
    try:
        found = json.loads(path.read_text())
    except ValueError as error:
        raise OpsError(f"{path} is not JSON: {error}.", "Mend it, or take it back from git.") from None
    if not isinstance(found, dict):
        raise OpsError(f"{path} holds no JSON object.", "Mend it, or take it back from git.")
    return found


def _resources(noted: Section) -> Iterator[DeployedResource]:
    for one in noted.get("resources", ()):
        texts = {name: value for name, value in one.items() if isinstance(value, str)}
        yield DeployedResource(texts.pop("name", ""), texts.pop("resource_type", ""), texts)
