"""Reads what the pages name: tables, words in code marks, and whether the code has them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

CODE = re.compile(r"`([^`\n]+)`")
CELL_END = re.compile(r"(?<!\\)\|")
SHIPPED, OTHERS = Path("chalicelib"), (Path("ops"), Path("sandbox"), Path("bench"))


def section(page: str, heading: str) -> str:
    """Return the text below a heading, up to the next one of its level or of a higher one."""
    level = len(heading.partition(" ")[0])
    after = Path(page).read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    return re.split(rf"\n#{{1,{level}}} ", after)[0]


def tables(text: str) -> Iterator[list[dict[str, str]]]:
    """Yield each table, as rows whose cells stand under the names of the columns."""
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        names, _, *rows = [[cell.strip() for cell in CELL_END.split(line)[1:-1]] for line in block.strip().splitlines()]
        yield [dict(zip(names, cells, strict=True)) for cells in rows]


def file_of(name: str) -> Path | None:
    """Return the file that a page names, from the root, from chalicelib or from tests/unit on; None when there is none."""
    return next((path for path in (Path(name), SHIPPED / name, Path("tests/unit") / name) if path.is_file()), None)


@cache
def definitions(path: Path) -> frozenset[str]:
    """Return the classes, functions, methods, attributes and constants of a file, each with its class's name before it."""
    return frozenset(_defined(ast.parse(path.read_text(encoding="utf-8")).body))


@cache
def everything() -> Mapping[str, list[Path]]:
    """Return what the code defines, and where."""
    found: dict[str, list[Path]] = {}
    for path in (Path("app.py"), *(path for folder in (SHIPPED, *OTHERS) for path in folder.rglob("*.py"))):
        for name in definitions(path):
            found.setdefault(name, []).append(path)
    return found


def _defined(body: list[ast.stmt], owner: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield owner + node.name
        if isinstance(node, ast.ClassDef):
            yield from _defined(node.body, f"{owner}{node.name}.")
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (owner + target.id for target in targets if isinstance(target, ast.Name))
