"""Which servers the functions trust: one TLS context a process, since reading the certificate authorities takes 25 ms or more.

requests and urllib3 read them again for each new connection, and a cold function opens up to five.
"""

from __future__ import annotations

from functools import cache
from ssl import SSLContext


@cache
def tls_context(authorities: str = "") -> SSLContext:
    """Return a context that checks certificates and names against certifi's certificate authorities, or those of a file."""
    import certifi
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.load_verify_locations(authorities or certifi.where())
    return context
