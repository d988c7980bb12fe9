"""One exchange over real HTTP: whole answers, and failures that say whether the request was sent."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from chalicelib.http import MAX_ANSWER_BYTES, Answer, AnswerLost, NotSent, exchange
from tests.local_http import LocalHttp, answer, break_off, closed_port_url, drip, reset, stall, stall_in_body

SECRET = "query-string-secret"
READ_SECONDS = 5.0
SHORT_SECONDS = 1.0


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


class Failing(HTTPAdapter):
    """A transport that raises what it was told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def send(self, *_args: Any, **_options: Any) -> requests.Response:
        """Raise it."""
        raise self.error


def get(session: requests.Session, url: str, read_seconds: float = READ_SECONDS, **options: Any) -> Answer:
    return exchange(session, "GET", f"{url}/path?token={SECRET}", read_seconds=read_seconds, **options)


def test_a_whole_answer_has_status_headers_and_body(session: requests.Session) -> None:
    """Every status is an answer, and header names come in lower case."""
    with LocalHttp(answer(418, b"short", {"X-Some-Header": "Value"})) as server:
        got = get(session, server.url, headers={"X-Mine": "1"})
    assert (got.status, got.body, got.headers["x-some-header"]) == (418, b"short", "Value")
    assert server.seen[0].headers["x-mine"] == "1"


def test_a_packed_answer_is_unpacked(session: requests.Session) -> None:
    """A gzip body is read as what it holds."""
    with LocalHttp(answer(200, gzip.compress(b"plain"), {"Content-Encoding": "gzip"})) as server:
        assert get(session, server.url).body == b"plain"
        assert "gzip" in server.seen[0].headers["accept-encoding"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(session: requests.Session, status: int) -> None:
    """A redirect is an answer like any other: tokens go nowhere else."""
    with (
        LocalHttp(answer(200, b"elsewhere")) as other,
        LocalHttp(answer(status, headers={"Location": other.url})) as server,
    ):
        assert get(session, server.url).status == status
    assert (len(server.seen), other.seen) == (1, [])


@pytest.mark.parametrize("location", ["http://[not-an-address", "\xff\xfe", "//", "http://a b/%zz"])
def test_a_redirect_to_nonsense_is_an_answer_too(session: requests.Session, location: str) -> None:
    """An address that cannot be read breaks nothing, since nobody goes there."""
    with LocalHttp(answer(302, b"moved", {"Location": location})) as server:
        assert get(session, server.url).status == 302


@pytest.mark.parametrize("status", [200, 302])
def test_an_oversized_body_is_not_read_whole(session: requests.Session, status: int) -> None:
    """Reading stops at the limit, also for a redirect's body."""
    body = bytes(MAX_ANSWER_BYTES + 1)
    with (
        LocalHttp(answer(status, body, {"Location": "http://127.0.0.1:9/"})) as server,
        pytest.raises(AnswerLost, match="too large"),
    ):
        get(session, server.url)


def test_a_body_of_the_limit_is_read(session: requests.Session) -> None:
    """The limit itself is allowed."""
    with LocalHttp(answer(200, bytes(MAX_ANSWER_BYTES))) as server:
        assert len(get(session, server.url).body) == MAX_ANSWER_BYTES


def test_a_packed_body_counts_unpacked(session: requests.Session) -> None:
    """A small packed body that unpacks beyond the limit is refused."""
    with (
        LocalHttp(answer(200, gzip.compress(bytes(MAX_ANSWER_BYTES * 2)), {"Content-Encoding": "gzip"})) as server,
        pytest.raises(AnswerLost, match="too large"),
    ):
        get(session, server.url)


@pytest.mark.parametrize("act", [stall, stall_in_body])
def test_a_time_out_is_a_lost_answer(session: requests.Session, act: Any) -> None:
    """What stalls before or within the body may have been done."""
    with LocalHttp(act) as server, pytest.raises(AnswerLost):
        get(session, server.url, SHORT_SECONDS)
    assert len(server.seen) == 1


def test_a_drip_is_a_lost_answer(session: requests.Session) -> None:
    """Each drop comes in time for itself, and the whole does not."""
    with LocalHttp(drip) as server, pytest.raises(AnswerLost, match="too slowly"):
        get(session, server.url, SHORT_SECONDS)


@pytest.mark.parametrize("act", [reset, break_off, answer(200, b"no gzip", {"Content-Encoding": "gzip"})])
def test_a_broken_answer_is_lost(session: requests.Session, act: Any) -> None:
    """A reset, half a body and a body that cannot be unpacked: the request may have been done."""
    with LocalHttp(act) as server, pytest.raises(AnswerLost):
        get(session, server.url)
    assert len(server.seen) == 1


def test_no_connection_means_not_sent(session: requests.Session) -> None:
    """Where nobody listens, nothing was sent."""
    with pytest.raises(NotSent):
        get(session, closed_port_url())


@pytest.mark.parametrize(
    "options",
    [{"headers": {"Authorization": "Zoho-oauthtoken \u2026" + SECRET}}, {"headers": {"Authorization": f"a\n{SECRET}"}}],
)
def test_a_header_that_cannot_be_sent_shows_nothing(session: requests.Session, options: dict[str, Any]) -> None:
    """A token with letters that HTTP does not know is an error of ours, whose text and causes are silent about it."""
    with LocalHttp(answer(200)) as server, pytest.raises(AnswerLost) as caught:
        get(session, server.url, **options)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def _library_errors() -> list[type[requests.RequestException]]:
    found, queue = [], [requests.RequestException]
    while queue:
        kind = queue.pop()
        found.append(kind)
        queue += kind.__subclasses__()
    # JSONDecodeError comes from Response.json(), which nobody calls here.
    own = {kind for kind in found if kind.__module__ == "requests.exceptions"} - {requests.exceptions.JSONDecodeError}
    return sorted(own, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", _library_errors())
def test_every_error_of_requests_is_mapped(session: requests.Session, kind: type[requests.RequestException]) -> None:
    """No error of the library comes through, and nothing of its text; only a connection never made is `NotSent`."""
    session.mount("http://", Failing(kind(SECRET)))
    with pytest.raises((NotSent, AnswerLost)) as caught:
        get(session, "http://127.0.0.1:9")
    assert isinstance(caught.value, NotSent) == (kind is requests.exceptions.ConnectTimeout)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_json_numbers_keep_their_digits() -> None:
    """An id of 19 digits is not rounded, whether it comes as text or as a number."""
    body = b'{"id": 9007199254740993123, "amount": 0.10, "yes": true}'
    assert Answer(200, {}, body).json() == {"id": "9007199254740993123", "amount": "0.10", "yes": True}


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\xfa", b"[" * 60_000, b'{"a": '])
def test_what_is_no_json_is_none(body: bytes) -> None:
    """No body raises."""
    assert Answer(200, {}, body).json() is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("999999", 999999.0),
        ("1000000", None),
        ("-1", None),
        ("", None),
        (".", None),
        ("1.2.3", None),
        ("\u0663\u0660", None),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_in_seconds(header: str, seconds: float | None) -> None:
    """Only plain seconds of at most six digits are believed."""
    assert Answer(429, {"retry-after": header}, b"").retry_after_seconds == seconds


def test_no_retry_after() -> None:
    """Zoho sends none."""
    assert Answer(429, {}, b"").retry_after_seconds is None
