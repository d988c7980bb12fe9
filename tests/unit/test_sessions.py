"""The HTTP sessions that the app's functions use: what gets into the log, and how long they connect."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import urllib3.util.connection

from chalicelib.http import AnswerLost, NotSent, exchange
from chalicelib.timing import CONNECT_SECONDS, IDLE_CONNECTION_SECONDS
from chalicelib.wiring.clients import fresh_session
from chalicelib.wiring.connections import MOST_ADDRESSES
from chalicelib.wiring.sessions import open_session
from tests.local_http import Act, LocalHttp, answer, drip, drip_head
from tests.unit.zoho_answers import NOW

PATH, PERSONAL = "/services/T0/B0/secret-of-the-webhook", "ada@zylker.example"


class Network:
    """The module `socket` for urllib3: a host of seven addresses, none of which can be reached."""

    def __init__(self, error: type[OSError]) -> None:
        self.error = error
        self.waits: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(socket, name)

    def getaddrinfo(self, *_: object) -> list[Any]:
        """Return the addresses."""
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"10.0.0.{n}", 443)) for n in range(7)]

    def socket(self, *_: object) -> Network:
        """Return what connects: itself."""
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


@pytest.mark.parametrize("act", [drip, drip_head])
def test_an_answer_that_drips_is_lost(act: Act) -> None:
    """Its head as well as its body: each byte would be in time for itself, and Lambda would kill the function that waits."""
    with fresh_session() as session, LocalHttp(act) as server, pytest.raises(AnswerLost, match="ReadTimeout"):
        exchange(session, "GET", server.url, read_seconds=0.1)


class Forgetful:
    """A server behind a network that forgets connections: the second request on one is answered with a reset."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    @contextmanager
    def serving(self) -> Iterator[Forgetful]:
        """Serve one connection after the other, until the test is over."""
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield self
        finally:
            self._socket.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.connections += 1
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                if connection.recv(65536):
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize("rest", [IDLE_CONNECTION_SECONDS + 1, -IDLE_CONNECTION_SECONDS - 1])
def test_a_connection_that_rested_while_lambda_was_frozen_is_not_used_again(rest: float) -> None:
    """It would break with the answer in doubt: a pause for all workers, an outage, an alarm. The wall clock tells, however set."""
    now = NOW

    def clock() -> datetime:
        return now

    session = open_session(now=clock)
    with Forgetful().serving() as server:
        for _ in range(3):
            assert exchange(session, "GET", server.url, read_seconds=5.0).body == b"ok"
            now += timedelta(seconds=rest)
        assert server.connections == 3
        session.close()


def test_a_connection_in_use_is_used_again() -> None:
    """A handshake for each question would cost every lead its time; here the network forgets too early."""
    session = open_session(now=lambda: NOW)
    with Forgetful().serving() as server:
        exchange(session, "GET", server.url, read_seconds=5.0)
        with pytest.raises(AnswerLost):
            exchange(session, "GET", server.url, read_seconds=5.0)
        assert server.connections == 1
        session.close()


def test_a_rest_breaks_no_request_that_is_under_way() -> None:
    """The other thread's answer may still be read."""
    now = NOW

    def clock() -> datetime:
        return now

    session = open_session(now=clock)
    with LocalHttp(answer(200, b"ok")) as server, session.get(server.url, stream=True, timeout=5) as under_way:
        now += timedelta(seconds=IDLE_CONNECTION_SECONDS + 1)
        assert exchange(session, "GET", server.url, read_seconds=5).body == b"ok"
        assert under_way.content == b"ok"
    session.close()


COOKIES = {
    "session": "JSESSIONID=A1B2; Path=/; Secure; HttpOnly",
    "plain_session": "JSESSIONID=A1B2; Path=/",
    "csrf": "_zcsr_tmp=9f2e;path=/;SameSite=Strict;Secure;priority=high",
    "crm_csrf": "crmcsr=9f2e; path=/",
    "load_balancer": "zalb_8ae64e9492=c0ff; Path=/",
    "with_domain": "iamcsr=1; Domain=127.0.0.1; Path=/",
    "lasting": "keep=me; Max-Age=31536000; Path=/",
    "of_everybody": "wide=1; Domain=.zoho.com",
}


@pytest.mark.parametrize("status", [200, 302, 401])
@pytest.mark.parametrize("cookie", COOKIES.values(), ids=COOKIES)
def test_a_cookie_is_never_sent_back(cookie: str, status: int) -> None:
    """Another user's token may go out next on the same session: a token is all that a call is to be known by."""
    headers = {"Set-Cookie": cookie, "Location": "/elsewhere"}
    session = open_session(now=lambda: NOW)
    with LocalHttp(answer(status, b"{}", headers)) as server, LocalHttp(answer(200, b"{}")) as other:
        for url in (server.url, server.url, other.url):
            exchange(session, "GET", url, read_seconds=5)
        assert len(server.seen) == 2
        assert all("cookie" not in seen.headers for seen in (*server.seen, *other.seen))
    assert list(session.cookies) == []


def test_no_cookie_is_kept_over_a_rest() -> None:
    """Closed connections are no reason to begin a new session, so nothing may stand in the old one."""
    now = NOW

    def clock() -> datetime:
        return now

    session = open_session(now=clock)
    with LocalHttp(answer(200, b"{}", {"Set-Cookie": COOKIES["plain_session"]})) as server:
        exchange(session, "GET", server.url, read_seconds=5)
        now += timedelta(hours=1)
        exchange(session, "GET", server.url, read_seconds=5)
    session.close()
    assert [seen.headers.get("cookie") for seen in server.seen] == [None, None]


def test_a_session_for_one_call_keeps_no_cookie_either() -> None:
    """Whatever Slack sets."""
    with fresh_session() as session, LocalHttp(answer(200, b"{}", {"Set-Cookie": "b=1; Path=/"})) as server:
        exchange(session, "GET", server.url, read_seconds=5)
        assert list(session.cookies) == []
