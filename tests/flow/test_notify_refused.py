"""notify when Slack refuses one message, one channel, or everything: what each holds up, and what the ledger says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.errors import ChannelClosed, SlackUnavailable, SlackUnclear
from chalicelib.slack.announcements import closed_line
from chalicelib.steps.notify_plan import MAKE_ROOM_AFTER
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.workspace import Message
from tests.flow.play import ACCOUNT, CHANNEL, LEASE_SECONDS, NOTHING, OPERATOR, Play

POST, UPDATE = "chat.postMessage", "chat.update"


def refusal(error: str) -> Answer:
    """Return Slack's definite no."""
    return Answer(200, {"ok": False, "error": error}, effect=False)


def at_the_operator(play: Play) -> list[Message]:
    """Return what stands in the operator's channel."""
    return play.slack.workspace.messages(OPERATOR.id)


def test_refused_text_falls_back_to_a_line_of_our_own(play: Play) -> None:
    """Blocks, then the text, then the lead's id and no value of the CRM."""
    play.slack.on(POST, refusal("invalid_blocks"))
    play.slack.on(POST, refusal("msg_too_long"))
    assert play.notify(play.store(play.event())) == "posted"
    (message,) = play.messages()
    assert message.text.startswith(f"Lead {play.lead_id} was checked, but its summary could not be shown.")
    assert "Ada Park" not in message.text
    assert play.item().state == "POSTED"


def test_an_edit_falls_back_as_a_post_does(play: Play) -> None:
    """The message that stands there says at least which lead it is about."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    play.slack.on(UPDATE, refusal("invalid_blocks"))
    play.slack.on(UPDATE, refusal("msg_too_long"))
    assert play.notify(play.store(play.event(2))) == "updated"
    assert "could not be shown" in play.messages()[0].text


@pytest.mark.parametrize("close", ["archive", "leave"])
def test_a_closed_channel_s_message_goes_to_the_operator(play: Play, close: str) -> None:
    """It says where it belongs and what to do, and the ledger says where it stands."""
    getattr(play.slack.workspace, close)(CHANNEL.id)
    assert play.notify(play.store(play.event())) == "posted"
    (message,) = at_the_operator(play)
    assert "Ada Park" in message.text
    assert f"This message belongs in <#{CHANNEL.id}> ({CHANNEL.id}), but" in message.text
    assert "--slack-channel" in message.text
    shown = play.item().shown
    assert shown is not None
    assert (shown.channel, shown.ts) == (OPERATOR.id, message.ts)


def test_a_channel_that_does_not_exist_is_closed_too(play: Play) -> None:
    """The id was mistyped, or somebody deleted the channel."""
    notice = replace(play.store(play.event()), channel="C0NOWHERE")
    assert play.notify(notice) == "posted"
    assert "but that channel does not exist, or it is private" in at_the_operator(play)[0].text


def test_while_its_channel_is_closed_a_lead_is_kept_current_at_the_operator(play: Play) -> None:
    """One message per lead there as well, edited, with a reply about the change."""
    play.slack.workspace.archive(CHANNEL.id)
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    assert play.notify(play.store(play.event(2), ACCOUNT)) == "updated"
    assert [message.thread_ts is None for message in at_the_operator(play)] == [True, False]
    assert "Zylker is already an account" in at_the_operator(play)[0].text


def test_a_message_that_stands_in_a_closed_channel_is_told_anew_at_the_operator(play: Play) -> None:
    """What cannot be edited any more must not keep the old verdict as the last word."""
    play.notify(play.store(play.event(1)))
    play.slack.workspace.archive(CHANNEL.id)
    play.later(hours=1)
    assert play.notify(play.store(play.event(2), ACCOUNT)) == "posted"
    assert "Zylker is already an account" in at_the_operator(play)[0].text


@pytest.mark.parametrize("error", ["no_permission", "restricted_action_thread_only_channel"])
def test_a_channel_that_is_closed_to_our_app_alone_has_its_own_cure(play: Play, error: str) -> None:
    """The rest of the workspace works, so the operator's channel takes the message and says what to do."""
    play.slack.on(POST, refusal(error))
    assert play.notify(play.store(play.event())) == "posted"
    line = closed_line(CHANNEL.id, ChannelClosed("", reason=f"slack_{error}"))
    assert line in at_the_operator(play)[0].text


@pytest.mark.parametrize("error", ["external_channel_migrating", "streaming_state_conflict"])
def test_an_edit_that_has_to_wait_waits_like_an_outage(play: Play, error: str) -> None:
    """However often: no attempt counts towards making room, and what stands is edited in the end."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    notice = play.store(play.event(2), ACCOUNT)
    play.slack.on(UPDATE, refusal(error), times=MAKE_ROOM_AFTER + 1)
    for _ in range(MAKE_ROOM_AFTER + 1):
        with pytest.raises(SlackUnavailable) as waits:
            play.notify(notice)
        assert waits.value.retry_after_seconds == 120
    assert play.item().owner == ""
    assert play.notify(notice) == "updated"
    assert [message.thread_ts is None for message in play.messages()] == [True, False]


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed"])
def test_a_workspace_that_restricts_editing_gets_one_message_for_each_verdict(play: Play, error: str) -> None:
    """The same verdict changes nothing and is not tried again; another one says what it replaces."""
    play.slack.on(UPDATE, refusal(error), times=20)
    did = []
    for number, verdict in enumerate((NOTHING, NOTHING, NOTHING, ACCOUNT, ACCOUNT, ACCOUNT), start=1):
        did.append(play.notify(play.store(play.event(number), verdict)))
        play.later(hours=1)
    kept = "nothing_to_tell"
    assert did == ["posted", kept, kept, "posted", kept, kept]
    first, second = play.messages()
    assert f"This message replaces <https://sandbox.slack.com/archives/{CHANNEL.id}/p" in second.text
    assert f"/p{first.ts.replace('.', '')}|an earlier message about this lead>" in second.text
    assert second.thread_ts is None
    assert [call.method for call in play.slack.calls].count(UPDATE) == 2


def test_a_message_that_may_be_edited_for_some_minutes_is_edited_in_them(play: Play) -> None:
    """A new message is given its own chance: the window of the one before it is over, and not its own."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    play.slack.on(UPDATE, refusal("edit_window_closed"))
    play.notify(play.store(play.event(2), ACCOUNT))
    play.later(seconds=10)
    assert play.notify(play.store(play.event(3), NOTHING)) == "updated"
    assert [message.thread_ts is None for message in play.messages()] == [True, True, False]


@pytest.mark.parametrize("error", ["invalid_arguments", "slack_connect_file_link_sharing_blocked"])
def test_what_slack_may_refuse_for_a_value_of_the_crm_is_said_plainly(play: Play, error: str) -> None:
    """A link to a file in a company's name, say; the text alone, then a line of ours."""
    play.slack.on(POST, refusal(error), times=2)
    assert play.notify(play.store(play.event())) == "posted"
    assert "could not be shown" in play.messages()[0].text


@pytest.mark.parametrize("closed", [(CHANNEL, OPERATOR), (OPERATOR,)])
def test_where_the_operator_s_channel_is_closed_too_the_message_waits(play: Play, closed: tuple[object, ...]) -> None:
    """There is no place left; the lease is given back, nothing is lost, and it is told once one is open."""
    for channel in (CHANNEL, OPERATOR):
        play.slack.workspace.archive(channel.id)
    notice = play.store(play.event())
    if CHANNEL not in closed:
        notice = replace(notice, channel=OPERATOR.id)
    with pytest.raises(ChannelClosed) as waits:
        play.notify(notice)
    assert waits.value.retry_after_seconds == 120
    assert (play.item().state, play.item().owner) == ("STORED", "")
    play.slack.workspace.reopen(OPERATOR.id)
    assert play.notify(notice) == "posted"


def test_a_lost_answer_of_the_detour_is_looked_for_at_the_operator(play: Play) -> None:
    """The intent names the channel that it was sent to."""
    play.slack.workspace.archive(CHANNEL.id)
    notice = play.store(play.event())
    play.slack.on(POST, refusal("is_archived"))
    play.slack.on(POST, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(notice) == "already_posted"
    assert len(at_the_operator(play)) == 1


def test_an_answer_lost_in_a_channel_that_was_then_closed_may_repeat_at_the_operator(play: Play) -> None:
    """Nobody can look any more, and waiting would hold up every message behind it: it is said that it may repeat."""
    notice = play.store(play.event())
    play.slack.on(POST, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    play.slack.workspace.leave(CHANNEL.id)
    play.later(seconds=LEASE_SECONDS + 1)
    play.slack.on("conversations.history", refusal("not_in_channel"))
    assert play.notify(notice) == "posted"
    assert "may repeat" in at_the_operator(play)[0].text


def test_a_refusal_after_the_read_back_does_not_forget_what_was_found(play: Play) -> None:
    """A post whose answer was lost, a newer verdict, and a reply that comes too fast: still one message."""
    first = play.store(play.event(1))
    play.slack.on(POST, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(first)
    play.later(seconds=LEASE_SECONDS + 1)
    second = play.store(play.event(2), ACCOUNT)
    play.slack.on(POST, Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"}))
    with pytest.raises(SlackUnavailable):
        play.notify(second)
    assert play.item().shown is not None
    assert play.notify(second) == "updated"
    assert [message.thread_ts is None for message in play.messages()] == [True, False]


def test_a_minimal_notice_says_no_more_than_which_lead(play: Play) -> None:
    """It is what the sweep sends when telling of the whole message broke off again and again."""
    notice = replace(play.store(play.event()), kind="minimal", channel=OPERATOR.id)
    assert play.notify(notice) == "posted"
    assert at_the_operator(play)[0].text.startswith(f"Lead {play.lead_id} was checked")
