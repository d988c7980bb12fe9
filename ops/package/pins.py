"""The pins of requirements.txt: what the package must hold, in exactly these versions."""

from __future__ import annotations

import re
from pathlib import Path

from ops.failures import OpsError

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
COMMENT_OR_OPTION = ("#", "-")


def read_pins(requirements: Path) -> dict[str, str]:
    """Read every distribution's version by its normalized name; raise `OpsError` for a line that pins none."""
    lines = [line.strip() for line in requirements.read_text().splitlines()]
    return dict(_pin(line) for line in lines if line and not line.startswith(COMMENT_OR_OPTION))


def normalized(name: str) -> str:
    """Give a distribution's name as comparisons want it. https://packaging.python.org/en/latest/specifications/name-normalization/."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _pin(line: str) -> tuple[str, str]:
    pin = PIN.match(line)
    if pin is None:
        raise OpsError(
            f"requirements.txt does not pin one version: {line}",
            "Write the name into requirements.in and type: make pins",
        )
    return normalized(pin["name"]), pin["version"]
