"""Calls the app on this machine as AWS does: behind HTTP, or with the events of API Gateway and of the schedule.

Behind HTTP it is served by Chalice's own local server.
"""

from __future__ import annotations

import functools
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sandbox.callers import Call
from sandbox.exchange import Exchange, Party
from sandbox.serving import ServerThread
from sandbox.watch import Watch

ACCOUNT, REGION = "123456789012", "us-east-1"


class LocalApi(ServerThread):
    """Runs `chalice local`'s server on a free port, without its line per request."""

    def __init__(self, app: Any, watch: Watch | None = None) -> None:
        from chalice.config import Config
        from chalice.local import ChaliceRequestHandler, create_local_server

        class QuietHandler(ChaliceRequestHandler):
            """Answers, and says nothing about it."""

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def _parse_payload(self) -> tuple[Any, bytes | None]:
                headers, body = super()._parse_payload()
                path, _, query = self.path.partition("?")
                party: Party = "slack_click" if path == "/slack/actions" else "webhook"
                self.exchange = Exchange(party, self.command, path, query, dict(headers), body or b"")
                return headers, body

            def _send_http_response(self, code: int, headers: Any, body: str | bytes | None) -> None:
                answer = body.encode() if isinstance(body, str) else body or b""
                self.exchange.status, self.exchange.answer_headers, self.exchange.answer = code, dict(headers), answer
                super()._send_http_response(code, headers, body)
                if watch:
                    watch.note(self.exchange)

        config = Config()
        self._app, self._class = app, app.__class__
        server = create_local_server(app, config, "127.0.0.1", 0).server
        server.RequestHandlerClass = functools.partial(QuietHandler, app_object=app, config=config)
        super().__init__(server)

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://{self.address}"

    def stop(self) -> None:
        """Stop listening."""
        super().stop()
        self._app.__class__ = self._class  # Chalice has put one of its own in its place, and cannot do that twice


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the length of a block; the machine's own `LEADMATCH_*` and `AWS_*` have no say inside it."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("LEADMATCH_", "AWS_")):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def proxy_event(call: Call, path: str) -> dict[str, Any]:
    """Return a REST API's event for a call.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    return {
        "resource": path,
        "path": path,
        "httpMethod": call.method,
        "headers": call.headers,
        "multiValueHeaders": {name: [value] for name, value in call.headers.items()},
        "queryStringParameters": call.query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in call.query.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "resourcePath": path,
            "httpMethod": call.method,
            "path": f"/api{path}",
            "stage": "api",
            "requestId": str(uuid.uuid4()),
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": call.body.decode() or None,
        "isBase64Encoded": False,
    }


def scheduled_event() -> dict[str, Any]:
    """Return the event of a rule that is due. https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/leadmatch-dev-sweep-event"],
        "detail": {},
    }
