"""HTTP sessions for Zoho and Slack: no retries, nothing in the log, connections that end in time. `http.exchange` uses their adapters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from chalicelib.wiring.connections import CONNECTIONS, Pool, TlsPool, keep_out_of_log, tls_context


def open_session(*, now: Callable[[], datetime]) -> requests.Session:
    """Open a session; `now` is the wall clock, which tells for how long a connection rested."""
    keep_out_of_log()
    session, adapter = requests.Session(), _Adapter(pool_maxsize=CONNECTIONS, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": partial(Pool, now=now), "https": partial(TlsPool, now=now)}
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Adapter(HTTPAdapter):
    """Trusts the certificate authorities that the process has read already."""

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Prepare a pool's connections; who names other authorities in the session gets requests' own way."""
        if url.lower().startswith("https:") and verify is True:
            conn.conn_kw["ssl_context"] = tls_context()
        else:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call] # requests has no types
