"""The modals that people have open: who may open one (a trigger), what stands in it, what was put in, and how it changes.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import itertools
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.slack.arguments import RefusedError
from sandbox.slack.ids import APP_ID, BOT_ID, TEAM_ID
from sandbox.slack.view_limits import is_too_large, options_of, problems_of_view

TRIGGER_SECONDS = 3.0
MOST_IN_STACK = 3
_TRIGGER = re.compile(r"\d+\.\d+\.[0-9a-f]+")

Values = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class OpenView:
    """A view as one person sees it: what the app sent, and in `values` what is put in, as `view.state.values` has it."""

    id: str
    user_id: str
    hash: str
    sent: Mapping[str, Any]
    values: Values
    root_view_id: str
    previous_view_id: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    """What the person reads beside an input after it was submitted."""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks, each with an id: Slack gives one to those without."""
        return [{"block_id": f"b{number}", **block} for number, block in enumerate(self.sent["blocks"])]

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """The input blocks by their ids."""
        return {block["block_id"]: block for block in self.blocks if block["type"] == "input"}

    def as_slack(self) -> dict[str, Any]:
        """Return the view object that answers and payloads carry."""
        sent = self.sent
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "type": "modal",
            "blocks": self.blocks,
            "private_metadata": sent.get("private_metadata", ""),
            "callback_id": sent.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": sent["title"],
            "clear_on_close": sent.get("clear_on_close", False),
            "notify_on_close": sent.get("notify_on_close", False),
            "close": sent.get("close"),
            "submit": sent.get("submit"),
            "previous_view_id": self.previous_view_id,
            "root_view_id": self.root_view_id,
            "app_id": APP_ID,
            "external_id": sent.get("external_id", ""),
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }


@dataclass(frozen=True, slots=True)
class _Trigger:
    user_id: str
    expires_at: float


class Views:
    """The views of all people, each with a stack of their own; safe to use from several threads.

    `trigger_seconds` is how long a click lets a view be opened; a test on a slow machine may set it at any time. Slack changes a view
    when it is told to: with `answer_seconds` it waits for so long until the answer to a form is there, so that a test need not.
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._triggers: dict[str, _Trigger] = {}
        self._exchanged: set[str] = set()
        self._stacks: dict[str, list[OpenView]] = {}
        self._numbers = itertools.count(1)
        self.opened: list[OpenView] = []
        """Every view that was opened, as it was then, in order."""
        self.trigger_seconds = TRIGGER_SECONDS
        self.answer_seconds = 0.0
        self._answered = threading.Condition()
        self._answering: set[str] = set()

    @contextmanager
    def answering(self, view_id: str) -> Iterator[None]:
        """Say for the length of a block that the answer to a form that was submitted is on its way."""
        with self._answered:
            self._answering.add(view_id)
        try:
            yield
        finally:
            with self._answered:
                self._answering.discard(view_id)
                self._answered.notify_all()

    def wait_for_answer(self, view_id: str) -> None:
        """Wait while an answer is on its way, as long as a test wants it."""
        with self._answered:
            self._answered.wait_for(lambda: view_id not in self._answering, timeout=self.answer_seconds)

    def trigger(self, user_id: str) -> str:
        """Return a trigger for a person who clicked: it opens one view, and soon."""
        with self._lock:
            trigger_id = f"{next(self._numbers)}.{int(self._clock())}.{secrets.token_hex(8)}"
            self._triggers[trigger_id] = _Trigger(user_id, self._clock() + self.trigger_seconds)
            return trigger_id

    def expire_triggers(self) -> None:
        """Let every click so far be too old to open a view."""
        with self._lock:
            self._triggers = {
                id_: replace(trigger, expires_at=self._clock()) for id_, trigger in self._triggers.items()
            }

    def shown(self, user_id: str) -> OpenView | None:
        """Return the view that a person sees, if any."""
        with self._lock:
            stack = self._stacks.get(user_id)
            return stack[-1] if stack else None

    def open(self, trigger_id: str, sent: object) -> OpenView:
        """Open a view for the person of the trigger, in place of whatever they have open."""
        with self._lock:
            checked = self._checked(sent)
            view = self._new(self._exchange(trigger_id), checked)
            self._stacks[view.user_id] = [view]
            self.opened.append(view)
            return view

    def push(self, user_id: str, sent: object) -> OpenView:
        """Put a view over the one that a person sees."""
        with self._lock:
            stack = self._stacks.get(user_id, [])
            if not stack:
                raise RefusedError("not_found")
            if len(stack) >= MOST_IN_STACK:
                raise RefusedError("push_limit_reached")
            view = replace(
                self._new(user_id, self._checked(sent)), root_view_id=stack[0].id, previous_view_id=stack[-1].id
            )
            stack.append(view)
            return view

    def update(self, sent: object, *, view_id: str = "", external_id: str = "", hash_: str | None = None) -> OpenView:
        """Change a view that is open; what was put in stays in an input that keeps its block and action."""
        with self._lock:
            before = self._find(view_id, external_id)
            if hash_ is not None and hash_ != before.hash:
                raise RefusedError("hash_conflict")
            checked = self._checked(sent, of=before)
            new = replace(before, sent=checked, hash=self._hash(), errors={})
            return self._keep(replace(new, values=_values(new, before.values)))

    def put(self, view_id: str, block_id: str, action_id: str, state: Mapping[str, Any]) -> OpenView:
        """Put something into an input, as the person who has the view open does."""
        with self._lock:
            before = self._find(view_id, "")
            values = {**before.values, block_id: {**before.values.get(block_id, {}), action_id: dict(state)}}
            return self._keep(replace(before, values=values))

    def show_errors(self, view_id: str, errors: Mapping[str, str]) -> None:
        """Show errors beside inputs; the view and its hash stay."""
        with self._lock:
            self._keep(replace(self._find(view_id, ""), errors=dict(errors)))

    def close(self, view_id: str, *, whole_stack: bool = False) -> None:
        """Close a view and those over it, or all that the person has open."""
        with self._lock:
            view = self._find(view_id, "")
            stack = self._stacks[view.user_id]
            del stack[0 if whole_stack else stack.index(view) :]

    def clear(self) -> None:
        """Close every view of everybody."""
        with self._lock:
            self._stacks.clear()

    def is_open(self, view_id: str) -> bool:
        """Return whether somebody has this view in their stack."""
        with self._lock:
            return any(view.id == view_id for stack in self._stacks.values() for view in stack)

    def _exchange(self, trigger_id: str) -> str:
        if not _TRIGGER.fullmatch(trigger_id):
            raise RefusedError("invalid_trigger_id")
        if trigger_id in self._exchanged:
            raise RefusedError("exchanged_trigger_id")
        trigger = self._triggers.get(trigger_id)
        if trigger is None or self._clock() >= trigger.expires_at:
            raise RefusedError("expired_trigger_id")
        self._exchanged.add(trigger_id)
        return trigger.user_id

    def _checked(self, sent: object, *, of: OpenView | None = None) -> Mapping[str, Any]:
        if is_too_large(sent):
            raise RefusedError("view_too_large")
        if found := problems_of_view(sent):
            raise RefusedError("invalid_arguments", [f"[ERROR] {problem}" for problem in found])
        if not isinstance(sent, Mapping):  # the check above has refused it
            raise TypeError(sent)
        wanted = sent.get("external_id")
        if wanted and any(view.sent.get("external_id") == wanted for view in self._all() if view.id != (of and of.id)):
            raise RefusedError("duplicate_external_id")
        return sent

    def _new(self, user_id: str, sent: Mapping[str, Any]) -> OpenView:
        view_id = f"V0SANDBOX{next(self._numbers)}"
        view = OpenView(view_id, user_id, self._hash(), sent, {}, root_view_id=view_id)
        return replace(view, values=_values(view, {}))

    def _hash(self) -> str:
        return f"{int(self._clock())}.{secrets.token_hex(4)}"

    def _all(self) -> list[OpenView]:
        return [view for stack in self._stacks.values() for view in stack]

    def _find(self, view_id: str, external_id: str) -> OpenView:
        for view in self._all():
            if (view_id and view.id == view_id) or (external_id and view.sent.get("external_id") == external_id):
                return view
        raise RefusedError("not_found")

    def _keep(self, view: OpenView) -> OpenView:
        stack = self._stacks[view.user_id]
        stack[[one.id for one in stack].index(view.id)] = view
        return view


def _values(view: OpenView, before: Values) -> Values:
    """Return the state of each input: what was put in while its element is the same, else what the app chose from the start."""
    values: Values = {}
    for block_id, block in view.inputs.items():
        element = block["element"]
        action_id = action_of(element)
        kept = before.get(block_id, {}).get(action_id)
        usable = kept is not None and kept["type"] == element["type"] and _is_offered(kept, element)
        values[block_id] = {action_id: kept if usable and kept is not None else state_of(element)}
    return values


def action_of(element: Mapping[str, Any]) -> str:
    """Return an element's action; Slack gives one to an element without."""
    return str(element.get("action_id", "a0"))


def _is_offered(state: Mapping[str, Any], element: Mapping[str, Any]) -> bool:
    """Return whether what was chosen can still be chosen."""
    chosen = [state["selected_option"]] if state.get("selected_option") else state.get("selected_options", [])
    offered = [option["value"] for option in options_of(element)]
    return all(option["value"] in offered for option in chosen)


def state_of(element: Mapping[str, Any]) -> dict[str, Any]:
    """Return an element's state before anybody puts something in."""
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind == "checkboxes":
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "datepicker":
        return {"type": kind, "selected_date": element.get("initial_date")}
    return {"type": kind, "value": element.get("initial_value")}
