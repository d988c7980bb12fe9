"""The product broken on purpose, inside one worker's process: what the matrix does not notice here, it does not prove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from chalicelib.aws.ledger import Ledger
from chalicelib.errors import LeadmatchError
from chalicelib.handlers import QueueHandler
from chalicelib.slack.client import SlackBot
from chalicelib.wiring import clients


def break_on_purpose(how: str) -> None:
    """Break what the word names; an empty word breaks nothing."""
    if how:
        BREAK[how]()


def _client_repeats() -> None:
    """Post with an HTTP client that sends again when the answer is lost, as Slack's own SDK does unless told not to."""

    def session() -> requests.Session:
        made = requests.Session()
        made.mount("http://", HTTPAdapter(max_retries=Retry(total=1, allowed_methods=None)))
        return made

    clients.fresh_session = session


def _no_read_back() -> None:
    """Post again after an unclear answer without a look into the channel."""
    SlackBot.find = lambda *_args, **_options: ""  # type: ignore[method-assign]


def _no_intent() -> None:
    """Post without having written down that we are about to."""
    Ledger.intend = lambda _ledger, held, _posting: held  # type: ignore[method-assign]


def _failures_swallowed() -> None:
    """Return where one should raise, so that the message is deleted."""
    handle = QueueHandler.handle

    def swallow(worker: QueueHandler, record: Mapping[str, Any]) -> None:
        try:
            handle(worker, record)
        except LeadmatchError:
            return

    QueueHandler.handle = swallow  # type: ignore[method-assign]


BREAK = {
    "an HTTP client that repeats": _client_repeats,
    "no read-back": _no_read_back,
    "no intent": _no_intent,
    "failures that are swallowed": _failures_swallowed,
}
