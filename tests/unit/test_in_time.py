"""Calls that end in time: whatever the other side does, a person who clicked has an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from urllib3.exceptions import HTTPError

from chalicelib import timing
from chalicelib.errors import LeadmatchError, SlackUnavailable, SlackUnclear
from chalicelib.http import Answer, AnswerLost, NotSent
from chalicelib.slack.client import SlackBot
from chalicelib.wiring.connections import aws_pool
from chalicelib.wiring.in_time import Deadline, ExchangeInTime, HttpInTime
from tests.local_http import Act, LocalHttp, answer, break_off, closed_port_url, drip, drip_head, reset

HEADERS = {"Authorization": "Bearer x"}


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def deadline(seconds: float = 20.0) -> Deadline:
    """Return a deadline of a click that has just begun."""
    made = Deadline()
    made.start(seconds)
    return made


def exchange(url: str, within: Deadline, **options: object) -> Answer:
    """Send one request."""
    return ExchangeInTime(within, now=now)(None, "POST", url, headers=HEADERS, **options)


def test_an_answer_is_read_whole() -> None:
    """JSON goes out as UTF-8, which takes a third of the room of escapes in a form of a hundred names."""
    with LocalHttp(answer(200, b'{"ok": true}', {"X-Thing": "1"})) as server:
        found = exchange(f"{server.url}/api/views.open?a=b", deadline(), json={"name": "Zoë"}, read_seconds=8.0)
    assert (found.status, found.json(), found.headers["x-thing"]) == (200, {"ok": True}, "1")
    (seen,) = server.seen
    assert (seen.path, seen.query, json.loads(seen.body)) == ("/api/views.open", {"a": "b"}, {"name": "Zoë"})
    assert "Zoë".encode() in seen.body
    assert seen.headers["authorization"] == "Bearer x"


def test_a_form_goes_out_as_one() -> None:
    """Some methods take no JSON."""
    with LocalHttp(answer(200, b"{}")) as server:
        exchange(server.url, deadline(), data={"user": "U0 ADA"})
    assert server.seen[0].body == b"user=U0+ADA"


@pytest.mark.parametrize("act", [drip, drip_head])
def test_an_answer_that_is_not_there_in_time_is_lost(act: Act) -> None:
    """Each of its bytes would be in time for itself."""
    with LocalHttp(act) as server, pytest.raises(AnswerLost):
        exchange(server.url, deadline(0.2), json={})


@pytest.mark.parametrize("act", [reset, break_off])
def test_an_answer_that_breaks_off_is_lost(act: Act) -> None:
    """The form may be open all the same."""
    with LocalHttp(act) as server, pytest.raises(AnswerLost):
        exchange(server.url, deadline(), json={})


def test_what_could_not_be_sent_says_so() -> None:
    """No connection, and no time that is left; no address that can be none."""
    with pytest.raises(NotSent):
        exchange(closed_port_url(), deadline(), json={})
    with LocalHttp() as server:
        with pytest.raises(NotSent):
            exchange(server.url, deadline(0.0), json={})
        assert server.seen == []
    with pytest.raises(AnswerLost):
        exchange("https://[", deadline(), json={})


def test_a_redirect_is_not_followed() -> None:
    """The token goes to Slack alone."""
    with LocalHttp(answer(302, b"", {"Location": "http://127.0.0.1:1/"})) as server:
        assert exchange(server.url, deadline(), json={}).status == 302


@pytest.mark.parametrize(("act", "error"), [(reset, SlackUnclear), (answer(503), SlackUnclear)])
def test_slacks_client_has_the_same_errors_with_it(act: Act, error: type[LeadmatchError]) -> None:
    """It is the same client as notify's."""
    with LocalHttp(act) as server:
        slack = SlackBot(token="x", api_url=server.url, session=Nothing, exchange=ExchangeInTime(deadline(), now=now))
        with pytest.raises(error):
            slack.open_view(trigger_id="1", view={})
        with pytest.raises(SlackUnavailable):
            slack.user("U0ADA")


class Nothing:
    """A session that is none."""

    def __enter__(self) -> None:
        """Open nothing."""

    def __exit__(self, *_: object) -> None:
        """Close nothing."""


def test_an_attempt_at_aws_ends_in_time() -> None:
    """Its own bound leaves time to tell the person; without time there is no attempt."""
    with LocalHttp(drip) as server:
        pool = aws_pool(server.url, now=now)
        with pytest.raises(HTTPError):
            HttpInTime(pool, deadline(0.2)).urlopen("POST", "/", body=b"", headers={})
        before = len(server.seen)
        with pytest.raises(HTTPError, match="no time"):
            HttpInTime(pool, Deadline()).urlopen("POST", "/", body=b"", headers={})
        assert len(server.seen) == before
        pool.close()


def test_the_time_that_is_left_runs_out() -> None:
    """Each click begins anew, and each thread has its own."""
    moments = iter([100.0, 101.0, 101.0, 103.0, 200.0, 200.0])
    made = Deadline(clock=lambda: next(moments))
    assert made.left() == 0.0
    made = Deadline(clock=lambda: next(moments))
    made.start(2.5)
    assert (made.left(), made.left()) == (2.5, 0.5)
    made.start(timing.ACT_SECONDS)
    assert made.left(1.0) == 1.0


def test_the_time_of_what_has_begun_goes_on() -> None:
    """A delivery that is tried again at once has no second time for its mention; another one has its own."""
    now = 0.0
    made = Deadline(clock=lambda: now)
    made.start(2.0, of="first")
    now = 1.5
    made.start(2.0, of="first")
    assert made.left() == 0.5
    made.start(2.0, of="second")
    assert made.left() == 2.0
    for _ in range(2):  # a click has no name, and each is another one
        now += 1.0
        made.start(2.0)
        assert made.left() == 2.0
