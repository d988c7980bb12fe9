"""Too little concurrency is warned about, and nothing is stopped by it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.provision.concurrency import wanted, warnings


class LambdaAccount:
    """An account that lets this many functions run at once, or refuses to say."""

    def __init__(self, unreserved: int | None) -> None:
        self.unreserved = unreserved

    def get_account_settings(self) -> dict[str, Any]:
        """Tell the limits."""
        if self.unreserved is None:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetAccountSettings")
        return {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": self.unreserved}}


@pytest.mark.parametrize(("zoho", "functions"), [(10, 21), (25, 28), (5, 18), (1, 18)])
def test_a_stage_needs_half_of_zoho_s_calls_and_some_more(zoho: int, functions: int) -> None:
    """A lead takes two of them; notify, convert, refresh, the sweep and the API run beside."""
    assert wanted(zoho) == functions


def test_a_new_account_is_warned_of() -> None:
    """With the command that asks for more."""
    (warning,) = warnings(LambdaAccount(10), zoho_concurrency=10, region="eu-west-1")
    assert "can run 10 functions at once in eu-west-1; a stage may need 21" in warning
    assert "--quota-code L-B99A9384 --desired-value 1000 --region eu-west-1" in warning


def test_enough_is_enough() -> None:
    """To the one."""
    assert warnings(LambdaAccount(21), zoho_concurrency=10, region="r") == []
    assert warnings(LambdaAccount(20), zoho_concurrency=10, region="r")


def test_a_limit_that_cannot_be_read_stops_nothing() -> None:
    """It is a warning too."""
    (warning,) = warnings(LambdaAccount(None), zoho_concurrency=10, region="r")
    assert "lambda:GetAccountSettings" in warning
