"""Runs `chalice deploy` or `chalice delete` as its own program and passes on what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

from ops.account import Account
from ops.cli import Console
from ops.errors import OpsError

PROGRAM = "import sys; from chalice.cli import main; sys.exit(main())"


def run(command: Literal["deploy", "delete"], folder: Path, account: Account, stage: str, console: Console) -> None:
    """Let Chalice do it to the stage; raise `OpsError` when it could not, after its own words were shown."""
    with subprocess.Popen(  # noqa: S603 - Chalice, in this Python
        [sys.executable, "-c", PROGRAM, command, "--stage", stage],
        cwd=folder,
        env=_environment(account),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            for line in running.stdout or ():
                console.line(line.rstrip())
        except KeyboardInterrupt:
            running.communicate()  # the terminal interrupts Chalice as well; what it is making may still come to be
            raise
    if running.returncode:
        raise OpsError(
            f"chalice {command} failed; what it said stands above.", "Mend that, then run the same command again."
        )


def _environment(account: Account) -> dict[str, str]:
    """Give Chalice this account and region; no bytecode beside what it packs, and each line at once."""
    profile = account.session.profile_name
    chosen = {} if profile == "default" else {"AWS_PROFILE": profile}
    return (
        os.environ
        | chosen
        | {"AWS_DEFAULT_REGION": account.region, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
    )
