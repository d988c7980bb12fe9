"""One mutation: a text of a file that another one takes the place of, and the tests that have to fail then."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
KEYS = {"name", "file", "old", "new", "tests"}


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
            raise ValueError(f"{self}: {self.file} has {text.count(self.old)} times: {self.old!r}")
        if self.old == self.new:
            raise ValueError(f"{self}: `new` is `old`.")
        return text.replace(self.old, self.new)

    def __str__(self) -> str:
        return f"{self.area}: {self.name}"


def read_all(folder: Path = FOLDER) -> list[Mutation]:
    """Return every mutation of every list, in the order of the lists' names; raise `ValueError` for what is no list."""
    return [mutation for path in sorted(folder.glob("*.toml")) for mutation in _read(path)]


def _read(path: Path) -> Iterator[Mutation]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutation", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"tests/mutants/{path.name}: {error}") from None
    for entry in entries:
        if entry.keys() != KEYS:
            raise ValueError(
                f"tests/mutants/{path.name}, {entry.get('name')!r}: an entry has {', '.join(sorted(KEYS))}."
            )
        yield Mutation(path.stem, **entry | {"tests": tuple(entry["tests"])})
