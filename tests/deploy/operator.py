"""An operator in a folder of the project: types commands, and answers questions on a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.deploy.programs import GIVE_UP_SECONDS, OPS, PROGRAMS, PROJECT


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Operator:
    """`folder` holds a copy of config.json; the code is the project's own."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    def types(self, *arguments: str, **more: str) -> Said:
        """Run `python -m ops provision …` without a terminal."""
        variables = self._variables(more)
        done = PROGRAMS.run(OPS, ["provision", *arguments], folder=self.folder, variables=variables)
        return Said(done.returncode, done.stdout, done.stderr)

    def begins(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin the same, without waiting for it."""
        return subprocess.Popen(
            self._command(arguments),
            cwd=self.folder,
            env=self._variables({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answers(self, *arguments: str, dialogue: list[tuple[str, str]]) -> tuple[int, str]:
        """Run it on a terminal: wait for each question's words and type the answer; return the code and the screen."""
        terminal, its_end = pty.openpty()
        try:
            process = self._begins_at(its_end, arguments)
            screen = Screen(terminal)
            for question, answer in dialogue:
                screen.wait_for(question)
                os.write(terminal, f"{answer}\n".encode())
            screen.wait_for(None)
            code = process.wait(GIVE_UP_SECONDS)
        finally:
            os.close(terminal)
        return code, screen.shown.decode().replace("\r\n", "\n")

    def config(self, stage: str) -> dict[str, Any]:
        """Return the stage's section of config.json."""
        return dict(json.loads((self.folder / ".chalice" / "config.json").read_text()).get("stages", {}).get(stage, {}))

    def writes_secrets(self, secrets: Mapping[str, Any]) -> str:
        """Write a secrets file; return its path."""
        path = self.folder / "secrets.json"
        path.write_text(json.dumps(secrets))
        path.chmod(0o600)
        return str(path)

    def _begins_at(self, terminal: int, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        """Begin the same on a terminal, which is left to it."""
        try:
            return subprocess.Popen(
                self._command(arguments),
                cwd=self.folder,
                env=self._variables({}),
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
        finally:
            os.close(terminal)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "ops", "provision", *arguments]

    def _variables(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**self.environment, "PYTHONPATH": str(PROJECT), "TERM": "dumb", **more}


def operator_in(folder: Path, environment: Mapping[str, str]) -> Operator:
    """Return an operator with a fresh clone, as far as provision looks at it."""
    (folder / ".chalice").mkdir(parents=True)
    shutil.copy(PROJECT / ".chalice" / "config.json", folder / ".chalice" / "config.json")
    return Operator(folder, environment)


class Screen:
    """What a program shows on a terminal, read as far as the last words that were waited for."""

    def __init__(self, terminal: int) -> None:
        self._terminal, self._read_to = terminal, 0
        self._looking = select.poll()  # select() knows no more than 1024 open files
        self._looking.register(terminal, select.POLLIN)
        self.shown = b""

    def wait_for(self, words: str | None) -> None:
        """Read until these words stand after those waited for before; with None until the program ends."""
        sought, deadline = (words or "").encode(), time.monotonic() + GIVE_UP_SECONDS
        while words is None or (found := self.shown.find(sought, self._read_to)) < 0:
            assert time.monotonic() < deadline, f"{words!r} was not asked; the screen:\n{self.shown.decode()}"
            if self._looking.poll(1000) and not self._read():
                assert words is None, f"It ended before {words!r}; the screen:\n{self.shown.decode()}"
                return
        self._read_to = found + len(sought)

    def _read(self) -> bool:
        """Read what is there; tell whether the program goes on."""
        try:
            part = os.read(self._terminal, 4096)
        except OSError:  # how a terminal says that nobody is there any more
            part = b""
        self.shown += part
        return bool(part)
