"""The packages of the functions that are measured, unpacked as Lambda unpacks them, and Lambda's runtime beside them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from bench.lambda_runtime import ITS_OWN, RUNTIME, DeployedFunction, make_runtime
from ops.package.build import build
from sandbox.aws import REGION

ALTERNATIVES = Path(__file__).parent / "alternatives"
SHARED = ("requests", "urllib3", "certifi", "idna", "charset-normalizer")
"""What the plain app needs, in leadmatch's versions."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A package's folder, and that of the runtime it runs on."""

    package: Path
    runtime: Path

    def function(self, handler: str, variables: Mapping[str, str], **options: Any) -> DeployedFunction:
        """Return a function of it, which starts with its block."""
        return DeployedFunction(self.package, handler, variables, runtime=self.runtime, **options)


def unpack_leadmatch(folder: Path) -> Unpacked:
    """Build the package that ships, as `python -m ops package` does, and unpack it."""
    _unzip(build(Path.cwd(), "dev").path, folder / "leadmatch")
    return Unpacked(folder / "leadmatch", make_runtime(folder / "runtime"))


def unpack_one_client(folder: Path) -> Unpacked:
    """Pack Chalice with one client as Chalice does: its runtime and app.py; Lambda's own runtime has boto3 and what that needs."""
    return Unpacked(_chalice_package("one_client", folder, ()), make_runtime(folder / "whole", (*RUNTIME, *ITS_OWN)))


def unpack_plain(folder: Path) -> Unpacked:
    """Pack the plain app as Chalice does, with the versions that leadmatch has."""
    lines = Path("requirements.txt").read_text().splitlines()
    pins = [line.split()[0] for line in lines if line.partition("==")[0] in SHARED]
    runtime = make_runtime(folder / "with jmespath", (*RUNTIME, "jmespath"))
    return Unpacked(_chalice_package("plain", folder, pins), runtime)


def with_libraries(plain: Unpacked) -> Unpacked:
    """Return a copy of the plain app's package that makes the floor's calls with its libraries."""
    copy = plain.package.with_name("libraries")
    shutil.copytree(plain.package, copy)
    for name in ("floor.py", "libraries.py"):
        shutil.copy(ALTERNATIVES / name, copy)
    return Unpacked(copy, plain.runtime)


def with_bytecode(found: Unpacked) -> Unpacked:
    """Return a copy of a package with bytecode that is used as it is, as leadmatch's has."""
    copy = found.package.with_name(f"{found.package.name} with bytecode")
    shutil.copytree(found.package, copy)
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(copy)]
    subprocess.run(command, check=True)  # noqa: S603 - this Python
    return Unpacked(copy, found.runtime)


def _chalice_package(name: str, folder: Path, pins: tuple[str, ...] | list[str]) -> Path:
    """Run `chalice package` in a copy of an app, for leadmatch's architecture."""
    project = folder / f"{name} project"
    shutil.copytree(ALTERNATIVES / name, project)
    (project / ".chalice").mkdir()
    config = json.loads(Path(".chalice/config.json").read_text())
    own = {"version": "2.0", "app_name": name, "lambda_architecture": config["lambda_architecture"]}
    (project / ".chalice/config.json").write_text(json.dumps(own | {"stages": {"dev": {}}}))
    (project / "requirements.txt").write_text("\n".join(pins))
    command = [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())", "package", "out"]
    environment = os.environ | {
        "AWS_DEFAULT_REGION": REGION,
        "LEADMATCH_TABLE": "packed",
    }  # what app.py reads when it is loaded
    subprocess.run(command, cwd=project, env=environment, check=True, stdout=subprocess.PIPE)  # noqa: S603 - this Python
    _unzip(project / "out/deployment.zip", folder / name)
    return folder / name


def _unzip(package: Path, folder: Path) -> None:
    with ZipFile(package) as zipped:
        zipped.extractall(folder)
