"""What all commands share at the terminal: what an operator reads while one runs, what is asked, and the option that names a stage.

Lines go to stderr, in colour on a terminal; stdout is left to the result, so that it can be piped. A misspelt stage or lead is wrong
usage in every command.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from chalicelib.webhook.lead_ids import MAX_ID_DIGITS
from ops import shapes
from ops.errors import OpsError

NO_COLOR = "NO_COLOR"
WIDEST = 120
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Console:
    """Says what is being done, and what of it went well."""

    def step(self, text: str) -> None:
        """Say what begins now."""
        click.secho(text, err=True, bold=True)

    def line(self, text: str) -> None:
        """Say something on the way."""
        click.echo(f"  {text}", err=True)

    def good(self, text: str) -> None:
        """Say what went well."""
        click.echo(f"  {click.style('ok', fg='green')} {text}", err=True)

    def bad(self, text: str) -> None:
        """Say what went wrong; what to do follows as a `line`."""
        click.echo(f"  {click.style('NO', fg='red')} {text}", err=True)

    def warn(self, text: str) -> None:
        """Say what a person should look at, although the work goes on."""
        click.echo(f"  {click.style('!', fg='yellow')} {text}", err=True)


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """Break a text at the terminal's width, but no word; what goes into a file or a pipe stays in one line."""
    if not sys.stdout.isatty():
        return [indent + text]
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def is_interactive() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirm_by_typing(name: str, *, on: str, undone: str) -> None:
    """Go on only when a person types the stage's name; `on` is what happens then, `undone` what did not otherwise."""
    if not is_interactive():
        raise OpsError("There is no terminal on which to ask.", f"Give --yes to {on} without a question.")
    if click.prompt(f"Type {name} to {on}", err=True) != name:
        raise OpsError(f"This is not the stage's name; {undone}.", "Run the command again if you meant it.")


def stage_option(about: str, *, required: bool = True) -> Decorator:
    """Return the option --stage; `about` is its help."""
    return click.option("--stage", required=required, callback=_checked_stage, help=about)


def checked_lead_id(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return a lead's id, as click's callback; refuse what is not digits, as many as Zoho gives at most."""
    if value and not (value.isascii() and value.isdigit() and len(value) <= MAX_ID_DIGITS):
        raise click.BadParameter("A lead's id is the long number at the end of its address in Zoho.")
    return value


@contextmanager
def unasked_terminal() -> Iterator[None]:
    """Import Chalice in the block: its prompts' library asks a terminal for its features, which some show as text.

    Where colours are switched off it does not. https://blessed.readthedocs.io/en/latest/terminal.html
    """
    before = os.environ.get(NO_COLOR)
    os.environ[NO_COLOR] = "1"
    try:
        yield
    finally:
        os.environ.pop(NO_COLOR)
        if before is not None:
            os.environ[NO_COLOR] = before


def _checked_stage(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and (complaint := shapes.stage_name(value)):
        raise click.BadParameter(complaint)
    return value
