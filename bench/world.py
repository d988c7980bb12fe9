"""What the measured functions call: stand-ins for AWS, Zoho and Slack in this process, with a stage for each contestant."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

from chalicelib.wire import time_text
from sandbox.pump import lambda_record
from sandbox.system import SALES, ZOHO, Sandbox
from sandbox.zoho.oauth import Tokens
from sandbox.zoho.server import ZohoStandIn

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """One contestant's queues, table and secrets, by its environment and the stack's outputs."""

    variables: dict[str, str]
    outputs: dict[str, str]


class Spans:
    """When the stand-ins worked on answers: what a real service would do in its own time."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []

    def around(self, app: WSGIApplication) -> WSGIApplication:
        """Return an app that notes when it works."""

        def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            began = time.time()
            try:
                return list(app(environ, start))
            finally:
                self._spans.append((began, time.time()))

        return answer

    def seconds(self, since: float, until: float) -> float:
        """Return for how long at least one answer was being worked on between two moments."""
        total, last = 0.0, since
        for began, ended in sorted(span for span in self._spans if span[1] > since):
            total += max(0.0, min(ended, until) - max(began, last))
            last = max(last, min(ended, until))
        return total


@dataclass(frozen=True, slots=True)
class World:
    """The stand-ins; the app is not among them, and what takes its place is in processes of its own."""

    sandbox: Sandbox
    spans: Spans = field(default_factory=Spans)
    numbers: Iterator[int] = field(default_factory=count)

    def stage(self, name: str) -> Stage:
        """Make a stage whose secret holds an access token, as `refresh` leaves it."""
        sandbox = self.sandbox
        sandbox.stage, sandbox.outputs = name, sandbox.aws.provision(name, sandbox.secrets())
        token = json.dumps(self._token())
        secrets = sandbox.aws.client("secretsmanager")
        secrets.put_secret_value(SecretId=sandbox.outputs["ZohoTokenSecret"], SecretString=token)
        return Stage(sandbox.variables(), sandbox.outputs)

    def next_lead(self) -> str:
        """Put another lead into the CRM, which is one contact already, and return its id."""
        crm, number = self.sandbox.crm, next(self.numbers)
        name, email, company = f"Person {number}", f"p{number}@c{number}.example", f"Co {number}"
        account = crm.lookup("Accounts", crm.add("Accounts", Account_Name=company))
        crm.add("Contacts", Full_Name=name, Email=email, Account_Name=account)
        return crm.add("Leads", Full_Name=name, Email=email, Company=company)

    def take(self, url: str) -> dict[str, Any]:
        """Take the one message that a queue has and return the event that Lambda makes of it."""
        sqs, name = self.sandbox.aws.client("sqs"), url.rpartition("/")[2]
        (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return {"Records": [lambda_record(message, name)]}

    def messages(self) -> int:
        """Return how many messages stand in the sales people's channel."""
        return len(self.sandbox.slack.workspace.messages(SALES.id))

    @property
    def last_post_at(self) -> float:
        """When Slack had the last message, in seconds since the epoch."""
        return next(call.at for call in reversed(self.sandbox.slack.calls) if call.method == "chat.postMessage")

    def calls(self) -> Counter[str]:
        """Count the functions' calls so far: AWS's by their actions, those to Zoho and Slack by their names."""
        counted = Counter(call.action for call in self.sandbox.aws.calls)
        counted.update(f"zoho:{call.name}" for call in self.sandbox.zoho.calls)
        counted.update(f"slack:{call.method}" for call in self.sandbox.slack.calls)
        return counted

    def forget_tokens(self) -> None:
        """Let Zoho give out tokens as if it had given none; those that are held stay good."""
        self.sandbox.zoho.tokens = Tokens(
            client_id=ZOHO["client_id"],
            client_secret=ZOHO["client_secret"],
            refresh_token=ZOHO["refresh_token"],
            clock=time.time,
        )

    def _token(self) -> dict[str, str]:
        """Fetch an access token as the secret `zoho-token` holds it."""
        query = urlencode(ZOHO | {"grant_type": "refresh_token"}).encode()
        with urlopen(f"{self.sandbox.zoho.url}/oauth/v2/token", query) as answer:  # noqa: S310 - loopback
            fields = json.load(answer)
        ends_at = time_text(datetime.now(UTC) + HOUR)
        return {"access_token": fields["access_token"], "api_domain": fields["api_domain"], "expires_at": ends_at}


@contextmanager
def world(zoho: type[ZohoStandIn] = ZohoStandIn) -> Iterator[World]:
    """Open the stand-ins for the length of a block; another kind of Zoho's may take its place."""
    sandbox = Sandbox(log=io.StringIO(), posts_per_second=1000)
    sandbox.zoho = zoho(
        sandbox.crm,
        client_id=ZOHO["client_id"],
        client_secret=ZOHO["client_secret"],
        refresh_token=ZOHO["refresh_token"],
    )
    made = World(sandbox)
    sandbox.aws.app = made.spans.around(sandbox.aws.app)
    for stand_in in (sandbox.zoho, sandbox.slack):
        serving = stand_in._serving  # noqa: SLF001 - a stand-in has no place before its app, and needs none but here
        serving._app = made.spans.around(serving._app)  # noqa: SLF001 - same
    with sandbox.aws, sandbox.zoho, sandbox.slack:
        yield made
