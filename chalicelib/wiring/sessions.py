"""HTTP sessions for Zoho and Slack: no retries, nothing in the log, a bounded time to connect. `http.exchange` uses their adapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from chalicelib.timing import IDLE_CONNECTION_SECONDS
from chalicelib.wiring.connections import (
    CONNECTIONS,
    MOST_ADDRESSES,
    AnswerInTime,
    OptionsThatRunOut,
    keep_out_of_log,
    tls_context,
)


class Kept:
    """A session whose connections are used again, unless it has rested for long.

    While Lambda is frozen, idle connections are cut off without a word, and the next request on one breaks with its answer
    in doubt. `now` is the wall clock: the one that only grows may stand still meanwhile.
    https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now, self._used_at, self._lock = now, now(), Lock()
        self._session = _session(_Adapter(pool_maxsize=CONNECTIONS, max_retries=0))

    def open(self) -> requests.Session:
        """Return the session for one request; what rested in it for more than half a minute is connected anew."""
        with self._lock:  # a lead's two questions come at once: the second must not close what the first one takes
            before, self._used_at = self._used_at, self._now()
            if abs((self._used_at - before).total_seconds()) > IDLE_CONNECTION_SECONDS:
                self._session.close()  # its connections: the session itself goes on
        return self._session


def for_one_call() -> requests.Session:
    """Open a session for one call, which tries two of the host's addresses and no more."""
    return _session(_Hasty(max_retries=0))


class _Connection(HTTPConnection):
    response_class = AnswerInTime


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """Trusts the certificate authorities that the process has read already, and waits for no drip of an answer."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Prepare a pool's connections; who names other authorities in the session gets requests' own way."""
        if url.lower().startswith("https:") and verify is True:
            conn.conn_kw["ssl_context"] = tls_context()
        else:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call] # requests has no types


class _Hasty(_Adapter):
    """Gives up after a few addresses."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools with socket options that end the attempts after a few addresses; the first reading is for the pool's key."""
        super().init_poolmanager(*args, **options, socket_options=OptionsThatRunOut(1 + MOST_ADDRESSES))


def _session(adapter: HTTPAdapter) -> requests.Session:
    keep_out_of_log()
    session = requests.Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
