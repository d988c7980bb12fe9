"""The ledger's items: what is written is read back, and the state that follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.aws.ledger_item import (
    EVENTS_REMEMBERED,
    Attempt,
    LedgerItem,
    Posting,
    Shown,
    State,
    UnknownOutcomes,
    Watched,
    read_item,
)
from chalicelib.wire import to_fields
from tests.unit.test_wire import in_dynamodb

SHOWN = Shown("C1", "1.2", "e", "t", 3, "wait///")


@pytest.mark.parametrize("posting", [Posting(SHOWN, "", 7), Posting(SHOWN, "1.1", 7, 9)], ids=["no end", "an end"])
def test_what_a_channel_shows_is_read_as_it_was_written(posting: Posting) -> None:
    """So is the intent to show it; the subject is what stands in the key behind the kind."""
    stored = {"pk": "banner#o-1", "shown": in_dynamodb(to_fields(SHOWN)), "posting": in_dynamodb(to_fields(posting))}
    item = read_item(stored)
    assert (item.subject, item.shown, item.posting) == ("o-1", SHOWN, posting)


def test_the_counts_are_read_as_they_were_written() -> None:
    """For the event that they are of; another event has counts of its own."""
    counts = UnknownOutcomes().and_one(is_stumble=False).and_one(is_stumble=True)
    assert counts == UnknownOutcomes(times=2, stumbles=1)
    stored = in_dynamodb(counts.fields("e"))
    assert read_item({"pk": "lead#1", "event_id": "e", "unknown_outcomes": stored}).unknown_outcomes == counts
    assert (
        read_item({"pk": "lead#1", "event_id": "f", "unknown_outcomes": stored}).unknown_outcomes == UnknownOutcomes()
    )


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (LedgerItem("1", revision=3), "STORED"),
        (LedgerItem("1", revision=4, shown=SHOWN), "STORED"),
        (LedgerItem("1", revision=3, shown=SHOWN, owner="o"), "CLAIMED"),
        (LedgerItem("1", revision=3, owner="o", posting=Posting(SHOWN, "", 7)), "POSTING"),
        (LedgerItem("1", revision=3, posting=Posting(SHOWN, "", 7)), "POSTING"),
        (LedgerItem("1", revision=3, shown=SHOWN), "POSTED"),
    ],
    ids=["nothing shown", "a newer match", "under a lease", "before a post", "lease given back, intent left", "shown"],
)
def test_the_state_follows_from_what_the_item_holds(item: LedgerItem, state: State) -> None:
    """An intent counts most, then a lease; what is shown has to be of the last revision."""
    assert item.state == state


def test_the_last_fifty_events_are_remembered() -> None:
    """The oldest is forgotten first; the event that the item holds is none before itself."""
    known = tuple(f"e-{number}" for number in range(50))
    item = LedgerItem("1", "e-50", earlier=known)
    assert item.events_before("e-51") == (*known[1:], "e-50")
    assert item.events_before("e-50") == known
    assert len(known) == EVENTS_REMEMBERED


CLAIMED = LedgerItem("1", owner="o", epoch=2, lease_until=100, claimed_by=Attempt("m-1", 1))
IN_DOUBT = replace(CLAIMED, posting=Posting(SHOWN, "", 7))
SEEN_BY_M2 = Watched(2, (Attempt("m-2", 3),))


@pytest.mark.parametrize(
    ("item", "attempt", "now", "is_over"),
    [
        (CLAIMED, Attempt("m-2", 9), 100, False),
        (CLAIMED, Attempt("m-2", 9), 101, True),
        (IN_DOUBT, Attempt("m-1", 1), 101, False),
        (IN_DOUBT, Attempt("m-1", 2), 101, True),
        (IN_DOUBT, Attempt("m-2", 9), 101, False),
        (replace(IN_DOUBT, watched=SEEN_BY_M2), Attempt("m-2", 3), 101, False),
        (replace(IN_DOUBT, watched=SEEN_BY_M2), Attempt("m-2", 4), 99, True),
        (replace(IN_DOUBT, watched=replace(SEEN_BY_M2, epoch=1)), Attempt("m-2", 4), 101, False),
    ],
    ids=[
        "held",
        "over by our clock",
        "a post in doubt, the same receive",
        "a post in doubt, given out again",
        "a post in doubt, another message",
        "another message that has just found it held",
        "another message that was put off for its whole length",
        "who watched an earlier lease",
    ],
)
def test_when_a_lease_may_be_taken(item: LedgerItem, attempt: Attempt, now: float, is_over: bool) -> None:  # noqa: FBT001 - a parameter
    """Where a post may be under way, no clock says so, but SQS: by giving the same message out again."""
    assert item.lease_is_over(attempt, now=now) == is_over
