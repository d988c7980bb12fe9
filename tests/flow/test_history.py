"""A lead's history in the table: appended in the write that it is about, and never longer than what is kept."""

from __future__ import annotations

import json
from datetime import timedelta

from chalicelib.aws.ledger_item import HISTORY_KEPT
from chalicelib.aws.queues import InboxTurn
from chalicelib.conversion import Decision, HistoryEntry
from sandbox.system import Sandbox
from tests.flow.play import Play

MOST_BYTES = 6 * 1024


def decide(one: Play, number: int) -> None:
    """Dismiss a lead for the so-manieth time, by a click of its own."""
    one.later(seconds=1)
    decision = Decision("dismissed", f"{number:064d}", "U0123456789", one.now, one.item().event_id)
    happened = HistoryEntry(one.now, "dismissed", "U0123456789", number)
    one.ledger.decide(one.item(), decision, happened=happened)


def test_a_full_history_loses_its_first_entry_in_the_same_write(play: Play) -> None:
    """It keeps the last thirty, in their order, in six kilobytes."""
    play.store(play.event())
    for number in range(1, HISTORY_KEPT + 6):
        decide(play, number)
    item = play.item()
    assert [entry.revision for entry in item.history] == list(range(6, HISTORY_KEPT + 6))
    assert len(json.dumps([str(entry) for entry in item.history])) < MOST_BYTES
    assert item.revision == HISTORY_KEPT + 6


def test_a_decision_written_twice_is_one_entry(play: Play) -> None:
    """As after a crash, or a lost answer of DynamoDB's."""
    play.store(play.event())
    decide(play, 1)
    once = play.item()
    happened = HistoryEntry(play.now + timedelta(minutes=1), "dismissed", "U0123456789", 1)
    assert once.decision
    assert play.ledger.decide(once, once.decision, happened=happened) == once


def test_two_who_saw_the_same_item_lose_no_entry(play: Play) -> None:
    """A check and a click at once, when the list is full."""
    play.store(play.event())
    for number in range(1, HISTORY_KEPT + 1):
        decide(play, number)
    seen, event = play.item(), play.event(2)
    decision = Decision("dismissed", "f" * 64, "U0AAA", play.now, seen.event_id)
    play.ledger.decide(seen, decision, happened=HistoryEntry(play.now, "dismissed", "U0AAA"))
    checked = HistoryEntry(play.now, "checked_choose")
    play.ledger.store_match(
        event, seen.match, turn=InboxTurn(play.now, play.now), earlier=["x"], happened=checked, seen=seen
    )
    assert [entry.what for entry in play.item().history][-2:] == ["dismissed", "checked_choose"]
    assert len(play.item().history) == HISTORY_KEPT


def test_a_verdict_leaves_a_decision_where_it_is(sandbox: Sandbox, play: Play) -> None:  # noqa: ARG001
    """A dismissal is about one event: it stands in the item, and counts for nothing after the next one."""
    play.store(play.event())
    decide(play, 1)
    assert play.item().current_decision
    play.later(minutes=1)
    play.store(play.event(2))
    assert play.item().decision
    assert play.item().current_decision is None
