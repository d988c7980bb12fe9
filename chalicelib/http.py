"""One HTTP exchange, bounded in time and size, that follows no redirect and says how far it came when it fails."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from chalicelib.digits import is_digits
from chalicelib.timing import CONNECT_SECONDS

if TYPE_CHECKING:
    import requests

MAX_ANSWER_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
MAX_RETRY_AFTER_DIGITS = 6
COMPRESSED = {"Accept-Encoding": "gzip, deflate"}
"""The header that lets the other side compress its answer."""


class NotSent(Exception):
    """The request certainly did not reach the other side."""


class AnswerLost(Exception):
    """The request may have reached the other side, and its answer did not reach us."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its status, headers (lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON with numbers as their digits, so that no id loses its end; None when it is none."""
        try:
            return json.loads(self.body, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            return None

    @property
    def retry_after_seconds(self) -> float | None:
        """Return the Retry-After header in seconds; None without one. Its date form is not used by Zoho or Slack."""
        text = self.headers.get("retry-after", "").strip()
        digits = text.replace(".", "", 1)
        if not is_digits(digits, most=MAX_RETRY_AFTER_DIGITS):
            return None
        return float(text)


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    read_seconds: float,
    headers: Mapping[str, str] = MappingProxyType({}),
    **options: Any,
) -> Answer:
    """Send one request and read its answer whole; raise `NotSent` or `AnswerLost`, never the library's errors.

    The library's texts hold addresses and query strings, so nothing of them is passed on. The session's adapter is called itself: what
    requests puts around it follows redirects and knows cookies, proxies and files of the environment, and none of that may be.
    """
    import requests

    with (
        _told_apart(),
        session.get_adapter(url).send(
            requests.Request(method, url, headers={**COMPRESSED, **headers}, **options).prepare(),
            timeout=(CONNECT_SECONDS, read_seconds),
            verify=session.verify,  # type: ignore[arg-type] # None stands for requests' default, and is not there
            stream=True,
        ) as response,
    ):
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, lower, read_body(response.raw, until=time.monotonic() + read_seconds))


def read_body(raw: Any, *, until: float) -> bytes:
    """Read a body from urllib3's answer; it has to be there whole in time: each drop of a drip would be in time for itself."""
    body = bytearray()
    while chunk := raw.read1(CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise AnswerLost("the answer is too large")
        if time.monotonic() > until:
            raise AnswerLost("the answer arrived too slowly")
    return bytes(body)


@contextmanager
def _told_apart() -> Iterator[None]:
    import requests
    from urllib3.exceptions import HTTPError

    try:
        yield
    except requests.exceptions.ConnectTimeout:
        raise NotSent("no connection in time") from None
    except requests.exceptions.ConnectionError as error:
        if _never_connected(error):
            raise NotSent("no connection") from None
        raise AnswerLost("the connection broke") from None
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise AnswerLost(type(error).__name__) from None
    except ValueError:  # a header or an address that cannot be encoded; the text would show it
        raise AnswerLost("the request or its answer is malformed") from None


def _never_connected(error: BaseException) -> bool:
    """Look for urllib3's NewConnectionError: the one that says that not a byte was sent."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)
