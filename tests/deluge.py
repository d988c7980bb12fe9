"""As much of Zoho's Deluge as the function on docs/zoho.md needs, so that a test can run what the page shows.

What each task gives is what Zoho's pages say: https://www.zoho.com/deluge/help/. A line that this cannot read is an error.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

ASSIGNMENT = re.compile(r"(\w+) = (.+);", re.DOTALL)
TASK = re.compile(r"(\w+) = invokeurl\s*\[\n(.*?)\n\];", re.DOTALL)
TEXT = re.compile(r'"([^"]*)"')


class Text(str):
    """A text of Deluge."""

    __slots__ = ()

    def __add__(self, other: str) -> Text:
        """Join two texts."""
        return Text(str(self) + other)

    def subString(self, start: int, end: int) -> Text:  # noqa: N802 - Deluge's name
        """Return what stands from one index up to another."""
        return Text(self[start:end])


class Number(int):
    """A number of Deluge."""

    def toString(self) -> Text:  # noqa: N802 - Deluge's name
        """Return its digits."""
        return Text(int(self))


class Map(dict[str, str]):
    """A map of Deluge."""

    def put(self, name: str, value: str) -> None:
        """Set a value."""
        self[name] = value

    def toString(self) -> Text:  # noqa: N802 - Deluge's name
        """Return it as JSON."""
        return Text(json.dumps(self, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Request:
    """What `invokeurl` sends."""

    url: str
    type: str
    parameters: str
    headers: Mapping[str, str]


def hmacsha256(key: str, text: str) -> Text:
    """Return base64: the task's output unless another is asked for."""
    return Text(base64.b64encode(hmac.digest(key.encode(), text.encode(), "sha256")).decode())


def run(code: str, arguments: Mapping[str, str], *, variables: Mapping[str, str], milliseconds: int) -> Request:
    """Run a function that ends in one `invokeurl`; return what it sends."""
    names: dict[str, Any] = {name: Text(value) for name, value in arguments.items()}
    names["Map"], names["POST"], names["Text"], names["true"] = Map, "POST", Text, True
    names["zoho"] = SimpleNamespace(
        crm=SimpleNamespace(getOrgVariable=lambda name: Text(variables[name])),
        currenttime=SimpleNamespace(toLong=lambda: Number(milliseconds)),
        encryption=SimpleNamespace(hmacsha256=hmacsha256),
    )
    before, task, after = code.partition("response = invokeurl")
    for line in before.strip().splitlines():
        _run_line(line, names)
    found = TASK.match(task := f"response = invokeurl{after}")
    assert found, task
    assert task[found.end() :].strip() == "info response;"
    given = dict(re.split(r"\s*:", line.strip(), maxsplit=1) for line in found[2].splitlines())
    values = {name: _value(text, names) for name, text in given.items()}
    assert values.pop("detailed") is True
    return Request(**values)


def _run_line(line: str, names: dict[str, Any]) -> None:
    if found := ASSIGNMENT.fullmatch(line):
        names[found[1]] = _value(found[2], names)
    else:
        assert re.fullmatch(r"\w+\.put\(.+\);", line), line
        _value(line.removesuffix(";"), names)


def _value(text: str, names: dict[str, Any]) -> Any:
    return eval(TEXT.sub(r'Text("\1")', text), {"__builtins__": {}}, names)  # noqa: S307 - the page's own code
