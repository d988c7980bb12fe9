"""`python -m ops` begins at once, on any terminal."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = "import sys, ops.__main__; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def test_nothing_of_chalice_is_imported_before_a_command_needs_it() -> None:
    """Its prompts' library asks the terminal for its features, and --help hung where no answer came."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "ops" in loaded
    assert not loaded & {"chalice", "inquirer", "blessed"}
