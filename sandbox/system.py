"""The whole system on one machine: AWS, Zoho and Slack stand-ins, the app behind its webhook, and the pump between."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

from aws_lambda_powertools import Logger

from chalicelib import timing
from chalicelib.aws.zoho_health import KEY as ZOHO_STATE
from sandbox.aws import READ_SECONDS, EmbeddedAws, by_functions
from sandbox.local_api import LocalApi, environment
from sandbox.pump import Handler, Pump
from sandbox.serving import LocalServer
from sandbox.slack.server import SlackStandIn
from sandbox.slack.workspace import Channel
from sandbox.watch import Watch
from sandbox.zoho.crm import OWNER, Crm
from sandbox.zoho.ids import ORG_ID
from sandbox.zoho.server import ZohoStandIn

SALES, OPERATOR = Channel.of("#lead-matches"), Channel.of("#leadmatch-operator")
WEBHOOK_KEY = "whsec_c2FuZGJveC1rZXktZm9yLXRoZS1kZW1vLW9ubHkh"
RETIRING_KEY = "the-key-before"
ZOHO = {"client_id": "1000.SANDBOX", "client_secret": "sandbox-secret", "refresh_token": "1000.sandbox-refresh"}
BOT_TOKEN = "xoxb-sandbox"
SIGNING_SECRET = "5a" * 16
SECRETS = (WEBHOOK_KEY, RETIRING_KEY, ZOHO["client_secret"], ZOHO["refresh_token"], BOT_TOKEN, SIGNING_SECRET)
"""What nobody is to see who watches."""
ROSA = "U0ROSA"
"""The owner of the CRM's leads, in Slack."""
POLL_SECONDS = 0.01


class Sandbox(LocalServer):
    """Everything, for as long as its block lasts; one at a time in a process.

    `log` takes the functions' log lines. `posts_per_second` is what Slack takes in a channel, and the pace of those who post.
    `watch` records what happens from its start on. `times` replace the product's in its `Wiring`: a sandbox has no six hours.
    """

    def __init__(
        self,
        *,
        log: IO[str],
        stage: str = "sandbox",
        posts_per_second: float = 1.0,
        aws: EmbeddedAws | None = None,
        watch: Watch | None = None,
        **times: Any,
    ) -> None:
        self.stage, self._log, self._posts_per_second, self._times = stage, log, posts_per_second, times
        self.crm = Crm()
        self.zoho = ZohoStandIn(
            self.crm,
            client_id=ZOHO["client_id"],
            client_secret=ZOHO["client_secret"],
            refresh_token=ZOHO["refresh_token"],
        )
        self.slack = SlackStandIn(
            bot_token=BOT_TOKEN,
            channels=("#lead-matches", "#leadmatch-operator"),
            posts_per_second=posts_per_second,
        )
        self.slack.workspace.people.add(ROSA, OWNER["name"], OWNER["email"])
        self.aws = aws or EmbeddedAws()
        self._watch = watch
        if watch:
            self._watch_servers(watch)
        self.webhook_url = self.actions_url = ""
        self.outputs: dict[str, str] = {}
        self.matches: list[str] = []
        """The match events that were read so far, in the order of their arrival."""
        self._open = ExitStack()

    def start(self) -> None:
        """Start everything; the webhook answers when this returns."""
        with ExitStack() as opening:
            for part in (self.aws, self.zoho, self.slack):
                opening.enter_context(part)
            self.outputs = self.aws.provision(self.stage, self.secrets())
            opening.enter_context(environment(self.variables()))
            opening.enter_context(_times(self._posts_per_second))
            self._serve_app(opening)
            self._open = opening.pop_all()

    def stop(self) -> None:
        """Stop everything, the last part first."""
        self._open.close()

    def empty_crm(self) -> None:
        """Forget every record, every failure that was asked for, how Zoho was, how fast Slack was called; messages stay."""
        self.crm.clear()
        self.aws.client("dynamodb").delete_item(TableName=self.outputs["TableName"], Key={"pk": {"S": ZOHO_STATE}})
        self.zoho.clear()
        self.slack.clear()

    def match_texts(self) -> list[str]:
        """Return every match event so far, in the order of their arrival: the sandbox is the queue's one consumer."""
        sqs, url = self.aws.client("sqs"), self.outputs["MatchesQueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            self.matches.extend(message["Body"] for message in messages)
            read = [{"Id": one["MessageId"], "ReceiptHandle": one["ReceiptHandle"]} for one in messages]
            sqs.delete_message_batch(QueueUrl=url, Entries=read)
        return list(self.matches)

    def wait_until_idle(self, *, seconds: float = 300, tick: Callable[[], None] = lambda: None) -> bool:
        """Wait until no message is on its way; tell whether that was so in time. `tick` is called now and then."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # One look is enough: the inbox is counted first, and check sends to Slack's queue before its message goes.
            if self.pump.is_idle():
                return True
            tick()
            time.sleep(POLL_SECONDS)
        return False

    def _serve_app(self, opening: ExitStack) -> None:
        """Serve the real app.py by Chalice's own local server, and give it its queues' messages."""
        import app
        from chalicelib.wiring import Wiring

        _build_clients()
        app.wiring = Wiring(os.environ, **self._times)
        _log_to(app.wiring.log, self._log)
        url = opening.enter_context(LocalApi(app.app, self._watch)).url
        self.webhook_url, self.actions_url = f"{url}/zoho/leads", f"{url}/slack/actions"
        workers = {"Inbox": "check", "Slack": "notify", "Convert": "convert", "Tokens": "refresh"}
        handlers = {self.outputs[f"{queue}QueueUrl"]: self._handler(app, name) for queue, name in workers.items()}
        self.pump = opening.enter_context(Pump(self.aws.client("sqs"), handlers, queues=self.aws))

    def _handler(self, module: Any, name: str) -> Handler:
        function: Handler = getattr(module, name)
        return self._watch.function(name, function) if self._watch else function

    def _watch_servers(self, watch: Watch) -> None:
        watch.begin(secrets=SECRETS, is_lead=lambda record_id: self.crm.get("Leads", record_id) is not None)
        self.zoho.put_before(lambda app: watch.http("zoho", app))
        self.slack.put_before(lambda app: watch.http("slack", app))
        self.aws.app = watch.http("aws", self.aws.app, concerns=by_functions)

    def secrets(self) -> dict[str, dict[str, Any]]:
        """Return what people put into the secrets of a stage in this sandbox, by their outputs."""
        slack = {"bot_token": BOT_TOKEN, "signing_secret": SIGNING_SECRET}
        credentials = {"slack": slack, "webhook_keys": [WEBHOOK_KEY, RETIRING_KEY]}
        return {"CredentialsSecret": credentials, "ZohoClientSecret": ZOHO}

    def variables(self) -> dict[str, str]:
        """Return the stage's environment."""
        return self.aws.environment() | {
            "LEADMATCH_STAGE": self.stage,
            "LEADMATCH_INBOX_QUEUE": self.outputs["InboxQueueUrl"],
            "LEADMATCH_MATCHES_QUEUE": self.outputs["MatchesQueueUrl"],
            "LEADMATCH_SLACK_QUEUE": self.outputs["SlackQueueUrl"],
            "LEADMATCH_TOKENS_QUEUE": self.outputs["TokensQueueUrl"],
            "LEADMATCH_CONVERT_QUEUE": self.outputs["ConvertQueueUrl"],
            "LEADMATCH_TABLE": self.outputs["TableName"],
            "LEADMATCH_CREDENTIALS": self.outputs["CredentialsSecret"],
            "LEADMATCH_ZOHO_CLIENT": self.outputs["ZohoClientSecret"],
            "LEADMATCH_ZOHO_TOKEN": self.outputs["ZohoTokenSecret"],
            "LEADMATCH_ZOHO_ORG_ID": ORG_ID,
            "LEADMATCH_ZOHO_ACCOUNTS_URL": self.zoho.url,
            "LEADMATCH_ZOHO_API_URL": self.zoho.url,
            "LEADMATCH_SLACK_API_URL": self.slack.api_url,
            "LEADMATCH_SLACK_CHANNEL": SALES.id,
            "LEADMATCH_OPERATOR_CHANNEL": OPERATOR.id,
        }


@contextmanager
def _times(posts_per_second: float) -> Iterator[None]:
    """Let the functions post so often, and wait long for the stand-ins of a busy machine, for the length of a block."""
    names = ("BETWEEN_POSTS_SECONDS", "MENTION_SECONDS", "ACT_AWS_SECONDS")
    product = [getattr(timing, name) for name in names]
    timing.BETWEEN_POSTS_SECONDS = 1 / posts_per_second
    timing.MENTION_SECONDS = timing.ACT_AWS_SECONDS = READ_SECONDS
    try:
        yield
    finally:
        for name, seconds in zip(names, product, strict=True):
            setattr(timing, name, seconds)


def _build_clients() -> None:
    """Build the functions' clients anew: those of an earlier sandbox in this process lead to its AWS, which is gone."""
    from chalicelib.wiring import clients

    builders = (clients.sqs, clients.secretsmanager, clients.dynamodb)
    for build in builders:
        build.cache_clear()
    product, timing.AWS_READ_SECONDS = timing.AWS_READ_SECONDS, READ_SECONDS
    try:
        for build in builders:
            build()
    finally:
        timing.AWS_READ_SECONDS = product


def _log_to(log: Logger, stream: IO[str]) -> None:
    handler = log.registered_handler
    if isinstance(handler, logging.StreamHandler):
        handler.setStream(stream)
