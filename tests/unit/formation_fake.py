"""A CloudFormation that goes through the states it is told to, since moto's knows success alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from ops.stack import STACK_TYPE

STACK_ID = "arn:aws:cloudformation:eu-west-1:1:stack/leadmatch-dev/1"


class Formation:
    """One stack. `now` is its status, None while there is none; each call has a plan of the states that follow it.

    A state may be a pair of a status and the events that come with it, each (resource, status, reason).
    """

    def __init__(self, now: str | None = None, **plans: list[Any]) -> None:
        self.now, self.plans = now, plans
        self.ahead: list[Any] = plans.pop("at_first", [])
        self.events: list[dict[str, str]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.parameters: dict[str, str] = {}

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's own names
        """Go on to the next state and tell it."""
        if self.ahead:
            state = self.ahead.pop(0)
            self.now, events = state if isinstance(state, tuple) else (state, [])
            self._note(events)
        if self.now is None or (self.now == "DELETE_COMPLETE" and StackName != STACK_ID):
            raise refusal(f"Stack with id {StackName} does not exist")
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()]
        outputs = [{"OutputKey": "TableName", "OutputValue": "t"}]
        stack = {"StackId": STACK_ID, "StackStatus": self.now, "Parameters": parameters, "Outputs": outputs}
        return {"Stacks": [stack]}

    def create_stack(self, **wanted: Any) -> dict[str, str]:
        """Begin to make it."""
        self._begin("create", wanted)
        return {"StackId": STACK_ID}

    def update_stack(self, **wanted: Any) -> dict[str, str]:
        """Begin to change it, or refuse."""
        plan = self.plans.get("update", [])
        if plan and isinstance(plan[0], Exception):
            raise plan.pop(0)
        self._begin("update", wanted)
        return {"StackId": STACK_ID}

    def delete_stack(self, **wanted: Any) -> None:
        """Begin to remove it."""
        self._begin("delete", wanted)

    def get_paginator(self, name: str) -> Formation:
        """Return the events' paginator: this fake itself."""
        assert name == "describe_stack_events"
        return self

    def paginate(self, *, StackName: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's own names
        """Yield the events, the newest first, two a page."""
        assert StackName == STACK_ID
        newest_first = self.events[::-1]
        for start in range(0, len(newest_first), 2):
            yield {"StackEvents": newest_first[start : start + 2]}

    def _begin(self, call: str, wanted: dict[str, Any]) -> None:
        self.calls.append((call, wanted))
        self.ahead = list(self.plans.get(call, []))
        self.now = f"{call.upper()}_IN_PROGRESS"
        self._note([("leadmatch-dev", self.now, "User Initiated")], kind=STACK_TYPE)

    def _note(self, events: list[tuple[str, str, str]], kind: str = "AWS::SQS::Queue") -> None:
        for resource, status, reason in events:
            one = {"LogicalResourceId": resource, "ResourceStatus": status, "ResourceStatusReason": reason}
            self.events.append(one | {"EventId": str(len(self.events)), "ResourceType": kind})


def refusal(message: str) -> ClientError:
    """Return what botocore raises when CloudFormation refuses a call."""
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "UpdateStack")
