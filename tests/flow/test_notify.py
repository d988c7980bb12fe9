"""notify against the real ledger and a real Slack stand-in: one message per lead, whatever happens to the call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.aws.dynamodb import to_item
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.errors import LeaseHeld, SlackRefused, SlackUnavailable, SlackUnclear, Superseded
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.timing import IN_FLIGHT_SECONDS, READ_BACK_AFTER_SECONDS
from chalicelib.wiring import clients
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.server import WEBHOOK
from sandbox.system import Sandbox
from tests.flow.play import ACCOUNT, CHANNEL, LEASE_SECONDS, TOKEN, Play


def test_the_ledger_remembers_what_was_posted(play: Play) -> None:
    """After a post the item is POSTED, knows channel and ts, and holds no lease."""
    assert play.notify(play.store(play.event())) == "posted"
    (message,) = play.messages()
    item = play.item()
    assert (item.state, item.owner, item.posting) == ("POSTED", "", None)
    assert item.shown is not None
    assert (item.shown.channel, item.shown.ts) == (CHANNEL.id, message.ts)


def test_the_same_notice_twice_posts_once(play: Play) -> None:
    """A second delivery finds the revision already shown."""
    notice = play.store(play.event())
    assert [play.notify(notice), play.notify(notice)] == ["posted", "already_posted"]
    assert len(play.messages()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.RESET_AFTER_EFFECT,
        Fault.HALF_ANSWER_AFTER_EFFECT,
        Answer(503, "down", effect=True),
        Answer(200, {"ok": False, "error": "fatal_error"}, effect=True),
    ],
    ids=str,
)
def test_a_lost_answer_is_looked_for_before_anything_is_posted_again(play: Play, fault: Fault | Answer) -> None:
    """The message stands there, nobody told us: it is found by its metadata, and no second one is posted."""
    notice = play.store(play.event())
    play.slack.on("chat.postMessage", fault)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    assert play.item().state == "POSTING"
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(notice) == "already_posted"
    assert len(play.messages()) == 1
    assert play.item().state == "POSTED"


@pytest.mark.parametrize("fault", [Fault.RESET, Answer(502, "bad gateway", effect=False)], ids=str)
def test_a_post_that_did_not_happen_is_made_up_for(play: Play, fault: Fault | Answer) -> None:
    """Nothing is found in the history, so it is posted, once."""
    notice = play.store(play.event())
    play.slack.on("chat.postMessage", fault)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(notice) == "posted"
    assert len(play.messages()) == 1


def test_while_the_lost_call_may_still_be_under_way_nothing_is_posted_again(play: Play) -> None:
    """It is looked for at once; that it is not there proves nothing, and the next attempt is told to come when it is over."""
    notice = play.store(play.event())
    play.slack.on("chat.postMessage", Fault.RESET)
    with pytest.raises(SlackUnclear) as lost:
        play.notify(notice)
    assert lost.value.retry_after_seconds == READ_BACK_AFTER_SECONDS
    play.later(seconds=IN_FLIGHT_SECONDS - 5)
    with pytest.raises(LeaseHeld) as held:
        play.notify(notice)
    assert held.value.retry_after_seconds is not None
    assert 5 <= held.value.retry_after_seconds <= 7
    assert [call.method for call in play.slack.calls] == ["chat.postMessage", "conversations.history"]


def test_a_post_whose_answer_was_lost_is_found_seconds_later(play: Play) -> None:
    """What stands is over: its channel waits for no lease."""
    notice = play.store(play.event())
    play.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    play.later(seconds=READ_BACK_AFTER_SECONDS)
    assert play.notify(notice) == "already_posted"
    assert (play.item().state, play.item().owner, len(play.messages())) == ("POSTED", "", 1)


def test_an_edit_whose_answer_was_lost_is_made_again_when_it_is_over(play: Play) -> None:
    """A late edit could undo the next one's, and nothing in the channel tells whether it is over."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    notice = play.store(play.event(2))
    play.slack.on("chat.update", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear) as lost:
        play.notify(notice)
    assert lost.value.retry_after_seconds == IN_FLIGHT_SECONDS + 1
    play.later(seconds=IN_FLIGHT_SECONDS + 1)
    assert play.notify(notice) == "updated"


def test_what_was_posted_since_the_lost_call_is_not_read(play: Play) -> None:
    """A notice that waits for days looks at the minutes around its own attempt, not through all that its channel got since."""
    notice = play.store(play.event())
    play.slack.on("chat.postMessage", Fault.RESET)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    play.later(minutes=20)
    for _ in range(201):
        play.slack.workspace.post(CHANNEL.id, text="Somebody else's.")
    play.later(days=3)
    assert play.notify(notice) == "posted"
    assert [call.method for call in play.slack.calls].count("conversations.history") == 1


def test_a_definite_refusal_gives_the_lease_back_at_once(play: Play) -> None:
    """429 says that nothing was posted: no read-back, and Retry-After is passed on."""
    notice = play.store(play.event())
    refusal = Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"})
    play.slack.on("chat.postMessage", refusal)
    with pytest.raises(SlackUnavailable) as refused:
        play.notify(notice)
    assert refused.value.retry_after_seconds == 7
    assert (play.item().state, play.item().owner) == ("STORED", "")
    assert play.notify(notice) == "posted"
    assert [call.method for call in play.slack.calls] == ["chat.postMessage", "chat.postMessage"]


def test_refused_blocks_fall_back_to_the_text(play: Play) -> None:
    """The text says it all by itself."""
    play.slack.on("chat.postMessage", Answer(200, {"ok": False, "error": "invalid_blocks"}, effect=False))
    assert play.notify(play.store(play.event())) == "posted"
    (message,) = play.messages()
    assert not message.blocks
    assert "No exact match" in message.text


@pytest.mark.parametrize("error", ["token_revoked", "team_added_to_org"])
def test_a_token_or_a_workspace_that_refuses_everything_is_waited_for(play: Play, error: str) -> None:
    """It is wrong for every message; a person or time mends it, and what was accepted is told then."""
    notice = play.store(play.event())
    play.slack.on("chat.postMessage", Answer(200, {"ok": False, "error": error}, effect=False))
    with pytest.raises(SlackUnavailable) as refused:
        play.notify(notice)
    assert refused.value.reason == f"slack_{error}"
    assert play.item().owner == ""
    assert play.notify(notice) == "posted"


def test_a_message_that_slack_refuses_for_good_is_for_a_person(play: Play) -> None:
    """SlackRefused is Permanent, and the lease is given back."""
    play.slack.on("chat.postMessage", Answer(200, {"ok": False, "error": "invalid_metadata_schema"}, effect=False))
    with pytest.raises(SlackRefused):
        play.notify(play.store(play.event()))
    assert play.item().owner == ""


def test_an_update_whose_reply_is_lost_replies_once(play: Play) -> None:
    """The thread is read back as the channel is."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    changed = play.store(play.event(2), ACCOUNT)
    play.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(changed)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(changed) == "already_posted"
    assert [message.thread_ts is None for message in play.messages()] == [True, False]


def test_a_message_deleted_while_its_reply_was_in_doubt_is_posted_anew(play: Play) -> None:
    """No thread, no reply in it: the lead is told in a message of its own, and its later events are too."""
    play.notify(play.store(play.event(1)))
    (first,) = play.messages()
    play.later(hours=1)
    changed = play.store(play.event(2), ACCOUNT)
    play.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(changed)
    for message in play.messages()[::-1]:
        play.slack.workspace.delete(CHANNEL.id, message.ts)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(changed) == "posted"
    (anew,) = play.messages()
    assert (anew.thread_ts, anew.ts != first.ts, play.item().posting) == (None, True, None)
    play.later(hours=1)
    assert play.notify(play.store(play.event(3))) == "updated"


def test_a_reply_that_did_not_happen_is_not_mistaken_for_the_message_above_it(play: Play) -> None:
    """Message and reply carry the same event id; only what stands in the thread is the reply."""
    play.notify(play.store(play.event(1)))
    play.later(hours=1)
    changed = play.store(play.event(2), ACCOUNT)
    play.slack.on("chat.postMessage", Fault.RESET)
    with pytest.raises(SlackUnclear):
        play.notify(changed)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(changed) == "updated"
    assert [message.thread_ts is None for message in play.messages()] == [True, False]


def test_a_worker_that_comes_back_late_undoes_nothing(play: Play) -> None:
    """A lease that another took over refuses every write under the old one."""
    notice = play.store(play.event())
    stale = play.ledger.claim(play.lead_id, owner="slow", lease_seconds=LEASE_SECONDS)
    assert isinstance(stale, LedgerItem)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(notice) == "posted"
    with pytest.raises(LeaseHeld):
        play.ledger.release(stale, refused=True)
    assert play.item().state == "POSTED"


def test_an_own_write_whose_answer_was_lost_counts_as_done(play: Play) -> None:
    """Giving the same lease back twice is no error."""
    play.notify(play.store(play.event()))
    held = play.ledger.claim(play.lead_id, owner="me", lease_seconds=LEASE_SECONDS)
    assert isinstance(held, LedgerItem)
    assert play.ledger.claim(play.lead_id, owner="me", lease_seconds=LEASE_SECONDS) == held
    play.ledger.release(held)
    play.ledger.release(held)
    assert play.item().owner == ""


def test_the_item_is_kept_for_ninety_days_after_the_last_write(play: Play, sandbox: Sandbox) -> None:
    """`expires_at` is in epoch seconds, as DynamoDB's TTL wants it."""
    play.store(play.event())
    raw = sandbox.aws.table(sandbox.outputs["TableName"]).get(f"lead#{play.lead_id}") or {}
    assert raw["expires_at"] == int((play.now + timedelta(days=90)).timestamp())


class TestTrialMode:
    """An incoming webhook can neither edit nor read back."""

    @pytest.fixture(autouse=True)
    def webhook(self, play: Play) -> None:
        """Talk through the webhook instead of the bot."""
        play.client = SlackWebhook(url=play.slack.webhook_url, session=clients.fresh_session)

    def test_it_posts(self, play: Play) -> None:
        """The message stands there, and the ledger knows that it has no ts."""
        assert play.notify(play.store(play.event())) == "posted"
        assert len(play.messages()) == 1
        assert play.item().shown is not None

    def test_after_a_lost_answer_it_posts_again_and_says_that_it_may_repeat(self, play: Play) -> None:
        """At least once: what cannot be read back is posted again, with a mark."""
        notice = play.store(play.event())
        play.slack.on(WEBHOOK, Fault.RESET_AFTER_EFFECT)
        with pytest.raises(SlackUnclear):
            play.notify(notice)
        play.later(seconds=LEASE_SECONDS + 1)
        assert play.notify(notice) == "posted"
        assert "may repeat" in play.messages()[-1].text

    def test_a_possible_repeat_is_marked_even_after_a_refusal_in_between(self, play: Play) -> None:
        """That a later attempt was certainly refused says nothing about the first one."""
        notice = play.store(play.event())
        play.slack.on(WEBHOOK, Fault.RESET_AFTER_EFFECT)
        with pytest.raises(SlackUnclear):
            play.notify(notice)
        play.later(seconds=LEASE_SECONDS + 1)
        play.slack.on(WEBHOOK, Answer(429, "rate_limited", {"Retry-After": "7"}, effect=False))
        with pytest.raises(SlackUnavailable):
            play.notify(notice)
        assert play.notify(notice) == "posted"
        assert "may repeat" in play.messages()[-1].text

    def test_refused_blocks_fall_back_to_the_text(self, play: Play) -> None:
        """A webhook says so with HTTP 400 and a word."""
        play.slack.on(WEBHOOK, Answer(400, "invalid_payload", effect=False))
        assert play.notify(play.store(play.event())) == "posted"
        assert not play.messages()[0].blocks

    @pytest.mark.parametrize(("status", "code"), [(404, "no_service"), (410, "channel_is_archived")])
    def test_a_webhook_that_was_revoked_or_whose_channel_is_closed_is_for_a_person(
        self, play: Play, status: int, code: str
    ) -> None:
        """Somebody makes a new one, and the message is told then; there is no other channel to try meanwhile."""
        notice = play.store(play.event())
        play.slack.on(WEBHOOK, Answer(status, code, effect=False))
        with pytest.raises(SlackUnavailable):
            play.notify(notice)
        assert len(play.slack.calls) == 1
        assert play.notify(notice) == "posted"

    def test_what_a_bot_posted_before_it_is_replaced_by_news_alone(self, play: Play) -> None:
        """The webhook says that it edits nothing."""
        webhook, play.client = (
            play.client,
            SlackBot(token=TOKEN, api_url=play.slack.api_url, session=clients.fresh_session),
        )
        play.notify(play.store(play.event(1)))
        play.client = webhook
        assert play.notify(play.store(play.event(2))) == "nothing_to_tell"
        assert play.notify(play.store(play.event(3), ACCOUNT)) == "posted"
        assert "This message replaces an earlier message about this lead." in play.messages()[-1].text


def test_an_expired_item_that_is_still_there_counts(play: Play, sandbox: Sandbox) -> None:
    """DynamoDB deletes days after the time has passed; until then the lead's message is the lead's message."""
    play.notify(play.store(play.event(1)))
    sandbox.aws.client("dynamodb").update_item(
        TableName=sandbox.outputs["TableName"],
        Key=to_item({"pk": f"lead#{play.lead_id}"}),
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues=to_item({":past": 1}),
    )
    play.later(hours=1)
    assert play.notify(play.store(play.event(2))) == "updated"
    assert len(play.messages()) == 1


@pytest.mark.parametrize("order", [(1, 2), (3, 2)])
def test_of_two_events_of_one_moment_the_one_that_the_queue_gives_later_stands(
    play: Play, order: tuple[int, int]
) -> None:
    """And a redelivery of the other one changes nothing, or the two could overwrite each other for ever."""
    first, second = (play.event(number) for number in order)
    play.store(first)
    play.store(second)
    with pytest.raises(Superseded):
        play.store(first)
    assert play.item().event_id == second.event_id
