"""`make demo`: what comes in, what Zoho says, the verdict, the Slack message and the match event, for one lead in full."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from chalicelib.steps.check import Patience
from sandbox.own_answer import scene_of_file
from sandbox.run import Played, play
from sandbox.scenes import SCENES
from sandbox.system import Sandbox
from sandbox.view import page, terminal

SANDBOX_PATIENCE = Patience(unavailable_seconds=3, locked_seconds=2)
LOG = Path("build/sandbox.log")
WIDTH = 100
SLOW_SECONDS = 1.0


class Progress:
    """A line when something begins, and a dot for every second it lasts."""

    def __init__(self, text: str) -> None:
        self._began = self._dotted = time.monotonic()
        click.echo(f"{text} ", nl=False)

    def tick(self) -> None:
        """Show that it still goes on."""
        if time.monotonic() - self._dotted >= SLOW_SECONDS:
            self._dotted = time.monotonic()
            click.echo(".", nl=False)
            sys.stdout.flush()

    def done(self) -> None:
        """Say how long it took."""
        click.echo(click.style(f" {time.monotonic() - self._began:.1f} s", dim=True))


def demo(*, lead: str, answer: Path | None, page_path: Path | None) -> int:
    """Play the scenes and tell about them; give the exit code: 0 when every lead reached both outputs."""
    shown = scene_of_file(answer) if answer else next(scene for scene in SCENES if scene.name == lead)
    scenes = (shown,) if answer else SCENES
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("w") as log:
        starting = Progress("Starting AWS, Zoho and Slack stand-ins on this machine")
        with Sandbox(log=log, patience=SANDBOX_PATIENCE) as sandbox:
            starting.done()
            playing = Progress(f"Sending {len(scenes)} lead{'s'[: len(scenes) > 1]} to {sandbox.webhook_url}")
            played = play(sandbox, scenes, tick=playing.tick)
            playing.done()
    _tell_in_full(next(one for one in played if one.scene is shown))
    if not answer:
        _tell_in_lines(played)
    if page_path:
        _write_page(page_path, played)
    return _sum_up(played, own_answer=answer is not None)


def _tell_in_full(played: Played) -> None:
    _heading(f"One lead in full: {played.scene.name}, {played.scene.about}")
    _step(1, f"The webhook is called ({played.call.form}) and answers HTTP {played.status}")
    click.echo(_indented(_printable(played.call.body)))
    click.echo(_indented(json.dumps(played.answer)))
    if played.match is None:
        return
    verdict = played.match["data"]["verdict"]
    _step(2, "Zoho is asked for the conversion options and the lead; the verdict")
    click.echo(_indented(f"{verdict['action']}, confidence {verdict['confidence']}: {verdict['sentence']}"))
    if played.message:
        _step(3, f"Slack shows, {played.seconds_to_slack:.2f} s after the call")
        colour = sys.stdout.isatty()
        click.echo(terminal.render(played.message, width=WIDTH, colour=colour, links=colour))
    _step(4, "Other systems read on the matches queue")
    click.echo(_indented(json.dumps(played.match, indent=2, ensure_ascii=False)))


def _tell_in_lines(played: list[Played]) -> None:
    _heading("Every lead, each with its seconds from the webhook to Slack")
    for one in played:
        mark = click.style("ok ", fg="green") if one.went_well else click.style("NO ", fg="red")
        seconds = f"{one.seconds_to_slack:5.2f} s" if one.seconds_to_slack is not None else "      -"
        sentence = one.match["data"]["verdict"]["sentence"] if one.match else "no match event"
        click.echo(f"{mark}{one.scene.name:<10}{one.call.form:<13}{seconds}  {sentence}")


def _sum_up(played: list[Played], *, own_answer: bool) -> int:
    good = sum(one.went_well for one in played)
    _heading(f"{good} of {len(played)} leads stand in Slack and on the matches queue. Nothing left this machine.")
    if good < len(played):
        click.echo(f"What went wrong stands in {LOG}.")
        return 1
    names = " ".join(scene.name for scene in SCENES)
    click.echo(f"Another lead in full:  make demo LEAD=choose   ({names})")
    if not own_answer:
        click.echo("An answer of your own: make demo ANSWER=answer.json   (what Zoho says to __conversion_options)")
    click.echo("All tests:             make test")
    return 0


def _write_page(path: Path, played: list[Played]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    messages = [one.message for one in played if one.message]
    path.write_text(page.render("leadmatch in Slack", sorted(messages, key=lambda m: m["channel_name"])))
    click.echo(f"The messages as a page: {path}")


def _printable(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace("\r\n", "\n").strip()


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" for line in text.splitlines())


def _heading(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True)}")


def _step(number: int, text: str) -> None:
    click.echo(f"\n{number}. {text}")


def known_leads() -> tuple[str, ...]:
    """Give the names that LEAD may have."""
    return tuple(scene.name for scene in SCENES)
