"""The HTTP sessions that the app's functions use: what gets into the log, and how long they connect."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import requests
import urllib3.util.connection

from chalicelib.http import CONNECT_SECONDS, NotSent, exchange
from chalicelib.wiring.clients import fresh_session
from chalicelib.wiring.sessions import MOST_ADDRESSES
from tests.local_http import LocalHttp

PATH, PERSONAL = "/services/T0/B0/secret-of-the-webhook", "ada@zylker.example"


class Network:
    """The module `socket` for urllib3: a host of seven addresses, none of which can be reached."""

    def __init__(self, error: type[OSError]) -> None:
        self.error = error
        self.waits: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(socket, name)

    def getaddrinfo(self, *_: object) -> list[Any]:
        """Give the addresses."""
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"10.0.0.{n}", 443)) for n in range(7)]

    def socket(self, *_: object) -> Network:
        """Give what connects: itself."""
        return self

    def connect(self, _: object) -> None:
        """Fail."""
        raise self.error

    def settimeout(self, seconds: float) -> None:
        """Note how long one would wait."""
        self.waits.append(seconds)

    def setsockopt(self, *_: object) -> None:
        """Take any."""

    def close(self) -> None:
        """Close nothing."""


def broken_headers(handler: Any) -> None:
    """Answer with a header that cannot be read."""
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n: {PERSONAL}\r\n\r\nok".encode())
    handler.close_connection = True


def post(session: requests.Session) -> None:
    """Call an address that is a secret, and read the answer all the same."""
    with LocalHttp(broken_headers) as server:
        assert exchange(session, "POST", server.url + PATH, read_seconds=5.0).status == 200


def test_an_answer_that_is_broken_puts_neither_address_nor_headers_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The HTTP library would warn with both, and Lambda's root logger writes warnings of anybody."""
    with fresh_session() as session:
        post(session)
    assert caplog.text == ""


@pytest.mark.parametrize("error", [TimeoutError, ConnectionRefusedError])
def test_a_post_does_not_try_all_addresses_of_a_host(monkeypatch: pytest.MonkeyPatch, error: type[OSError]) -> None:
    """Seven that swallow packets would cost notify its twenty seconds; what was not sent comes again by itself."""
    network = Network(error)
    monkeypatch.setattr(urllib3.util.connection, "socket", network)
    with fresh_session() as session, pytest.raises(NotSent):
        exchange(session, "POST", "https://slack.com/api/x", read_seconds=5.0)
    assert network.waits == [CONNECT_SECONDS] * MOST_ADDRESSES
