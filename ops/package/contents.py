"""What is in a package: every file with its checksum, and one digest that two equal packages share."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from ops.package.pins import normalized

DIST_INFO = re.compile(r"(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/(?P<file>.+)")
READABLE_BY_OTHERS = 0o004


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of the package."""

    name: str
    size: int
    sha256: str
    readable: bool
    """Whether others than its owner may read it; Lambda's user is another."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A package that was read to its end."""

    zipped_bytes: int
    files: tuple[PackedFile, ...]
    distributions: dict[str, str]
    """Each distribution's version by its normalized name."""
    recorded: frozenset[str]
    """The files that the distributions say are theirs."""

    @property
    def digest(self) -> str:
        """The SHA-256 of what `sha256sum` prints for the unpacked files, sorted by name."""
        lines = "".join(f"{file.sha256}  {file.name}\n" for file in self.files)
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def doubled(self) -> list[str]:
        """The names that are in the package more than once."""
        return [name for name, times in Counter(file.name for file in self.files).items() if times > 1]


def read_contents(package: Path) -> Contents | None:
    """Read a package, or give None for a file that is cut off or no zip at all."""
    try:
        with ZipFile(package) as zipped:
            entries = [(entry, zipped.read(entry)) for entry in zipped.infolist()]
    except (BadZipFile, EOFError):
        return None
    files = [
        PackedFile(entry.filename, entry.file_size, hashlib.sha256(content).hexdigest(), _readable(entry.external_attr))
        for entry, content in entries
    ]
    parts = [(part, content) for entry, content in entries if (part := DIST_INFO.fullmatch(entry.filename))]
    return Contents(
        zipped_bytes=package.stat().st_size,
        files=tuple(sorted(files, key=lambda file: file.name)),
        distributions={normalized(part["name"]): part["version"] for part, _ in parts},
        recorded=frozenset(name for part, content in parts if part["file"] == "RECORD" for name in _recorded(content)),
    )


def _readable(attributes: int) -> bool:
    """Read the permissions that a zip keeps in the upper half of an entry's attributes."""
    return bool(attributes >> 16 & READABLE_BY_OTHERS)


def _recorded(record: bytes) -> list[str]:
    return [row[0] for row in csv.reader(io.StringIO(record.decode())) if row]
