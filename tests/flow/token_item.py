"""The access token's record in the table, how a test moves its times, and a request that is worked on at once."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.aws.secrets import ZohoTokenSecret
from chalicelib.aws.token_item import TokenItem
from chalicelib.events import TokenReason, TokenRequest
from chalicelib.wiring import Wiring, clients
from chalicelib.zoho.token_record import TokenRecord, read_record
from sandbox.system import Sandbox


def item(sandbox: Sandbox) -> TokenItem:
    """Return the item."""
    table = sandbox.aws.table(sandbox.outputs["TableName"])
    return TokenItem(table, now=clients.utc_now, new_id=clients.new_id)


def recorded(sandbox: Sandbox) -> TokenRecord:
    """Return what refresh has written."""
    return read_record(item(sandbox).read()[0])


def let_pause_pass(sandbox: Sandbox) -> None:
    """Let the end of the pause have come."""
    content, epoch = item(sandbox).read()
    record = read_record(content)
    assert record.pause
    over = replace(record, pause=replace(record.pause, until=record.pause.until - 3600))
    assert item(sandbox).write(over.fields(), after=epoch)


def refresh(sandbox: Sandbox, cause: TokenReason = "expired", **changes: str) -> None:
    """Let refresh work on a request about the secret as it stands, whatever SQS has dropped as a repeat; `changes` are settings."""
    _, version = ZohoTokenSecret(clients.secretsmanager(), sandbox.outputs["ZohoTokenSecret"]).read()
    body = TokenRequest(version, cause).to_json()
    Wiring(sandbox.variables() | changes).refresh.handle({"body": body, "messageId": "m", "attributes": {}})
