"""The bytecode in a package: no cold start compiles, and equal sources have equal bytecode.

Lambda's code cannot be written to, so Python would compile what it imports at every cold start. The bytecode is of the kind that
Python uses without a look at its source (https://peps.python.org/pep-0552/). What Python does not compare is compared here: each
source is compiled again.

What the compiling process has loaded before shows in the bytes (https://github.com/python/cpython/issues/129724). So a new process
compiles, which loads nothing else, in sorted order.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER, source_from_cache, source_hash
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ops.errors import OpsError

LAMBDA_ROOT = "/var/task"
"""Where Lambda unpacks the package: tracebacks name files by it."""
NEW_PROCESS = ("-S", "-s", "-P", "-W", "ignore")
"""Options of a Python that loads nothing of its environment or folder, and is silent about what distributions write."""
LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of the environment only where a Python may have its own library, without which it does not start."""
COMPILE = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-p", LAMBDA_ROOT)
READABLE_BY_EVERYBODY = 0o644
MAGIC, HASH = slice(4), slice(8, 16)
"""Where bytecode says for which Python it is, and of which source."""


def refuse_other_python(python: str, name: str, version: tuple[int, int, int, str, int]) -> None:
    """Raise `OpsError` if Lambda's Python, such as `python3.11`, may not know the bytecode of the one that runs here.

    All final releases of CPython 3.11 have the same; what comes before the first may have another.
    """
    if (name, f"python{version[0]}.{version[1]}", version[3]) != ("cpython", python, "final"):
        raise OpsError(
            f"This is {name} {'.'.join(map(str, version))}, and its bytecode may not be that of {python} in Lambda.",
            f"Use a final release of CPython {python.removeprefix('python')}: make clean, then make setup PYTHON={python}",
        )


def add_bytecode(package: Path) -> None:
    """Write a package anew, with the bytecode of each source, sorted, and readable by Lambda; until it is whole, the old one stays."""
    entries = _entries(package)
    entries += compiled(dict(entries)).items()
    written = package.with_suffix(".part")
    with ZipFile(written, "w", ZIP_DEFLATED) as zipped:
        for name, content in sorted(entries, key=itemgetter(0)):
            zipped.writestr(_new_entry(name), content)
    written.replace(package)


def read_files(package: Path) -> dict[str, bytes]:
    """Return the files of a whole package by their names."""
    return dict(_entries(package))


def compiled(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the bytecode of those sources among the files that can be compiled, each by its name in a package.

    Raise `OpsError`, with what Python says, when it compiles none: then it is Python that does not run, and no source's fault.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        for source in filter(_is_source, files):
            (folder / source).parent.mkdir(parents=True, exist_ok=True)
            (folder / source).write_bytes(files[source])
        done = subprocess.run(  # noqa: S603 - this Python
            [sys.executable, *NEW_PROCESS, *COMPILE, "-s", name, name],
            env={**{one: os.environ[one] for one in LIBRARIES if one in os.environ}, "PYTHONHASHSEED": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,  # a source that cannot be compiled is a fault of the package
        )
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}
    if not found and any(map(_is_source, files)):
        said = done.stdout.decode(errors="replace").strip()
        raise OpsError(f"{sys.executable} compiles none of the package's files.", f"It says: {said or 'nothing'}")
    return found


def faults(files: Mapping[str, bytes]) -> list[str]:
    """Say what is wrong with sources and bytecode; nothing when each source has what this Python makes of it."""
    wanted = compiled(files)
    failed = set(filter(_is_source, files)) - {source_from_cache(name) for name in wanted}
    names = wanted.keys() | {name for name in files if name.endswith(".pyc")}
    return [
        *(f"{name} cannot be compiled. To see why: python -m py_compile {name}" for name in sorted(failed)),
        *(f"{name} {fault}" for name in sorted(names) if (fault := _fault(name, files, wanted))),
    ]


def _is_source(name: str) -> bool:
    return name.endswith(".py")


def _entries(package: Path) -> list[tuple[str, bytes]]:
    """Return every file of a package; what is in it twice is refused later, and must not be lost here."""
    with ZipFile(package) as zipped:
        return [(entry.filename, zipped.read(entry)) for entry in zipped.infolist()]


def _new_entry(name: str) -> ZipInfo:
    """Return an entry that is the same whenever, and under whatever umask, it is made."""
    entry = ZipInfo(name)
    entry.external_attr = READABLE_BY_EVERYBODY << 16
    entry.compress_type = ZIP_DEFLATED
    return entry


def _fault(name: str, files: Mapping[str, bytes], wanted: Mapping[str, bytes]) -> str:
    if name not in files:
        return "is missing, so Lambda would compile its source at every cold start."
    if name not in wanted:
        return f"is not what {sys.implementation.cache_tag} makes of any source in the package."
    packed = files[name]
    if packed == wanted[name]:
        return ""
    if packed[MAGIC] != MAGIC_NUMBER:
        return f"is not the bytecode of {sys.implementation.cache_tag}, so Lambda would compile its source at every cold start."
    if packed[HASH] != source_hash(files[source_from_cache(name)]):
        return "was made of another source than the one in the package, and Lambda would run it all the same."
    return "is not what its source gives when it is compiled again, and Lambda would run it all the same."
