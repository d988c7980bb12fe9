"""The messages inside leadmatch: what a notice is about, and what is refused. How they are written: `test_wire.py`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.events import NOTICE_KINDS, Incident, LeadEvent, Notice, NoticeKind
from chalicelib.slack.posts import POST_OF_KIND
from chalicelib.wire import read_time

EVENT = LeadEvent("1", "id", datetime(2026, 1, 1, tzinfo=UTC), "sweep")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize("kind", ["banner", "alert"])
@given(moment=MOMENTS)
def test_a_notice_of_an_occasion_is_read_back(kind: NoticeKind, moment: datetime) -> None:
    """It has no lead."""
    notice = Notice(Incident("zoho", "outage-1", moment), kind, 2, "C1")
    assert Notice.from_json(notice.to_json()) == notice
    assert notice.subject == "zoho"


def test_a_notice_says_what_it_is_about_and_whether_it_can_be_told_otherwise() -> None:
    """Only a lead's has another form, and its last has none left."""
    found = {kind: Notice(EVENT, kind, 1, "C1") for kind in NOTICE_KINDS}
    assert [kind for kind, notice in found.items() if not notice.is_last_form] == ["verdict"]
    about = {kind: notice.item_kind for kind, notice in found.items()}
    assert about == {"verdict": "lead", "minimal": "lead", "banner": "banner", "alert": "alert"}
    assert set(NOTICE_KINDS) == set(get_args(NoticeKind)) == set(POST_OF_KIND)


def test_a_kind_that_we_do_not_know_is_unreadable() -> None:
    """Nobody could say what to tell."""
    body = Notice(LeadEvent("1", "id", read_time("2026-01-01T00:00:00Z"), "sweep"), "verdict", 3, "C1").to_json()
    with pytest.raises(Unreadable):
        Notice.from_json(body.replace("verdict", "party"))


def test_each_revision_of_each_kind_has_a_deduplication_id_of_its_own() -> None:
    """SQS would drop what is like the last one for five minutes."""
    event = LeadEvent("1", "id", read_time("2026-01-01T00:00:00Z"), "sweep")
    incident = Incident("1", "id", event.accepted_at)
    notices = [Notice(event, "verdict", 1, "C"), Notice(event, "verdict", 2, "C"), Notice(incident, "banner", 1, "C")]
    assert len({notice.deduplication_id for notice in notices}) == 3
    assert Notice(event, "verdict", 1, "C").deduplication_id == notices[0].deduplication_id
