"""Servers on the loopback interface, each up for as long as a `with` block lasts, so that a stand-in answers real HTTP.

`LocalServer` says how all of them start and stop; `Serving` puts a WSGI app behind a port, and a `StandIn` is built on one.
"""

from __future__ import annotations

import io
import socket
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from socketserver import TCPServer
    from types import TracebackType
    from wsgiref.types import WSGIApplication

    from werkzeug.datastructures import Headers

_POLL_SECONDS = 0.01
_LAST_ANSWER_SECONDS = 5.0


class LocalServer(ABC):
    """Something that is up between `start` and `stop`, or for as long as a `with` block lasts."""

    @abstractmethod
    def start(self) -> None:
        """Come up: what is asked of it is answered when this returns."""

    @abstractmethod
    def stop(self) -> None:
        """Go down, and give up what is still open."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class ServerThread(LocalServer):
    """One of the standard library's servers, which listens already, at work in a thread of its own; it starts once."""

    def __init__(self, server: TCPServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    @property
    def address(self) -> str:
        """The host and the port that it listens on."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more, and close the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Serving(LocalServer):
    """A WSGI app behind a port of 127.0.0.1, a free one unless it is given, with one daemon thread per connection.

    An app breaks a connection off by raising a `ConnectionError` from its response's iterator: what it has yielded
    is sent, nothing follows.
    """

    def __init__(self, app: WSGIApplication, *, port: int = 0) -> None:
        self._app, self._port = app, port
        self._server: _Server | None = None
        self._thread: ServerThread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end; there is one only between `start` and `stop`."""
        if self._server is None:
            raise RuntimeError("Not serving: call start() first, or use a with block.")
        return f"http://127.0.0.1:{self._server.port}"

    def put_before(self, layer: Callable[[WSGIApplication], WSGIApplication]) -> None:
        """Let a layer see every call first, from the next start on."""
        self._app = layer(self._app)

    def start(self) -> None:
        """Listen on a new port; the URL answers when this returns."""
        if self._server is not None:
            raise RuntimeError(f"Already serving at {self.url}.")
        self._server = _Server(self._app, self._port)
        self._thread = ServerThread(self._server)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every open connection, idle ones included; stopping twice is harmless."""
        server, self._server = self._server, None
        thread, self._thread = self._thread, None
        if server is not None and thread is not None:
            thread.stop()
            server.hang_up()


class StandIn(LocalServer):
    """A vendor's server: a WSGI app that may hold answers back, which are given up when it stops."""

    def __init__(self, app: WSGIApplication) -> None:
        self._serving = Serving(app)
        self._stopping = threading.Event()

    def put_before(self, layer: Callable[[WSGIApplication], WSGIApplication]) -> None:
        """Let a layer see every call first, from the next start on."""
        self._serving.put_before(layer)

    def start(self) -> None:
        """Listen on a new port."""
        self._stopping.clear()
        self._serving.start()

    def stop(self) -> None:
        """Close the port and every connection; answers that are being held back are given up."""
        self._stopping.set()
        self._serving.stop()


class _Server(ThreadedWSGIServer):
    """Knows its open connections: clients keep them alive, and a clean stop has to end them."""

    def __init__(self, app: WSGIApplication, port: int) -> None:
        self._connections: set[socket.socket] = set()
        self._closed = threading.Condition()
        super().__init__("127.0.0.1", port, app, _KeepAliveHandler)

    # The base class also knows UDP, whose requests are pairs: hence the two narrower types.
    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]
        with self._closed:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        super().shutdown_request(request)
        with self._closed:
            self._connections.discard(request)
            self._closed.notify_all()

    def hang_up(self) -> None:
        """End every connection and wait until its thread has let go of the socket."""
        with self._closed:
            for connection in self._connections:
                _shut(connection)
            self._closed.wait_for(lambda: not self._connections, timeout=_LAST_ANSWER_SECONDS)


class _KeepAliveHandler(WSGIRequestHandler):
    """Answers many requests on one connection; werkzeug's own handler closes it after each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: a kept-alive client would wait 40 ms between them

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        # Read to its end, or what the app left over would be taken for the next request.
        length = -1 if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        try:
            self._send(*run_wsgi_app(self.server.app, environ))
        except ConnectionError:
            self.close_connection = True

    def _send(self, body: Iterable[bytes], status: str, headers: Headers) -> None:
        try:
            self._send_head(status, headers)
            for chunk in body:
                self.wfile.write(chunk)
        finally:
            getattr(body, "close", _nothing)()

    def _send_head(self, status: str, headers: Headers) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if "Content-Length" not in headers and int(code) not in {204, 304}:
            self.send_header("Connection", "close")  # also sets close_connection: the end of the body is the end of it
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the stand-ins keep their own record of calls."""


def _nothing() -> None:
    """Stand in for the close method that a WSGI body need not have."""


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster
