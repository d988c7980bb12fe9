"""The item that the workers share about the access token, and how a test moves its times."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.aws.dynamodb import SharedItem
from chalicelib.wiring import clients
from chalicelib.wiring.check import LEASE_KEY
from chalicelib.zoho.token_record import TokenRecord, read_record
from sandbox.system import Sandbox


def item(sandbox: Sandbox) -> SharedItem:
    """Return the item."""
    table = sandbox.aws.table(sandbox.outputs["TableName"])
    return SharedItem(table, LEASE_KEY, keep_seconds=60, now=clients.utc_now, new_id=clients.new_id)


def shared(sandbox: Sandbox) -> TokenRecord:
    """Return what the workers know together."""
    return read_record(item(sandbox).read()[0])


def let_pauses_pass(sandbox: Sandbox) -> None:
    """Let the end of every pause have come."""
    content, epoch = item(sandbox).read()
    record = read_record(content)
    assert record.pauses
    over = replace(record, pauses=tuple(replace(pause, until=pause.until - 3600) for pause in record.pauses))
    assert item(sandbox).write(over.fields(), after=epoch)
