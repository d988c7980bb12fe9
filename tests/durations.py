"""Finds the durations that a module defines by itself, though all of them belong into a `timing.py`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

NAME = re.compile(
    r"^(?:seconds|hours|days)_|(?:^|_)(?:milliseconds|seconds|minutes|hours|days|weeks|age|timeout|ttl|lifetime|budgets?|every|lasts)$",
    re.IGNORECASE,
)
"""How the name of a duration ends, or that of a parameter which takes one."""
HOUR = 3600


def durations_in(code: str) -> list[str]:
    """Return the line and the text of each duration that the code gives as a number; 0 is none, and a unit's factor neither."""
    return [f"{node.lineno}: {ast.unparse(node)}" for node in _nodes(ast.parse(code))]


def _nodes(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                yield from _named(name, value)
            case ast.arguments():
                yield from _defaults(node)
            case ast.Call():
                yield from _given(node)
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    yield from _named(_words(key), value)
            case (
                ast.Compare(left=left, comparators=[right])
                | ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right)
            ):
                yield from _named(_words(left), right)
            case ast.BoolOp(op=ast.Or(), values=[*values, otherwise]):
                yield from _named(_words(values[-1]), otherwise)
            case ast.Constant(value=int() | float() as value) if value >= HOUR and value % HOUR == 0:
                yield node


def _defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    places = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(reversed(places), reversed(arguments.defaults), strict=False)]
    pairs += [
        (one, default) for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default
    ]
    for place, default in pairs:
        yield from _named(place.arg, default)


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the numbers among a call's arguments that are durations: all of a `timedelta`, and others by their names."""
    is_time = _words(call.func).rpartition("_")[2] in ("timedelta", "Rate", "sleep")
    for value in call.args if is_time else ():
        yield from _named("seconds", value)
    for word in call.keywords:
        yield from _named("seconds" if is_time else word.arg or "", word.value)


def _named(name: str, value: ast.expr | None) -> Iterator[ast.expr]:
    if value is not None and NAME.search(name) and _is_number(value):
        yield value


def _is_number(value: ast.expr) -> bool:
    """Return whether a value is a number other than 0, also as text, or made of numbers alone."""
    match value:
        case ast.Constant(value=int() | float() as number):
            return bool(number) and number is not True
        case ast.Constant(value=str() as text):
            return text.isdigit()
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
        case ast.UnaryOp(operand=operand):
            return _is_number(operand)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return bool(parts) and all(map(_is_number, parts))
    return False


def _words(node: ast.expr | None) -> str:
    """Return what a value is called, in words with lines between them: `VisibilityTimeout` is `Visibility_Timeout`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str() as text):
            return re.sub(r"(?<=[a-z])(?=[A-Z])|\W", "_", text)
    return ""
