"""pip as Chalice's packager calls it, held to the hashes of requirements.txt in every call.

Chalice hands pip the whole file once. What has no wheel for Lambda's processor then it fetches by name and version alone, and
what has no wheel at all it builds, for which pip fetches tools that nobody pinned.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from chalice.deploy.packager import SubprocessPip
from chalice.utils import OSUtils

from ops.package.inspect import normalized, read_lines

IDENTIFIER = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.+!_-]+)")
Ran = tuple[int, bytes, bytes]
NOT_DONE: Ran = (1, b"", b"Nothing is built for a package: every dependency needs a wheel.")


class HashedPip(SubprocessPip):
    """Fetches only what requirements.txt has the hash of; builds nothing."""

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
