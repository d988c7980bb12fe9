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
from functools import cache, partial
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
    return {name: write(getattr(value, name)) for name, write in _writers(kind)}


def from_fields(cls: type[Read], value: object) -> Read:
    """Read a dataclass; raise `Unreadable` when a property is missing or is not what its type says."""
    try:
        read: Read = _object(cls, value)
    except _UnfitError as error:
        error = error.below(cls.__name__)
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
    """Says which part does not fit its type: its place below what is read, and what is wrong there."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"{place} {problem}")
        self._problem, self._place = problem, place

    def below(self, place: str) -> _UnfitError:
        """Return the error as it is seen from further up."""
        return _UnfitError(self._problem, place + self._place)


@cache
def _writer(hint: Any) -> Callable[[Any], Any]:
    """Return what writes a value of a type."""
    kind, forms = bare(hint)
    most = next((form.most for form in forms if form.most is not None), None)
    origin, inner = get_origin(kind), get_args(kind)
    each = _writer(inner[0] if origin is tuple else inner[1]) if origin in (tuple, Mapping) else None

    def write(value: Any) -> Any:
        if isinstance(value, str):
            return value[:most]
        if each and isinstance(value, tuple):
            return [each(one) for one in value[:most]]
        if each and isinstance(value, Mapping):
            return {name: each(one) for name, one in value.items()}
        if isinstance(value, datetime):
            return time_text(value)
        return to_fields(value) if is_dataclass(value) else value

    return write


@cache
def _writers(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((one.name, _writer(hint)) for one, hint in properties(kind))


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return what reads a value of a type, or raises `_UnfitError`."""
    kind, forms = bare(hint)
    origin = get_origin(kind) or kind
    if origin is Literal:
        read = _word(get_args(kind), is_open=any(form.open for form in forms))
    else:
        read = partial(_object, kind) if is_dataclass(origin) else READERS[origin](kind)
    return (lambda value: None if value is None else read(value)) if is_nullable(hint) else read


@cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[Any], Any], bool], ...]:
    """Return of each field its name, what reads it, and whether it must be there."""
    return tuple(
        (one.name, _reader(hint), one.default is MISSING and one.default_factory is MISSING)
        for one, hint in properties(kind)
    )


def _object(kind: Any, value: Any) -> Any:
    given, known = {}, _a(Mapping, value)
    for name, read, is_required in _readers(kind):
        if name in known:
            try:
                given[name] = read(known[name])
            except _UnfitError as error:
                raise error.below(f".{name}") from None
        elif is_required:
            raise _UnfitError("is missing", f".{name}")
    return kind(**given)


def _word(words: tuple[Any, ...], *, is_open: bool) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if is_open:
            return _a(str, value)
        if value not in words:
            raise _UnfitError("is not a word that leadmatch knows")
        return value

    return read


def _one_of(kind: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        for member in (one for one in get_args(kind) if one is not NoneType):
            try:
                return _reader(member)(value)
            except _UnfitError as error:
                unfit = error
        raise unfit

    return read


def _each(inner: Any, place: str) -> Callable[[Any], Any]:
    """Return what reads one value of a list or of a map."""
    read_one = _reader(inner)

    def read(value: Any) -> Any:
        try:
            return read_one(value)
        except _UnfitError as error:
            raise error.below(place) from None

    return read


def _tuple(kind: Any) -> Callable[[Any], Any]:
    read = _each(get_args(kind)[0], "[]")
    return lambda value: tuple(map(read, _a(list, value)))


def _mapping(kind: Any) -> Callable[[Any], Any]:
    read = _each(get_args(kind)[1], "{}")
    return lambda value: {name: read(one) for name, one in _a(Mapping, value).items()}


def _time(value: Any) -> datetime:
    try:
        return read_time(_a(str, value))
    except ValueError:
        raise _UnfitError("is not a time") from None


def _number(value: Any) -> int:
    """DynamoDB's numbers may be Decimals."""
    if isinstance(value, bool) or _a((int, Decimal), value) != int(value):
        raise _UnfitError("is not a whole number")
    return int(value)


def _a(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        raise _UnfitError("has the wrong type")
    return value


READERS: Mapping[Any, Callable[[Any], Callable[[Any], Any]]] = {
    str: lambda _: partial(_a, str),
    bool: lambda _: partial(_a, bool),
    int: lambda _: _number,
    datetime: lambda _: _time,
    Union: _one_of,
    UnionType: _one_of,
    tuple: _tuple,
    Mapping: _mapping,
}
"""What gives the reader of each type."""
