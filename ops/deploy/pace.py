"""How fast the stage's API may be called: faster than any org's rules do, too slow to use up the account's functions.

Without it a stranger's calls, each of which is answered 401, could keep Zoho's from being taken. Chalice sets no pace.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from __future__ import annotations

from ops.account import Account
from ops.failures import aws_failures
from ops.project import Project

CALLS_PER_SECOND, CALLS_AT_ONCE = 100, 200
EVERY_METHOD = "/*/*/throttling"


def limit(project: Project, account: Account, stage: str) -> None:
    """Set the pace; doing it again changes nothing."""
    api_id = next(one.fields["rest_api_id"] for one in project.deployed(stage) if one.kind == "rest_api")
    with aws_failures("apigateway"):
        account.session.client("apigateway").update_stage(
            restApiId=api_id,
            stageName=project.gateway_stage(stage),
            patchOperations=[
                {"op": "replace", "path": f"{EVERY_METHOD}/rateLimit", "value": str(CALLS_PER_SECOND)},
                {"op": "replace", "path": f"{EVERY_METHOD}/burstLimit", "value": str(CALLS_AT_ONCE)},
            ],
        )
