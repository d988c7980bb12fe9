"""What CloudFormation says of a stack, and what its status means for what may be done next.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.errors import error_code, error_text

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

NEVER_CAME_UP = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"}
"""Nothing but deletion is possible; a deletion that failed is one that was asked for."""
GONE = "DELETE_COMPLETE"
STUCK = "UPDATE_ROLLBACK_FAILED"
GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


@dataclass(frozen=True, slots=True)
class StackState:
    """One look at a stack."""

    stack_id: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def is_at_work(self) -> bool:
        """Tell whether AWS is still at it. A stack in review is nobody's work: it waits for a change set to be run."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


def look(client: CloudFormationClient, name_or_id: str) -> StackState | None:
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
