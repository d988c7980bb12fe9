"""The functions that are started cold, each with an event that it answers, and a look at whether it did its work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.contestants import WrongWorkError, webhook_event
from bench.lambda_runtime import DeployedFunction
from bench.packages import Unpacked
from bench.world import Stage, World
from chalicelib.aws.queues import Message
from chalicelib.aws.stage_lists import KEY as LISTS
from chalicelib.aws.token_item import KEY as TOKEN_ITEM
from chalicelib.events import TokenRequest
from sandbox.callers import Call
from sandbox.local_api import proxy_event, scheduled_event
from sandbox.pump import lambda_record
from sandbox.slack.clicks import Clicks, Request, elements
from sandbox.slack.ids import TEAM_ID
from sandbox.slack.methods import ACTING
from sandbox.system import SALES, SIGNING_SECRET

CLICKER = "U0ADA"
FORM_SECONDS = 60.0
"""How long a trigger lives here: a cold start with half a CPU may take longer than Slack's three seconds."""
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

    def __init__(
        self,
        world: World,
        stage: Stage,
        receive: DeployedFunction,
        check: DeployedFunction,
        notify: DeployedFunction,
    ) -> None:
        self._world, self._stage, self._receive, self._check = world, stage, receive, check
        self._notify = notify

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
        people = self._people()
        message = self._world.sandbox.slack.workspace.messages(SALES.id)[-1]
        payload = people.payload_of_click(CLICKER, message, next(iter(elements(message))))
        return proxy_event(_call(people.request(payload)), "/slack/actions"), lambda answer: bool(
            answer["statusCode"] == 200  # noqa: PLR2004
        )

    def open_form(self) -> tuple[dict[str, Any], Look]:
        """Let a click on Convert open the form of a lead that has its message."""
        _, request = self._clicked_form()
        views = self._world.sandbox.slack.workspace.views
        before = len(views.opened)
        return proxy_event(request, "/slack/actions"), lambda _: len(views.opened) == before + 1

    def submit_form(self) -> tuple[dict[str, Any], Look]:
        """Let a form that is open be submitted."""
        people, request = self._clicked_form()
        self._receive(proxy_event(request, "/slack/actions"))
        request = _call(people.request(people.payload_of_submission(CLICKER)))
        return proxy_event(request, "/slack/actions"), self._queued("ConvertQueueUrl", status=200)

    def _clicked_form(self) -> tuple[Clicks, Call]:
        """Let a lead have its message, and return the click on Convert."""
        event, _ = self.notify()
        self._notify(event)
        people, message = self._people(), self._world.sandbox.slack.workspace.messages(SALES.id)[-1]
        return people, _call(people.request(people.payload_of_click(CLICKER, message, "convert")))

    def _people(self) -> Clicks:
        slack = self._world.sandbox.slack
        slack.workspace.people.add(CLICKER, "Ada Park", "ada.park@quillworks.example")
        return Clicks(slack, actions_url="", signing_secret=SIGNING_SECRET)

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
    """Yield a scene for each function of leadmatch, on a stage with warm functions before it; people act on another stage."""
    stage = world.stage("bench-cold")
    renewed = world.stage("bench-refresh")  # of its own: the tokens that it gets are not for use
    acting = _acting_stage(world)
    with _leadmatch(world, stage, ours) as one, _leadmatch(world, acting, ours) as acted, ExitStack() as opening:
        refreshed = opening.enter_context(_leadmatch(world, renewed, ours))
        yield [
            Scene("receive", "app.app", ours, stage.variables, one.receive),
            Scene("check", "app.check", ours, stage.variables, one.check),
            Scene("notify", "app.notify", ours, stage.variables, one.notify),
            Scene("Slack route", "app.app", ours, stage.variables, one.act),
            Scene("Slack form opens", "app.app", ours, acting.variables, acted.open_form),
            Scene("Slack form submitted", "app.app", ours, acting.variables, acted.submit_form),
            Scene("sweep", "app.sweep", ours, stage.variables, one.sweep),
            Scene("refresh", "app.refresh", ours, renewed.variables, refreshed.refresh),
        ]


@contextmanager
def _leadmatch(world: World, stage: Stage, ours: Unpacked) -> Iterator[Leadmatch]:
    with (
        ours.function("app.app", stage.variables) as receive,
        ours.function("app.check", stage.variables) as check,
        ours.function("app.notify", stage.variables) as notify,
    ):
        yield Leadmatch(world, stage, receive, check, notify)


def _acting_stage(world: World) -> Stage:
    """Make a stage whose people act from Slack."""
    stage, slack = world.stage("bench-acting"), world.sandbox.slack
    slack.scopes.update(ACTING)
    slack.workspace.views.trigger_seconds = FORM_SECONDS
    converters = {"M": {"profiles": {"L": [{"S": "Standard"}]}, "slack": {"L": []}}}
    item = {"pk": {"S": LISTS}, "placeholders": {"L": []}, "converters": converters}
    world.sandbox.aws.client("dynamodb").put_item(TableName=stage.outputs["TableName"], Item=item)
    return Stage(stage.variables | {"LEADMATCH_ACTIONS": "on", "LEADMATCH_SLACK_TEAM": TEAM_ID}, stage.outputs)


def _call(request: Request) -> Call:
    return Call("click", request.body, dict(request.headers))


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
