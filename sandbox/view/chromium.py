"""Debian's headless Chromium, for what people see in a browser."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=3000"),
)
TIMEOUT_SECONDS = 60


def find() -> str | None:
    """Give the program's path, or None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def run(page: Path, *options: str) -> str:
    """Open a page and give what Chromium prints; raise `RuntimeError` when there is no Chromium."""
    program = find()
    if program is None:
        raise RuntimeError("There is no Chromium here. On Debian or Ubuntu: sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *FLAGS, f"--user-data-dir={profile}", *options, page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=True)  # noqa: S603
    return done.stdout


def photograph(page: Path, picture: Path, *, width: int, height: int, scale: int = 2) -> None:
    """Take a picture of a page."""
    run(
        page,
        f"--screenshot={picture.resolve()}",
        f"--window-size={width},{height}",
        f"--force-device-scale-factor={scale}",
    )
