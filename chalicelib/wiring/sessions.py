"""HTTP sessions that leave nothing to chance: no environment, no retries, no talk in the log, no endless connecting."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

CONNECTIONS = 4
MOST_ADDRESSES = 2
NOISY_LOGGERS = ("urllib3.connection", "urllib3.connectionpool")
"""They warn with whole addresses and headers, and the address of an incoming webhook is its secret."""


def kept() -> requests.Session:
    """Open a session whose connections are used again."""
    return _session(HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=0))


def for_one_call() -> requests.Session:
    """Open a session for one call, which tries two of the host's addresses and no more."""
    return _session(_Hasty(max_retries=0))


class _Hasty(HTTPAdapter):
    """Gives up after a few addresses: the connect time-out holds for each of them, and a host may have many."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Give the connection options that run out."""
        super().init_poolmanager(*args, **options, socket_options=_OptionsThatRunOut(1 + MOST_ADDRESSES))


class _OptionsThatRunOut:
    """urllib3's socket options, which it reads once for the host and then before each address that it tries.

    Beyond that they raise what an address raises that cannot be reached.
    """

    def __init__(self, readings: int) -> None:
        self._left = readings

    def __iter__(self) -> Iterator[tuple[int, int, int | bytes]]:
        self._left -= 1
        if self._left < 0:
            raise OSError("enough addresses were tried")
        return iter(HTTPConnection.default_socket_options)


def _session(adapter: HTTPAdapter) -> requests.Session:
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
