"""The connections to AWS, Zoho and Slack: whom they trust, how many are kept and for how long, and that each ends in time, silently.

urllib3's time-outs hold for each address of a host and for each piece of an answer, and each may be the last but one. Its classes
for connections and answers are made to be derived from: https://urllib3.readthedocs.io/en/stable/reference/urllib3.connection.html
Reading the certificate authorities takes 25 ms or more. requests and urllib3 read them again for each new connection, and a cold
function opens up to five.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from io import BufferedReader, RawIOBase
from socket import socket
from ssl import SSLContext
from time import monotonic
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url

from chalicelib import timing

CONNECTIONS = 4
"""How many connections to a host are kept: a lead's two questions come at once, and a thread may be left behind."""
MOST_ADDRESSES = 2
"""How many addresses of a host are tried."""
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


class _OptionsThatRunOut:
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


class _AnswerInTime(http.client.HTTPResponse):
    """An answer whose head and body come within one time-out, which else holds for each piece of it."""

    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = BufferedReader(_ReadsInTime(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    """A connection that tries few addresses, and is not used again when it has rested for long.

    While Lambda is frozen, idle connections are cut off without a word, and the next request on one breaks with its answer
    in doubt. `now` is the wall clock: the one that only grows may stand still meanwhile.
    https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """

    response_class = _AnswerInTime

    def __init__(self, *args: Any, now: Callable[[], datetime], **options: Any) -> None:
        super().__init__(*args, **options)
        self._now, self._used_at = now, now()

    def connect(self) -> None:
        """Connect anew."""
        self.socket_options: Any = _OptionsThatRunOut(MOST_ADDRESSES)
        super().connect()

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 has it
        """Return the answer."""
        self._used_at = self._now()
        return super().getresponse()

    @property
    def is_connected(self) -> bool:
        """Whether it can be used again; the pool asks, and connects anew if not."""
        rested = abs((self._now() - self._used_at).total_seconds())
        return rested <= timing.IDLE_CONNECTION_SECONDS and super().is_connected


class _TlsConnection(_Connection, HTTPSConnection):
    """The same, in secret."""


class Pool(HTTPConnectionPool):
    """The connections to a host; `now` is one of its options."""

    ConnectionCls = _Connection


class TlsPool(HTTPSConnectionPool):
    """The same, in secret."""

    ConnectionCls = _TlsConnection


def aws_pool(url: str, *, now: Callable[[], datetime], authorities: str = "") -> HTTPConnectionPool:
    """Open the connections to an AWS service.

    An attempt takes the time of one connection and one answer at most, the look-up of the host's name aside: Zoho waits for the
    webhook's answer, and queues try again by themselves.
    """
    total = timing.AWS_CONNECT_SECONDS + timing.AWS_READ_SECONDS
    timeout = Timeout(connect=timing.AWS_CONNECT_SECONDS, read=timing.AWS_READ_SECONDS, total=total)
    return open_pool(url, timeout=timeout, now=now, authorities=authorities)


def open_pool(url: str, *, timeout: Timeout, now: Callable[[], datetime], authorities: str = "") -> HTTPConnectionPool:
    """Open the connections to the host of an address, with no retries of urllib3's."""
    keep_out_of_log()
    at = parse_url(url)
    options: dict[str, Any] = {"maxsize": CONNECTIONS, "timeout": timeout, "retries": False, "now": now}
    if at.scheme == "https":
        return TlsPool(at.host or "", at.port, ssl_context=tls_context(authorities), **options)
    return Pool(at.host or "", at.port, **options)
