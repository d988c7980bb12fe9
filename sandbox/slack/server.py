"""The Slack stand-in: a workspace behind real HTTP, with faults on demand and a record of every call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, Response, request

from sandbox.serving import StandIn
from sandbox.slack.arguments import Arguments, RefusedError
from sandbox.slack.faults import Answer, Fault, Faults, drip, half, reset
from sandbox.slack.methods import GRANTED, WebApi, rate_of
from sandbox.slack.rates import Rate, RateLimits
from sandbox.slack.response_urls import RESPONSE_URL, ResponseUrls
from sandbox.slack.webhook import IncomingWebhook
from sandbox.slack.workspace import Message, Workspace

WEBHOOK = "incoming-webhook"
_WEBHOOK_PATH = "/services/T0SANDBOX/B0WEBHOOK/sandboxonly"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was answered; the status is None if its connection was broken off.

    `connection_id` is the client's port: calls that share it came over one kept-alive connection.
    """

    method: str
    channel: str | None
    status: int | None
    error: str | None
    at: float
    connection_id: int


class SlackStandIn(StandIn):
    """Serves the Web API, one incoming webhook, bound to the first channel, and what clicks bring, for as long as its block lasts."""

    def __init__(
        self,
        *,
        bot_token: str,
        channels: Sequence[str],
        clock: Callable[[], float] = time.time,
        posts_per_second: float = 1.0,
        burst: int = 5,
        scopes: Sequence[str] = GRANTED,
    ) -> None:
        self.workspace = Workspace(channels, clock=clock)
        self.calls: list[Call] = []
        self.scopes = set(scopes)
        """What the bot token may do; may be changed at any time."""
        self._limits, posts = RateLimits(clock=clock), Rate(posts_per_second, burst)
        self._clock = clock
        self._faults = Faults()
        self._api = WebApi(
            workspace=self.workspace, limits=self._limits, posts=posts, bot_token=bot_token, granted=self.scopes
        )
        self._response_urls = ResponseUrls(workspace=self.workspace, clock=clock)
        self._webhook = IncomingWebhook(workspace=self.workspace, limits=self._limits, posts=posts, channel=channels[0])
        super().__init__(self._app())

    @property
    def api_url(self) -> str:
        """The Web API's base, to be followed by a slash and a method."""
        return f"{self._serving.url}/api"

    @property
    def webhook_url(self) -> str:
        """The incoming webhook's address."""
        return self._serving.url + _WEBHOOK_PATH

    def response_url(self, user_id: str, message: Message) -> str:
        """Return the address that a click of this person on this message brings."""
        return self._serving.url + self._response_urls.make(user_id, message.channel, message.ts)

    def on(self, method: str, answer: Answer | Fault, *, times: int = 1) -> None:
        """Let the next calls of a method (or of `WEBHOOK` or `RESPONSE_URL`) go wrong in this way."""
        self._faults.plan(method, answer, times=times)

    def spend(self, method: str, calls: int) -> None:
        """Take so many calls out of what a method's tier allows, as if they had been made."""
        for _ in range(calls):
            self._limits.seconds_to_wait(method, rate_of(method))

    def clear(self) -> None:
        """Let every call go well again: no fault is planned, and no call comes too fast after those before."""
        self._faults.clear()
        self._limits.clear()

    def _app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/api/<method>", view_func=self._call_api, methods=["GET", "POST"])
        app.add_url_rule("/actions/<path:_>", view_func=self._call_response_url, methods=["POST"])
        app.add_url_rule(_WEBHOOK_PATH, view_func=self._call_webhook, methods=["POST"])
        return app

    def _call_api(self, method: str) -> Response:
        try:
            arguments = Arguments.of(request)
        except RefusedError as refused:
            error = refused.error
            return self._respond(method, None, lambda: Answer(200, {"ok": False, "error": error}))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.text("token") or ""
        channel = arguments.text("channel")
        return self._respond(method, channel, lambda: self._api.call(method, token, arguments))

    def _call_webhook(self) -> Response:
        channel = self._webhook.channel
        try:
            arguments = Arguments.of_webhook(request)
        except RefusedError:
            return self._respond(WEBHOOK, channel, lambda: Answer(400, "invalid_payload"))
        return self._respond(WEBHOOK, channel, lambda: self._webhook.call(arguments))

    def _call_response_url(self, _: str) -> Response:
        path = request.path
        channel = self._response_urls.channel(path)
        try:
            arguments = Arguments.of_webhook(request)
        except RefusedError:
            return self._respond(RESPONSE_URL, channel, lambda: Answer(400, "invalid_payload"))
        return self._respond(RESPONSE_URL, channel, lambda: self._response_urls.call(path, arguments))

    def _respond(self, method: str, channel: str | None, act: Callable[[], Answer]) -> Response:
        fault = self._faults.take(method)
        answer = act() if fault is None or fault.effect else Answer(200, "")
        if isinstance(fault, Fault):
            self._record(method, channel, None, fault.name.lower())
            return _broken_off(fault, answer, self._stopping.wait)
        if fault is not None:
            answer = fault.instead_of(answer)
        self._record(method, channel, answer.status, answer.error)
        self._stopping.wait(answer.delay_seconds)
        return _response(answer)

    def _record(self, method: str, channel: str | None, status: int | None, error: str | None) -> None:
        connection_id = int(request.environ["REMOTE_PORT"])
        self.calls.append(Call(method, channel, status, error, self._clock(), connection_id))


def _response(answer: Answer) -> Response:
    response = Response(answer.text, status=answer.status, mimetype=answer.mimetype)
    response.headers.update(answer.headers)
    return response


def _broken_off(fault: Fault, answer: Answer, wait: Callable[[float], object]) -> Response:
    body = answer.text.encode()
    sent = {Fault.HALF_ANSWER_AFTER_EFFECT: half(body), Fault.DRIP_AFTER_EFFECT: drip(body, wait)}.get(fault)
    if sent is not None:
        return Response(sent, headers={"Content-Length": str(len(body))}, mimetype=answer.mimetype)
    reset(request.environ["werkzeug.socket"])
    return Response(half(b""))  # goes nowhere: writing it tells the server that the connection is gone
