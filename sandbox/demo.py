"""`make demo`: leads go through the whole system on this machine, and what comes out is shown; one lead in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

import click

from sandbox.acting import BO, NAMES, people_act
from sandbox.own_answer import scene_of_file
from sandbox.run import POSTS_PER_SECOND, AtOnce, Played, play
from sandbox.scenes import SCENES, Scene
from sandbox.slack.clicks import Reply
from sandbox.system import SALES, Sandbox
from sandbox.view import page, report
from sandbox.view.screen import BOLD, Screen
from sandbox.view.shown import Shape, on_one_line, with_names
from sandbox.zoho import pages

SHOWN = "contact"
LOG = Path("build/sandbox.log")
KNOWN_LEADS = tuple(scene.name for scene in SCENES)


def demo(*, lead: str | None, answer: Path | None, page_path: Path | None, with_event: bool) -> int:
    """Play one lead, or all of the demo's, and print what came out.

    Returns the exit code: 0 when every lead reached both outputs with the verdict it stands for, 1 when one did not.
    """
    shown = scene_of_file(answer) if answer else next(scene for scene in SCENES if scene.name == (lead or SHOWN))
    is_alone = answer is not None or lead is not None
    scenes = (shown,) if is_alone else SCENES
    screen, at_once = Screen(), AtOnce()
    with _opened_log() as log:
        starting = screen.progress("Starting AWS, Zoho and Slack stand-ins on this machine")
        with Sandbox(log=log, posts_per_second=POSTS_PER_SECOND, give_up_policy=at_once) as sandbox:
            starting.done()
            playing = screen.progress(f"Sending {len(scenes)} lead{'s'[: len(scenes) > 1]} to {sandbox.webhook_url}")
            played = play(sandbox, scenes, tick=playing.tick)
            drawn = pages.file("leadmatch in Slack", sandbox.crm, page.channels(_messages(played))) if page_path else ""
            converted = None if is_alone else _converted(sandbox, shown)
            playing.done()
    if not is_alone:
        report.every_lead(screen, played)
    good = sum(one.went_well for one in played)
    reached = "" if is_alone else f"{good} of {len(played)} leads reached Slack and the matches queue. "
    screen.say(f"\n{reached}Nothing left this machine.")
    if page_path:
        _write_page(screen, page_path, drawn)
    if good < len(played):
        screen.say(f"What went wrong stands in {LOG}.", style=BOLD)
    one = next(one for one in played if one.scene is shown)
    report.in_full(screen, one, waits=at_once.waits if is_alone else (), with_event=with_event)
    if converted:
        report.conversion(screen, *converted, with_event=with_event)
    report.next_steps(screen)
    return int(good < len(played))


def _converted(sandbox: Sandbox, scene: Scene) -> tuple[Shape, Shape]:
    """Let a person convert a scene's lead from Slack; return the form that they saw, and the message after it."""
    with people_act(sandbox) as people:
        sandbox.empty_crm()
        (played,) = play(sandbox, [scene], tick=lambda: None)
        ts = str((played.message or {})["ts"])
        _check(people.click(BO, sandbox.slack.workspace.message(SALES.id, ts), "convert"))
        form = people.view(BO).sent
        _check(people.submit(BO))
        sandbox.wait_until_idle()
        message = sandbox.slack.workspace.message(SALES.id, ts)
    return form, with_names(message.as_slack(), NAMES)


def _check(reply: Reply) -> None:
    if reply.trouble:
        raise click.ClickException(f"The click went wrong ({reply.trouble}). What went wrong stands in {LOG}.")


def _opened_log() -> TextIO:
    try:
        LOG.parent.mkdir(exist_ok=True)
        return LOG.open("w")
    except OSError as error:
        raise click.ClickException(
            f"The demo's log {LOG} cannot be written: {error.strerror}. Run the demo where you may write files."
        ) from None


def _messages(played: list[Played]) -> list[dict[str, Any]]:
    """Return what Slack shows, by channels."""
    return sorted((one.message for one in played if one.message), key=lambda message: str(message["channel_name"]))


def _write_page(screen: Screen, path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{on_one_line(str(path))} cannot be written: {error.strerror}.") from None
    screen.say(on_one_line(f"The messages as a page: {path}"))
