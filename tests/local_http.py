"""A real HTTP server on loopback that plays a script: answer, redirect, stall, reset, or break off."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

Act = Callable[["_Handler"], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server got it; header names are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Act:
    """Answer whole."""

    def act(handler: _Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def stall(handler: _Handler) -> None:
    """Say nothing until the test is over."""
    handler.local.over.wait(10)


def stall_in_body(handler: _Handler) -> None:
    """Send a part of the body and then nothing until the test is over."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"par')
    handler.local.over.wait(10)


def drip(handler: _Handler) -> None:
    """Send a byte of the body now and then, each well within a time-out."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        if handler.local.over.wait(0.04):
            return


def drip_head(handler: _Handler) -> None:
    """Send a byte of a header now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(100):
        handler.wfile.write(b"x")
        if handler.local.over.wait(0.04):
            return


def break_off(handler: _Handler) -> None:
    """Send a part of the body and close."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    handler.wfile.write(b'{"par')


def reset(handler: _Handler) -> None:
    """Reset the connection (RST) after having read the request."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


class LocalHttp:
    """Plays `script` one act per request, the last one for all that follow; remembers what it was sent.

    With `tls` it speaks HTTPS, and shows the certificate of that context.
    """

    def __init__(self, *script: Act, tls: ssl.SSLContext | None = None) -> None:
        self.script = list(script)
        self.seen: list[Seen] = []
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.local = self
        self._scheme = "https" if tls else "http"
        if tls:  # the handshake is the connection's thread's, not the one's that accepts
            listening = self._server.socket
            self._server.socket = tls.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """Return the base URL."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> LocalHttp:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        """Stop, and let what stalls go."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def closed_port_url() -> str:
    """Return an address of this machine where nobody listens, nor will: this process keeps the port to itself."""
    return f"http://127.0.0.1:{_kept_port().getsockname()[1]}"


@cache
def _kept_port() -> socket.socket:
    kept = socket.socket()
    kept.bind(("127.0.0.1", 0))
    return kept


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    local: LocalHttp

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that gives up is a part of the script."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    @property
    def local(self) -> LocalHttp:
        """Return the script."""
        return self.server.local

    def do_GET(self) -> None:
        """Play the next act."""
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.local.seen.append(Seen(self.command, url.path, dict(parse_qsl(url.query)), headers, body))
        script = self.local.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    do_POST = do_GET  # noqa: N815 - http.server's own name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Say nothing."""
