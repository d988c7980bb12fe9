"""Builds the package with Chalice's own packager, into Chalice's own cache, so that `chalice deploy` ships this file.

The bytecode is added once Chalice has written the package, and a package without it is not taken from the cache.
Chalice only warns when it could not pack a dependency, and takes whatever lies in its cache the next time. So what is
wrong is removed, and one found in the cache is built anew.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalice.cli.factory import CLIFactory
from chalice.deploy.packager import (
    DependencyBuilder,
    LambdaDeploymentPackager,
    NoSuchPackageError,
    PackageDownloadError,
    PipRunner,
    SubprocessPip,
)
from chalice.utils import UI, OSUtils

from ops.errors import OpsError
from ops.package import bytecode
from ops.package.inspect import Contents, faults, normalized, read_contents, read_lines, read_pins

Ran = tuple[int, bytes, bytes]

UNREADABLE = "It is incomplete or not a zip file."
IDENTIFIER = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.+!_-]+)")
NOT_DONE: Ran = (1, b"", b"Nothing is built for a package: every dependency needs a wheel.")


@dataclass(frozen=True, slots=True)
class Package:
    """A package that may ship, where Chalice finds it."""

    path: Path
    python: str
    architecture: str
    contents: Contents


def build(project: Path, stage: str) -> Package:
    """Build and look through a stage's package; raise `OpsError` if it must not ship."""
    _remove_bytecode(project)
    config = CLIFactory(str(project)).create_config_obj(stage)
    python, architecture = config.lambda_python_version, config.lambda_architecture
    bytecode.refuse_other_python(python, sys.implementation.name, sys.version_info)
    packager = _packager(project, architecture)
    cached = Path(packager.deployment_package_filename(str(project), python))
    contents, wrong = _look_through(cached, project)
    if wrong:
        cached.unlink(missing_ok=True)
        _create(packager, project, python)
        bytecode.add_bytecode(cached)
        contents, wrong = _look_through(cached, project)
    if contents is None or wrong:
        cached.unlink()
        raise OpsError(
            "The package must not ship:\n" + "\n".join(f"  {fault}" for fault in wrong),
            "It was deleted, so that no deploy uses it. Fix the problems above, then run the same command again.",
        )
    return Package(cached, python, architecture, contents)


class HashedPip(SubprocessPip):
    """pip as Chalice's packager calls it: fetches only what requirements.txt has the hash of, and builds nothing.

    Chalice hands pip the whole file once. What has no wheel for Lambda's processor then it fetches by name and version alone, and
    what has no wheel at all it builds, for which pip fetches tools that nobody pinned.
    """

    def __init__(self, system: OSUtils, requirements: Path) -> None:
        super().__init__(osutils=system)
        self._requirements = requirements

    def main(self, args: list[str], env_vars: MutableMapping[str, str] | None = None, shim: str | None = None) -> Ran:
        """Run pip; Chalice finds in the package's folder what came of it."""
        if args[0] == "wheel":
            return NOT_DONE
        found = IDENTIFIER.fullmatch(args[-1])
        if found is None:
            return self._run(args, env_vars, shim)
        with NamedTemporaryFile("w", suffix=".txt") as alone:
            alone.write(self._pinned(found["name"], found.group()))
            alone.flush()
            return self._run([*args[:-1], "--require-hashes", "-r", alone.name], env_vars, shim)

    def _pinned(self, name: str, asked: str) -> str:
        """Return the line with the hashes of what is asked for; without them, for which pip refuses it, when it is not pinned."""
        line = read_lines(self._requirements).get(normalized(name), "")
        return line if line.startswith(f"{asked} ") else asked

    def _run(self, args: list[str], env_vars: MutableMapping[str, str] | None, shim: str | None) -> Ran:
        code, out, err = super().main(args, env_vars=env_vars, shim=shim)
        return code, out, err


def _look_through(package: Path, project: Path) -> tuple[Contents | None, list[str]]:
    contents = read_contents(package)
    if contents is None:
        return None, [UNREADABLE]
    wrong = faults(contents, read_pins(project / "requirements.txt"))
    return contents, [*wrong, *bytecode.faults(bytecode.read_files(package))]


def _packager(project: Path, architecture: str) -> LambdaDeploymentPackager:
    system = OSUtils()
    pip = PipRunner(pip=HashedPip(system, project / "requirements.txt"), osutils=system)
    dependencies = DependencyBuilder(osutils=system, pip_runner=pip, architecture=architecture)
    return LambdaDeploymentPackager(
        osutils=system, dependency_builder=dependencies, ui=_Silent(), architecture=architecture
    )


def _create(packager: LambdaDeploymentPackager, project: Path, python: str) -> None:
    try:
        packager.create_deployment_package(str(project), python)
    except NoSuchPackageError as missing:
        raise OpsError(
            f"pip found no version of {missing} for requirements.txt.",
            "Check the network, pip's index settings and the pin, then run the same command again.",
        ) from missing
    except PackageDownloadError as failed:
        raise OpsError(
            f"pip could not download the dependencies: {str(failed).strip().splitlines()[-1]}",
            "Check the network and pip's index settings, then run the same command again.",
        ) from failed


def _remove_bytecode(project: Path) -> None:
    """Remove what Python left beside our code: Chalice would pack it, and no two packages would be equal."""
    for folder in list((project / "chalicelib").rglob("__pycache__")):
        shutil.rmtree(folder)


class _Silent(UI):
    """Chalice's voice, unheard: what it only warns of is found in the package and said as a fault."""

    def write(self, msg: str) -> None:
        """Say nothing."""
