"""The owner of a lead is mentioned once, on the first post: the real ledger, a real Slack stand-in, and what the calls are."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

import app
from chalicelib import timing
from chalicelib.aws.owner_item import OwnerItems
from chalicelib.timing import OWNER_KNOWN, OWNER_UNKNOWN
from chalicelib.wiring import Wiring
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.workspace import Message
from sandbox.system import ROSA, Sandbox
from tests.flow.credentials import credentials
from tests.flow.leads import messages, send, zylker_contact

LOOKUP = "users.lookupByEmail"
MENTION = f"<@{ROSA}>"
NAME = "Owner: Rosa Quill"


def posted(sandbox: Sandbox, lead_id: str = "") -> Message:
    """Let a lead come, and return the message that it has."""
    event_id = send(sandbox, lead_id or zylker_contact(sandbox))
    return next(one for one in messages(sandbox, event_id) if one.thread_ts is None)


def asked(sandbox: Sandbox) -> int:
    """Return how often Slack was asked for an address."""
    return [call.method for call in sandbox.slack.calls].count(LOOKUP)


def test_the_first_post_mentions_the_owner_and_the_second_lead_asks_slack_nothing(sandbox: Sandbox) -> None:
    """In the blocks and in the text; the ledger knows the owner by then."""
    first, second = posted(sandbox), posted(sandbox)
    for message in (first, second):
        assert MENTION in message.text
        assert str(message.blocks).count(MENTION) == 1
    assert asked(sandbox) == 1


def test_an_update_mentions_nobody(sandbox: Sandbox) -> None:
    """The message has the plain name from then on, and so has the reply in its thread."""
    lead_id = zylker_contact(sandbox)
    assert MENTION in posted(sandbox, lead_id).text
    sandbox.crm.change("Leads", lead_id, Email="somebody@else.example", Company="Kestrel", Full_Name="Cy Dorn")
    event_id = send(sandbox, lead_id)
    edited, reply = messages(sandbox, event_id)
    assert edited.history
    assert reply.thread_ts == edited.ts
    assert NAME in edited.text
    assert not any(MENTION in f"{one.text}{one.blocks}" for one in (edited, reply))


def test_an_owner_whom_slack_does_not_know_is_named(sandbox: Sandbox) -> None:
    """And Slack is not asked again for the next lead."""
    sandbox.slack.workspace.people.change(ROSA, deleted=True)
    assert [NAME in posted(sandbox).text for _ in range(2)] == [True, True]
    assert asked(sandbox) == 1


def test_with_mentions_off_nobody_is_asked(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Slack nor the table."""
    monkeypatch.setenv("LEADMATCH_MENTION", "off")
    app.wiring = Wiring(os.environ)
    assert NAME in posted(sandbox).text
    assert asked(sandbox) == 0
    assert not any(key.startswith("owner#") for call in sandbox.aws.calls for key in call.keys)


def test_an_incoming_webhook_mentions_nobody(sandbox: Sandbox) -> None:
    """It has no token to ask with."""
    with credentials(sandbox, slack={"webhook_url": sandbox.slack.webhook_url}):
        send(sandbox, zylker_contact(sandbox))
    assert asked(sandbox) == 0
    assert not any(MENTION in one.text for one in sandbox.slack.workspace.messages("lead-matches"))


@pytest.mark.parametrize(
    "fault",
    [
        Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "60"}),
        Answer(200, {"ok": False, "error": "internal_error"}),
        Answer(503, "down"),
        Answer(200, {"ok": True, "user": None}),
        Fault.RESET,
    ],
    ids=str,
)
def test_a_lookup_that_fails_costs_the_mention_alone(sandbox: Sandbox, fault: Answer | Fault) -> None:
    """The message goes at once, with the plain name; the next lead of the owner asks nothing either."""
    sandbox.slack.on(LOOKUP, fault)
    assert [NAME in posted(sandbox).text for _ in range(2)] == [True, True]
    assert asked(sandbox) == 1


def test_an_app_without_the_scope_names_owners(sandbox: Sandbox) -> None:
    """Messages go on as before."""
    sandbox.slack.scopes.discard("users:read.email")
    assert [NAME in posted(sandbox).text for _ in range(2)] == [True, True]
    assert asked(sandbox) == 1


def test_a_lookup_that_hangs_does_not_hold_the_message_up(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer would come when a whole test is over; the time for mentions ends long before."""
    monkeypatch.setattr(timing, "MENTION_SECONDS", 0.3)
    sandbox.slack.on(LOOKUP, Answer(200, None, delay_seconds=600, effect=True))
    assert NAME in posted(sandbox).text


def test_what_slack_said_is_taken_for_its_time(sandbox: Sandbox) -> None:
    """A day for who was found, an hour for nobody; a clock that is far ahead makes nothing last."""
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    items = OwnerItems(sandbox.aws.table(sandbox.outputs["TableName"]), now=lambda: now)
    second = timedelta(seconds=1)
    for number, (user, keep) in enumerate({"U0ROSA": OWNER_KNOWN, "": OWNER_UNKNOWN}.items()):
        begun = now
        items.write(str(number), user, digest="of an address")
        assert items.read(str(number), digest="of another") is None
        for later, known in ((keep - second, user), (keep, None), (-timedelta(hours=1), None)):
            now = begun + later
            assert items.read(str(number), digest="of an address") == known
        now = begun


def test_an_item_that_cannot_be_read_is_replaced(sandbox: Sandbox) -> None:
    """It is a cache: whatever stands there, Slack knows better."""
    client, name = sandbox.aws.client("dynamodb"), sandbox.outputs["TableName"]
    client.put_item(TableName=name, Item={"pk": {"S": "owner#1"}, "digest": {"N": "7"}})
    items = OwnerItems(sandbox.aws.table(name), now=lambda: datetime.now(UTC))
    assert items.read("1", digest="7") is None
    items.write("1", "U0ROSA", digest="7")
    assert items.read("1", digest="7") == "U0ROSA"
