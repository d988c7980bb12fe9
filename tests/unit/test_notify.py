"""What an item of the ledger asks of notify, before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.aws.ledger_item import LedgerItem, Shown
from chalicelib.events import time_text
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import SlackPost
from chalicelib.steps.notify import AlreadyShown, Edit, Keep, Nothing, Plan, PostNew, plan

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHOWN = Shown("C1", "1.0", "e-1", time_text(NOW - DAY / 2), 1, "create_new///")
ITEM = LedgerItem("1", event_id="e-2", accepted_at=time_text(NOW), match="{}", revision=2, shown=SHOWN)
SAME = SlackPost(SlackMessage("No match.", ()), "create_new///")
OTHER = replace(SAME, fingerprint="choose///")
UNSEEN = replace(ITEM, shown=None)
OLD = replace(ITEM, shown=replace(SHOWN, accepted_at=time_text(NOW - DAY)))
WITHOUT_TS = replace(ITEM, shown=replace(SHOWN, ts=""))


def planned(item: LedgerItem, post: SlackPost, *, channel: str = "C1", can_edit: bool = True) -> Plan:
    """Return the plan for a channel whose messages are old after a day."""
    return plan(item, post, channel=channel, can_edit=can_edit, new_message_after=DAY)


def shown(item: LedgerItem) -> Shown:
    """Return what the item says that the channel shows."""
    assert item.shown
    return item.shown


@pytest.mark.parametrize("can_edit", [True, False])
def test_what_nobody_has_seen_is_posted_unless_it_is_an_end_alone(*, can_edit: bool) -> None:
    """A converted lead and the end of an outage say something only to those who saw the beginning."""
    assert planned(UNSEEN, SAME, can_edit=can_edit) == PostNew()
    assert planned(UNSEEN, replace(SAME, edit_only=True), can_edit=can_edit) == Nothing()


@pytest.mark.parametrize("post", [SAME, OTHER, replace(OTHER, edit_only=True)])
@pytest.mark.parametrize("can_edit", [True, False])
def test_a_revision_that_is_shown_is_left_alone(post: SlackPost, *, can_edit: bool) -> None:
    """Also in another channel: a notice that comes twice shows nothing twice."""
    item = replace(ITEM, revision=1)
    assert planned(item, post, can_edit=can_edit, channel="C2") == AlreadyShown(SHOWN)


@pytest.mark.parametrize("post", [SAME, OTHER])
def test_a_message_that_people_still_see_is_edited(post: SlackPost) -> None:
    """Whether or not its verdict changed: a footer may have."""
    assert planned(ITEM, post) == Edit(SHOWN)


@pytest.mark.parametrize("can_edit", [True, False])
@pytest.mark.parametrize(("item", "channel"), [(OLD, "C1"), (ITEM, "C2")], ids=["old", "elsewhere"])
def test_where_nobody_looks_any_more_a_new_message_links_back(
    item: LedgerItem, channel: str, *, can_edit: bool
) -> None:
    """A day back, or in the channel of before."""
    assert planned(item, SAME, channel=channel, can_edit=can_edit) == PostNew(link_to=shown(item))


@pytest.mark.parametrize(("item", "channel"), [(OLD, "C1"), (ITEM, "C2")], ids=["old", "elsewhere"])
def test_an_end_is_said_where_the_beginning_was_said(item: LedgerItem, channel: str) -> None:
    """However long ago, and in whatever channel."""
    assert planned(item, replace(OTHER, edit_only=True), channel=channel) == Edit(shown(item))


@pytest.mark.parametrize(("item", "can_edit"), [(ITEM, False), (WITHOUT_TS, True)], ids=["webhook", "no ts"])
def test_what_cannot_be_edited_is_posted_again_only_when_it_changed(item: LedgerItem, *, can_edit: bool) -> None:
    """An incoming webhook neither edits nor tells where its message stands."""
    assert planned(item, SAME, can_edit=can_edit) == Keep(shown(item))
    assert planned(item, OTHER, can_edit=can_edit) == PostNew(replaces=True)


@pytest.mark.parametrize("edit_only", [True, False])
def test_an_incident_s_next_event_has_a_message_of_its_own(*, edit_only: bool) -> None:
    """The end of the second outage does not go into the message of the first; the same event's goes into its own."""
    post = replace(OTHER, new_message_per_event=True, edit_only=edit_only)
    assert planned(ITEM, post) == (Nothing() if edit_only else PostNew())
    own = replace(ITEM, shown=replace(SHOWN, event_id="e-2"))
    assert planned(own, post) == Edit(shown(own))
