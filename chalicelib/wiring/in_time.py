"""Calls that all end before one moment: a person waits for act, and Slack waits for three seconds; and no post waits long for a mention.

AWS is called with our own client, Slack with urllib3 alone: requests takes as long to import as all else that act does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswerInTimeError

from chalicelib import timing
from chalicelib.aws.client import AwsClient, Service
from chalicelib.http import COMPRESSED, Answer, AnswerLost, NotSent, read_body
from chalicelib.wiring import clients
from chalicelib.wiring.connections import MOST_ADDRESSES, open_pool

if TYPE_CHECKING:
    from chalicelib.aws.client import Http


class Deadline:
    """When the calls of a thread must have ended."""

    def __init__(self, *, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._thread = clock, threading.local()

    def start(self, seconds: float, *, of: object = None) -> None:
        """Begin a click, or another thing; the time of one that has begun, by what it is `of`, goes on."""
        if of is None or getattr(self._thread, "of", None) != of:
            self._thread.of, self._thread.until = of, self._clock() + seconds

    def left(self, most: float = float("inf")) -> float:
        """Return how many seconds are left, and no more than `most`; 0 when none are."""
        until: float = getattr(self._thread, "until", float("-inf"))
        return max(0.0, min(most, until - self._clock()))


class HttpInTime:
    """The connections to an AWS service, for `AwsClient`: each attempt ends in time."""

    def __init__(self, pool: HTTPConnectionPool, deadline: Deadline) -> None:
        self._pool, self._deadline = pool, deadline

    def urlopen(self, method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> BaseHTTPResponse:
        """Return the answer; raise urllib3's `TimeoutError` when no time is left."""
        left = self._deadline.left(timing.ACT_AWS_SECONDS)
        if not left:
            raise NoAnswerInTimeError("no time is left")
        return self._pool.urlopen(method, url, body=body, headers=headers, timeout=_within(left))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class ExchangeInTime:
    """What `chalicelib.http.exchange` does, on a connection of its own, and in the time that is left."""

    def __init__(self, deadline: Deadline, *, now: Callable[[], datetime]) -> None:
        self._deadline, self._now = deadline, now

    def __call__(self, _session: object, method: str, url: str, **options: Any) -> Answer:
        """Return the answer; raise `NotSent` or `AnswerLost`. It needs no session."""
        left = self._deadline.left()
        if not left:
            raise NotSent("no time is left")
        body, kind = _body(options)
        headers = {**COMPRESSED, "Content-Type": kind, **options["headers"]}
        try:
            with closing(open_pool(url, timeout=_within(left), now=self._now)) as pool:
                answer = pool.urlopen(method, _target(url), body=body, headers=headers, preload_content=False)
                lower = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status, lower, read_body(answer, until=monotonic() + left))
        except (NewConnectionError, ConnectTimeoutError):
            raise NotSent("no connection in time") from None
        except HTTPError as error:
            raise AnswerLost(type(error).__name__) from None
        except ValueError:  # a header or an address that cannot be encoded; the text would show it
            raise AnswerLost("the request or its answer is malformed") from None


def aws_in_time(deadline: Deadline, service: Service) -> AwsClient:
    """Build a client of an AWS service that repeats a call at once, as far as time is left."""

    def connect(url: str) -> Http:
        return cast("Http", HttpInTime(clients.pool_to_aws(url), deadline))

    return AwsClient(service, clients.environ, connect=connect, sleep=sleep, random=lambda: 0.0)


def _within(seconds: float) -> Timeout:
    """Return time-outs that hold together: the one of a connection holds for each address of a host."""
    return Timeout(connect=seconds / MOST_ADDRESSES, read=seconds, total=seconds)


def _target(url: str) -> str:
    at = urlsplit(url)
    return f"{at.path or '/'}?{at.query}" if at.query else at.path or "/"


def _body(options: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a request's body and what it is: JSON, or a form."""
    if "json" in options:
        text = json.dumps(options["json"], ensure_ascii=False)
        return text.encode("utf-8", "replace"), "application/json; charset=utf-8"
    return urlencode(options["data"]).encode(), "application/x-www-form-urlencoded"
