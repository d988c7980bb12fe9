"""`python -m sandbox picture`: photographs the README's messages, so that the picture is what the code sends."""

from __future__ import annotations

import io
from pathlib import Path

from sandbox.run import POSTS_PER_SECOND, AtOnce, play
from sandbox.scenes import SCENES
from sandbox.system import Sandbox
from sandbox.view import chromium, page

SHOWN = ("contact", "choose", "unchecked")
WIDTH, HEIGHT = 720, 935


def picture(path: Path) -> None:
    """Write the picture of three messages as PNG."""
    with Sandbox(log=io.StringIO(), posts_per_second=POSTS_PER_SECOND, give_up_policy=AtOnce()) as sandbox:
        played = play(sandbox, [scene for scene in SCENES if scene.name in SHOWN], tick=lambda: None)
    source = path.with_suffix(".html")
    source.write_text(page.render("leadmatch in Slack", [one.message for one in played if one.message]))
    chromium.photograph(source, path, width=WIDTH, height=HEIGHT)
    source.unlink()
