"""Holds a program at one of its AWS calls, so that a test can end it right there instead of racing it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from tests.aws_calls import action
from tests.waiting import SECONDS

HOLD, ARRIVED, DROP = "/gate/hold/", "/gate/arrived", "/gate/drop"


class Gate:
    """A WSGI app before another one: requests of the action that is held wait, and are dropped in the end."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self._inner, self._held = inner, ""
        self._arrived, self._over = threading.Event(), threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Do what the test asks for, hold the request, or let it through."""
        path = environ["PATH_INFO"]
        if path.startswith(HOLD):
            self._held = path.removeprefix(HOLD)
            self._arrived.clear()
            self._over.clear()
            return _answer(start_response, "200 OK")
        if path == ARRIVED:
            return _answer(start_response, "200 OK" if self._arrived.wait(SECONDS) else "504 Gateway Timeout")
        if path == DROP:
            self._held = ""
            self._over.set()
            return _answer(start_response, "200 OK")
        if self._held and action(environ) == self._held:
            self._arrived.set()
            self._over.wait(SECONDS)
            return _answer(start_response, "503 Service Unavailable")
        return self._inner(environ, start_response)


@contextmanager
def held(url: str, action: str) -> Iterator[Callable[[], None]]:
    """Hold the account's requests of an action for the length of a block; return what waits until there is one."""
    _ask(url + HOLD + action)
    try:
        yield lambda: _ask(url + ARRIVED)
    finally:
        _ask(url + DROP)


def _ask(url: str) -> None:
    urlopen(Request(url, method="POST"), timeout=2 * SECONDS).close()  # noqa: S310 - loopback


def _answer(start_response: Any, status: str) -> list[bytes]:
    start_response(status, [("Content-Length", "0")])
    return []
