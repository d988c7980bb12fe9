"""`python -m sandbox picture`: photographs the README's messages with Chromium, so that the picture is what the code sends."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.acting import ADA, PEOPLE, Acting, people_act
from sandbox.run import POSTS_PER_SECOND, AtOnce, play
from sandbox.scenes import FORMS, SCENES
from sandbox.slack.workspace import Message
from sandbox.system import SALES, Sandbox
from sandbox.view import page

PICTURED = ("contact", "choose", "unchecked")
WIDTH, HEIGHT = 720, 935
ACTING_HEIGHT = 880
FORMS_WIDTH, FORMS_HEIGHT = 960, 1730

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


def picture_of_acting(folder: Path) -> None:
    """Write the pictures of a lead's message before, while and after it is converted, and of four forms."""
    with (
        Sandbox(log=io.StringIO(), posts_per_second=POSTS_PER_SECOND, give_up_policy=AtOnce()) as sandbox,
        people_act(sandbox) as people,
    ):
        played = {one.scene.name: one for one in play(sandbox, FORMS, tick=lambda: None)}
        views = [_form(people, played[scene.name].message, wants_deal=scene.name == "deal") for scene in FORMS]
        people.click(ADA, _message(sandbox, played["contact"].message), "convert")
        people.submit(ADA)
        sandbox.wait_until_idle()
        after = _message(sandbox, played["contact"].message)
    states = [_as_read(one) for one in (*after.history, after)]
    pages = {
        "acting": (page.render("Before, while and after a lead is converted", states), WIDTH, ACTING_HEIGHT, 2.0),
        "forms": (page.render_views("One match, several, a warning, a deal", views), FORMS_WIDTH, FORMS_HEIGHT, 1.5),
    }
    for name, (text, width, height, scale) in pages.items():
        source = folder / f"{name}.html"
        source.write_text(text)
        photograph(source, source.with_suffix(".png"), width=width, height=height, scale=scale)
        source.unlink()


def _form(people: Acting, message: Mapping[str, Any] | None, *, wants_deal: bool) -> tuple[Any, Any]:
    """Open a lead's form, and return it with what is put in."""
    people.click(ADA, _message(people.sandbox, message), "convert")
    if wants_deal:
        people.choose(ADA, "deal", "make_deal")
        people.write(ADA, "amount", "12500")
    view = people.view(ADA)
    return view.sent, view.values


def _as_read(message: Message) -> dict[str, Any]:
    """Return a message as people read it: Slack shows a person's name for their id."""
    text = json.dumps(message.as_slack())
    for user_id, (name, _) in PEOPLE.items():
        text = text.replace(f"<@{user_id}>", f"<@{user_id}|{name}>")
    shown: dict[str, Any] = json.loads(text)
    return shown | {"channel_name": SALES.name}


def _message(sandbox: Sandbox, shown: Mapping[str, Any] | None) -> Message:
    return sandbox.slack.workspace.message(SALES.id, str((shown or {})["ts"]))


def photograph(page: Path, picture: Path, *, width: int, height: int, scale: float = 2) -> None:
    """Take a picture of a page; Chromium paints no more than about 3,000 pixels of its height."""
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
