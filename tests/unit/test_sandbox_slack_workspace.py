"""What the workspace remembers, and what a person would see of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.slack.arguments import RefusedError
from sandbox.slack.workspace import Workspace


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(["#leads", "C0OPS"], clock=lambda: 1_790_000_000.25)


def test_a_channel_is_found_by_name_and_by_id(workspace: Workspace) -> None:
    """`#leads`, `leads` and the id that its name always gets are one channel; an id given is kept."""
    leads = workspace.channel("#leads")
    assert workspace.channel("leads") == workspace.channel(leads.id) == leads
    assert leads.id.startswith("C")
    assert leads.name == "leads"
    assert workspace.channel("C0OPS").id == "C0OPS"
    with pytest.raises(RefusedError, match="channel_not_found"):
        workspace.channel("#sales")


def test_a_ts_is_a_time_that_never_repeats(workspace: Workspace) -> None:
    """Messages of the same moment, from many threads, get different and growing stamps."""
    with ThreadPoolExecutor(8) as pool:
        stamps = list(pool.map(lambda _: workspace.post("C0OPS", text="hello").ts, range(200)))
    assert len(set(stamps)) == 200
    assert min(stamps) == "1790000000.250000"
    in_order = [message.ts for message in workspace.messages("C0OPS")]
    assert in_order == sorted(in_order)


def test_an_update_keeps_the_versions_before_it(workspace: Workspace) -> None:
    """What is None stays, what is empty goes, and the history grows by one version each time."""
    metadata = {"event_type": "lead", "event_payload": {"id": "e-1"}}
    posted = workspace.post("C0OPS", text="one", blocks=[{"type": "divider"}], metadata=metadata)
    workspace.update("C0OPS", posted.ts, text="two", blocks=None, metadata=None)
    changed = workspace.update("C0OPS", posted.ts, text=None, blocks=[], metadata={})
    assert [version.text for version in changed.history] == ["one", "two"]
    assert changed.history[1].blocks == [{"type": "divider"}]
    assert changed.history[1].metadata == metadata
    assert (changed.text, changed.blocks, changed.metadata) == ("two", [], None)
    assert changed.edited
    assert changed.edited > posted.ts


def test_only_our_own_messages_can_be_changed(workspace: Workspace) -> None:
    """A message of another bot, an incoming webhook's for example, cannot be updated."""
    posted = workspace.post("C0OPS", text="from a webhook", bot_id="B0OTHER")
    with pytest.raises(RefusedError, match="cant_update_message"):
        workspace.update("C0OPS", posted.ts, text="changed", blocks=None, metadata=None)


def test_a_reply_to_a_reply_joins_the_same_thread(workspace: Workspace) -> None:
    """A thread has one level, whichever of its messages is answered."""
    parent = workspace.post("C0OPS", text="parent")
    first = workspace.post("C0OPS", text="first", thread_ts=parent.ts)
    workspace.post("C0OPS", text="second", thread_ts=first.ts)
    assert [message.text for message in workspace.thread("C0OPS", first.ts)] == ["parent", "first", "second"]
    with pytest.raises(RefusedError, match="cannot_reply_to_message"):
        workspace.post("C0OPS", text="lost", thread_ts="1.000000")


def test_a_conversation_shows_replies_under_their_message(workspace: Workspace) -> None:
    """What the renderers get: top-level messages in order, each with its channel's name and its replies."""
    parent = workspace.post(workspace.channel("#leads").id, text="parent")
    workspace.post(parent.channel, text="later")
    workspace.post(parent.channel, text="reply", thread_ts=parent.ts)
    shown = workspace.conversation("#leads")
    assert [message["text"] for message in shown] == ["parent", "later"]
    assert [reply["text"] for reply in shown[0]["replies"]] == ["reply"]
    assert {message["channel_name"] for message in shown} == {"leads"}
