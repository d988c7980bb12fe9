"""What all connections of a process share: whom they trust, how many are kept, how many addresses are tried, how long an answer
takes, and that nothing of them stands in the log.

Reading the certificate authorities takes 25 ms or more. requests and urllib3 read them again for each new connection, and a cold
function opens up to five.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterator
from functools import cache
from io import BufferedReader, RawIOBase
from socket import socket
from ssl import SSLContext
from time import monotonic
from typing import Any

from urllib3.connection import HTTPConnection

CONNECTIONS = 4
"""How many connections to a host are kept: a lead's two questions come at once, and a thread may be left behind."""
MOST_ADDRESSES = 2
"""How many addresses of a host are tried for a call that somebody waits for."""
NOISY_LOGGERS = ("urllib3.connection", "urllib3.connectionpool")
"""They warn with whole addresses and headers, and the address of an incoming webhook is its secret."""


@cache
def tls_context(authorities: str = "") -> SSLContext:
    """Return a context that checks certificates and names against certifi's certificate authorities, or those of a file."""
    import certifi
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.load_verify_locations(authorities or certifi.where())
    return context


def keep_out_of_log() -> None:
    """Let urllib3 write nothing: the callers log what fails, by its kind alone."""
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


class OptionsThatRunOut:
    """urllib3's socket options, which it reads before each address that it tries; beyond so many readings there is no address more.

    The connect time-out holds for each address, and a host may have many. Then they raise what an address raises that cannot be
    reached.
    """

    def __init__(self, readings: int) -> None:
        self._left = readings

    def __iter__(self) -> Iterator[tuple[int, int, int | bytes]]:
        self._left -= 1
        if self._left < 0:
            raise OSError("enough addresses were tried")
        return iter(HTTPConnection.default_socket_options)


class _ReadsInTime(RawIOBase):
    """What comes over a connection within its time-out; what comes later is a time-out."""

    def __init__(self, raw: Any, sock: socket) -> None:
        self._raw, self._socket = raw, sock
        self._until = monotonic() + (sock.gettimeout() or 0)

    def readable(self) -> bool:
        """Say so, as a buffer wants to know."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what comes in the time that is left."""
        if (left := self._until - monotonic()) <= 0:
            raise TimeoutError("the answer arrived too slowly")
        self._socket.settimeout(left)
        found: int | None = self._raw.readinto(buffer)
        return found

    def close(self) -> None:
        """Let go of the connection."""
        self._raw.close()
        super().close()


class AnswerInTime(http.client.HTTPResponse):
    """An answer whose head and body come within one time-out, which else holds for each piece of it: a connection's `response_class`."""

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = BufferedReader(_ReadsInTime(self.fp.detach(), sock))
