"""What the demo prints, line by line: measured in terminal columns, and without what could steer a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import time

import click

from sandbox.view import terminal
from sandbox.view.cells import Line, cells, columns_of, paint, wrap
from sandbox.view.shown import Shape, visible

PIPE_COLUMNS = 80
MOST_COLUMNS = 100
FEWEST_COLUMNS = 24
TICK_SECONDS = 1.0
BOLD = "1"


class Screen:
    """Standard output: as wide as its terminal or `COLUMNS` says, 80 columns for a file or a pipe, 100 at most."""

    def __init__(self) -> None:
        columns = shutil.get_terminal_size((PIPE_COLUMNS, 24)).columns
        self.columns = min(max(columns, FEWEST_COLUMNS), MOST_COLUMNS)
        self.is_terminal = sys.stdout.isatty()
        self._colour = self.is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def say(self, text: str = "", *, lead: str = "", style: str = "") -> None:
        """Print a text, broken between words, behind a lead that stands before its first line alone."""
        begin = cells(lead)
        for line in wrap(cells(text, style), self.columns - columns_of(begin)):
            self._print([*begin, *line])
            begin = cells(" " * columns_of(begin))

    def cut(self, text: str, *, lead: str = "") -> None:
        """Print a text on one line, and an ellipsis for what has no room."""
        line = cells(lead + text.replace("\n", " "))
        if columns_of(line) > self.columns:
            while columns_of(line) >= self.columns:
                line.pop()
            line += cells("…")
        self._print(line)

    def listing(self, text: str, *, most: int, lead: str) -> int:
        """Print the first lines of a text, each cut; return how many were left out."""
        lines = visible(text).splitlines()
        for line in lines[:most]:
            self.cut(line, lead=lead)
        return max(0, len(lines) - most)

    def message(self, message: Shape) -> None:
        """Draw a Slack message."""
        click.echo(terminal.render(message, width=self.columns, colour=self._colour, links=self._colour))

    def progress(self, text: str) -> Progress:
        """Print what begins now, and return what shows that it still goes on."""
        return Progress(self, text)

    def begin(self, text: str) -> int:
        """Print a text and stay on its last line; return the columns that it takes there."""
        *lines, last = wrap(cells(text), self.columns)
        for line in lines:
            self._print(line)
        click.echo(paint(last, colour=False, links=False) + " ", nl=False)
        return columns_of(last) + 1

    def _print(self, line: Line) -> None:
        click.echo(paint(line, colour=self._colour, links=False))


class Progress:
    """A line when something begins and, on a terminal, a dot for every second that it lasts."""

    def __init__(self, screen: Screen, text: str) -> None:
        self._began = self._dotted = time.monotonic()
        used = screen.begin(text)
        self._dots_left = screen.columns - used - len(" 100.0 s") if screen.is_terminal else 0

    def tick(self) -> None:
        """Show that it still goes on."""
        if self._dots_left > 0 and time.monotonic() - self._dotted >= TICK_SECONDS:
            self._dotted = time.monotonic()
            self._dots_left -= 1
            click.echo(".", nl=False)
            sys.stdout.flush()

    def done(self) -> None:
        """Say how long it took."""
        click.echo(f" {time.monotonic() - self._began:.1f} s")
