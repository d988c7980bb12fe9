"""The ledger's items: the names under which they are stored, which outlive the code's own."""

from __future__ import annotations

from dataclasses import astuple
from decimal import Decimal

import pytest

from chalicelib.aws.ledger_item import LedgerItem, Posting, Shown, State, Unclear, read_item

STORED = {"channel": "C1", "ts": "1.2", "event_id": "e", "accepted_at": "t", "revision": 3, "verdict": "wait///"}
SHOWN = Shown("C1", "1.2", "e", "t", 3, "wait///")


def test_what_a_channel_shows_keeps_its_stored_names() -> None:
    """Items of an earlier release are read for ninety days."""
    assert SHOWN.fields() == STORED
    stored = STORED | {"revision": Decimal(3)}
    item = read_item(
        {"pk": "banner#o-1", "shown": stored, "posting": {"shown": stored, "thread_ts": "", "began_at": 7}}
    )
    assert (item.subject, item.shown) == ("o-1", SHOWN)
    assert item.posting is not None
    assert astuple(item.posting) == astuple(Posting(SHOWN, "", 7))


def test_what_was_counted_before_stumbles_were_counts_as_lost_answers() -> None:
    """An item of an earlier release says only how many; no message is shortened for that."""
    counted = {"event_id": "e", "times": Decimal(5)}
    assert read_item({"pk": "lead#1", "event_id": "e", "unclear": counted}).unclear == Unclear(times=5)
    assert read_item({"pk": "lead#1", "event_id": "f", "unclear": counted}).unclear == Unclear()


def test_the_counts_are_read_as_they_were_written() -> None:
    """For the event that they are of."""
    counts = Unclear().and_one(is_stumble=False).and_one(is_stumble=True)
    assert counts == Unclear(times=2, stumbles=1)
    assert read_item({"pk": "lead#1", "event_id": "e", "unclear": counts.fields("e")}).unclear == counts


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
