"""What the tests of a process share: its environment and folder, how its log is set up, and what modules are bound to."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from tests.kept import OURS

LOGGERS = ("", "leadmatch")
"""The root and our own; the product itself silences some of its libraries' loggers."""


class Process:
    """All of it as it is when this is made."""

    def __init__(self) -> None:
        self._environment, self._folder, self._loggers, self._modules = (
            _environment(),
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
        now = _environment()
        os.environ.update(self._environment)
        for name in now.keys() - self._environment.keys():
            del os.environ[name]
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
            for binding in [one for one, value in bindings.items() if now.get(one) is not value]:
                setattr(sys.modules[name], binding, bindings[binding])
                found.append(f"{name}.{binding}")
        return found


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def _loggers() -> dict[str, tuple[object, ...]]:
    loggers = {name: logging.getLogger(name) for name in LOGGERS}
    return {name: (one.level, one.disabled, one.propagate, tuple(one.handlers)) for name, one in loggers.items()}


def _modules() -> dict[str, dict[str, object]]:
    return {
        name: dict(vars(module)) for name, module in sys.modules.copy().items() if name.partition(".")[0] in OURS[:-1]
    }
