"""How requirements.txt is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.failures import OpsError
from ops.package.pins import read_pins


def test_pins_are_read_by_their_normalized_names(tmp_path: Path) -> None:
    """Comments, hashes and markers are no part of a version."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(
        "# What ships\nTyping_Extensions==4.16.0\n    # via x\nidna==3.20 \\\n    --hash=sha256:00\n"
        'tzdata==2026.1 ; sys_platform == "win32"\n\n'
    )
    assert read_pins(requirements) == {"typing-extensions": "4.16.0", "idna": "3.20", "tzdata": "2026.1"}


@pytest.mark.parametrize("line", ["requests", "requests>=2", "git+https://example.com/requests"])
def test_what_pins_no_version_is_refused(tmp_path: Path, line: str) -> None:
    """The same commit would be another package tomorrow."""
    (tmp_path / "requirements.txt").write_text(line)
    with pytest.raises(OpsError, match="does not pin one version"):
        read_pins(tmp_path / "requirements.txt")
