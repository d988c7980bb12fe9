"""The JSON Schemas of the events for other systems, made of their types and docstrings; `python -m tests.golden.rewrite` writes them.

https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType, NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from chalicelib import converted_event, match_contract
from chalicelib.converted_event import ConvertedEvent
from chalicelib.match_contract import SCHEMA_URI, TYPE, MatchEvent
from chalicelib.verdict import model
from chalicelib.wire import Form, is_nullable, properties

Schema = dict[str, Any]

DOCS = Path(__file__).parents[2] / "docs"
FILE, CONVERTED_FILE = DOCS / "match-event.schema.json", DOCS / "converted-event.schema.json"
PLAIN = {str: "string", int: "integer", bool: "boolean", datetime: "string"}
MOST = {"string": "maxLength", "array": "maxItems"}
LEAST = {"string": "minLength", "integer": "minimum"}
BEYOND_TYPES: Mapping[str, Schema] = {
    "target": {
        "if": {"properties": {"kind": {"const": "existing"}}},
        "then": {"properties": {"id": {"type": "string"}}},
        "else": {"properties": {"id": {"type": "null"}}},
    }
}
"""What a definition says that no type does: a target has an id when it exists, and only then."""


def match_event_schema() -> Schema:
    """Return the whole schema of the match event."""
    return _whole(MatchEvent, SCHEMA_URI, TYPE)


def converted_event_schema() -> Schema:
    """Return the whole schema of the event that a lead was converted."""
    return _whole(ConvertedEvent, converted_event.SCHEMA_URI, converted_event.TYPE)


def _whole(cls: type, uri: str, title: str) -> Schema:
    definitions: dict[str, Schema] = {}
    event = _object(cls, definitions)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": uri, "title": title}
    return {**head, **event, "$defs": definitions}


def _object(cls: type, definitions: dict[str, Schema]) -> Schema:
    docs = docs_of(cls)
    parts = {one.name: _of(hint, definitions) | described(docs.get(one.name)) for one, hint in properties(cls)}
    return {"type": "object", **described(cls.__doc__), "properties": parts, "required": list(parts)}


def _of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    if get_origin(hint) is Annotated:
        schema = _of(get_args(hint)[0], definitions)
        for form in hint.__metadata__:
            schema = _with(form, schema, definitions)
        return schema
    if is_nullable(hint):
        (other,) = (one for one in get_args(hint) if one is not NoneType)
        schema = _of(other, definitions)
        return (
            schema | {"type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}
        )
    if is_dataclass(hint):
        name = snake(re.sub(r"^(Match|Verdict|Converted)", "", hint.__name__))
        return _defined(name, _object(hint, definitions) | BEYOND_TYPES.get(name, {}), definitions)
    return _plain(get_origin(hint) or hint, get_args(hint), definitions)


def _plain(kind: Any, args: tuple[Any, ...], definitions: dict[str, Schema]) -> Schema:
    if kind is Literal:
        return {"const": args[0]} if len(args) == 1 else {"enum": list(args)}
    if kind is tuple:
        return {"type": "array", "items": _of(args[0], definitions)}
    if kind is Mapping:
        return {"type": "object", "additionalProperties": _of(args[1], definitions)}
    return {"type": PLAIN[kind]}


def _with(form: Form, schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """Return a schema with what an annotation says; a list of words that may grow becomes examples."""
    if form.pattern and "enum" in schema:
        schema = {"type": "string", "examples": schema["enum"]}
    kind = next(iter(kinds)) if isinstance(kinds := schema.get("type"), list) else kinds
    said = {"pattern": form.pattern or None, "format": form.format or None}
    said |= {MOST.get(kind): form.most, LEAST.get(kind): form.least}
    schema = schema | {name: value for name, value in said.items() if value is not None}
    return _defined(form.name, schema | described(aliases().get(form.name)), definitions) if form.name else schema


def _defined(name: str, schema: Schema, definitions: dict[str, Schema]) -> Schema:
    assert definitions.setdefault(name, schema) == schema, f"two definitions of {name}"
    return {"$ref": f"#/$defs/{name}"}


def described(doc: str | None) -> Schema:
    """Return a docstring as a description."""
    return {"description": " ".join(doc.split())} if doc else {}


@cache
def docs_of(of: type | ModuleType) -> Mapping[str, str]:
    """Return the docstrings below the fields of a class, or below the names of a module."""
    parsed = ast.parse(inspect.getsource(of))
    body = parsed.body if isinstance(of, ModuleType) else next(iter(parsed.body)).body  # type: ignore[attr-defined] # a class
    found = {}
    for one, below in pairwise(body):
        match one, below:
            case ast.AnnAssign(ast.Name(name)) | ast.Assign([ast.Name(name)]), ast.Expr(ast.Constant(str(doc))):
                found[name] = doc
    return found


@cache
def aliases() -> Mapping[str, str]:
    """Return the docstrings of the contract's named types."""
    return {snake(name): doc for module in (model, match_contract) for name, doc in docs_of(module).items()}


def snake(name: str) -> str:
    """Return a class's name as a property's: LeftOut becomes left_out."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
