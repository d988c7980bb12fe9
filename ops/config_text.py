"""config.json as people write it: two spaces, and a small object such as a function's limits on one line.

Written in another way, the diff that a person reviews after provisioning would show lines of every stage.
"""

from __future__ import annotations

import json
from typing import Any

WIDTH = 100
STEP = "  "


def config_text(value: Any) -> str:
    """Give the whole file."""
    return _lines(value, "") + "\n"


def _lines(value: Any, margin: str) -> str:
    if not isinstance(value, dict) or not value or _is_small(value, margin):
        return _line(value)
    inner = margin + STEP
    members = (f"{inner}{_line(name)}: {_lines(member, inner)}" for name, member in value.items())
    return "{\n" + ",\n".join(members) + f"\n{margin}}}"


def _is_small(value: dict[str, Any], margin: str) -> bool:
    """Tell whether an object has numbers only, as a function's limits are, and fits on its line."""
    return all(isinstance(member, int) for member in value.values()) and len(margin + _line(value)) <= WIDTH


def _line(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{_line(name)}: {_line(member)}" for name, member in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
