"""Records what happens on a lead's way through the sandbox, while it happens: calls with their answers, and runs of functions.

It stands around the servers and the functions, and changes nothing of what they do. A step is recorded when it is over.
"""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sandbox.exchange import Exchange, Party, error_word
from sandbox.masking import Masking, cut, decoded

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

    from sandbox.pump import Handler

MAX_STEPS = 3000
MAX_KEPT_BYTES = 300_000
"""How much of an answer is looked at."""
MAX_UNREAD_BYTES = 40_000
"""How large a call is kept as it came until somebody reads it; those of a lead without hundreds of matches are smaller."""
MAX_IDS = 20_000
"""How many ids are remembered that tell which lead something is about."""
Texts = Callable[[], tuple[str, str]]
"""Gives what was sent and what came back, readable and without secrets."""
BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")
"""The headers that WSGI names without a prefix."""
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{10}\.\d{6}|\bV[0-9A-Z]{8,}\b|\d+")
"""An event's id, a Slack message's ts, a Slack view's id, or a record's id."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call or one run of a function. `number` grows by one with each that ends; `at` is when it began, in epoch seconds.

    `status` is HTTP's, None for a broken connection and for a function. `error` is empty or a machine's word: Slack's error,
    Zoho's or AWS's code, the webhook's reason, the class of what a function raised. `texts` makes what was sent and received
    readable when somebody reads it: most steps nobody does, and it takes longer than many calls.
    """

    number: int
    at: float
    seconds: float
    party: Party
    name: str
    lead_ids: tuple[str, ...]
    status: int | None
    error: str
    texts: Texts

    @property
    def sent(self) -> str:
        """What was sent, without secrets, as far as it is shown."""
        return cut(self.texts()[0])

    @property
    def received(self) -> str:
        """What came back, likewise."""
        return cut(self.texts()[1])


class Watch:
    """The last steps of a sandbox, safe to read from any thread."""

    def __init__(self, *, max_steps: int = MAX_STEPS) -> None:
        self._steps: deque[Step] = deque(maxlen=max_steps)
        self._number = 0
        self._changed = threading.Condition()
        self._masking, self._leads = Masking(), _Leads(lambda _: False)

    def begin(self, *, secrets: Iterable[str], is_lead: Callable[[str], bool]) -> None:
        """Say which texts must not be shown, and which ids are those of leads."""
        self._masking, self._leads = Masking(secrets), _Leads(is_lead)

    def since(self, number: int) -> list[Step]:
        """Return what ended after the step with this number, in that order; 0 asks for everything that is kept."""
        with self._changed:
            return [step for step in self._steps if step.number > number]

    def of_lead(self, lead_id: str) -> list[Step]:
        """Return the steps that were about a lead, in the order in which they began."""
        return sorted((step for step in self.since(0) if lead_id in step.lead_ids), key=lambda step: step.at)

    def wait(self, after: int, seconds: float) -> bool:
        """Wait until there is a step with a higher number; return whether there is one in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._number > after, seconds)

    def http(
        self, party: Party, app: WSGIApplication, *, concerns: Callable[[Mapping[str, Any]], bool] = lambda _: True
    ) -> WSGIApplication:
        """Return the app with its calls recorded: all of them, or those that `concerns` picks by their environ."""

        def watching(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            return (
                _Answer(self, party, app, environ, start_response)
                if concerns(environ)
                else app(environ, start_response)
            )

        return watching

    def function(self, name: str, handler: Handler) -> Handler:
        """Return a queue's handler with its runs recorded."""

        def watched(event: dict[str, Any], context: Any) -> Any:
            message = decoded(event["Records"][0]["body"].encode())
            self._leads.learn(message)
            at, began, error = time.time(), time.perf_counter(), ""
            try:
                return handler(event, context)
            except Exception as raised:
                error = type(raised).__name__
                raise
            finally:
                came = (
                    f"{error} was raised: the message stays in its queue." if error else "Done: the message is deleted."
                )
                leads, seconds = self._leads.named(json.dumps(message)), time.perf_counter() - began
                texts = partial(_function_texts, self._masking, message, came)
                self._keep(Step(0, at, seconds, "function", name, leads, None, error, texts))

        return watched

    def note(self, exchange: Exchange) -> None:
        """Record a call that is over."""
        seconds = time.perf_counter() - exchange.began
        answer = exchange.answered()
        if exchange.party == "webhook":
            self._leads.learn(answer)
        leads = self._leads.named(exchange.asked())
        if exchange.party == "slack":
            self._leads.learn_made(answer, leads)
        name, error = exchange.name, error_word(answer, exchange.status)
        texts = _kept(exchange, partial(_texts, self._masking, exchange))
        self._keep(Step(0, exchange.at, seconds, exchange.party, name, leads, exchange.status, error, texts))

    def _keep(self, step: Step) -> None:
        with self._changed:
            self._number += 1
            self._steps.append(replace(step, number=self._number))
            self._changed.notify_all()


def _texts(masking: Masking, exchange: Exchange) -> tuple[str, str]:
    return exchange.request_text(masking), exchange.answer_text(masking)


def _kept(exchange: Exchange, texts: Texts) -> Texts:
    """Return what keeps of a large call only as much as is shown."""
    if len(exchange.body) + len(exchange.answer) <= MAX_UNREAD_BYTES:
        return texts
    sent, received = texts()
    return partial(_cut, cut(sent), cut(received))


def _cut(sent: str, received: str) -> tuple[str, str]:
    return sent, received


def _function_texts(masking: Masking, message: object, came: str) -> tuple[str, str]:
    return masking.shown(message), came


class _Answer:
    """An app's answer to one call, which is recorded when it is whole, or when its connection breaks."""

    def __init__(
        self, watch: Watch, party: Party, app: WSGIApplication, environ: dict[str, Any], start_response: StartResponse
    ) -> None:
        self._watch, self._start, self._status = watch, start_response, 0
        self._exchange = _exchange(party, environ)
        self._is_noted = False
        self._body = app(environ, self._starting)
        self._chunks = iter(self._body)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self._exchange.status = self._status
            raise
        except ConnectionError:
            self._note()
            raise
        if len(self._exchange.answer) < MAX_KEPT_BYTES:
            self._exchange.answer += chunk
        return chunk

    def close(self) -> None:
        """Record the call; one whose end was not reached is a broken connection."""
        self._note()
        if (close := getattr(self._body, "close", None)) is not None:
            close()

    def _starting(self, status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        self._status, self._exchange.answer_headers = int(status.partition(" ")[0]), dict(headers)
        return self._start(status, headers, *error)

    def _note(self) -> None:
        if not self._is_noted:
            self._is_noted = True
            self._watch.note(self._exchange)


class _Leads:
    """Knows which lead an id belongs to: leads' own ids, events', Slack's messages' and views', as calls and messages show them."""

    def __init__(self, is_lead: Callable[[str], bool]) -> None:
        self._is_lead = is_lead
        self._known: dict[str, str] = {}

    def learn(self, *values: Any) -> None:
        """Remember the leads and events that decoded values name together."""
        for value in values:
            match value:
                case {"lead_id": str(lead_id), "event_id": str(event_id)}:
                    self.remember(lead_id, (lead_id,))
                    self.remember(event_id, (lead_id,))
                case Mapping():
                    self.learn(*value.values())
                case list():
                    self.learn(*value)

    def learn_made(self, received: Any, leads: tuple[str, ...]) -> None:
        """Remember the message or the view that Slack made by a call about these leads."""
        match received:
            case {"ts": str(id_)} | {"view": {"id": str(id_)}}:
                self.remember(id_, leads)

    def remember(self, id_: str, leads: tuple[str, ...]) -> None:
        """Remember an id as that of a lead, if it is that of one; the first ids are forgotten when there are too many."""
        if id_ and len(leads) == 1:
            self._known[id_] = leads[0]
            while len(self._known) > MAX_IDS:
                self._known.pop(next(iter(self._known)), None)

    def named(self, text: str) -> tuple[str, ...]:
        """Return the leads whose ids, or those of their events or messages, stand in a text."""
        found = (self._known.get(id_) or (id_ if self._is_lead(id_) else "") for id_ in dict.fromkeys(ID.findall(text)))
        return tuple(dict.fromkeys(filter(None, found)))


def _exchange(party: Party, environ: dict[str, Any]) -> Exchange:
    """Return a WSGI request, whose body can be read again."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): str(value)
        for name, value in environ.items()
        if name in BARE or name.startswith("HTTP_")
    }
    return Exchange(
        party, environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), headers, body
    )
