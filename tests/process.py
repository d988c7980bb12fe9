"""What the tests of a process share: its environment and folder, how its log is set up, and what modules are bound to."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.kept import OURS

LOGGERS = ("", "leadmatch")
"""The root and our own; the product itself silences some of its libraries' loggers."""


class Process:
    """All of it as it is when this is made."""

    def __init__(self) -> None:
        self._environment, self._folder, self._loggers, self._modules = (
            environment(),
            Path.cwd(),
            _loggers(),
            _modules(),
        )

    def restore(self) -> list[str]:
        """Put back what is different now; return the names of it."""
        return [
            *self._restore_environment(),
            *self._restore_folder(),
            *self._restore_loggers(),
            *self._restore_modules(),
        ]

    def _restore_environment(self) -> list[str]:
        now = environment()
        if now == self._environment:
            return []
        set_environment(self._environment)
        changed = {name for name, _ in now.items() ^ self._environment.items()}
        return [f"environment {name}" for name in sorted(changed)]

    def _restore_folder(self) -> list[str]:
        if Path.cwd() == self._folder:
            return []
        os.chdir(self._folder)
        return ["folder"]

    def _restore_loggers(self) -> list[str]:
        changed = [name for name, now in _loggers().items() if now != self._loggers.get(name, now)]
        for name in changed:
            logger = logging.getLogger(name)
            logger.level, logger.disabled, logger.propagate, handlers = self._loggers[name]
            logger.handlers[:] = handlers
        return [f"logger {name}" for name in changed]

    def _restore_modules(self) -> list[str]:
        found = []
        for name, bindings in self._modules.items():
            now = vars(sys.modules[name])
            if now == bindings:
                continue
            for binding in [one for one, value in bindings.items() if now.get(one) is not value]:
                setattr(sys.modules[name], binding, bindings[binding])
                found.append(f"{name}.{binding}")
        return found


def set_environment(variables: Mapping[str, str]) -> None:
    """Let these be the process's variables, and no others; pytest's own stays."""
    os.environ.update(variables)
    for name in environment().keys() - variables.keys():
        del os.environ[name]


def environment() -> dict[str, str]:
    """Return the process's variables but for pytest's own."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def _loggers() -> dict[str, tuple[object, ...]]:
    loggers = {name: logging.getLogger(name) for name in LOGGERS}
    return {name: (one.level, one.disabled, one.propagate, tuple(one.handlers)) for name, one in loggers.items()}


_copies: dict[str, dict[str, object]] = {}
"""The latest copy of what each module is bound to. Most tests change nothing, and there are thousands of both."""


def _modules() -> dict[str, dict[str, object]]:
    ours = {name: vars(sys.modules[name]) for name in _our_modules(len(sys.modules)) if name in sys.modules}
    for name, bindings in ours.items():
        if bindings != _copies.get(name):
            _copies[name] = dict(bindings)
    return {name: _copies[name] for name in ours}


@functools.lru_cache(maxsize=1)
def _our_modules(_: int) -> list[str]:
    """Return the names of our modules while there are so many in all."""
    return [name for name in sys.modules.copy() if name.partition(".")[0] in OURS[:-1]]
