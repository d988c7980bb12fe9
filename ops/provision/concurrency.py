"""Whether the account lets enough functions run at once: a new one allows ten, for everything in it together.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from typing import Any, Protocol

from botocore.exceptions import ClientError

from chalicelib.settings import check_workers
from ops.config_checks import CONCURRENCY
from ops.errors import aws_failures

NOTIFY, CONVERT, REFRESH, SWEEP, API = 2, 2, 1, 1, 10
"""What runs at once besides check: the maximum of notify and of convert, one refresher, one sweep, and a burst of calls from Zoho."""


class LambdaAccount(Protocol):
    """The one call of Lambda's API that is made here."""

    def get_account_settings(self) -> Any:
        """Return the account's limits."""
        ...


def wanted(zoho_concurrency: int) -> int:
    """Return how many functions of a stage may run at once; a lead takes two of Zoho's simultaneous calls."""
    return check_workers({CONCURRENCY: str(zoho_concurrency)}) + NOTIFY + CONVERT + REFRESH + SWEEP + API


def warnings(account: LambdaAccount, *, zoho_concurrency: int, region: str) -> list[str]:
    """Say that too few may run at once, or that nobody could be asked. Neither stops anything."""
    limits = _limits(account)
    if limits is None:
        return [
            "The account's limit of concurrent executions could not be read (lambda:GetAccountSettings). It should be "
            f"{wanted(zoho_concurrency)} or more. See Service Quotas, AWS Lambda, Concurrent executions, in {region}."
        ]
    free, need = int(limits["UnreservedConcurrentExecutions"]), wanted(zoho_concurrency)
    if free >= need:
        return []
    return [
        f"This account can run {free} functions at once in {region}; a stage may need {need}, and AWS refuses calls from"
        " Zoho beyond that. Ask for 1,000 (no charge): Service Quotas, AWS Lambda, Concurrent executions, or: aws"
        " service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384"
        f" --desired-value 1000 --region {region}"
    ]


def _limits(account: LambdaAccount) -> Any:
    with aws_failures("lambda"):
        try:
            return account.get_account_settings()["AccountLimit"]
        except ClientError:
            return None
