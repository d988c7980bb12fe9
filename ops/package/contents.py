"""What is in a package: every file with its checksum, and one digest that two equal packages share."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
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

    @property
    def recordable(self) -> str:
        """The SHA-256 as a RECORD has it: URL-safe base64 without padding."""
        return base64.urlsafe_b64encode(bytes.fromhex(self.sha256)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Contents:
    """A package that was read to its end."""

    zipped_bytes: int
    files: tuple[PackedFile, ...]
    distributions: dict[str, str]
    """Each distribution's version by its normalized name."""
    recorded: Mapping[str, str]
    """The files that the distributions say are theirs, each with its SHA-256 as they note it, or an empty text."""

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
        recorded=dict(row for part, content in parts if part["file"] == "RECORD" for row in _recorded(content)),
    )


def _readable(attributes: int) -> bool:
    """Read the permissions that a zip keeps in the upper half of an entry's attributes."""
    return bool(attributes >> 16 & READABLE_BY_OTHERS)


def _recorded(record: bytes) -> Iterator[tuple[str, str]]:
    """Read each file's name and SHA-256. https://packaging.python.org/en/latest/specifications/recording-installed-packages/."""
    for row in csv.reader(io.StringIO(record.decode())):
        if row:
            kind, _, digest = (row[1] if len(row) > 1 else "").partition("=")
            yield row[0], digest if kind == "sha256" else ""
