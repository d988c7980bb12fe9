"""`make sandbox`: runs the system and its page until Ctrl-C, and says where they are."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import click

from sandbox.page.playground import Playground
from sandbox.page.running import running
from sandbox.page.server import PageServer
from sandbox.system import WEBHOOK_KEY
from sandbox.view.screen import BOLD, Screen
from sandbox.watch import Watch

PORT = 8750
MOST_STEPS = 8000


def serve(*, port: int) -> None:
    """Serve the page until the person ends it; raise `click.ClickException` when the port or the log cannot be had."""
    for one in (signal.SIGINT, signal.SIGTERM):  # whoever starts it in a script's background has it ignore Ctrl-C
        signal.signal(one, signal.default_int_handler)
    _check(port)
    screen = Screen()
    path = _log(port)
    with path.open("w") as log:
        starting = screen.progress("Starting AWS, Zoho and Slack stand-ins on this machine")
        watch = Watch(max_steps=MOST_STEPS)
        with running(log, watch) as people:
            playground = Playground(people)
            with PageServer(playground, watch, port=port) as server:
                starting.done()
                _say(screen, server.url, playground, log=path)
                _until_interrupted()
                screen.say("\nStopping: what is under way comes to its end.")
        screen.say(f"Stopped. Only the log is kept: {path}")


def _say(screen: Screen, url: str, playground: Playground, *, log: Path) -> None:
    webhook, lead_id = playground.sandbox.webhook_url, playground.leads[0].lead_id
    screen.say(f"\nOpen {url} in a browser. Ctrl-C ends it.\n", style=BOLD)
    screen.say(f"Webhook  {webhook}\nKey      {WEBHOOK_KEY}\nLog      {log}\n")
    screen.say("What Zoho's workflow rule does, by hand:")
    # Not by the screen, which would break it where a shell does not: it is to be copied.
    click.echo(
        f"  curl {webhook} \\\n    -H 'X-Leadmatch-Key: {WEBHOOK_KEY}' \\\n"
        f"    -H 'Content-Type: application/json' \\\n    -d '{{\"lead_id\": \"{lead_id}\"}}'\n"
    )


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _check(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be had: {error.strerror}. Choose another one: make sandbox PORT=8751."
            ) from None


def _log(port: int) -> Path:
    """Return the log of the sandbox at this port: several may run beside each other."""
    log = Path("build", f"sandbox-{port}.log")
    try:
        log.parent.mkdir(exist_ok=True)
        log.touch()
    except OSError as error:
        raise click.ClickException(
            f"The log {log} cannot be written: {error.strerror}. Run this where you may write files."
        ) from None
    return log
