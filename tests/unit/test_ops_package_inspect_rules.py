"""The rules of a package, on packages that break one each."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest

from ops.package.inspect import (
    CHALICE,
    CHALICE_RUNTIME,
    LIMIT_BYTES,
    OWN_FILES,
    Contents,
    PackedFile,
    faults,
    read_lines,
)

PINS = {"requests": "2.34.2"}
RECORDED = {"requests/__init__.py": "AA", "requests-2.34.2.dist-info/RECORD": ""}


def packed(*names: str) -> tuple[PackedFile, ...]:
    """Return files of these names that are all right."""
    return tuple(PackedFile(name, 1, CHALICE_RUNTIME.get(name, "00"), readable=True) for name in names)


GOOD = Contents(
    zipped_bytes=LIMIT_BYTES,
    files=packed(*sorted(OWN_FILES), "chalicelib/steps/check.py", *sorted(RECORDED)),
    distributions=PINS,
    recorded=RECORDED,
)


def test_a_whole_package_may_ship() -> None:
    """Entry points, Chalice's runtime, our code, and what the pinned distributions say is theirs."""
    assert faults(GOOD, PINS) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(GOOD, distributions={}), "requests 2.34.2 is missing."),
        (replace(GOOD, distributions={"requests": "2.0"}), "requests is 2.0, but requirements.txt pins 2.34.2."),
        (
            replace(GOOD, distributions=PINS | {"idna": "3"}),
            "idna 3 is in the package, but requirements.txt does not pin it.",
        ),
        (replace(GOOD, files=packed("app.py", "chalice/app.py")), "chalice/__init__.py is missing."),
        (replace(GOOD, zipped_bytes=LIMIT_BYTES + 1), "It has 6,000,001 bytes; the limit is 6,000,000."),
        (replace(GOOD, files=(*GOOD.files, *packed("app.py"))), "app.py is in the package more than once."),
    ],
)
def test_each_fault_is_said(broken: Contents, said: str) -> None:
    """A sentence names what is wrong, and with what."""
    assert faults(broken, PINS) == [said]


def test_bytecode_is_no_file_of_a_record() -> None:
    """No distribution records any: it is compared with its source, by ops/package/bytecode.py."""
    assert (
        faults(replace(GOOD, files=(*GOOD.files, *packed("chalicelib/__pycache__/errors.cpython-311.pyc"))), PINS) == []
    )


@pytest.mark.parametrize(
    "name",
    [
        "boto3/__init__.py",
        "chalice/cli/__init__.py",
        "tests/test_app.py",
        "ops/__main__.py",
        "chalicelib/.DS_Store",
        "credentials.json",
    ],
)
def test_what_is_neither_ours_nor_a_distributions_must_not_ship(name: str) -> None:
    """Nothing has to be listed as forbidden: only what is known may be in it."""
    (fault,) = faults(replace(GOOD, files=(*GOOD.files, *packed(name))), PINS)
    assert fault.startswith(f"{name} belongs neither")


def test_what_only_its_owner_may_read_must_not_ship() -> None:
    """Lambda's user is not the one who packed it."""
    (fault,) = faults(replace(GOOD, files=(*GOOD.files[:-1], replace(GOOD.files[-1], readable=False))), PINS)
    assert "readable only by its owner" in fault


def altered(name: str) -> Contents:
    """Return the good package with other bytes in one of its files."""
    return replace(GOOD, files=tuple(replace(file, sha256="ff") if file.name == name else file for file in GOOD.files))


@pytest.mark.parametrize("name", sorted(CHALICE_RUNTIME))
def test_another_runtime_of_chalice_must_not_ship(name: str) -> None:
    """Chalice packs whatever stands in the environment that it runs in, patched or of another version."""
    assert faults(altered(name), PINS) == [
        f"{name} is not the file of Chalice {CHALICE}, which is pinned. Run: make clean, then make setup."
    ]


def test_a_file_that_is_not_as_its_distribution_recorded_it_must_not_ship() -> None:
    """Something has changed it after its archive was compared with its hash."""
    assert faults(altered("requests/__init__.py"), PINS) == [
        "requests/__init__.py differs from the record of its distribution."
    ]


def test_the_pinned_runtime_is_that_of_the_pinned_chalice() -> None:
    """Whoever renews the pins renews these hashes, after a look at what changed; Chalice itself is pinned by hash, too."""
    installed = distribution("chalice")
    assert installed.version == CHALICE
    recorded = {str(file): file.hash for file in installed.files or () if str(file) in CHALICE_RUNTIME}
    digests = {
        name: hashlib.sha256(Path(str(installed.locate_file(name))).read_bytes()).hexdigest() for name in recorded
    }
    assert digests == CHALICE_RUNTIME
    for name, digest in digests.items():
        noted = recorded[name]
        assert noted is not None
        assert noted.value == base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
    assert read_lines(Path("requirements-dev.txt"))["chalice"].startswith(f"chalice=={CHALICE} ")


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-scanners.txt",
        "requirements-ministack.txt",
        "requirements-bench.txt",
    ],
)
def test_everything_that_is_installed_is_pinned_by_hash_and_from_no_named_index(name: str) -> None:
    """What builds the package, and what looks at it, could change what ships."""
    text = Path(name).read_text()
    assert read_lines(Path(name))
    assert not [
        word for word in ("http://", "https://", "--index-url", "--extra-index-url", "--find-links") if word in text
    ]
