"""The entry points and nothing else: routes, queue handlers, the schedule. What they do stands in chalicelib/steps."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from chalice.app import Chalice, CloudWatchEvent, Rate, Response, SQSEvent

from chalicelib.settings import check_workers, queue_name
from chalicelib.timing import SWEEP_MINUTES
from chalicelib.version import VERSION
from chalicelib.wiring import Wiring

if TYPE_CHECKING:
    from chalicelib.handlers import HttpHandler

app = Chalice(app_name="leadmatch", configure_logs=False)
wiring = Wiring(os.environ)


@app.route("/zoho/leads", methods=["POST", "PUT", "DELETE", "GET"], content_types=["*/*"])
def zoho_leads() -> Response:
    """Take a call of Zoho's workflow rule, with any method that its webhook form offers, or Notification channel."""
    return answered(wiring.receive)


@app.route("/slack/actions", methods=["POST"], content_types=["*/*"])
def slack_actions() -> Response:
    """Take a click on a button in Slack."""
    return answered(wiring.act)


@app.route("/health", methods=["GET"])
def health() -> dict[str, str]:
    """Return that the function runs, and which version; reads no secret and asks nobody."""
    return {"status": "ok", "version": VERSION}


@app.on_sqs_message(
    queue=queue_name("inbox", os.environ), batch_size=1, name="check", maximum_concurrency=check_workers(os.environ)
)
def check(event: SQSEvent) -> None:
    """Check one lead of the inbox."""
    for record in event:
        wiring.check.handle(record.to_dict())


@app.on_sqs_message(queue=queue_name("slack", os.environ), batch_size=1, name="notify", maximum_concurrency=2)
def notify(event: SQSEvent) -> None:
    """Post or edit the Slack message about one lead."""
    for record in event:
        wiring.notify.handle(record.to_dict())


@app.on_sqs_message(queue=queue_name("convert", os.environ), batch_size=1, name="convert", maximum_concurrency=2)
def convert(event: SQSEvent) -> None:
    """Carry out what a person decided about one lead in Slack."""
    for record in event:
        wiring.convert.handle(record.to_dict())


@app.on_sqs_message(queue=queue_name("tokens", os.environ), batch_size=1, name="refresh", maximum_concurrency=2)
def refresh(event: SQSEvent) -> None:
    """Fetch the next access token from Zoho, if a request asks for it in time."""
    for record in event:
        wiring.refresh.handle(record.to_dict())


@app.schedule(Rate(SWEEP_MINUTES, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> None:  # noqa: ARG001 - the schedule says nothing
    """Request the next access token, queue the waiting leads that are due, handle dead letters."""
    wiring.sweep()


def answered(route: HttpHandler) -> Response:
    """Return the route's reply to the current call in Chalice's form."""
    reply = route.answer(app.current_request.to_original_event())  # type: ignore[union-attr] # inside a route it is there
    return Response(reply.body, status_code=reply.status, headers=dict(reply.headers))
