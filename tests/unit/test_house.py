"""The house: imports point one way, and what is pure stays pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = {
    "errors": set(),
    "digits": set(),
    "http": {"digits", "timing"},
    "signatures": {"digits", "timing"},
    "data_centers": {"errors"},
    "qualification": {"errors"},
    "routing": {"qualification", "verdict"},
    "settings": {"data_centers", "digits", "errors", "qualification", "timing"},
    "timing": set(),
    "version": set(),
    "wire": {"errors"},
    "verdict": {"errors", "timing", "wire"},
    "events": {"timing", "wire"},
    "metrics": set(),
    "conversion": {"errors", "wire"},
    "match_contract": {"events", "verdict", "wire"},
    "match_event": {"events", "match_contract", "verdict", "wire"},
    "converted_event": {"match_contract", "verdict", "wire"},
    "webhook": {"digits", "errors", "events", "signatures", "timing"},
    "zoho": {"conversion", "data_centers", "digits", "errors", "events", "http", "timing", "verdict", "wire"},
    "aws": {"conversion", "data_centers", "errors", "events", "routing", "timing", "wire"},
    "slack": {
        "conversion",
        "data_centers",
        "errors",
        "events",
        "http",
        "match_event",
        "signatures",
        "timing",
        "verdict",
        "wire",
    },
    "steps": {
        "aws",
        "conversion",
        "converted_event",
        "data_centers",
        "errors",
        "events",
        "webhook",
        "match_event",
        "metrics",
        "qualification",
        "routing",
        "timing",
        "slack",
        "verdict",
        "wire",
        "zoho",
    },
    "handlers": {"aws", "errors", "metrics", "steps", "timing"},
    "wiring": {
        "aws",
        "conversion",
        "data_centers",
        "errors",
        "events",
        "handlers",
        "http",
        "metrics",
        "routing",
        "settings",
        "slack",
        "steps",
        "timing",
        "version",
        "zoho",
    },
}
"""Each room of chalicelib and the rooms that it may know."""
OPS_PACKAGES: dict[str, set[str]] = {
    "check": set(),
    "deploy": {"package"},
    "package": set(),
    "provision": set(),
    "replay": set(),
    "route": {"check"},
}
"""Each package of ops and the packages that it may know. What two commands share lies in ops itself, which knows none."""
PURE = [*Path("chalicelib/verdict").glob("*.py"), *Path("chalicelib/webhook").glob("*.py")]
PURE += [
    Path(f"chalicelib/slack/{name}.py")
    for name in (
        "actions",
        "announcements",
        "candidates",
        "error_codes",
        "form",
        "interactions",
        "message",
        "modal",
        "outcomes",
        "people",
        "posts",
        "text",
    )
]
PURE += [
    Path("chalicelib/steps/conversion_checks.py"),
    Path("chalicelib/steps/notify_plan.py"),
    Path("chalicelib/signatures.py"),
    Path("chalicelib/timing.py"),
    Path("chalicelib/qualification.py"),
    Path("chalicelib/routing.py"),
    Path("chalicelib/conversion.py"),
    Path("chalicelib/converted_event.py"),
    Path("chalicelib/match_contract.py"),
    Path("chalicelib/match_event.py"),
    Path("chalicelib/wire.py"),
    Path("chalicelib/zoho/token_record.py"),
]
IMPURE = {
    "boto3",
    "botocore",
    "requests",
    "urllib3",
    "os",
    "time",
    "random",
    "secrets",
    "socket",
    "pathlib",
    "subprocess",
}
CLOCKS_AND_CHANCE = {"now", "utcnow", "today", "uuid1", "uuid4"}
"""What modules that are pure otherwise give: `datetime.now`, `uuid.uuid4`."""


def imported(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, wherever in it."""
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(path: Path) -> Iterator[str]:
    """Yield every attribute that a file asks for and every name that it imports, each without what it belongs to."""
    yield from (module.rpartition(".")[2] for module in imported(path))
    yield from (node.attr for node in ast.walk(_parsed(path)) if isinstance(node, ast.Attribute))


def room(module: str) -> str:
    """Return the room of chalicelib that a module is in, or an empty text."""
    parts = module.split(".")
    return parts[1] if parts[0] == "chalicelib" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", sorted(Path("chalicelib").rglob("*.py")), ids=str)
def test_a_room_knows_only_the_rooms_below_it(path: Path) -> None:
    """An arrow that runs back up would make two rooms one."""
    own = path.with_suffix("").parts[1]
    known = {room(module) for module in imported(path)} - {"", own}
    assert known <= ROOMS.get(own, set())


def test_every_room_is_on_the_plan() -> None:
    """A new room says what it may know."""
    rooms = {path.with_suffix("").parts[1] for path in Path("chalicelib").rglob("*.py")} - {"__init__"}
    assert rooms == set(ROOMS)


@pytest.mark.parametrize("path", sorted(Path("ops").rglob("*.py")), ids=str)
def test_a_command_knows_only_the_commands_below_it(path: Path) -> None:
    """Two commands that know each other would be one; what they share lies in ops itself, below all of them."""
    own = path.parts[1] if len(path.parts) > 2 else ""
    named = {module.split(".")[1] for module in imported(path) if module.startswith("ops.")}
    assert named & set(OPS_PACKAGES) - {own} <= OPS_PACKAGES.get(own, set())


def test_every_command_is_on_the_plan() -> None:
    """A new package of ops says what it may know."""
    assert {path.parent.name for path in Path("ops").glob("*/__init__.py")} == set(OPS_PACKAGES)


@pytest.mark.parametrize("path", sorted(PURE), ids=str)
def test_what_is_pure_asks_nobody(path: Path) -> None:
    """No network, no environment, no clock, no chance."""
    assert not {module.split(".")[0] for module in imported(path)} & IMPURE
    assert not set(named(path)) & CLOCKS_AND_CHANCE


def test_what_calls_itself_pure_is_held_to_it() -> None:
    """By its docstring's word."""
    pure = {path for path in Path("chalicelib").rglob("*.py") if "Pure" in (ast.get_docstring(_parsed(path)) or "")}
    assert pure
    assert pure <= set(PURE)


@pytest.mark.parametrize("path", [Path("app.py"), *Path("chalicelib").rglob("*.py")], ids=str)
def test_what_ships_knows_nothing_of_the_sandbox(path: Path) -> None:
    """Only the folder chalicelib and app.py go to Lambda."""
    assert not {module.split(".")[0] for module in imported(path)} & {
        "sandbox",
        "tests",
        "bench",
        "ops",
        "moto",
        "flask",
    }


@pytest.mark.parametrize("path", sorted(Path("ops").rglob("*.py")), ids=str)
def test_what_operators_run_knows_nothing_of_the_sandbox(path: Path) -> None:
    """A command works on a real account; what stands in for one is for demo and tests."""
    assert not {module.split(".")[0] for module in imported(path)} & {"sandbox", "tests", "bench", "moto", "flask"}


SECRETS = re.compile(r"(^|_)(keys?|secrets?|signatures?|tokens?|digests?|passwords?|expected)$", re.IGNORECASE)
AUTHENTICATE = [
    Path("chalicelib/signatures.py"),
    Path("chalicelib/webhook/auth.py"),
    Path("chalicelib/webhook/__init__.py"),
    Path("chalicelib/steps/receive.py"),
    Path("chalicelib/steps/act.py"),
    Path("chalicelib/slack/interactions.py"),
]
"""Where strangers' keys and signatures meet ours."""
IN_TIME = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)


def compared(tree: ast.AST) -> Iterator[str]:
    """Yield what is called a secret and compared with an operator, or by a method of a text, all of which stop early."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(op, IN_TIME) for op in node.ops):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Constant) for side in sides):
                yield from (name for side in sides if (name := _last_name(side)) and SECRETS.search(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in EARLY:
            yield from (name for name in map(_last_name, (node.func.value, *node.args)) if SECRETS.search(name))


EARLY = ("startswith", "endswith", "index", "find", "count", "__eq__")
"""Methods of texts and lists that compare."""


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Call | ast.Subscript | ast.Starred):
        return _last_name(node.func if isinstance(node, ast.Call) else node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", AUTHENTICATE, ids=str)
def test_keys_and_signatures_are_compared_in_constant_time_alone(path: Path) -> None:
    """By `signatures.same`, which tells nothing by its time; an operator stops at the first difference."""
    assert list(compared(_parsed(path))) == []


def test_all_that_is_compared_in_constant_time_is_on_the_list() -> None:
    """A new file that authenticates calls is held to it, too."""
    using = {path for path in Path("chalicelib").rglob("*.py") if {"same", "compare_digest"} & set(named(path))}
    assert using <= set(AUTHENTICATE)
    assert Path("chalicelib/signatures.py") in using


@pytest.mark.parametrize(
    "code",
    [
        "text == key",
        "signature != given",
        "token in tokens",
        "self.secret == x",
        "keys.index(given)",
        "key.startswith(x)",
    ],
)
def test_a_secret_compared_early_is_seen(code: str) -> None:
    """The test above can fail."""
    assert list(compared(ast.parse(code)))


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())
