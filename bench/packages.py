"""The packages of the functions that are measured, unpacked as Lambda unpacks them, and Lambda's runtime beside them."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from bench.lambda_runtime import make_runtime
from ops.package.build import build


def unpack_leadmatch(folder: Path) -> Path:
    """Build the package that ships, as `python -m ops package` does, and unpack it."""
    with ZipFile(build(Path.cwd(), "dev").path) as zipped:
        zipped.extractall(folder / "leadmatch")
    return folder / "leadmatch"


def unpack_runtime(folder: Path) -> Path:
    """Return a folder with what Lambda's runtime has besides Python."""
    return make_runtime(folder / "runtime")
