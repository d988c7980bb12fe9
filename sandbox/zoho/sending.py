"""Turns what the stand-in says into what goes over the wire, broken connections included."""

from __future__ import annotations

import json
import socket
import struct
from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.zoho.faults import Answer

DRIP_SECONDS = 0.5
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # linger is on, for no time


def whole(answer: Answer) -> Response:
    """Return the response that carries this answer."""
    response = Response(_text(answer), answer.status, content_type=_content_type(answer))
    response.headers.update(answer.headers)
    return response


def half(answer: Answer) -> Response:
    """Return a response that promises the answer's whole body and hangs up in the middle of it, if it has one."""
    body = _text(answer).encode()
    if not body:
        return reset()
    response = Response(_breaking_off_after(body[: len(body) // 2]), answer.status, content_type=_content_type(answer))
    response.headers.update(answer.headers)
    response.content_length = len(body)
    return response


def dripping(answer: Answer, *, wait: Callable[[float], object]) -> Response:
    """Return a response whose body comes a byte at a time, with a `wait` of `DRIP_SECONDS` after each."""
    body = _text(answer).encode()
    response = Response(_drops(body, wait), answer.status, content_type=_content_type(answer))
    response.headers.update(answer.headers)
    response.content_length = len(body)
    return response


def reset() -> Response:
    """Return a response that is never begun: the connection ends with a TCP reset."""
    connection = request.environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    socket.close(connection.detach())  # closing the object would wait for the server's own files on it
    return Response(_breaking_off_after())


def _breaking_off_after(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise ConnectionAbortedError("The stand-in was told to break this connection off.")


def _drops(body: bytes, wait: Callable[[float], object]) -> Iterator[bytes]:
    for number in range(len(body)):
        yield body[number : number + 1]
        wait(DRIP_SECONDS)


def _text(answer: Answer) -> str:
    if isinstance(answer.body, str):
        return answer.body
    return "" if answer.body is None else json.dumps(answer.body)


def _content_type(answer: Answer) -> str:
    return "text/html;charset=UTF-8" if isinstance(answer.body, str) else "application/json;charset=UTF-8"
