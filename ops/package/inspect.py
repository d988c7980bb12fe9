"""What is in a package, and whether it may ship: complete, ours alone, small, readable.

Every file counts with its checksum, and two equal packages share one digest. The pins of requirements.txt say what a package must
hold, in exactly these versions and bytes.
"""

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

from ops.errors import OpsError

DIST_INFO = re.compile(r"(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/(?P<file>.+)")
READABLE_BY_OTHERS = 0o004

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[A-Za-z0-9._,-]+\])?==(?P<version>[^\s;\\]+)")
CONTINUED = re.compile(r"\\\n\s*")
"""The end of a line that goes on in the next one."""
HASH = "--hash=sha256:"
MAKE_PINS = "Write the name into the .in file beside it and run: make pins"
COMMENT_OR_OPTION = ("#", "-")

LIMIT_BYTES = 6_000_000
CHALICE = "1.34.0"
CHALICE_RUNTIME = {
    "chalice/__init__.py": "fa8812e3488d6f42d4452e0548fbb9ce3cf548c2761ae8cfffe95cac72bb6e13",
    "chalice/app.py": "b26ae4dd55d342a87fe2463f336e97d4d2193ad759ead305c10afa94afaf18e9",
}
"""The small runtime that Chalice packs by itself, out of whatever Chalice runs here: the SHA-256 of the version that is pinned."""
OWN_FILES = {"app.py", *CHALICE_RUNTIME}
"""The entry points, and Chalice's runtime."""
BYTECODE = ".pyc"


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
    """Return what a package holds, or None for a file that is not there, cut off or no zip at all."""
    try:
        with ZipFile(package) as zipped:
            entries = [(entry, zipped.read(entry)) for entry in zipped.infolist()]
    except (BadZipFile, EOFError, FileNotFoundError):
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


def faults(contents: Contents, pins: Mapping[str, str]) -> list[str]:
    """Say everything that is wrong with a package; nothing when it may ship."""
    return [*_incomplete(contents, pins), *_foreign(contents), *_altered(contents), *_broken(contents)]


def read_pins(requirements: Path) -> dict[str, str]:
    """Return every distribution's version by its normalized name; raise `OpsError` for a line that pins none, or has no hash."""
    return {name: _version(line) for name, line in read_lines(requirements).items()}


def read_lines(requirements: Path) -> dict[str, str]:
    """Return what pip needs of each distribution, version and hashes on one line, by its normalized name."""
    text = CONTINUED.sub(" ", requirements.read_text())
    lines = (line.strip() for line in text.splitlines())
    return dict(_named(line, requirements.name) for line in lines if line and not line.startswith(COMMENT_OR_OPTION))


def normalized(name: str) -> str:
    """Return a distribution's name as comparisons want it. https://packaging.python.org/en/latest/specifications/name-normalization/."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _readable(attributes: int) -> bool:
    """Read the permissions that a zip keeps in the upper half of an entry's attributes."""
    return bool(attributes >> 16 & READABLE_BY_OTHERS)


def _recorded(record: bytes) -> Iterator[tuple[str, str]]:
    """Read each file's name and SHA-256. https://packaging.python.org/en/latest/specifications/recording-installed-packages/."""
    for row in csv.reader(io.StringIO(record.decode())):
        if row:
            kind, _, digest = (row[1] if len(row) > 1 else "").partition("=")
            yield row[0], digest if kind == "sha256" else ""


def _incomplete(contents: Contents, pins: Mapping[str, str]) -> Iterator[str]:
    packed = contents.distributions
    for name, version in pins.items():
        if name not in packed:
            yield f"{name} {version} is missing."
        elif packed[name] != version:
            yield f"{name} is {packed[name]}, but requirements.txt pins {version}."
    for name in sorted(packed.keys() - pins.keys()):
        yield f"{name} {packed[name]} is in the package, but requirements.txt does not pin it."
    for name in sorted(OWN_FILES - {file.name for file in contents.files}):
        yield f"{name} is missing."


def _foreign(contents: Contents) -> Iterator[str]:
    """Name what nobody knows; bytecode, which no record names, is compared with its source elsewhere."""
    for file in contents.files:
        if not (
            file.name.endswith(BYTECODE)
            or file.name in OWN_FILES
            or file.name in contents.recorded
            or _is_our_code(file.name)
        ):
            yield f"{file.name} belongs neither to leadmatch nor to a distribution."


def _altered(contents: Contents) -> Iterator[str]:
    for file in contents.files:
        if file.sha256 != CHALICE_RUNTIME.get(file.name, file.sha256):
            yield f"{file.name} is not the file of Chalice {CHALICE}, which is pinned. Run: make clean, then make setup."
        if (noted := contents.recorded.get(file.name)) and file.recordable != noted:
            yield f"{file.name} differs from the record of its distribution."


def _is_our_code(name: str) -> bool:
    return name.startswith("chalicelib/") and name.endswith(".py")


def _broken(contents: Contents) -> Iterator[str]:
    for name in contents.doubled:
        yield f"{name} is in the package more than once."
    for file in contents.files:
        if not file.readable:
            yield f"{file.name} is readable only by its owner, so Lambda could not load it."
    if contents.zipped_bytes > LIMIT_BYTES:
        yield f"It has {contents.zipped_bytes:,} bytes; the limit is {LIMIT_BYTES:,}."


def _named(line: str, file: str) -> tuple[str, str]:
    pin = PIN.match(line)
    if pin is None:
        raise OpsError(f"{file} does not pin one version: {line}", MAKE_PINS)
    if HASH not in line:
        raise OpsError(f"{file} has no hash of {pin.group()}.", MAKE_PINS)
    return normalized(pin["name"]), line


def _version(line: str) -> str:
    pin = PIN.match(line)
    return pin["version"] if pin else ""
