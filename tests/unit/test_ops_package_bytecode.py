"""The bytecode in a package: used by Python as it is, the same for the same sources, and compared with them."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import gettempdir
from zipfile import ZipFile, ZipInfo

import pytest

from ops.errors import OpsError
from ops.package.bytecode import add_bytecode, compiled, faults, read_files, refuse_other_python

LEAD, PLACE = "lead.py", "zylker/place.py"
SOURCES = {LEAD: b"def name():\n    return 'Benjamin'\n", PLACE: b"CITY = 'Chennai'\n", "zylker/py.typed": b""}
LEAD_CODE, PLACE_CODE = cache_from_source(LEAD), cache_from_source(PLACE)
TAG = sys.implementation.cache_tag


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """Return the files of a package with its bytecode."""
    return SOURCES | compiled(SOURCES)


def zipped(path: Path, names: list[str]) -> Path:
    """Write a package without bytecode, in this order."""
    with ZipFile(path, "w") as package:
        for name in names:
            package.writestr(ZipInfo(name), SOURCES[name])
    return path


def test_each_source_gets_its_bytecode(tmp_path: Path) -> None:
    """Beside it, where Python looks; the files that Chalice packed stay as they are."""
    package = zipped(tmp_path / "one.zip", list(SOURCES))
    add_bytecode(package)
    files = read_files(package)
    assert files.keys() == {*SOURCES, LEAD_CODE, PLACE_CODE}
    assert {name: files[name] for name in SOURCES} == SOURCES
    assert faults(files) == []


def test_the_order_in_which_files_were_packed_makes_no_difference(tmp_path: Path) -> None:
    """Two packages of one commit are equal to the last byte, whatever order a file system lists its files in."""
    one, other = zipped(tmp_path / "one.zip", sorted(SOURCES)), zipped(tmp_path / "other.zip", sorted(SOURCES)[::-1])
    add_bytecode(one)
    add_bytecode(other)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_what_was_packed_twice_stays_there_twice(tmp_path: Path) -> None:
    """The next look at the package refuses it: which of the two would run?"""
    package = zipped(tmp_path / "one.zip", [LEAD, LEAD])
    add_bytecode(package)
    with ZipFile(package) as both:
        assert both.namelist() == [LEAD_CODE, LEAD, LEAD]


def test_lambda_s_user_may_read_it_all(tmp_path: Path) -> None:
    """Whatever permissions a clone and a umask gave to a file."""
    with ZipFile(tmp_path / "one.zip", "w") as package:
        entry = ZipInfo(LEAD)
        entry.external_attr = 0o600 << 16
        package.writestr(entry, SOURCES[LEAD])
    add_bytecode(tmp_path / "one.zip")
    with ZipFile(tmp_path / "one.zip") as package:
        assert {one.external_attr >> 16 for one in package.infolist()} == {0o644}


def test_python_runs_it_without_a_look_at_the_source(whole: dict[str, bytes], tmp_path: Path) -> None:
    """Another source and another time of a file change nothing, so no start compiles or compares."""
    for name, content in whole.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / LEAD).write_text("raise SystemExit('compiled anew')")
    done = subprocess.run(
        [sys.executable, "-c", "import lead; print(lead.name())"], cwd=tmp_path, capture_output=True, check=True
    )
    assert done.stdout == b"Benjamin\n"


def test_it_names_files_as_lambda_does(whole: dict[str, bytes]) -> None:
    """The builder's own folders are nobody's business, and would make two packages differ."""
    assert b"/var/task/zylker/place.py" in whole[PLACE_CODE]
    assert gettempdir().encode() not in whole[PLACE_CODE]


def test_what_this_process_holds_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python writes a text in another way when the process that compiles has interned it."""
    files = {"a.py": b"RARE = '\x07'\nSOME = RARE in {'a', 'b'}\n"}
    before = compiled(files)
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert sys.intern("\a")
    assert compiled(files) == before


@pytest.fixture
def needs_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a Python that starts only where it finds its own library."""
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\n[ "$LD_LIBRARY_PATH" = /opt/python/lib ] && exec {sys.executable} "$@"\n'
        "echo libpython3.11.so.1.0: no such file >&2\nexit 127\n"
    )
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))


@pytest.mark.usefixtures("needs_its_library")
def test_a_python_that_needs_its_library_finds_it(whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else of the environment has a say."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/python/lib")
    assert SOURCES | compiled(SOURCES) == whole


@pytest.mark.usefixtures("needs_its_library")
def test_a_python_that_does_not_start_is_named_and_not_each_file(
    whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint of a file, to compile it oneself, would find nothing wrong."""
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    with pytest.raises(OpsError, match="compiles none of the package's files") as refused:
        faults(whole)
    assert "libpython3.11.so.1.0: no such file" in refused.value.hint


def test_no_source_needs_no_bytecode() -> None:
    """As in a package of data alone."""
    assert compiled({"zylker/py.typed": b""}) == {}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({LEAD_CODE: None}, f"{LEAD_CODE} is missing"),
        ({LEAD: None}, f"{LEAD_CODE} is not what {TAG} makes of any source"),
        ({"lead.pyc": b"run when there is no source"}, f"lead.pyc is not what {TAG} makes of any source"),
        ({"__pycache__/lead.cpython-310.pyc": b""}, f"__pycache__/lead.cpython-310.pyc is not what {TAG} makes"),
        ({LEAD: b"def name():\n    return 'Carla'\n"}, f"{LEAD_CODE} was made of another source"),
        (
            {LEAD: b"def name(:\n", LEAD_CODE: None},
            f"{LEAD} cannot be compiled. To see why: python -m py_compile {LEAD}",
        ),
    ],
)
def test_bytecode_without_its_source_and_sources_without_bytecode_are_named(
    whole: dict[str, bytes], changes: dict[str, bytes | None], fault: str
) -> None:
    """Each by its name, and with what would come of it."""
    files = {name: content for name, content in (whole | changes).items() if content is not None}
    (said,) = faults(files)
    assert said.startswith(fault)


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (0, f"{PLACE_CODE} is not the bytecode of {TAG}"),
        (4, f"{PLACE_CODE} is not what its source gives"),
        (-1, f"{PLACE_CODE} is not what its source gives"),
    ],
    ids=["of another Python", "checked at each start", "changed by hand"],
)
def test_one_changed_byte_is_found(whole: dict[str, bytes], place: int, fault: str) -> None:
    """Python itself would run it, or compile its source at each start."""
    changed = bytearray(whole[PLACE_CODE])
    changed[place] ^= 0xFF
    (said,) = faults(whole | {PLACE_CODE: bytes(changed)})
    assert said.startswith(fault)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("cpython", (3, 12, 9, "final", 0)),
        ("cpython", (3, 11, 0, "candidate", 2)),
        ("pypy", (3, 11, 13, "final", 0)),
    ],
)
def test_another_python_than_lambdas_builds_nothing(name: str, version: tuple[int, int, int, str, int]) -> None:
    """Lambda would not use its bytecode; the message says which Python does."""
    with pytest.raises(OpsError, match=f"This is {name} 3") as refused:
        refuse_other_python("python3.11", name, version)
    assert refused.value.hint.endswith("make setup PYTHON=python3.11")


def test_any_final_release_of_lambdas_python_will_do() -> None:
    """Its bytecode does not change after the first."""
    for patch in (0, 2, 15):
        refuse_other_python("python3.11", "cpython", (3, 11, patch, "final", 0))
