"""What a package must be before it may ship: complete, ours alone, small, readable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ops.package.contents import Contents

LIMIT_BYTES = 2_000_000
CHALICE = "1.34.0"
CHALICE_RUNTIME = {
    "chalice/__init__.py": "fa8812e3488d6f42d4452e0548fbb9ce3cf548c2761ae8cfffe95cac72bb6e13",
    "chalice/app.py": "b26ae4dd55d342a87fe2463f336e97d4d2193ad759ead305c10afa94afaf18e9",
}
"""The small runtime that Chalice packs by itself, out of whatever Chalice runs here: the SHA-256 of the version that is pinned."""
OWN_FILES = {"app.py", *CHALICE_RUNTIME}
"""The entry points, and Chalice's runtime."""


def faults(contents: Contents, pins: Mapping[str, str]) -> list[str]:
    """Say everything that is wrong with a package; nothing when it may ship."""
    return [*_incomplete(contents, pins), *_foreign(contents), *_altered(contents), *_broken(contents)]


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
        if not (file.name in OWN_FILES or file.name in contents.recorded or _is_our_code(file.name)):
            yield f"{file.name} belongs neither to leadmatch nor to a distribution."


def _altered(contents: Contents) -> Iterator[str]:
    for file in contents.files:
        if file.sha256 != CHALICE_RUNTIME.get(file.name, file.sha256):
            yield f"{file.name} is not that of Chalice {CHALICE}, which is pinned: make clean, then make setup."
        if (noted := contents.recorded.get(file.name)) and file.recordable != noted:
            yield f"{file.name} is not as its distribution has recorded it."


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
