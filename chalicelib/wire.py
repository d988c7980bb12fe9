"""The written form of our types, in JSON and in DynamoDB: it follows from their fields. Pure.

A dataclass is an object and a time a text by `time_text`. Whoever reads ignores properties that it does not know and takes the
default of one that is missing; what does not fit is `Unreadable`, told by its place and never by its value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from chalicelib.errors import Unreadable

Read = TypeVar("Read")

WORD = "^[a-z0-9_]+$"
"""The pattern of a machine word."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a type alone does not say, as in `Annotated[str, Form(most=255)]`: docs/match-event.schema.json says it.

    Texts and lists are cut to `most` when they are written. Of a Literal that is `open` any other text is read as well: another
    version may have written it. What has a `name` is defined once in the schema.
    """

    name: str = ""
    most: int | None = None
    least: int | None = None
    pattern: str = ""
    format: str = ""
    open: bool = False


class Written:
    """A dataclass that travels as JSON: the body of a queue's message, or a text that the ledger keeps."""

    __slots__ = ()

    def to_json(self) -> str:
        """Return its JSON."""
        return json.dumps(to_fields(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read its JSON; raise `Unreadable` for anything else."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise Unreadable("The message is not a JSON object.", reason="message_unreadable")
        return from_fields(cls, value)


def time_text(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC with microseconds: such texts sort like the times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """Read an RFC 3339 time; raise ValueError when it is none or names no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time outside the years 1 to 9999") from None


def to_fields(value: Any) -> dict[str, Any]:
    """Return a dataclass as JSON's and DynamoDB's form."""
    kind: Any = type(value)
    return {one.name: _written(hint, getattr(value, one.name)) for one, hint in properties(kind)}


def from_fields(cls: type[Read], value: object) -> Read:
    """Read a dataclass; raise `Unreadable` when a property is missing or is not what its type says."""
    try:
        read: Read = _object(cls, value, cls.__name__)
    except _UnfitError as error:
        word = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        raise Unreadable(f"{error}.", reason=f"{word}_unreadable") from None
    return read


@cache
def properties(cls: Any) -> tuple[tuple[Field[Any], Any], ...]:
    """Return the fields of a dataclass with their type hints."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple((one, hints[one.name]) for one in fields(cls))


@cache
def bare(hint: Any) -> tuple[Any, tuple[Form, ...]]:
    """Return a type hint without its annotations and without None, and those annotations, the innermost first."""
    if get_origin(hint) is Annotated:
        kind, forms = bare(get_args(hint)[0])
        return kind, (*forms, *hint.__metadata__)
    others = [one for one in get_args(hint) if one is not NoneType]
    return bare(others[0]) if is_nullable(hint) and len(others) == 1 else (hint, ())


def is_nullable(hint: Any) -> bool:
    """Return whether None may stand there."""
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return get_origin(inner) in (Union, UnionType) and NoneType in get_args(inner)


class _UnfitError(Exception):
    """Says which part does not fit its type."""


def _written(hint: Any, value: Any) -> Any:
    if is_dataclass(value):
        return to_fields(value)
    if isinstance(value, datetime):
        return time_text(value)
    if not isinstance(value, str | tuple | Mapping):
        return value
    kind, forms = bare(hint)
    most = next((form.most for form in forms if form.most is not None), None)
    if isinstance(value, str):
        return value[:most]
    if isinstance(value, tuple):
        return [_written(get_args(kind)[0], one) for one in value[:most]]
    return {name: _written(get_args(kind)[1], one) for name, one in value.items()}


def _read(hint: Any, value: Any, place: str) -> Any:
    kind, forms = bare(hint)
    origin = get_origin(kind) or kind
    if value is None and is_nullable(hint):
        return None
    if origin is Literal:
        return _word(get_args(kind), forms, value, place)
    return (_object if is_dataclass(origin) else READERS[origin])(kind, value, place)


def _object(kind: Any, value: Any, place: str) -> Any:
    given = {}
    for one, hint in properties(kind):
        if one.name in _a(Mapping, value, place):
            given[one.name] = _read(hint, value[one.name], f"{place}.{one.name}")
        elif one.default is MISSING and one.default_factory is MISSING:
            raise _UnfitError(f"{place}.{one.name} is missing")
    return kind(**given)


def _word(words: tuple[Any, ...], forms: tuple[Form, ...], value: Any, place: str) -> Any:
    if any(form.open for form in forms):
        return _a(str, value, place)
    if value not in words:
        raise _UnfitError(f"{place} is not a word that leadmatch knows")
    return value


def _one_of(kind: Any, value: Any, place: str) -> Any:
    for one in (member for member in get_args(kind) if member is not NoneType):
        try:
            return _read(one, value, place)
        except _UnfitError as error:
            unfit = error
    raise unfit


def _time(_: Any, value: Any, place: str) -> datetime:
    try:
        return read_time(_a(str, value, place))
    except ValueError:
        raise _UnfitError(f"{place} is not a time") from None


def _number(_: Any, value: Any, place: str) -> int:
    """DynamoDB's numbers are Decimals."""
    if isinstance(value, bool) or _a((int, Decimal), value, place) != int(value):
        raise _UnfitError(f"{place} is not a whole number")
    return int(value)


def _a(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, kind):
        raise _UnfitError(f"{place} has the wrong type")
    return value


READERS: Mapping[Any, Callable[[Any, Any, str], Any]] = {
    str: _a,
    bool: _a,
    int: _number,
    datetime: _time,
    Union: _one_of,
    UnionType: _one_of,
    tuple: lambda kind, value, place: tuple(
        _read(get_args(kind)[0], one, f"{place}[]") for one in _a(list, value, place)
    ),
    Mapping: lambda kind, value, place: {
        name: _read(get_args(kind)[1], one, f"{place}{{}}") for name, one in _a(Mapping, value, place).items()
    },
}
"""What reads a value of each type."""
