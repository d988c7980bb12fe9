"""One mutation: a text of a file that another one takes the place of, and the tests that have to fail then."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Mutation:
    """`old` stands once in `file`; `new` takes its place. `area` is the name of the list that it comes from."""

    area: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def mutated(self, text: str) -> str:
        """Return the file's text with the mutation; raise `ValueError` when it cannot be told where it belongs."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has {text.count(self.old)} times: {self.old!r}")
        return text.replace(self.old, self.new)

    def __str__(self) -> str:
        return f"{self.area}: {self.name}"


def read_all() -> list[Mutation]:
    """Return every mutation of every list, in the order of the lists' names."""
    return [mutation for path in sorted(FOLDER.glob("*.toml")) for mutation in _read(path)]


def _read(path: Path) -> Iterator[Mutation]:
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]:
        yield Mutation(path.stem, **entry | {"tests": tuple(entry["tests"])})
