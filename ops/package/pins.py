"""The pins of requirements.txt: what the package must hold, in exactly these versions and bytes."""

from __future__ import annotations

import re
from pathlib import Path

from ops.errors import OpsError

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[A-Za-z0-9._,-]+\])?==(?P<version>[^\s;\\]+)")
CONTINUED = re.compile(r"\\\n\s*")
"""The end of a line that goes on in the next one."""
HASH = "--hash=sha256:"
MAKE_PINS = "Write the name into the .in file beside it and type: make pins"
COMMENT_OR_OPTION = ("#", "-")


def read_pins(requirements: Path) -> dict[str, str]:
    """Return every distribution's version by its normalized name; raise `OpsError` for a line that pins none, or has no hash."""
    return {name: _version(line) for name, line in read_lines(requirements).items()}


def read_lines(requirements: Path) -> dict[str, str]:
    """Return what pip needs of each distribution, version and hashes on one line, by its normalized name."""
    text = CONTINUED.sub(" ", requirements.read_text())
    lines = (line.strip() for line in text.splitlines())
    return dict(_named(line, requirements.name) for line in lines if line and not line.startswith(COMMENT_OR_OPTION))


def normalized(name: str) -> str:
    """Give a distribution's name as comparisons want it. https://packaging.python.org/en/latest/specifications/name-normalization/."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(line: str, file: str) -> tuple[str, str]:
    pin = PIN.match(line)
    if pin is None:
        raise OpsError(f"{file} does not pin one version: {line}", MAKE_PINS)
    if HASH not in line:
        raise OpsError(f"{file} has no hash of {pin.group()}.", MAKE_PINS)
    return normalized(pin["name"]), line


def _version(line: str) -> str:
    pin = PIN.match(line)
    return pin["version"] if pin else ""
