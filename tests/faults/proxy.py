"""Stands between the functions and everything they talk to: notes every call, and lets planned ones go wrong."""

from __future__ import annotations

import http.client
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.faults.kinds import Fault, Workers
from tests.faults.steps import Delivery, Numbering, Request, Step

POLL_SECONDS = 0.02
SERVICE_SECONDS = 30
OF_A_CONNECTION = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")


@dataclass(slots=True)
class Plan:
    """A fault that is to happen at a step of a function's invocation number `attempt`."""

    step: Step
    fault: Fault
    attempt: int = 1
    met_by: str | None = None
    """The AWS call that met it, whose repeats may meet it again; None while it has not happened."""


@dataclass(slots=True)
class Record:
    """What went over the wire since the faults were planned."""

    calls: list[tuple[Delivery, Step]] = field(default_factory=list)

    def steps(self) -> list[tuple[Step, int]]:
        """Return each step once, in the order of their first calls, with the attempt that made it first."""
        attempts: dict[Step, int] = {}
        for delivery, step in self.calls:
            attempts.setdefault(step, delivery.attempt)
        return list(attempts.items())


class FaultProxy:
    """A relay on the loopback interface; the path says who calls whom: `/<function>/<attempt>/<service>/…`."""

    def __init__(self, stage: str, upstreams: Mapping[str, str], workers: Workers) -> None:
        self._stage, self._upstreams, self._workers = stage, upstreams, workers
        self._lock, self._busy = threading.Lock(), 0
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        self.plan()

    def plan(self, *plans: Plan) -> None:
        """Begin anew: number the calls from here, and let these faults happen."""
        self.plans: Sequence[Plan] = plans
        self.record = Record()
        self._numbering = Numbering(self._stage)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, delivery: Delivery, service: str) -> str:
        """Return the address under which a function finds a service."""
        return f"http://127.0.0.1:{self._server.server_port}/{delivery.function}/{delivery.attempt}/{service}"

    @property
    def busy(self) -> int:
        """Count the calls that are under way."""
        return self._busy

    def handle(self, handler: _Handler) -> None:
        """Relay one call, or do to it what is planned."""
        with self._lock:
            self._busy += 1
        try:
            self._handle(handler)
        finally:
            with self._lock:
                self._busy -= 1

    def _handle(self, handler: _Handler) -> None:
        delivery, request = _read(handler)
        with self._lock:
            step = self._numbering.step(delivery, request)
            self.record.calls.append((delivery, step))
            fault = self._planned(delivery, step, request)
        wire = _Wire(handler, request, self._upstreams[request.service])
        if fault:
            fault.act(wire, self._workers, delivery)
        else:
            wire.send()
            wire.answer()

    def _planned(self, delivery: Delivery, step: Step, request: Request) -> Fault | None:
        for plan in self.plans:
            if plan.step == step and plan.attempt == delivery.attempt:
                again = plan.fault.every_try and plan.met_by == request.invocation != ""
                if plan.met_by is None or again:
                    plan.met_by = request.invocation
                    return plan.fault
        return None


class _Wire:
    """One call between a worker and a service."""

    def __init__(self, handler: _Handler, request: Request, upstream: str) -> None:
        self._handler, self._request, self._upstream = handler, request, urlsplit(upstream)
        self._answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    def send(self) -> None:
        connection = http.client.HTTPConnection(self._upstream.netloc, timeout=SERVICE_SECONDS)
        try:
            headers = {n: v for n, v in self._request.headers.items() if n.lower() not in OF_A_CONNECTION}
            path = f"{self._upstream.path}/{self._request.path}"
            connection.request(self._request.method, path, self._request.body, headers)
            response = connection.getresponse()
            self._answer = (response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException):
            self._answer = None  # the service broke off, and so do we
        finally:
            connection.close()

    def answer(self) -> None:
        if self._answer is None:
            return self.cut()
        status, headers, body = self._answer
        try:
            self._handler.send_response_only(status)
            for name, value in headers:
                if name.lower() not in OF_A_CONNECTION:
                    self._handler.send_header(name, value)
            self._handler.send_header("Content-Length", str(len(body)))
            self._handler.end_headers()
            self._handler.wfile.write(body)
        except OSError:
            self.cut()  # the worker is gone

    def cut(self) -> None:
        self._handler.close_connection = True
        self._handler.hang_up()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        self.server.proxy.handle(self)

    def do_GET(self) -> None:
        self.server.proxy.handle(self)

    def hang_up(self) -> None:
        self.server.shutdown_request(self.connection)

    def log_message(self, *_: object) -> None:
        """Say nothing: the proxy keeps its own record."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32

    def __init__(self, address: tuple[str, int], proxy: FaultProxy) -> None:
        super().__init__(address, _Handler)
        self.proxy = proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of workers that are gone in the middle of a call."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _read(handler: _Handler) -> tuple[Delivery, Request]:
    _, function, attempt, service, path = (handler.path + "/").split("/", 4)
    length = int(handler.headers.get("Content-Length") or 0)
    body = handler.rfile.read(length)
    if len(body) < length:
        raise ConnectionAbortedError("The worker was killed while it sent its request.")
    return Delivery(function, int(attempt)), Request(
        service, handler.command, path.removesuffix("/"), dict(handler.headers), body
    )
