"""People in front of Slack whose clicks meet the real act, each call in a process of its own; who sees a warning clicks again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from chalicelib.slack.modal import CONVERTING_TEXT
from sandbox.callers import Call
from sandbox.serving import Serving
from sandbox.slack.clicks import Clicks
from sandbox.slack.views import OpenView
from sandbox.slack.workspace import Message
from sandbox.system import SIGNING_SECRET
from tests.faults.functions import Functions
from tests.faults.stage import Stage

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NUMBERS = itertools.count(1)
TRIGGER_SECONDS = 600
"""A process of its own takes longer than Slack's three seconds on a busy machine."""
MOST_CLICKS = 8
DEAL, MAKE_DEAL, DEAL_NAME = "deal", "make_deal", "deal_name"


class Gateway(Serving):
    """API Gateway: a call of Slack's becomes an invocation of act; a killed one is answered with 502.

    A click, a choice in the form and its submission go by names of their own, so that each call of each meets the faults.
    """

    def __init__(self, functions: Functions) -> None:
        super().__init__(self._answer)
        self._functions = functions

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        headers = {name: environ[f"HTTP_{name.upper().replace('-', '_')}"] for name in SIGNED}
        headers["Content-Type"] = environ["CONTENT_TYPE"]
        answer = self._functions.invoke(_function(body), Call("click", body, headers))
        status, text = (answer.status, answer.body.encode()) if answer else (HTTPStatus.BAD_GATEWAY, b"")
        start_response(f"{status:d} .", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]


SIGNED = ("X-Slack-Signature", "X-Slack-Request-Timestamp")


def _function(body: bytes) -> str:
    payload: Mapping[str, Any] = json.loads(parse_qs(body.decode())["payload"][0])
    if payload["type"] == "view_submission":
        return "act-submit"
    return "act-choose" if payload["container"]["type"] == "view" else "act-open"


@dataclass(frozen=True, slots=True)
class Wish:
    """The records that a person chooses in the form; a new deal comes with them, whose name tells one click from another."""

    contact: str
    account: str


class Salesperson:
    """Somebody new, known to Slack and Zoho, who may convert."""

    def __init__(self, stage: Stage, url: str, wish: Wish) -> None:
        number = next(NUMBERS)
        self.user_id, self.wish = f"U0SALES{number}", wish
        self.deals: list[str] = []
        """The deal of each of this person's clicks, the last one at the end."""
        self._submitted, self._heard = "", 0
        self._workspace = stage.parts.slack.workspace
        self._workspace.views.trigger_seconds = TRIGGER_SECONDS
        self._clicks = Clicks(stage.parts.slack, actions_url=url, signing_secret=SIGNING_SECRET)
        name, email = f"Ada Park {number}", f"ada.park{number}@quillworks.example"
        self._workspace.people.add(self.user_id, name, email)
        stage.parts.crm.users.add(name, email)

    def convert(self, message: Message) -> None:
        """Open the form, choose, and submit it; where Slack shows a warning, or nothing came of it, do it again."""
        self.close()
        self._heard = len(self._workspace.ephemerals(self.user_id))
        for _ in range(MOST_CLICKS):
            self.open_and_fill(message)
            if self.has_form:
                self.submit()
            if self.view and not self.has_form:
                return

    def open_and_fill(self, message: Message) -> None:
        """Open the form if none is open, and choose."""
        if not self.has_form:
            self._clicks.click(self.user_id, message, "convert")
        for _ in range(MOST_CLICKS):
            if not self.has_form or self._has_chosen():
                return

    def submit(self) -> None:
        """Submit the open form; the same form once more is the same click."""
        view = self._clicks.view(self.user_id)
        if view.hash != self._submitted:
            self._submitted = view.hash
            self.deals.append(f"Deal {len(self.deals) + 1} of {self.user_id}")
            self._clicks.write(self.user_id, DEAL_NAME, self.deals[-1])
        self._clicks.submit(self.user_id)

    def close(self) -> None:
        """Close what is open."""
        if self.view:
            self._clicks.close(self.user_id)

    @property
    def view(self) -> OpenView | None:
        """What this person has open."""
        return self._workspace.views.shown(self.user_id)

    @property
    def has_form(self) -> bool:
        """Whether a form is open that can be submitted."""
        return bool(self.view and self.view.inputs)

    def told(self) -> str:
        """Return what was said to this person alone since they began to click: the messages, and what the open view says."""
        said = [one.text for one in self._workspace.ephemerals(self.user_id)[self._heard :]]
        sections = [block for block in (self.view.blocks if self.view else ()) if block["type"] in ("section", "alert")]
        shown = [block["text"]["text"] for block in sections]
        return "\n".join([*said, *(text for text in shown if text != CONVERTING_TEXT)])

    def _has_chosen(self) -> bool:
        """Put in one thing that this person wants; return whether the form had all of it."""
        for block, wanted in (("contact", self.wish.contact), ("account", self.wish.account)):
            if _chosen(self._clicks.view(self.user_id), block) != wanted:
                self._clicks.choose(self.user_id, block, wanted)
                return False
        if DEAL_NAME not in self._clicks.view(self.user_id).inputs:
            self._clicks.choose(self.user_id, DEAL, MAKE_DEAL)
            return False
        return True


def _chosen(view: OpenView, block: str) -> str:
    (state,) = view.values[block].values()
    option = state.get("selected_option")
    return str(option["value"]) if option else ""
