"""The lists that people keep: what provision writes, check goes by."""

from __future__ import annotations

import pytest

from chalicelib.aws.stage_lists import KEY
from ops.stage import LedgerTable
from sandbox.system import Sandbox
from tests.flow.leads import matches, send


@pytest.fixture
def ledger(sandbox: Sandbox) -> LedgerTable:
    """Return the table as provision sees it."""
    return LedgerTable(sandbox.aws.client("dynamodb"), sandbox.stage)


def notes(sandbox: Sandbox, company: str) -> list[str]:
    """Check a lead of this company; return the codes of its warnings."""
    lead_id = sandbox.crm.add("Leads", Full_Name="Dana Reyes", Company=company, Email="dana@kestrel.example")
    send(sandbox, lead_id)
    (event,) = matches(sandbox, lead_id)
    return [warning["code"] for warning in event["data"]["verdict"]["warnings"]]


def test_the_org_s_own_placeholders_are_no_company(sandbox: Sandbox, ledger: LedgerTable) -> None:
    """From the next lead on, whatever its capitals; an empty list takes them away again."""
    assert notes(sandbox, "Acme Bot GmbH") == []
    ledger.write_lists({"placeholders": ["Acme Bot GmbH", "Web Lead", "Übernahme"]})
    for company in ("Acme Bot GmbH", "web lead", "ÜBERNAHME"):
        assert notes(sandbox, company) == ["placeholder_company"]
    ledger.write_lists({})
    assert notes(sandbox, "Acme Bot GmbH") == []


@pytest.mark.parametrize("broken", [{"S": "Acme"}, {"N": "7"}, {"L": [{"N": "7"}, {"NULL": True}]}, {"M": {}}], ids=str)
def test_an_item_that_nobody_can_read_fails_no_lead(
    sandbox: Sandbox, ledger: LedgerTable, broken: dict[str, object]
) -> None:
    """The log says so."""
    item = {"pk": {"S": KEY}, "placeholders": broken}
    sandbox.aws.client("dynamodb").put_item(TableName=ledger.name, Item=item)
    assert notes(sandbox, "Acme Bot GmbH") == []
