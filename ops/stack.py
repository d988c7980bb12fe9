"""The stage's CloudFormation stack: what AWS says of it, and how it is made, changed or removed, whatever an earlier run left.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.cli import Console
from ops.errors import GUIDE, OpsError, aws_failures, error_code, error_text
from ops.timing import STACK_POLL_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

Pause = Callable[[float], None]

NEVER_CAME_UP = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"}
"""Nothing but deletion is possible; a deletion that failed is one that was asked for."""
GONE = "DELETE_COMPLETE"
STUCK = "UPDATE_ROLLBACK_FAILED"
GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

CAPABILITIES: Any = ["CAPABILITY_IAM"]
STACK_TYPE = "AWS::CloudFormation::Stack"
EVENT_WORDS = {
    "CREATE_COMPLETE": "made",
    "UPDATE_COMPLETE": "changed",
    "DELETE_COMPLETE": "deleted",
    "DELETE_SKIPPED": "kept",
}


@dataclass(frozen=True, slots=True)
class StackState:
    """One look at a stack."""

    stack_id: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def is_at_work(self) -> bool:
        """Return whether AWS is still at it. A stack in review is nobody's work: it waits for a change set to be run."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


def look_at_stack(client: CloudFormationClient, name_or_id: str) -> StackState | None:
    """Look at a stack; None when there is none of that name. Raises what botocore raises."""
    try:
        (found,) = client.describe_stacks(StackName=name_or_id)["Stacks"]
    except ClientError as error:
        if error_code(error) == "ValidationError" and "does not exist" in error_text(error):
            return None
        raise
    return StackState(
        stack_id=found["StackId"],
        status=found["StackStatus"],
        parameters={one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])},
        outputs={one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])},
    )


class Stack:
    """The stack of one stage."""

    def __init__(
        self, client: CloudFormationClient, name: str, *, console: Console, region: str, pause: Pause = time.sleep
    ) -> None:
        self._client, self.name = client, name
        self._console, self._region, self._pause = console, region, pause

    def settled(self) -> StackState | None:
        """Return the stack's state once nobody works on it; None when there is none. What never came up is removed."""
        with aws_failures("cloudformation"):
            state = look_at_stack(self._client, self.name)
            if state and state.is_at_work:
                self._console.line(f"{self.name} is in progress ({state.status}) from an earlier run. Waiting for it.")
                state = self._follow(state.stack_id).until_settled()
        if state is None or state.status == GONE:
            return None
        if state.status == STUCK:
            raise self._stuck(state)
        if state.status in NEVER_CAME_UP:
            self._console.warn(f"{self.name} never came up ({state.status}). It is removed and created again.")
            self._delete(state)
            return None
        return state

    def deploy(
        self, found: StackState | None, *, template: str, parameters: Mapping[str, str], tags: Mapping[str, str]
    ) -> StackState:
        """Make the stack, or change the one that was `found`; raise `OpsError` that names what failed first."""
        wanted = {
            "StackName": self.name,
            "TemplateBody": template,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "Capabilities": CAPABILITIES,
        }
        with aws_failures("cloudformation"):
            return self._create(wanted) if found is None else self._update(found, wanted)

    def exists(self) -> bool:
        """Return whether there is one, in whatever state."""
        with aws_failures("cloudformation"):
            state = look_at_stack(self._client, self.name)
        return state is not None and state.status != GONE

    def delete(self) -> bool:
        """Remove the stack; tell whether there was one."""
        with aws_failures("cloudformation"):
            state = look_at_stack(self._client, self.name)
            if state is None or state.status == GONE:
                return False
            self._delete(state)
        return True

    def _create(self, wanted: dict[str, Any]) -> StackState:
        following = self._follow(self._client.create_stack(**wanted)["StackId"])
        state = following.until_settled()
        if state.status in GOOD:
            self._console.good("the stack is created")
            return state
        raise OpsError(
            f"The stack {self.name} did not come up: {_reason(following, state)}",
            _hint(following, "Fix the cause and run the same command again: it removes what is left and starts over."),
        )

    def _update(self, found: StackState, wanted: dict[str, Any]) -> StackState:
        following = self._follow(found.stack_id).skip_past()
        try:
            self._client.update_stack(**wanted)
        except ClientError as error:
            if error_code(error) == "ValidationError" and "No updates are to be performed" in error_text(error):
                self._console.good("nothing to change")
                return found
            raise
        state = following.until_settled()
        if state.status in GOOD:
            self._console.good("the stack is changed")
            return state
        if state.status == STUCK:
            raise self._stuck(state)
        raise OpsError(
            f"AWS could not change the stack {self.name} and rolled the change back: {_reason(following, state)}",
            _hint(following, "The stage runs as before. Fix the cause and run the same command again."),
        )

    def _delete(self, state: StackState) -> None:
        following = self._follow(state.stack_id).skip_past()
        with aws_failures("cloudformation"):
            self._client.delete_stack(StackName=state.stack_id)
            after = following.until_settled()
        if after.status != GONE:
            raise OpsError(
                f"The stack {self.name} could not be removed: {_reason(following, after)}",
                _hint(following, "Fix the cause and run the same command again: it continues where it stopped."),
            )

    def _follow(self, stack_id: str) -> Following:
        return Following(self._client, stack_id, console=self._console, pause=self._pause)

    def _stuck(self, state: StackState) -> OpsError:
        return OpsError(
            f"The stack {self.name} is stuck ({state.status}): a change failed, and the roll-back failed too.",
            f"Fix the first FAILED line in the stack's events, then: aws cloudformation continue-update-rollback"
            f" --stack-name {self.name} --region {self._region} (for a resource that no longer exists: --resources-to-skip NAME)."
            " When it says UPDATE_ROLLBACK_COMPLETE, run this command again.",
        )


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
        """Print events until AWS has come to rest; return the state it rests in."""
        try:
            while True:
                state = look_at_stack(self._client, self._stack_id) or StackState(self._stack_id, GONE, {}, {})
                self._tell()
                if not state.is_at_work:
                    return state
                self._pause(STACK_POLL_SECONDS)
        except KeyboardInterrupt:
            self._console.warn("Interrupted; AWS continues with the stack. Run the same command again to follow it.")
            raise

    def _tell(self) -> None:
        for event in self._new_events():
            self._told.add(event["EventId"])
            if event.get("ResourceType") != STACK_TYPE:
                self._tell_one(event)

    def _tell_one(self, event: StackEventTypeDef) -> None:
        status = str(event.get("ResourceStatus", ""))
        what = f"{event.get('LogicalResourceId', '')} ({event.get('ResourceType', '').removeprefix('AWS::')})"
        if status in EVENT_WORDS:
            self._console.good(f"{EVENT_WORDS[status]} {what}")
        elif status.endswith("_FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            self._console.bad(f"{what}: {reason}")
            if "cancelled" not in reason:  # AWS stops what was under way when something else failed
                self.first_failure = self.first_failure or f"{what}: {reason}"

    def _new_events(self) -> list[StackEventTypeDef]:
        """Return the events that were not told, the oldest first; AWS gives the newest first, in pages."""
        new: list[StackEventTypeDef] = []
        for page in self._client.get_paginator("describe_stack_events").paginate(StackName=self._stack_id):
            untold = [event for event in page["StackEvents"] if event["EventId"] not in self._told]
            new += untold
            if len(untold) < len(page["StackEvents"]):
                break
        return new[::-1]


def _reason(following: Following, state: StackState) -> str:
    return following.first_failure or f"it ended as {state.status}."


def _hint(following: Following, hint: str) -> str:
    lacking = "not authorized" in following.first_failure
    return f"{hint} {GUIDE} says what this user must be allowed to do." if lacking else hint
