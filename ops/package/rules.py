"""What a package must be before it may ship: complete, ours alone, small, readable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ops.package.contents import Contents

LIMIT_BYTES = 2_000_000
OWN_FILES = {"app.py", "chalice/__init__.py", "chalice/app.py"}
"""The entry points, and the small runtime that Chalice packs by itself."""


def faults(contents: Contents, pins: Mapping[str, str]) -> list[str]:
    """Say everything that is wrong with a package; nothing when it may ship."""
    return [*_incomplete(contents, pins), *_foreign(contents), *_broken(contents)]


def _incomplete(contents: Contents, pins: Mapping[str, str]) -> Iterator[str]:
    packed = contents.distributions
    for name, version in pins.items():
        if name not in packed:
            yield f"{name} {version} is missing."
        elif packed[name] != version:
            yield f"{name} is {packed[name]}, and requirements.txt pins {version}."
    for name in sorted(packed.keys() - pins.keys()):
        yield f"{name} {packed[name]} is in it, and requirements.txt does not pin it."
    for name in sorted(OWN_FILES - {file.name for file in contents.files}):
        yield f"{name} is missing."


def _foreign(contents: Contents) -> Iterator[str]:
    for file in contents.files:
        if not (file.name in OWN_FILES | contents.recorded or _is_our_code(file.name)):
            yield f"{file.name} belongs neither to leadmatch nor to a distribution."


def _is_our_code(name: str) -> bool:
    return name.startswith("chalicelib/") and name.endswith(".py")


def _broken(contents: Contents) -> Iterator[str]:
    for name in contents.doubled:
        yield f"{name} is in it more than once."
    for file in contents.files:
        if not file.readable:
            yield f"{file.name} is readable by its owner only, so Lambda could not load it: chmod -R go+rX app.py chalicelib"
    if contents.zipped_bytes > LIMIT_BYTES:
        yield f"It has {contents.zipped_bytes:,} bytes; {LIMIT_BYTES:,} are the limit."
