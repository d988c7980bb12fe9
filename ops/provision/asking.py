"""Questions to the operator. Secrets are typed hidden; without a terminal nobody is asked, and what is missing is named."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getpass
from typing import Protocol

import click

from ops.cli import Console, is_interactive
from ops.errors import OpsError
from ops.shapes import Shape


class Asker(Protocol):
    """Somebody who answers; asks again until the answer has the shape."""

    def secret(self, question: str, shape: Shape) -> str:
        """Ask for something that nobody may see."""
        ...

    def text(self, question: str, shape: Shape, *, option: str = "") -> str:
        """Ask for something that could have been given as an option, or, without one, that belongs into the secret."""
        ...

    def choice(self, question: str, answers: tuple[str, ...]) -> str:
        """Ask for one of a few words; the first is the default."""
        ...


class Person:
    """A person at a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._has_hidden = False

    def secret(self, question: str, shape: Shape) -> str:
        """Ask without showing what is typed."""
        if not self._has_hidden:
            self._console.line("Nothing appears while you paste what is hidden; end it with Enter.")
            self._has_hidden = True
        # Not click's prompt: it shows the question before it hides what is typed.
        return self._ask(lambda: getpass(f"{question} (hidden): "), shape)

    def text(self, question: str, shape: Shape, *, option: str = "") -> str:  # noqa: ARG002 - for those without a terminal
        """Ask openly."""
        return self._ask(lambda: str(click.prompt(question, err=True)), shape)

    def choice(self, question: str, answers: tuple[str, ...]) -> str:
        """Ask for a word."""
        return str(click.prompt(question, type=click.Choice(answers), default=answers[0], err=True))

    def _ask(self, ask: Callable[[], str], shape: Shape) -> str:
        while True:
            given = ask().strip()
            complaint = shape(given)
            if not complaint:
                return given
            self._console.warn(complaint)


class Nobody:
    """No terminal: a question is an error that says how to answer it beforehand."""

    def __init__(self, *, has_file: bool = False) -> None:
        self._has_file = has_file

    def secret(self, question: str, shape: Shape) -> str:  # noqa: ARG002 - nothing is typed
        """Refuse."""
        way = (
            "Put it into the secrets file: README.md has its form."
            if self._has_file
            else "Give it with --secrets-file FILE."
        )
        raise OpsError(f"Missing: {question}. There is no terminal to ask on.", way)

    def text(self, question: str, shape: Shape, *, option: str = "") -> str:
        """Refuse."""
        if not option:
            return self.secret(question, shape)
        raise OpsError(f"Missing: {question}. There is no terminal to ask on.", f"Give it with {option}.")

    def choice(self, question: str, answers: tuple[str, ...]) -> str:  # noqa: ARG002 - the question after it is refused
        """Take the default."""
        return answers[0]


def asker(console: Console, *, has_file: bool) -> Asker:
    """Give whoever can be asked here; `has_file` says that a secrets file was given."""
    return Person(console) if is_interactive() else Nobody(has_file=has_file)
