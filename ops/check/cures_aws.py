"""What to do when AWS refuses one of the product's own calls, whose reason is the service and AWS's code."""

from __future__ import annotations

from ops.errors import GUIDE

WHAT = {"secretsmanager": "secrets", "dynamodb": "ledger", "sqs": "queue"}
MAKE = "Have it made, or brought back, and filled by:\npython -m ops provision --stage {stage}"
GONE = ("resource_not_found_exception", "invalid_request_exception", "queue_does_not_exist", "non_existent_queue")
DENIED = ("access_denied_exception", "access_denied")


def aws_words(reason: str) -> str:
    """Say what it means, or nothing for a reason that is not AWS's."""
    service, _, code = reason.partition("_")
    if service not in WHAT:
        return ""
    if code in GONE:
        return f"The stage's {WHAT[service]} cannot be found in this account and region, or hold nothing ({reason})."
    if code in DENIED:
        return f"These AWS credentials may not use the stage's {WHAT[service]} ({reason})."
    return f"AWS did not give access to the stage's {WHAT[service]} ({reason})."


def aws_remedy(reason: str) -> str:
    """Say what to do, or nothing for a reason that is not AWS's."""
    service, _, code = reason.partition("_")
    if service not in WHAT:
        return ""
    if code in GONE:
        return MAKE
    if code in DENIED:
        return f"Allow it to this user: {GUIDE} has the whole policy (infra/operator-policy.json)."
    return "Check the network and these AWS credentials, then run this again: that is safe."
