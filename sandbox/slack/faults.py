"""What can go wrong between Slack and us, planned by a test: wrong answers and broken connections."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http import HTTPStatus

DRIP_SECONDS = 0.5
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; as a fault, `effect` says whether the call is carried out before this goes out.

    A body of None stands for the answer that Slack would have given: with `delay_seconds`, a slow but true one.
    """

    status: int
    body: Mapping[str, object] | str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    effect: bool = False

    def __post_init__(self) -> None:
        if self.body is None and not self.effect:
            raise ValueError("Slack's own answer (a body of None) needs effect=True.")

    @property
    def text(self) -> str:
        """The body as it goes over the wire."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body)

    @property
    def mimetype(self) -> str:
        """The media type that goes with the body."""
        return "text/plain" if isinstance(self.body, str) else "application/json"

    @property
    def error(self) -> str | None:
        """Slack's word for what is wrong, wherever it stands; None if all is well."""
        if isinstance(self.body, Mapping):
            return None if self.body.get("ok") else str(self.body.get("error"))
        return None if self.status == HTTPStatus.OK else self.body

    def instead_of(self, truth: Answer) -> Answer:
        """Return what goes out in place of Slack's own answer."""
        return (
            self if self.body is not None else replace(self, body=truth.body, headers={**truth.headers, **self.headers})
        )


class Fault(Enum):
    """A connection that breaks or trickles, before or after the call is carried out."""

    RESET = auto()
    RESET_AFTER_EFFECT = auto()
    HALF_ANSWER_AFTER_EFFECT = auto()
    DRIP_AFTER_EFFECT = auto()

    @property
    def effect(self) -> bool:
        """Whether the call is carried out although its answer never arrives."""
        return self is not Fault.RESET


class Faults:
    """The planned faults of each method, used up in the order in which they were planned."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: defaultdict[str, deque[Answer | Fault]] = defaultdict(deque)

    def plan(self, method: str, fault: Answer | Fault, *, times: int) -> None:
        """Let the next calls of a method go wrong."""
        with self._lock:
            self._planned[method].extend([fault] * times)

    def take(self, method: str) -> Answer | Fault | None:
        """Return the fault of this call, if it has one."""
        with self._lock:
            planned = self._planned[method]
            return planned.popleft() if planned else None

    def clear(self) -> None:
        """Forget what was planned."""
        with self._lock:
            self._planned.clear()


def reset(connection: socket.socket) -> None:
    """Send the client a TCP reset, and leave the server a dead socket in the connection's place.

    Closing would not do: the server's file objects keep the descriptor open, and it sends an orderly end first.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    dead, peer = socket.socketpair()
    with dead, peer:
        os.dup2(dead.fileno(), connection.fileno())


def drip(body: bytes, wait: Callable[[float], object]) -> Iterator[bytes]:
    """Send a body byte by byte, each in time for itself and the whole of it never."""
    for number in range(len(body)):
        yield body[number : number + 1]
        wait(DRIP_SECONDS)


def half(body: bytes) -> Iterator[bytes]:
    """Send the first half of a body, then break off."""
    yield body[: len(body) // 2]
    raise ConnectionAbortedError
