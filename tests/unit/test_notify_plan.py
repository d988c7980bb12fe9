"""What an item of the ledger asks of notify, before anything is sent. `pytest -s` prints the rows as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from chalicelib.aws.ledger_item import LedgerItem, Shown, UnknownOutcomes
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import SlackPost
from chalicelib.steps.notify_plan import (
    FALLBACK_AFTER,
    MAKE_ROOM_AFTER,
    AlreadyShown,
    Edit,
    Keep,
    MakeRoom,
    Nothing,
    Plan,
    Post,
    plan,
)
from chalicelib.wire import time_text

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SALES, OPERATOR, ROUTED = "sales", "operator", "routed"
IN_SALES = Shown(SALES, "1.0", "e-1", time_text(NOW - DAY / 2), 1, "create_new///")
FIXED = replace(IN_SALES, edit_refused=True)
BY_WEBHOOK = replace(IN_SALES, ts="")
A_DAY_OLD = replace(IN_SALES, accepted_at=time_text(NOW - DAY))
ROUTED_TO_THE_OPERATOR = replace(IN_SALES, channel=OPERATOR)
AT_THE_OPERATOR = replace(ROUTED_TO_THE_OPERATOR, provisional=True)
IN_A_ROUTED_CHANNEL = replace(IN_SALES, channel=ROUTED)
ROUTED_A_DAY_AGO = replace(A_DAY_OLD, channel=ROUTED)
NEXT = LedgerItem("1", event_id="e-2", accepted_at=time_text(NOW), match="{}", revision=2)
SAME = SlackPost(SlackMessage("No match.", ()), "create_new///", stays=True, earlier="earlier message about this lead")
CHANGED = replace(SAME, fingerprint="choose///")
CONVERTED = replace(SAME, fingerprint="already_converted///", edit_only=True, provisional=True)
VANISHED = replace(SAME, fingerprint="lead_not_found///", provisional=True)
DECIDED = replace(SAME, provisional=True)
SHORT = replace(SAME, stays=False, provisional=True)
COUNT = SlackPost(SlackMessage("8 leads wait.", ()), "lasts")
END = SlackPost(SlackMessage("Zoho answered again.", ()), "over", edit_only=True)
BANNER = replace(IN_SALES, fingerprint="lasts", accepted_at=time_text(NOW))
FIXED_BANNER = replace(BANNER, edit_refused=True)

POSTS = {
    "the same verdict": SAME,
    "another verdict": CHANGED,
    "converted": CONVERTED,
    "not found": VANISHED,
    "a decision": DECIDED,
    "the short form": SHORT,
    "the outage lasts": COUNT,
    "the outage is over": END,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what is shown, what is to be shown, the channel of the notice, and the plan."""

    stands: str
    shown: Shown | None
    post: str
    notice: str
    plan: Plan
    unanswered: int = 0

    @property
    def planned(self) -> Plan:
        """The plan of the code."""
        item = replace(NEXT, shown=self.shown, unknown_outcomes=UnknownOutcomes(self.unanswered, FALLBACK_AFTER))
        return plan(item, POSTS[self.post], channel=self.notice, new_message_after=DAY)

    def __str__(self) -> str:
        """Return the line."""
        unanswered = f", {self.unanswered} times unanswered" if self.unanswered else ""
        return f"{self.stands + unanswered:42} {self.post:19} for {self.notice:9} -> {_said(self.plan)}"


def _said(planned: Plan) -> str:
    match planned:
        case Post(channel, earlier, replaces):
            link = "" if earlier is None else ", replaces the earlier" if replaces else ", links to the earlier"
            return f"Post in {channel}{link}"
        case Edit(shown) | Keep(shown) | AlreadyShown(shown):
            return f"{type(planned).__name__} in {shown.channel}"
    return type(planned).__name__


ROWS = (
    *(Row("nothing", None, post, SALES, Post(SALES)) for post in ("the same verdict", "the outage lasts")),
    *(Row("nothing", None, post, SALES, Nothing()) for post in ("converted", "the outage is over")),
    Row("nothing", None, "not found", OPERATOR, Post(OPERATOR)),
    *(
        Row("in sales, this revision", now, post, notice, AlreadyShown(now))
        for now in (replace(IN_SALES, revision=2),)
        for post, notice in (("the same verdict", SALES), ("another verdict", ROUTED), ("the short form", OPERATOR))
    ),
    *(Row("in sales", IN_SALES, post, SALES, Edit(IN_SALES)) for post in ("the same verdict", "another verdict")),
    Row("in sales", IN_SALES, "converted", SALES, Edit(IN_SALES)),
    Row("in sales", IN_SALES, "not found", OPERATOR, Edit(IN_SALES)),
    Row("in sales", IN_SALES, "the short form", OPERATOR, Post(OPERATOR, IN_SALES)),
    *(
        Row(stands, shown, post, notice, Edit(shown))
        for stands, shown in (
            ("in sales", IN_SALES),
            ("in a routed channel", IN_A_ROUTED_CHANNEL),
            ("routed to the operator", ROUTED_TO_THE_OPERATOR),
        )
        for post in ("the same verdict", "another verdict", "a decision")
        for notice in (SALES, ROUTED, OPERATOR)
        if notice != shown.channel
    ),
    Row("with the operator", AT_THE_OPERATOR, "another verdict", SALES, Post(SALES, AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "the same verdict", SALES, Post(SALES, AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "another verdict", ROUTED, Post(ROUTED, AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "another verdict", OPERATOR, Edit(AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "a decision", SALES, Edit(AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "the short form", OPERATOR, Edit(AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "converted", SALES, Edit(AT_THE_OPERATOR)),
    Row("with the operator", AT_THE_OPERATOR, "not found", OPERATOR, Edit(AT_THE_OPERATOR)),
    Row("in a routed channel", IN_A_ROUTED_CHANNEL, "not found", OPERATOR, Edit(IN_A_ROUTED_CHANNEL)),
    Row("in a routed channel", IN_A_ROUTED_CHANNEL, "converted", SALES, Edit(IN_A_ROUTED_CHANNEL)),
    Row("in a routed channel, a day old", ROUTED_A_DAY_AGO, "another verdict", SALES, Post(ROUTED, ROUTED_A_DAY_AGO)),
    *(
        Row("in sales, a day old", A_DAY_OLD, post, SALES, Post(SALES, A_DAY_OLD))
        for post in ("the same verdict", "another verdict")
    ),
    Row("in sales, a day old", A_DAY_OLD, "not found", OPERATOR, Post(SALES, A_DAY_OLD)),
    Row("in sales, a day old", A_DAY_OLD, "converted", SALES, Edit(A_DAY_OLD)),
    *(
        row
        for stands, shown in (("in sales, edit refused", FIXED), ("in sales, by webhook", BY_WEBHOOK))
        for row in (
            Row(stands, shown, "the same verdict", SALES, Keep(shown)),
            Row(stands, shown, "another verdict", SALES, Post(SALES, shown, replaces=True)),
            Row(stands, shown, "converted", SALES, Post(SALES, shown, replaces=True)),
            Row(stands, shown, "not found", OPERATOR, Post(SALES, shown, replaces=True)),
        )
    ),
    Row("the banner", BANNER, "the outage lasts", SALES, Edit(BANNER)),
    Row("the banner", BANNER, "the outage is over", SALES, Edit(BANNER)),
    Row("the banner, edit refused", FIXED_BANNER, "the outage lasts", SALES, Keep(FIXED_BANNER)),
    Row("the banner, edit refused", FIXED_BANNER, "the outage is over", SALES, Post(SALES, FIXED_BANNER, replaces=True)),
    Row("nothing", None, "another verdict", SALES, Post(SALES), MAKE_ROOM_AFTER - 1),
    Row("nothing", None, "another verdict", SALES, MakeRoom(), MAKE_ROOM_AFTER),
    Row("in sales", IN_SALES, "the same verdict", SALES, MakeRoom(), MAKE_ROOM_AFTER),
    Row("nothing", None, "converted", SALES, Nothing(), MAKE_ROOM_AFTER),
    Row("in sales, edit refused", FIXED, "the same verdict", SALES, Keep(FIXED), MAKE_ROOM_AFTER),
    Row("in sales, this revision", replace(IN_SALES, revision=2), "another verdict", SALES,
        AlreadyShown(replace(IN_SALES, revision=2)), MAKE_ROOM_AFTER),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_item_asks_for(row: Row) -> None:
    """One row of the table: nobody looks at an old message, nor in another channel; what cannot be edited is replaced only by news."""
    assert row.planned == row.plan


def test_every_plan_is_a_row() -> None:
    """Each kind of plan for each kind of post that can lead to it; the table is what docs/architecture.md says in words."""
    print("\n" + "\n".join(map(str, ROWS)))  # noqa: T201 - for `pytest -s`
    assert {type(row.plan) for row in ROWS} == set(get_args(Plan))
    assert {row.post for row in ROWS} == set(POSTS)
