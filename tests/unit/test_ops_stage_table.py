"""The ledger outlives its stack, and goes when the operator says so."""

from __future__ import annotations

import pytest

from ops.stage import LedgerTable
from tests.own_aws import OwnAws


@pytest.mark.parametrize("protected", [True, False])
def test_a_table_is_seen_and_deleted_even_when_it_is_protected(own_aws: OwnAws, protected: bool) -> None:  # noqa: FBT001 - a case
    """The operator has typed the stage's name by then."""
    client = own_aws.client("dynamodb")
    ledger = LedgerTable(client, "dev")
    assert (ledger.exists(), ledger.delete()) == (False, False)
    client.create_table(
        TableName="leadmatch-dev-ledger",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=protected,
    )
    assert ledger.exists()
    assert ledger.delete()
    assert not ledger.exists()
