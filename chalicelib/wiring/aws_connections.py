"""The connections to AWS: an attempt ends in time, whatever comes, and a connection that rested for long is not used again.

urllib3's time-outs hold for each address of a host and for each piece of an answer, and each may be the last but one. Its classes
for connections and answers are made for that: https://urllib3.readthedocs.io/en/stable/reference/urllib3.connection.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPResponse, Timeout, connection_from_url
from urllib3.connection import HTTPConnection, HTTPSConnection

from chalicelib import timing
from chalicelib.wiring.connections import (
    CONNECTIONS,
    MOST_ADDRESSES,
    AnswerInTime,
    OptionsThatRunOut,
    keep_out_of_log,
    tls_context,
)


class _Connection(HTTPConnection):
    """A connection that tries few addresses, and knows when it was used last.

    `now` is the wall clock: the one that only grows may stand still while Lambda is frozen, and idle connections are cut off.
    """

    response_class = AnswerInTime

    def __init__(self, *args: Any, now: Callable[[], datetime], **options: Any) -> None:
        super().__init__(*args, **options)
        self._now, self._used_at = now, now()

    def connect(self) -> None:
        """Connect anew."""
        self.socket_options: Any = OptionsThatRunOut(MOST_ADDRESSES)
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


def aws_pool(url: str, *, now: Callable[[], datetime], authorities: str = "") -> HTTPConnectionPool:
    """Open the connections to an AWS service, with no retries of urllib3's.

    An attempt takes the time of one connection and one answer at most, the look-up of the host's name aside: Zoho waits for the
    webhook's answer, and queues try again by themselves.
    """
    keep_out_of_log()
    total = timing.AWS_CONNECT_SECONDS + timing.AWS_READ_SECONDS
    timeout = Timeout(connect=timing.AWS_CONNECT_SECONDS, read=timing.AWS_READ_SECONDS, total=total)
    is_secret = url.lower().startswith("https:")
    tls: dict[str, Any] = {"ssl_context": tls_context(authorities)} if is_secret else {}
    pool = connection_from_url(url, maxsize=CONNECTIONS, timeout=timeout, retries=False, now=now, **tls)
    pool.ConnectionCls = _TlsConnection if is_secret else _Connection
    return pool
