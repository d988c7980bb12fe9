"""notify when Slack never says whether it took one message: plainer, then out of the way of those behind it."""

from __future__ import annotations

import pytest

from chalicelib.aws.ledger_item import UnknownOutcomes
from chalicelib.errors import SlackUnclear, Unanswered
from chalicelib.events import Notice
from chalicelib.slack.client import SlackWebhook
from chalicelib.steps.notify_plan import FALLBACK_AFTER, MAKE_ROOM_AFTER
from chalicelib.wiring import clients
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.server import WEBHOOK
from tests.flow.play import ACCOUNT, LEASE_SECONDS, Play

POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
STUMBLES = Answer(200, {"ok": False, "error": "internal_error"}, effect=False)
DOWN = Answer(503, "down", effect=False)


def stumble(play: Play, notice: Notice, method: str = POST, *, times: int, fault: Answer | Fault = STUMBLES) -> None:
    """Let Slack give no clear answer so many times, each time until the lease is over."""
    play.slack.on(method, fault, times=times)
    for _ in range(times):
        with pytest.raises(SlackUnclear):
            play.notify(notice)
        play.later(seconds=LEASE_SECONDS + 1)


def test_a_post_that_slack_stumbles_over_is_told_plainly(play: Play) -> None:
    """Its content may be what Slack stumbles over each time: the lead's id and a link are not."""
    notice = play.store(play.event())
    stumble(play, notice, times=FALLBACK_AFTER)
    assert play.notify(notice) == "posted"
    (message,) = play.messages()
    assert message.text.startswith(f"Lead {play.lead_id} was checked, but its summary could not be shown.")
    assert not message.blocks


@pytest.mark.parametrize("error", ["never_heard_of", "service_unavailable"])
def test_a_code_that_nobody_knows_loses_no_lead(play: Play, error: str) -> None:
    """In an outage Slack says what is on no page: the channel is read back, and the message told after all, whole."""
    notice = play.store(play.event())
    stumble(play, notice, times=1, fault=Answer(200, {"ok": False, "error": error}, effect=False))
    assert play.notify(notice) == "posted"
    assert "Ada Park" in play.messages()[0].text
    assert [call.method for call in play.slack.calls] == [POST, HISTORY, POST]


def test_a_code_that_nobody_knows_makes_no_second_message(play: Play) -> None:
    """The message may stand: it is found, and nothing is posted again."""
    notice = play.store(play.event())
    stumble(play, notice, times=1, fault=Answer(200, {"ok": False, "error": "never_heard_of"}, effect=True))
    assert play.notify(notice) == "already_posted"
    assert len(play.messages()) == 1


def test_an_update_that_failed_inside_slack_is_made_again(play: Play) -> None:
    """`update_failed`: an edit does no harm twice; what Slack fails over again and again is told plainly."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    notice = play.store(play.event(2))
    failed = Answer(200, {"ok": False, "error": "update_failed"}, effect=False)
    stumble(play, notice, UPDATE, times=FALLBACK_AFTER, fault=failed)
    assert play.notify(notice) == "updated"
    assert "could not be shown" in play.messages()[0].text


def test_a_reply_that_slack_stumbles_over_is_told_plainly(play: Play) -> None:
    """The change in the thread too."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    notice = play.store(play.event(2), ACCOUNT)
    stumble(play, notice, times=FALLBACK_AFTER)
    assert play.notify(notice) == "updated"
    assert [message.thread_ts is None for message in play.messages()] == [True, False]
    assert "could not be shown" in play.messages()[1].text


@pytest.mark.parametrize("fault", [Fault.RESET, DOWN])
@pytest.mark.parametrize("method", [POST, UPDATE])
def test_lost_answers_cost_no_message_its_summary(play: Play, method: str, fault: Answer | Fault) -> None:
    """They say nothing of its content: what stands in the channel, or comes into it, is whole."""
    if method == UPDATE:
        play.notify(play.store(play.event(1)))
        play.later(hours=1)
    notice = play.store(play.event(2))
    stumble(play, notice, method, times=FALLBACK_AFTER, fault=fault)
    stumble(play, notice, method, times=FALLBACK_AFTER - 1)
    stumble(play, notice, method, times=1, fault=fault)
    assert play.notify(notice) == ("posted" if method == POST else "updated")
    (message,) = play.messages()
    assert "could not be shown" not in message.text
    assert message.blocks


def test_an_edit_that_took_effect_twice_is_still_whole(play: Play) -> None:
    """Both answers to it got lost; what it showed by then was the verdict, and that stays."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    notice = play.store(play.event(2), ACCOUNT)
    stumble(play, notice, UPDATE, times=FALLBACK_AFTER, fault=Fault.RESET_AFTER_EFFECT)
    (shown,) = play.messages()
    assert play.notify(notice) == "updated"
    assert (play.messages()[0].text, play.messages()[0].blocks) == (shown.text, shown.blocks)


@pytest.mark.parametrize(
    ("method", "error"),
    [
        *((POST, error) for error in ("service_unavailable", "never_heard_of")),
        *((UPDATE, error) for error in ("service_unavailable", "never_heard_of", "update_failed")),
    ],
)
def test_a_message_that_is_never_answered_clearly_makes_room(play: Play, method: str, error: str) -> None:
    """After six attempts, a post's each after a look into the history. Its lease is left to run out, by which the sweep knows; who brings it back has all the attempts again."""
    if method == UPDATE:
        play.notify(play.store(play.event(1)))
        play.later(hours=1)
    notice = play.store(play.event(2))
    before = [call.method for call in play.slack.calls].count(method)
    stumble(play, notice, method, times=MAKE_ROOM_AFTER, fault=Answer(200, {"ok": False, "error": error}, effect=False))
    with pytest.raises(Unanswered):
        play.notify(notice)
    methods = [call.method for call in play.slack.calls]
    assert methods.count(method) == before + MAKE_ROOM_AFTER
    assert methods.count(HISTORY) == (MAKE_ROOM_AFTER if method == POST else 0)
    assert play.item().owner
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(notice) == ("posted" if method == POST else "updated")
    (message,) = play.messages()
    assert "could not be shown" not in message.text


def test_what_the_last_attempt_posted_after_all_is_found_first(play: Play) -> None:
    """Making room comes after reading back: a message that stands there is not told again by anybody."""
    notice = play.store(play.event())
    stumble(play, notice, times=MAKE_ROOM_AFTER - 1)
    stumble(play, notice, times=1, fault=Fault.RESET_AFTER_EFFECT)
    assert play.notify(notice) == "already_posted"
    assert len(play.messages()) == 1


def test_a_clear_answer_and_another_event_begin_the_count_anew(play: Play) -> None:
    """What Slack stumbled over was that event's message."""
    first = play.store(play.event(1))
    stumble(play, first, times=FALLBACK_AFTER)
    play.later(minutes=1)
    second = play.store(play.event(2), ACCOUNT)
    assert play.notify(second) == "posted"
    assert "could not be shown" not in play.messages()[0].text
    assert play.item().unknown_outcomes == UnknownOutcomes()


def test_in_the_trial_mode_a_repeat_is_whole_and_says_that_it_may_be_one(play: Play) -> None:
    """There every attempt may stand in the channel, so there are few, and each says so; a webhook's 500 is no word about it."""
    play.client = SlackWebhook(url=play.slack.webhook_url, session=clients.fresh_session)
    notice = play.store(play.event())
    stumble(play, notice, WEBHOOK, times=FALLBACK_AFTER, fault=Answer(500, "server error", effect=False))
    assert play.notify(notice) == "posted"
    (message,) = play.messages()
    assert "could not be shown" not in message.text
    assert "may repeat" in message.text
