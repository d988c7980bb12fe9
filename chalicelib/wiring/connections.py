"""What all connections of a process share: whom they trust, how many are kept, and that nothing of them stands in the log.

Reading the certificate authorities takes 25 ms or more. requests and urllib3 read them again for each new connection, and a cold
function opens up to five.
"""

from __future__ import annotations

import logging
from functools import cache
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

from chalicelib import timing

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

CONNECTIONS = 4
"""How many connections to a host are kept: a lead's two questions come at once, and a thread may be left behind."""
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


def aws_pool(url: str, *, authorities: str = "") -> HTTPConnectionPool:
    """Open the connections to an AWS service, with no retries of urllib3's.

    A call fails after six seconds and the wait between its attempts: Zoho waits for the webhook's answer, and queues try again
    by themselves.
    """
    from urllib3 import Timeout, connection_from_url

    keep_out_of_log()
    timeout = Timeout(connect=timing.AWS_CONNECT_SECONDS, read=timing.AWS_READ_SECONDS)
    tls: dict[str, Any] = {"ssl_context": tls_context(authorities)} if url.lower().startswith("https:") else {}
    return connection_from_url(url, maxsize=CONNECTIONS, timeout=timeout, retries=False, **tls)
