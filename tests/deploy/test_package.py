"""The package as an operator builds it: complete, small, ours alone, the same from every clone."""

from __future__ import annotations

import json
import platform
import shutil
from importlib.util import cache_from_source, source_from_cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import chalice
import pytest

from ops.package.inspect import LIMIT_BYTES, read_pins
from tests.deploy.clones import PROJECT, WHEELS, Clone, clone_into
from tests.deploy.packaged import sam_template_file

FOREIGN = "arm64" if platform.machine() == "x86_64" else "x86_64"
"""The processor that this machine has not: its wheels have to be asked for by name."""
ELF_MACHINES = {"arm64": b"\xb7\x00", "x86_64": b"\x3e\x00"}


def built(clone: Clone, *options: str) -> dict[str, Any]:
    """Build the package and read what the command says of it."""
    done = clone.ops("package", "--json", *options)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def cached(clone: Clone) -> list[Path]:
    """Return the packages that Chalice would reuse."""
    return sorted((clone.folder / ".chalice/deployments").glob("*.zip"))


def for_processor(clone: Clone, architecture: str) -> None:
    """Have the package built for a processor."""
    clone.write_config(clone.config | {"lambda_architecture": architecture})


@pytest.mark.usefixtures("packed_before")
def test_two_clones_give_the_same_package(clone: Clone, tmp_path: Path) -> None:
    """The digest is one for one commit, wherever it is built, in whatever process, and whatever Python left beside the code."""
    other = clone_into(tmp_path / "some/where/else")
    (other.folder / "chalicelib/__pycache__").mkdir()
    (other.folder / "chalicelib/__pycache__/errors.cpython-311.pyc").write_bytes(b"of another day")
    first = built(clone)
    second = json.loads(other.starts("package", "--json", PYTHONHASHSEED="7", LC_ALL="C").stdout)
    assert first["digest"] == second["digest"]
    assert first["files"] == second["files"]
    assert [zipped.read_bytes() for zipped in cached(clone)] == [zipped.read_bytes() for zipped in cached(other)]


def test_a_strict_umask_makes_the_same_package(tmp_path: Path) -> None:
    """Lambda runs the code as another user than the one who packed it, and cares for no permission but to read."""
    open_, strict = clone_into(tmp_path / "open"), clone_into(tmp_path / "strict")
    (strict.folder / "app.py").chmod(0o600)
    (open_.folder / "app.py").chmod(0o664)
    for clone, umask in ((open_, 0o002), (strict, 0o077)):
        done = clone.ops("package", umask=umask)
        assert done.returncode == 0, done.stderr
    assert [zipped.read_bytes() for zipped in cached(open_)] == [zipped.read_bytes() for zipped in cached(strict)]


@pytest.mark.usefixtures("packed_before")
def test_the_digest_tells_packages_apart(clone: Clone) -> None:
    """One changed line is another digest."""
    before = built(clone)
    (clone.folder / "app.py").write_text((clone.folder / "app.py").read_text() + "\n")
    assert built(clone)["digest"] != before["digest"]


@pytest.mark.usefixtures("packed_before")
def test_every_dependency_is_in_it_and_pinned(clone: Clone) -> None:
    """What requirements.txt pins and what the package holds are the same, transitive dependencies too."""
    assert built(clone)["distributions"] == read_pins(PROJECT / "requirements.txt")


@pytest.mark.usefixtures("packed_before")
def test_it_is_small_and_holds_nothing_else(clone: Clone) -> None:
    """No command line of Chalice, no boto3, no tests: the first two alone would be 20 MB."""
    package = built(clone)
    assert package["bytes"] <= LIMIT_BYTES
    rooms = {file["name"].split("/")[0] for file in package["files"]}
    assert not rooms & {"boto3", "botocore", "pip", "setuptools", "click", "ops", "tests", "sandbox", "bench", "infra"}
    sources = {file["name"] for file in package["files"] if not file["name"].endswith(".pyc")}
    assert {name for name in sources if name.startswith("chalice/")} == {"chalice/__init__.py", "chalice/app.py"}


@pytest.mark.usefixtures("packed_before")
def test_every_source_has_its_bytecode_and_nothing_else_has_any(clone: Clone) -> None:
    """Whatever a function imports, no cold start compiles it."""
    names = [file["name"] for file in built(clone)["files"]]
    assert sorted(source_from_cache(name) for name in names if name.endswith(".pyc")) == sorted(
        name for name in names if name.endswith(".py")
    )


@pytest.mark.parametrize("architecture", sorted(ELF_MACHINES))
def test_compiled_parts_are_for_lambdas_processor(clone: Clone, architecture: str) -> None:
    """Whichever processor this machine has, the package's machine code is of the one that config.json names."""
    for_processor(clone, architecture)
    built(clone)
    (package,) = cached(clone)
    with ZipFile(package) as zipped:
        libraries = [zipped.read(name) for name in zipped.namelist() if name.endswith(".so")]
    assert libraries
    assert {library[18:20] for library in libraries} == {ELF_MACHINES[architecture]}


def test_a_dependency_without_a_wheel_stops_it(clone: Clone, tmp_path: Path) -> None:
    """Chalice would only warn and deploy a function that cannot start; here nothing is left to deploy."""
    for_processor(clone, FOREIGN)
    machine = {"arm64": "aarch64"}.get(FOREIGN, FOREIGN)
    for wheel in WHEELS.glob("*.whl"):
        if machine not in wheel.name:
            (tmp_path / "wheels").mkdir(exist_ok=True)
            shutil.copy(wheel, tmp_path / "wheels")
    done = clone.ops("package", PIP_FIND_LINKS=str(tmp_path / "wheels"))
    assert done.returncode == 1
    assert "charset-normalizer" in done.stderr
    assert "is missing." in done.stderr
    assert cached(clone) == []


@pytest.mark.usefixtures("packed_before")
def test_a_broken_package_in_the_cache_is_built_anew(clone: Clone) -> None:
    """One that an interrupted deploy left is not what the next one ships."""
    whole = built(clone)
    (package,) = cached(clone)
    package.write_bytes(package.read_bytes()[:100_000])
    assert built(clone)["digest"] == whole["digest"]


@pytest.mark.usefixtures("packed_before")
def test_a_package_that_lacks_something_is_built_anew(clone: Clone) -> None:
    """A dependency that was missing when Chalice built it is there the next time."""
    whole = built(clone)
    (package,) = cached(clone)
    with ZipFile(package) as zipped:
        rest = {name: zipped.read(name) for name in zipped.namelist() if not name.startswith("idna")}
    with ZipFile(package, "w") as zipped:
        for name, content in rest.items():
            zipped.writestr(name, content)
    assert built(clone)["digest"] == whole["digest"]


@pytest.mark.usefixtures("packed_before")
def test_a_package_with_other_bytecode_is_built_anew(clone: Clone) -> None:
    """Python would run what stands there in place of the source."""
    whole = built(clone)
    (package,) = cached(clone)
    with ZipFile(package) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    files[cache_from_source("app.py")] = files[cache_from_source("chalicelib/events.py")]
    with ZipFile(package, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    assert built(clone)["digest"] == whole["digest"]


@pytest.mark.usefixtures("packed_before")
def test_a_good_package_is_built_once(clone: Clone) -> None:
    """The next deploy of the same commit ships the same file."""
    (package,) = cached(clone)
    before = package.stat()
    built(clone)
    assert (package.stat().st_ino, package.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_a_plain_chalice_deploy_left_gets_its_bytecode(clone: Clone) -> None:
    """Chalice alone packs none, and takes its own package from its cache the next time."""
    sam_template_file(clone)
    (package,) = cached(clone)
    bare = package.read_bytes()
    built(clone)
    assert cached(clone) == [package]
    assert package.read_bytes() != bare


def test_a_source_that_cannot_be_compiled_must_not_ship(clone: Clone) -> None:
    """A function that imports it could not start."""
    (clone.folder / "chalicelib/events.py").write_text("def broken(:\n")
    done = clone.ops("package")
    assert (done.returncode, "chalicelib/events.py cannot be compiled" in done.stderr) == (1, True), done.stderr
    assert cached(clone) == []


def test_no_index_is_told(clone: Clone, tmp_path: Path) -> None:
    """Without a way to the packages it says so in a sentence, and leaves nothing behind."""
    done = clone.ops("package", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode == 1
    assert "pip" in done.stderr
    assert "Traceback" not in done.stderr
    assert cached(clone) == []


def test_another_wheel_of_the_pinned_version_must_not_ship(clone: Clone, tmp_path: Path) -> None:
    """Chalice asks for the other processor's wheel by name and version alone; its hash is compared all the same."""
    for_processor(clone, FOREIGN)
    wheels = shutil.copytree(WHEELS, tmp_path / "wheels")
    machine = {"arm64": "aarch64"}.get(FOREIGN, FOREIGN)
    swapped = [wheel for wheel in wheels.glob("charset_normalizer*.whl") if machine in wheel.name]
    assert swapped
    for wheel in swapped:
        with ZipFile(wheel, "a") as zipped:
            zipped.comment = b"of another publisher"
    done = clone.ops("package", PIP_FIND_LINKS=str(wheels))
    assert (done.returncode, "charset-normalizer" in done.stderr) == (1, True), done.stderr
    assert cached(clone) == []


def test_a_patched_runtime_of_chalice_must_not_ship(clone: Clone, tmp_path: Path) -> None:
    """Chalice packs the files of whatever Chalice runs; those of the pinned version are known by their hashes."""
    shutil.copytree(Path(chalice.__file__).parent, tmp_path / "patched" / "chalice")
    with (tmp_path / "patched/chalice/app.py").open("a") as runtime:
        runtime.write("# one line more\n")
    done = clone.starts("package", PYTHONPATH=str(tmp_path / "patched"))
    assert done.returncode == 1
    assert "chalice/app.py is not the file of Chalice" in done.stderr
    assert cached(clone) == []


def test_without_hashes_nothing_is_built(clone: Clone) -> None:
    """Pip would compare nothing, and say nothing."""
    requirements = clone.folder / "requirements.txt"
    lines = [line for line in requirements.read_text().splitlines() if "--hash" not in line]
    requirements.write_text("\n".join(line.removesuffix(" \\") for line in lines))
    done = clone.ops("package")
    assert (done.returncode, "requirements.txt has no hash of " in done.stderr) == (1, True), done.stderr
    assert cached(clone) == []


@pytest.mark.usefixtures("packed_before")
def test_what_nobody_pinned_must_not_ship(clone: Clone) -> None:
    """A file that was left in chalicelib stops the build by its name."""
    (clone.folder / "chalicelib/settings.py.orig").write_text("an editor's copy")
    done = clone.ops("package")
    assert done.returncode == 1
    assert "chalicelib/settings.py.orig" in done.stderr


@pytest.mark.usefixtures("packed_before")
def test_it_can_be_listed(clone: Clone) -> None:
    """Every file with its checksum, for whoever compares two packages."""
    done = clone.ops("package", "--list")
    assert "chalicelib/steps/check.py" in done.stdout
    assert "digest sha256:" in done.stdout
