"""`python -m sandbox picture`: photographs the README's messages with Chromium, so that the picture is what the code sends."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from sandbox.run import POSTS_PER_SECOND, AtOnce, play
from sandbox.scenes import SCENES
from sandbox.system import Sandbox
from sandbox.view import page

PICTURED = ("contact", "choose", "unchecked")
WIDTH, HEIGHT = 720, 935

CHROMIUM_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--virtual-time-budget=3000"),
)
CHROMIUM_SECONDS = 60


def picture(path: Path) -> None:
    """Write the picture of three messages as PNG."""
    with Sandbox(log=io.StringIO(), posts_per_second=POSTS_PER_SECOND, give_up_policy=AtOnce()) as sandbox:
        played = play(sandbox, [scene for scene in SCENES if scene.name in PICTURED], tick=lambda: None)
    source = path.with_suffix(".html")
    source.write_text(page.render("leadmatch in Slack", [one.message for one in played if one.message]))
    photograph(source, path, width=WIDTH, height=HEIGHT)
    source.unlink()


def photograph(page: Path, picture: Path, *, width: int, height: int, scale: int = 2) -> None:
    """Take a picture of a page."""
    run_chromium(
        page,
        f"--screenshot={picture.resolve()}",
        f"--window-size={width},{height}",
        f"--force-device-scale-factor={scale}",
    )


def run_chromium(page: Path, *options: str) -> str:
    """Open a page and give what Chromium prints; raise `RuntimeError` when there is no Chromium."""
    program = find_chromium()
    if program is None:
        raise RuntimeError("There is no Chromium here. On Debian or Ubuntu: sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *CHROMIUM_FLAGS, f"--user-data-dir={profile}", *options, page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=CHROMIUM_SECONDS, check=True)  # noqa: S603
    return done.stdout


def find_chromium() -> str | None:
    """Return the path of Debian's headless Chromium, or None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
