"""A stack at work is followed: each resource gets a line when it is ready, and the first failure is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from ops.cli import Console
from ops.provision.stack_state import GONE, StackState, look

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

POLL_SECONDS = 2.0
WORDS = {
    "CREATE_COMPLETE": "made",
    "UPDATE_COMPLETE": "changed",
    "DELETE_COMPLETE": "deleted",
    "DELETE_SKIPPED": "kept",
}
STACK = "AWS::CloudFormation::Stack"
Pause = Callable[[float], None]


class Following:
    """Tells the events of one stack, each once; those from before it was made are not told."""

    def __init__(
        self, client: CloudFormationClient, stack_id: str, *, console: Console, pause: Pause = time.sleep
    ) -> None:
        self._client, self._stack_id = client, stack_id
        self._console, self._pause = console, pause
        self._told: set[str] = set()
        self.first_failure = ""
        """What failed first since then, and why; an empty text while nothing did."""

    def skip_past(self) -> Following:
        """Take every event until now as told."""
        self._told |= {event["EventId"] for event in self._new_events()}
        return self

    def until_settled(self) -> StackState:
        """Tell events until AWS has come to rest; give the state it rests in."""
        try:
            while True:
                state = look(self._client, self._stack_id) or StackState(self._stack_id, GONE, {}, {})
                self._tell()
                if not state.is_at_work:
                    return state
                self._pause(POLL_SECONDS)
        except KeyboardInterrupt:
            self._console.warn("Interrupted; AWS goes on with the stack. The same command picks up there.")
            raise

    def _tell(self) -> None:
        for event in self._new_events():
            self._told.add(event["EventId"])
            if event.get("ResourceType") != STACK:
                self._tell_one(event)

    def _tell_one(self, event: StackEventTypeDef) -> None:
        status = str(event.get("ResourceStatus", ""))
        what = f"{event.get('LogicalResourceId', '')} ({event.get('ResourceType', '').removeprefix('AWS::')})"
        if status in WORDS:
            self._console.good(f"{WORDS[status]} {what}")
        elif status.endswith("_FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            self._console.bad(f"{what}: {reason}")
            if "cancelled" not in reason:  # AWS stops what was under way when something else failed
                self.first_failure = self.first_failure or f"{what}: {reason}"

    def _new_events(self) -> list[StackEventTypeDef]:
        """Give the events that were not told, the oldest first; AWS gives the newest first, in pages."""
        new: list[StackEventTypeDef] = []
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=self._stack_id):
            untold = [event for event in page["StackEvents"] if event["EventId"] not in self._told]
            new += untold
            if len(untold) < len(page["StackEvents"]):
                break
        return new[::-1]
