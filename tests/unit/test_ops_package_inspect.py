"""What is read of a package, and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from ops.package.inspect import read_contents

FILES = {
    "app.py": "one",
    "typing_extensions-4.16.0.dist-info/RECORD": 'typing_extensions.py,sha256=x,5\n"with,comma.py",,\n',
    "typing_extensions-4.16.0.dist-info/METADATA": "Name: typing_extensions",
}


def zipped(path: Path, files: Mapping[str, str], mode: int = 0o644) -> Path:
    """Write a zip with these files and permissions."""
    with ZipFile(path, "w") as package:
        for name, content in files.items():
            entry = ZipInfo(name)
            entry.external_attr = mode << 16
            package.writestr(entry, content)
    return path


def test_the_digest_is_of_names_and_contents_alone(tmp_path: Path) -> None:
    """The order in which files were packed, and how well, makes no difference."""
    one = read_contents(zipped(tmp_path / "one.zip", FILES))
    other = read_contents(zipped(tmp_path / "other.zip", dict(reversed(FILES.items()))))
    assert one
    assert other
    assert one.digest == other.digest


def test_the_digest_can_be_had_with_sha256sum(tmp_path: Path) -> None:
    """Whoever unpacks a function's code finds the same: sha256sum of every file, sorted by name, and of that list."""
    contents = read_contents(zipped(tmp_path / "one.zip", {"b.py": "B", "a.py": "A"}))
    lines = "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in (("a.py", b"A"), ("b.py", b"B")))
    assert contents
    assert contents.digest == hashlib.sha256(lines.encode()).hexdigest()


def test_distributions_and_their_files_are_read(tmp_path: Path) -> None:
    """A name is compared in its normalized form; RECORD is a CSV file."""
    contents = read_contents(zipped(tmp_path / "one.zip", FILES))
    assert contents
    assert contents.distributions == {"typing-extensions": "4.16.0"}
    assert contents.recorded == {"typing_extensions.py": "x", "with,comma.py": ""}


def test_a_file_s_checksum_is_told_as_a_record_has_it(tmp_path: Path) -> None:
    """The two can be compared as text."""
    contents = read_contents(zipped(tmp_path / "one.zip", {"a.py": "A"}))
    assert contents
    assert contents.files[0].recordable == "VZrq0IJk1XldOQlxjN0Fq9SVcuhP5VWQ7vMaiKCP3_0"


def test_permissions_are_read(tmp_path: Path) -> None:
    """0600 is not readable by Lambda's user."""
    contents = read_contents(zipped(tmp_path / "one.zip", {"app.py": ""}, 0o600))
    assert contents
    assert [file.readable for file in contents.files] == [False]


def test_what_is_no_zip_is_none(tmp_path: Path) -> None:
    """A download or a build that was cut off."""
    whole = zipped(tmp_path / "one.zip", FILES)
    whole.write_bytes(whole.read_bytes()[:-30])
    assert read_contents(whole) is None


def test_a_damaged_zip_is_none(tmp_path: Path) -> None:
    """Its list of files is whole, one of the files is not."""
    whole = zipped(tmp_path / "one.zip", {"app.py": "unmistakable"})
    whole.write_bytes(whole.read_bytes().replace(b"unmistakable", b"umnistakable"))
    assert read_contents(whole) is None
