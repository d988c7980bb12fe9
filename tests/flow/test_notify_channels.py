"""Where a lead's message goes is decided under its lease: check names a channel, and what stands in another one is not forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from chalicelib.aws.queues import InboxTurn, Message
from chalicelib.errors import SlackThrottled, SlackUnclear
from chalicelib.events import Notice
from chalicelib.routing import Route
from chalicelib.steps.publish import Channels, Outboxes, VerdictPublisher
from chalicelib.verdict import lead_not_found
from chalicelib.verdict.model import Lead, Verdict
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.workspace import Message as Shown
from tests.flow.play import ACCOUNT, CHANNEL, LEASE_SECONDS, OPERATOR, OTHER, Play

POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"


@dataclass
class Sent:
    """A queue that keeps what is sent."""

    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keep one."""
        self.messages.append(message)


def published(
    play: Play, number: int, verdict: Verdict, *, sales: str = CHANNEL.id, routes: Sequence[Route] = ()
) -> Notice:
    """Publish an event's verdict as check does; return the notice that comes of it."""
    event, slack = play.event(number), Sent()
    VerdictPublisher(
        ledger=play.ledger,
        outboxes=Outboxes(Sent(), slack, Sent()),
        channels=Channels(sales, OPERATOR.id),
        link=lambda module, record_id: f"https://crm.example/{module}/{record_id}",
        search=lambda word: f"https://crm.example/search/{word}",
        stage="test",
        now=lambda: play.now,
    ).publish(
        event,
        Lead(play.lead_id, "Ada Park", "Zylker"),
        verdict,
        seen=play.ledger.read(play.lead_id),
        turn=InboxTurn(play.now, play.now),
        routes=routes,
    )
    (message,) = slack.messages
    notice = Notice.from_json(message.body)
    assert message.group == notice.channel
    return notice


def vanished(play: Play, number: int) -> Notice:
    """Publish that Zoho shows no such lead."""
    return published(play, number, lead_not_found(play.lead_id))


def at_the_operator(play: Play) -> list[Shown]:
    """Return what stands in the operator's channel."""
    return play.slack.workspace.messages(OPERATOR.id)


def test_a_lead_that_vanishes_while_its_first_message_is_in_doubt_has_one_message(play: Play) -> None:
    """The post took effect, and nobody heard: it is found and edited where it stands, and the operator gets no second one."""
    first = published(play, 1, ACCOUNT)
    play.slack.on(POST, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(first)
    play.later(seconds=5)
    gone = vanished(play, 2)
    assert (first.channel, gone.channel) == (CHANNEL.id, OPERATOR.id)
    assert [play.notify(gone), play.notify(first)] == ["updated", "superseded"]
    message, reply = play.messages()
    assert "Zoho shows us no lead" in message.text
    assert reply.thread_ts == message.ts
    assert at_the_operator(play) == []


def test_a_lead_that_vanishes_while_its_first_message_is_in_doubt_and_does_not_stand_is_the_operator_s(
    play: Play,
) -> None:
    """The read-back says so: sales people have heard nothing, and hear nothing."""
    first = published(play, 1, ACCOUNT)
    play.slack.on(POST, Fault.RESET)
    with pytest.raises(SlackUnclear):
        play.notify(first)
    play.later(seconds=LEASE_SECONDS + 1)
    gone = vanished(play, 2)
    assert [play.notify(gone), play.notify(first)] == ["posted", "superseded"]
    assert (len(play.messages()), len(at_the_operator(play))) == (0, 1)


def test_a_lead_that_was_never_there_is_the_operator_s(play: Play) -> None:
    """Nobody in sales can act on it; once Zoho shows it, they can."""
    assert play.notify(vanished(play, 1)) == "posted"
    assert (len(play.messages()), len(at_the_operator(play))) == (0, 1)
    play.later(hours=1)
    assert play.notify(published(play, 2, ACCOUNT)) == "posted"
    assert "Earlier message" in play.messages()[0].text


def test_a_lead_that_vanishes_from_a_channel_of_before_is_told_there(play: Play) -> None:
    """Who read the first message reads of its end."""
    assert play.notify(published(play, 1, ACCOUNT, sales=OTHER.id)) == "posted"
    play.later(hours=1)
    assert play.notify(vanished(play, 2)) == "updated"
    assert "Zoho shows us no lead" in play.slack.workspace.messages(OTHER.id)[0].text


def test_a_lead_that_vanishes_from_a_channel_that_is_closed_is_told_to_the_operator(play: Play) -> None:
    """Also when Slack has lost the answer to its first post: nobody can look, and the operator's channel is not held up."""
    play.notify(published(play, 1, ACCOUNT))
    play.slack.workspace.archive(CHANNEL.id)
    play.later(hours=1)
    assert play.notify(vanished(play, 2)) == "posted"
    (message,) = at_the_operator(play)
    assert f"This message belongs in <#{CHANNEL.id}>" in message.text
    assert "Earlier message" in message.text


def test_what_is_in_doubt_in_a_closed_channel_of_before_holds_nothing_up(play: Play) -> None:
    """The setting names another channel by now: the message goes there, and says that it may repeat one."""
    play.slack.on(POST, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(published(play, 1, ACCOUNT, sales=OTHER.id))
    play.slack.workspace.leave(OTHER.id)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(published(play, 2, ACCOUNT)) == "posted"
    (message,) = play.messages()
    assert "may repeat" in message.text
    assert "belongs in" not in message.text
    assert at_the_operator(play) == []


def test_what_is_in_doubt_with_the_operator_goes_to_its_own_channel_once_that_is_open(play: Play) -> None:
    """The two channels were closed one after the other."""
    first = published(play, 1, ACCOUNT)
    play.slack.workspace.archive(CHANNEL.id)
    play.slack.on(POST, Answer(200, {"ok": False, "error": "is_archived"}, effect=False))
    play.slack.on(POST, Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(first)
    play.slack.workspace.reopen(CHANNEL.id)
    play.slack.workspace.leave(OPERATOR.id)
    play.later(seconds=LEASE_SECONDS + 1)
    assert play.notify(first) == "posted"
    assert "may repeat" in play.messages()[0].text


def test_channels_of_two_groups_meet_at_slack_s_pace(play: Play) -> None:
    """A message outside its notice's group comes too fast at worst: Slack says when, and nothing is lost or doubled."""
    play.notify(published(play, 1, ACCOUNT))
    play.later(hours=1)
    gone = vanished(play, 2)
    play.slack.on(POST, Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"}))
    with pytest.raises(SlackThrottled):
        play.notify(gone)
    assert play.notify(gone) == "updated"
    assert [message.thread_ts is None for message in play.messages()] == [True, False]
