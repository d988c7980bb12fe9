"""The rules of a package, on packages that break one each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ops.package.contents import Contents, PackedFile
from ops.package.rules import LIMIT_BYTES, OWN_FILES, faults

PINS = {"requests": "2.34.2"}
RECORDED = frozenset({"requests/__init__.py", "requests-2.34.2.dist-info/RECORD"})


def packed(*names: str) -> tuple[PackedFile, ...]:
    """Give files of these names that are all right."""
    return tuple(PackedFile(name, 1, "00", readable=True) for name in names)


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
        (replace(GOOD, distributions={"requests": "2.0"}), "requests is 2.0, and requirements.txt pins 2.34.2."),
        (replace(GOOD, distributions=PINS | {"idna": "3"}), "idna 3 is in it, and requirements.txt does not pin it."),
        (replace(GOOD, files=packed("app.py", "chalice/app.py")), "chalice/__init__.py is missing."),
        (replace(GOOD, zipped_bytes=LIMIT_BYTES + 1), "It has 2,000,001 bytes; 2,000,000 are the limit."),
        (replace(GOOD, files=(*GOOD.files, *packed("app.py"))), "app.py is in it more than once."),
    ],
)
def test_each_fault_is_said(broken: Contents, said: str) -> None:
    """A sentence names what is wrong, and with what."""
    assert faults(broken, PINS) == [said]


@pytest.mark.parametrize(
    "name",
    [
        "boto3/__init__.py",
        "chalice/cli/__init__.py",
        "tests/test_app.py",
        "ops/__main__.py",
        "chalicelib/__pycache__/errors.cpython-311.pyc",
        "chalicelib/.DS_Store",
        "credentials.json",
    ],
)
def test_what_is_neither_ours_nor_a_distributions_must_not_ship(name: str) -> None:
    """Nothing has to be listed as forbidden: only what is known may be in it."""
    (fault,) = faults(replace(GOOD, files=(*GOOD.files, *packed(name))), PINS)
    assert fault.startswith(f"{name} belongs neither")


def test_what_only_its_owner_may_read_must_not_ship() -> None:
    """A clone made under umask 077 has such files, and Lambda's user is not their owner."""
    (fault,) = faults(replace(GOOD, files=(*GOOD.files[:-1], replace(GOOD.files[-1], readable=False))), PINS)
    assert "chmod" in fault
