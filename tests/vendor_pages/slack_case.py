"""A call of Slack's that goes well, made over HTTP, until a cause changes that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from sandbox.slack.response_urls import RESPONSE_URL
from sandbox.slack.server import WEBHOOK, SlackStandIn
from tests.stand_in_clock import Clock
from tests.view_parts import VIEW

TOKEN, ADA, GROUP = "xoxb-of-the-tests", "U0ADA", "S0SALES"


@dataclass
class Case:
    """A call that goes well in a channel of its own, until a cause changes that."""

    slack: SlackStandIn
    clock: Clock
    http: requests.Session
    call: str
    channel: str
    ts: str
    arguments: dict[str, Any]
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"Bearer {TOKEN}"})
    body: str | None = None

    @property
    def url(self) -> str:
        """Where the call goes to."""
        if self.call == RESPONSE_URL:
            return str(self.arguments["url"])
        return self.slack.webhook_url if self.call == WEBHOOK else f"{self.slack.api_url}/{self.call}"

    def send(self, **changes: Any) -> requests.Response:
        """Make the call, its arguments changed."""
        if self.body is not None:
            return self.http.post(self.url, data=self.body, headers=self.headers)
        return self.http.post(self.url, json=self.arguments | changes, headers=self.headers)

    def good(self, **changes: Any) -> dict[str, Any]:
        """Make the call, which has to go well, and return the answer."""
        answer = self.send(**changes)
        assert answer.status_code == 200
        assert answer.json()["ok"], answer.text
        return dict(answer.json())

    def refused(self, **changes: Any) -> str:
        """Make the call, which has to be refused, and return the error's code."""
        answer = self.send(**changes)
        assert (answer.status_code, answer.json()["ok"]) == (200, False)
        return str(answer.json()["error"])

    def post(self, text: str = "y", **more: Any) -> str:
        """Let the bot have posted something, and return its ts."""
        return self.slack.workspace.post(self.channel, text=text, **more).ts

    def open(self, **changes: Any) -> str:
        """Let Ada have a view open, and return its id."""
        views = self.slack.workspace.views
        return views.open(views.trigger(ADA), VIEW | changes).id

    def shown(self) -> list[str]:
        """Return the texts of what the call reads."""
        return [message["text"] for message in self.good()["messages"]]


OF_PEOPLE = (
    *("chat.postEphemeral", "views.open", "views.update", "users.info", "users.lookupByEmail"),
    *("usergroups.users.list", RESPONSE_URL),
)


def good_arguments(call: str, channel: str, ts: str) -> dict[str, Any]:
    """Return what makes a call go well."""
    given = {
        "chat.postMessage": {"channel": channel, "text": "x"},
        "chat.update": {"channel": channel, "ts": ts, "text": "z"},
        "chat.delete": {"channel": channel, "ts": ts},
        "chat.getPermalink": {"channel": channel, "message_ts": ts},
        "conversations.replies": {"channel": channel, "ts": ts},
        WEBHOOK: {"text": "x"},
    }
    return dict(given.get(call, {} if call in ("auth.test", "team.preferences.list") else {"channel": channel}))


def good_for_people(call: str, case: Case) -> dict[str, Any]:
    """Return what makes a call about people and their views go well."""
    workspace = case.slack.workspace
    return {
        "chat.postEphemeral": lambda: {"channel": case.channel, "user": ADA, "text": "x"},
        "views.open": lambda: {"trigger_id": workspace.views.trigger(ADA), "view": VIEW},
        "views.update": lambda: {"view_id": case.open(), "view": VIEW},
        "users.info": lambda: {"user": ADA},
        "users.lookupByEmail": lambda: {"email": workspace.people.get(ADA).email},
        "usergroups.users.list": lambda: {"usergroup": GROUP},
        RESPONSE_URL: lambda: {
            "url": case.slack.response_url(ADA, workspace.message(case.channel, case.ts)),
            "text": "x",
        },
    }[call]()


def changed(**arguments: Any) -> Callable[[Case], None]:
    """Return a cause: arguments that are wrong."""

    def cause(case: Case) -> None:
        case.arguments |= arguments

    return cause


def refused_with(code: str, **arguments: Any) -> Callable[[Case], None]:
    """Return a check: with these arguments the call is refused with this code."""

    def check(case: Case) -> None:
        assert case.refused(**arguments) == code

    return check
