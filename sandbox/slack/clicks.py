"""A person in front of Slack: clicks a message's button, fills in the open view, submits or closes it, and sees what the app answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests

from sandbox.slack import payloads
from sandbox.slack.arguments import RefusedError
from sandbox.slack.payloads import Payload
from sandbox.slack.view_limits import options_of
from sandbox.slack.views import OpenView, action_of
from sandbox.slack.workspace import Message

if TYPE_CHECKING:
    from sandbox.slack.server import SlackStandIn

MAX_WAIT_SECONDS = 30.0
"""Slack itself shows a warning after three seconds; a test may be slower than that."""


@dataclass(frozen=True, slots=True)
class Request:
    """What goes to the app, and can go there twice."""

    payload: Payload
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered, and what came of it; `trouble` is why Slack shows the person a warning, empty if it does not."""

    request: Request
    status: int | None
    body: str
    trouble: str = ""


class Clicks:
    """The people of a stand-in, whose clicks go to one app; its address or its secret may change at any time."""

    def __init__(
        self,
        slack: SlackStandIn,
        *,
        actions_url: str,
        signing_secret: str,
        clock: Callable[[], float] = time.time,
        wait_seconds: float = MAX_WAIT_SECONDS,
    ) -> None:
        self._slack, self._clock, self._wait_seconds = slack, clock, wait_seconds
        self.actions_url, self.signing_secret = actions_url, signing_secret

    def click(self, user_id: str, message: Message, action_id: str) -> Reply:
        """Click a button of a message, as it was when the person saw it."""
        return self.deliver(self.request(self.payload_of_click(user_id, message, action_id)))

    def payload_of_click(self, user_id: str, message: Message, action_id: str) -> Payload:
        """Return what Slack sends for a click on a message's button, without sending it."""
        workspace = self._slack.workspace
        return payloads.message_click(
            workspace.people.get(user_id),
            message,
            workspace.channel_by_id(message.channel),
            elements(message)[action_id],
            trigger_id=workspace.views.trigger(user_id),
            response_url=self._slack.response_url(user_id, message),
            at=self._clock(),
        )

    def view(self, user_id: str) -> OpenView:
        """Return the view that a person sees; there has to be one."""
        view = self._slack.workspace.views.shown(user_id)
        if view is None:
            raise LookupError(f"{user_id} has no view open.")
        return view

    def choose(self, user_id: str, block_id: str, *values: str) -> Reply | None:
        """Choose options by their values, in a select, radio buttons or checkboxes; the app is told where the input dispatches."""
        element = self._element(user_id, block_id)
        by_value = {option["value"]: option for option in options_of(element)}
        chosen = [by_value[value] for value in values]
        if element["type"] == "checkboxes":
            return self._put(user_id, block_id, {"selected_options": chosen})
        return self._put(user_id, block_id, {"selected_option": chosen[0] if chosen else None})

    def write(self, user_id: str, block_id: str, text: str) -> Reply | None:
        """Write into a text or number input, or pick a date; the app is told where the input dispatches."""
        is_date = self._element(user_id, block_id)["type"] == "datepicker"
        return self._put(user_id, block_id, {"selected_date" if is_date else "value": text or None})

    def submit(self, user_id: str) -> Reply:
        """Submit the view that a person sees; Slack does not let go of one that lacks something."""
        if missing := missing_inputs(self.view(user_id)):
            raise ValueError(f"Slack asks for these first: {', '.join(missing)}.")
        return self.deliver(self.request(self.payload_of_submission(user_id)))

    def payload_of_submission(self, user_id: str) -> Payload:
        """Return what Slack sends for the view that a person sees, without sending it."""
        workspace = self._slack.workspace
        trigger_id = workspace.views.trigger(user_id)
        return payloads.submission(workspace.people.get(user_id), self.view(user_id), trigger_id=trigger_id)

    def close(self, user_id: str) -> Reply | None:
        """Close the view that a person sees; the app is told where the view says so."""
        view, workspace = self.view(user_id), self._slack.workspace
        workspace.views.close(view.id, whole_stack=bool(view.sent.get("clear_on_close")))
        if not view.sent.get("notify_on_close"):
            return None
        return self.deliver(self.request(payloads.closing(workspace.people.get(user_id), view, is_cleared=False)))

    def request(self, payload: Payload) -> Request:
        """Return a payload as a signed request."""
        body = payloads.form(payload)
        return Request(payload, body, payloads.signed(body, self.signing_secret, at=self._clock()))

    def deliver(self, request: Request) -> Reply:
        """Send a request, be it for the first time or again, and do with the answer what Slack does."""
        if request.payload["type"] != "view_submission":
            return self._delivered(request)
        with self._slack.workspace.views.answering(request.payload["view"]["id"]):
            return self._delivered(request)

    def _delivered(self, request: Request) -> Reply:
        try:
            answer = requests.post(
                self.actions_url, data=request.body, headers=request.headers, timeout=self._wait_seconds
            )
        except requests.RequestException as error:
            return Reply(request, None, "", type(error).__name__)
        trouble = "" if answer.status_code == HTTPStatus.OK else f"HTTP {answer.status_code}"
        if not trouble and request.payload["type"] == "view_submission":
            trouble = self._follow(request.payload, answer)
        return Reply(request, answer.status_code, answer.text, trouble)

    def _follow(self, payload: Payload, answer: requests.Response) -> str:
        """Do what the answer to a submission says, and return why that cannot be done, if it cannot."""
        views, view_id, user_id = self._slack.workspace.views, payload["view"]["id"], payload["user"]["id"]
        if not views.is_open(view_id):
            return "the view is not open any more"
        try:
            action = answer.json() if answer.text.strip() else {}
            match action.get("response_action"):
                case None:
                    views.close(view_id)
                case "clear":
                    views.close(view_id, whole_stack=True)
                case "update":
                    views.update(action["view"], view_id=view_id)
                case "push":
                    views.push(user_id, action["view"])
                case "errors":
                    return self._errors(view_id, user_id, action["errors"])
                case unknown:
                    return f"no such response_action: {unknown}"
        except RefusedError as refused:
            return " ".join([refused.error, *refused.messages])
        except (ValueError, KeyError, AttributeError) as error:
            return f"not to be read: {type(error).__name__}"
        return ""

    def _errors(self, view_id: str, user_id: str, errors: Mapping[str, str]) -> str:
        if not errors or set(errors) - set(self.view(user_id).inputs):
            return "errors of no input"
        self._slack.workspace.views.show_errors(view_id, errors)
        return ""

    def _element(self, user_id: str, block_id: str) -> dict[str, Any]:
        element: dict[str, Any] = self.view(user_id).inputs[block_id]["element"]
        return element

    def _put(self, user_id: str, block_id: str, state: Mapping[str, Any]) -> Reply | None:
        workspace, view, element = self._slack.workspace, self.view(user_id), self._element(user_id, block_id)
        view = workspace.views.put(view.id, block_id, action_of(element), {"type": element["type"], **state})
        if not view.inputs[block_id].get("dispatch_action"):
            return None
        payload = payloads.view_action(
            workspace.people.get(user_id),
            view,
            block_id,
            trigger_id=workspace.views.trigger(user_id),
            at=self._clock(),
        )
        return self.deliver(self.request(payload))


def elements(message: Message) -> dict[str, Mapping[str, Any]]:
    """Return what can be clicked in a message, by its actions."""
    every = [one for block in message.blocks for one in (*block.get("elements", ()), block.get("accessory") or {})]
    return {str(one["action_id"]): one for one in every if "action_id" in one}


def missing_inputs(view: OpenView) -> list[str]:
    """Return the inputs that have to be filled in before Slack submits the view."""
    needed = [block_id for block_id, block in view.inputs.items() if not block.get("optional")]
    return [block_id for block_id in needed if not any(_is_filled(state) for state in view.values[block_id].values())]


def _is_filled(state: Mapping[str, Any]) -> bool:
    return any(value for name, value in state.items() if name != "type")
