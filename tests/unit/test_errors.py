"""The error tree: what its docstring draws is what the code has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import errors
from chalicelib.errors import CallRefused, LeadmatchError, Permanent, Retryable


def test_the_drawing_names_every_error_under_its_parent() -> None:
    """A reader may trust the picture."""
    drawn, parents = {}, {0: "LeadmatchError"}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│ ]*)[├└]── (\w+)", line):
            depth = len(found[1]) // 4 + 1
            drawn[found[2]] = parents[depth - 1]
            parents[depth] = found[2]
    real = {
        name: value.__mro__[1].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, LeadmatchError) and value is not LeadmatchError
    }
    assert drawn == real


def test_every_error_is_either_tried_again_or_not() -> None:
    """Except a refused call, which is answered."""
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, LeadmatchError) and value not in (LeadmatchError, CallRefused):
            assert issubclass(value, Retryable) != issubclass(value, Permanent)


SENTENCES_BY_REASON = {
    "CAUSES.get(error.reason, Cause.REFUSED if refused else Cause.NO_ANSWER)",
    "CLOSED_CHANNELS.get(error.reason, CLOSED_OTHERWISE)",
}
"""What may look a reason up: tables of what people read, in `steps/check.py` and `slack/announcements.py`."""
OF_A_REQUEST = {"self.reason == 'expiring'", "self.reason == 'refused'"}
"""Why a token is requested, in `events.py`: no error's reason, but a state in a message of ours."""


def is_reason(node: ast.expr) -> bool:
    """Return whether an expression is a `reason`, or a part or a form of one."""
    return any(
        (isinstance(one, ast.Attribute) and one.attr == "reason") or (isinstance(one, ast.Name) and one.id == "reason")
        for one in ast.walk(node)
    )


def decisions_by_reason(tree: ast.AST) -> Iterator[str]:
    """Yield each comparison, look-up, branch and question of a text's methods that a `reason` is the subject of."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left, _, others) if any(map(is_reason, (left, *others))):
                yield ast.unparse(node)
            case ast.Subscript(slice=key) if is_reason(key):
                yield ast.unparse(node)
            case ast.Call(ast.Attribute(attr="get" | "index" | "count"), arguments) if any(map(is_reason, arguments)):
                yield ast.unparse(node)
            case ast.Call(ast.Attribute(subject)) if is_reason(subject):
                yield ast.unparse(node)
            case ast.Match(subject) if is_reason(subject):
                yield ast.unparse(node)


def test_no_behaviour_follows_from_a_reason() -> None:
    """The class of an error decides; its reason is for logs, for readers of a match event, and for what people read."""
    found = {
        text for path in Path("chalicelib").rglob("*.py") for text in decisions_by_reason(ast.parse(path.read_text()))
    }
    assert found == SENTENCES_BY_REASON | OF_A_REQUEST


@pytest.mark.parametrize(
    "line",
    [
        'error.reason == "zoho_throttled"',
        "API_THROTTLED != error.reason",
        'reason in ("a", "b")',
        'error.reason.startswith("zoho_http_4")',
        "TABLE[error.reason]",
        "TABLE.get(pause.reason)",
        'error.reason[:9] == "zoho_http"',
    ],
)
def test_a_decision_by_reason_is_found(line: str) -> None:
    """In each form that one has had."""
    assert list(decisions_by_reason(ast.parse(line)))
