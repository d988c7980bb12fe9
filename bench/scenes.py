"""The functions that are started cold, each with an event that it answers, and a look at whether it did its work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.contestants import WrongWorkError, webhook_event
from bench.lambda_runtime import DeployedFunction
from bench.packages import Unpacked
from bench.world import Stage, World
from chalicelib.aws.queues import Message
from chalicelib.aws.token_item import KEY as TOKEN_ITEM
from chalicelib.events import TokenRequest
from sandbox.callers import Call
from sandbox.local_api import proxy_event, scheduled_event
from sandbox.pump import lambda_record
from sandbox.slack.clicks import Clicks, elements
from sandbox.system import SALES, SIGNING_SECRET

Look = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """A function of a package; `prepare` returns an event, and what tells of an answer whether the work was done."""

    name: str
    handler: str
    unpacked: Unpacked
    variables: dict[str, str]
    prepare: Callable[[], tuple[dict[str, Any], Look]]

    def function(self, **options: Any) -> DeployedFunction:
        """Return the function, which starts with its block."""
        return self.unpacked.function(self.handler, self.variables, **options)

    def judge(self, answer: Any, look: Look) -> None:
        """Raise `WrongWorkError` unless the function did its work."""
        if not look(answer):
            raise WrongWorkError(f"{self.name} did not do its work; it answered {answer}.")


class Leadmatch:
    """Leadmatch's functions on one stage; what comes before each is done by others that are warm."""

    def __init__(self, world: World, stage: Stage, receive: DeployedFunction, check: DeployedFunction) -> None:
        self._world, self._stage, self._receive, self._check = world, stage, receive, check

    def receive(self) -> tuple[dict[str, Any], Look]:
        """Let a webhook call be queued."""
        return webhook_event(self._world.next_lead()), self._queued("InboxQueueUrl", status=202)

    def check(self) -> tuple[dict[str, Any], Look]:
        """Let a lead of the inbox come to both queues."""
        slack = self._queued("SlackQueueUrl")
        return self._inbox(), lambda answer: bool(self._take("MatchesQueueUrl")) and slack(answer)

    def notify(self) -> tuple[dict[str, Any], Look]:
        """Let a verdict be posted."""
        self._check(self._inbox())
        self._take("MatchesQueueUrl")
        event, before = self._take("SlackQueueUrl"), self._world.messages()
        return event, lambda _: self._world.messages() == before + 1

    def act(self) -> tuple[dict[str, Any], Look]:
        """Let a click be answered."""
        slack = self._world.sandbox.slack
        message = slack.workspace.messages(SALES.id)[-1]
        clicks = Clicks(slack, actions_url=self._world.sandbox.actions_url, signing_secret=SIGNING_SECRET)
        user_id = slack.workspace.people.add("U0ADA", "Ada Park", "ada.park@quillworks.example")
        request = clicks.request(clicks.payload_of_click(user_id, message, next(iter(elements(message)))))
        call = Call("click", request.body, dict(request.headers))
        return proxy_event(call, "/slack/actions"), lambda answer: bool(answer["statusCode"] == 200)  # noqa: PLR2004

    def refresh(self) -> tuple[dict[str, Any], Look]:
        """Let an access token take the place of the one in the secret; Zoho and the record forget the tokens before."""
        self._world.forget_tokens()
        record = {"TableName": self._stage.outputs["TableName"], "Key": {"pk": {"S": TOKEN_ITEM}}}
        self._world.sandbox.aws.client("dynamodb").delete_item(**record)
        version = self._version()
        message = Message.of_token_request(TokenRequest(version, "expiring"), now=datetime.now(UTC))
        return _sqs_event(message, self._stage.outputs["TokensQueueUrl"]), lambda _: self._version() != version

    def sweep(self) -> tuple[dict[str, Any], Look]:
        """Let the schedule run."""
        return scheduled_event(), lambda answer: answer is None

    def _inbox(self) -> dict[str, Any]:
        self._receive(webhook_event(self._world.next_lead()))
        return self._take("InboxQueueUrl")

    def _take(self, output: str) -> dict[str, Any]:
        return self._world.take(self._stage.outputs[output])

    def _queued(self, output: str, *, status: int | None = None) -> Look:
        def look(answer: Any) -> bool:
            return bool(self._take(output)) and (status is None or answer["statusCode"] == status)

        return look

    def _version(self) -> str:
        secrets = self._world.sandbox.aws.client("secretsmanager")
        return str(secrets.get_secret_value(SecretId=self._stage.outputs["ZohoTokenSecret"])["VersionId"])


@contextmanager
def leadmatch_scenes(world: World, ours: Unpacked) -> Iterator[list[Scene]]:
    """Yield a scene for each function of leadmatch, on a stage with warm functions before it."""
    stage = world.stage("bench-cold")
    renewed = world.stage("bench-refresh")  # of its own: the tokens that it gets are not for use
    with (
        ours.function("app.app", stage.variables) as receive,
        ours.function("app.check", stage.variables) as check,
    ):
        one = Leadmatch(world, stage, receive, check)
        known = {
            "receive": ("app.app", one.receive),
            "check": ("app.check", one.check),
            "notify": ("app.notify", one.notify),
            "Slack route": ("app.app", one.act),
            "sweep": ("app.sweep", one.sweep),
        }
        refresh = Scene(
            "refresh", "app.refresh", ours, renewed.variables, Leadmatch(world, renewed, receive, check).refresh
        )
        yield [
            *(Scene(name, handler, ours, stage.variables, make) for name, (handler, make) in known.items()),
            refresh,
        ]


@contextmanager
def plain_scenes(world: World, plain: Unpacked) -> Iterator[list[Scene]]:
    """Yield a scene for each of the two functions of the plain app."""
    stage = world.stage("bench-plain-cold")
    outputs = stage.outputs
    with plain.function("app.app", stage.variables) as receive:

        def call() -> tuple[dict[str, Any], Look]:
            return webhook_event(world.next_lead()), lambda _: bool(world.take(outputs["InboxQueueUrl"]))

        def match() -> tuple[dict[str, Any], Look]:
            receive(webhook_event(world.next_lead()))
            event, before = world.take(outputs["InboxQueueUrl"]), world.messages()
            return event, lambda _: bool(world.take(outputs["MatchesQueueUrl"])) and world.messages() == before + 1

        yield [
            Scene("plain app: receive", "app.app", plain, stage.variables, call),
            Scene("plain app: match and post", "app.match", plain, stage.variables, match),
        ]


def one_client_scene(name: str, world: World, unpacked: Unpacked) -> Scene:
    """Return the scene of Chalice with one client, which answers that it is there."""
    event = proxy_event(Call("health", b"", method="GET"), "/health")
    variables = world.sandbox.aws.environment()
    return Scene(name, "app.app", unpacked, variables, lambda: (event, lambda answer: "ok" in json.dumps(answer)))


def _sqs_event(message: Message, url: str) -> dict[str, Any]:
    given = {
        "MessageId": "1",
        "ReceiptHandle": "1",
        "Body": message.body,
        "MD5OfBody": "",
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(int(datetime.now(UTC).timestamp() * 1000))},
    }
    return {"Records": [lambda_record(given, url.rpartition("/")[2])]}
