"""Runs `chalice deploy` as its own program and passes on what it says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from ops.account import Account
from ops.console import Console
from ops.failures import OpsError

PROGRAM = "import sys; from chalice.cli import main; sys.exit(main())"


def deploy(folder: Path, account: Account, stage: str, console: Console) -> None:
    """Deploy the stage; raise `OpsError` with Chalice's own words when it could not."""
    running = subprocess.Popen(  # noqa: S603 - Chalice, in this Python
        [sys.executable, "-c", PROGRAM, "deploy", "--stage", stage],
        cwd=folder,
        env=_environment(account),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    complaints: list[str] = []
    listening = threading.Thread(target=lambda: complaints.extend(running.stderr or ()), daemon=True)
    listening.start()
    for line in running.stdout or ():
        console.line(line.rstrip())
    listening.join()
    if running.wait():
        raise OpsError(
            "chalice deploy failed:\n" + "".join(complaints).strip(),
            f"Mend what it says, then run it again: python -m ops deploy --stage {stage}",
        )


def _environment(account: Account) -> dict[str, str]:
    """Give Chalice this account and region, and keep Python's bytecode out of what it packs."""
    profile = account.session.profile_name
    chosen = {} if profile == "default" else {"AWS_PROFILE": profile}
    return os.environ | chosen | {"AWS_DEFAULT_REGION": account.region, "PYTHONDONTWRITEBYTECODE": "1"}
