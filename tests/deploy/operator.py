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

PROJECT = Path(__file__).parents[2]
GIVE_UP_SECONDS = 60


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

    def types(self, *arguments: str, **variables: str) -> Said:
        """Run `python -m ops provision …` without a terminal."""
        done = subprocess.run(
            self._command(arguments),
            cwd=self.folder,
            env=self._variables(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
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
        """Run it on a terminal: wait for each question's words and type the answer; give the code and the screen."""
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            command = self._command(arguments)
            os.execve(command[0], command, self._variables({}))  # noqa: S606 - our own program
        screen = b""
        for question, answer in dialogue:
            screen = _read_until(terminal, screen, question)
            os.write(terminal, f"{answer}\n".encode())
        screen = _read_until(terminal, screen, None)
        _, status = os.waitpid(process, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status), screen.decode().replace("\r\n", "\n")

    def config(self, stage: str) -> dict[str, Any]:
        """Give the stage's section of config.json."""
        return dict(json.loads((self.folder / ".chalice" / "config.json").read_text())["stages"].get(stage, {}))

    def writes_secrets(self, secrets: Mapping[str, Any]) -> str:
        """Write a secrets file; give its path."""
        path = self.folder / "secrets.json"
        path.write_text(json.dumps(secrets))
        path.chmod(0o600)
        return str(path)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "ops", "provision", *arguments]

    def _variables(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**self.environment, "PYTHONPATH": str(PROJECT), "TERM": "dumb", **more}


def operator_in(folder: Path, environment: Mapping[str, str]) -> Operator:
    """Give an operator with a fresh clone, as far as provision looks at it."""
    (folder / ".chalice").mkdir(parents=True)
    shutil.copy(PROJECT / ".chalice" / "config.json", folder / ".chalice" / "config.json")
    return Operator(folder, environment)


def _read_until(terminal: int, screen: bytes, words: str | None) -> bytes:
    """Read what the program shows until these words stand after the last answer; with None until it ends."""
    seen, deadline = len(screen), time.monotonic() + GIVE_UP_SECONDS
    while words is None or words.encode() not in screen[seen:]:
        assert time.monotonic() < deadline, f"{words!r} was not asked; the screen:\n{screen.decode()}"
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the program has ended
            part = b""
        if not part:
            assert words is None, f"It ended before {words!r}; the screen:\n{screen.decode()}"
            return screen
        screen += part
    return screen
