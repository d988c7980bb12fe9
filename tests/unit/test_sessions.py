"""The HTTP sessions that the app's functions use: nothing of a call gets into the log by itself."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from chalicelib.http import exchange
from chalicelib.wiring.clients import fresh_session
from tests.unit.local_http import LocalHttp

PATH, PERSONAL = "/services/T0/B0/secret-of-the-webhook", "ada@zylker.example"


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
