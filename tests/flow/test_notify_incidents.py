"""notify tells of an outage or a trouble as it tells of a lead: once, kept current, under the same lease."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.aws.ledger import Ledger
from chalicelib.errors import SlackUnclear
from chalicelib.events import Incident, Notice, NoticeKind
from chalicelib.slack.announcements import OperatorAlert, Outage
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.steps.notify import Timing, notify
from chalicelib.wiring import clients
from sandbox.slack.faults import Answer, Fault
from sandbox.slack.server import SlackStandIn
from sandbox.slack.workspace import Channel, Message
from sandbox.system import Sandbox

TOKEN = "xoxb-of-this-test"
CHANNEL = Channel.of("#incidents")
NUMBERS = itertools.count(1)
NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Play:
    """One subject, a clock that the test moves, and a Slack of its own."""

    def __init__(self, sandbox: Sandbox, slack: SlackStandIn) -> None:
        self.now = NINE
        self.sandbox, self.slack, self.subject = sandbox, slack, f"subject-{next(NUMBERS)}"
        self.client: SlackBot | SlackWebhook = SlackBot(
            token=TOKEN, api_url=slack.api_url, session=clients.fresh_session
        )
        self.words, self.owners = itertools.count(1), itertools.count()

    def outage(self, *, waiting: int = 7, outage: int = 1, over: bool = False) -> Notice:
        """Do the banner's part: write the next word about an outage; the second one begins an hour after the first."""
        since = NINE + timedelta(hours=outage - 1)
        said = Outage(since, waiting, self.now, is_over=over, answered=over)
        outage_id = f"{self.subject}-{outage}"
        return self._word(Incident(outage_id, outage_id, since), said, "banner")

    def alert(self) -> Notice:
        """Do the operator's part."""
        return self._word(Incident(self.subject, self.subject, self.now), OperatorAlert("Gone.", ("Do it.",)), "alert")

    def notify(self, notice: Notice) -> str:
        """Do notify's part; return what it did."""
        return notify(
            notice,
            ledger=self._ledger(notice.kind),
            slack=self.client,
            pace=lambda _: None,
            now=lambda: self.now,
            owner=f"worker-{next(self.owners)}",
            operator_channel=CHANNEL.id,
        ).name

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    @property
    def messages(self) -> list[Message]:
        """Return what stands in the channel."""
        return list(self.slack.workspace.messages(CHANNEL.id))

    def _word(self, incident: Incident, said: Outage | OperatorAlert, kind: NoticeKind) -> Notice:
        item = self._ledger(kind).store_announcement(incident, said.to_json(), sequence=next(self.words))
        assert item is not None
        return Notice(incident, kind, item.revision, CHANNEL.id)

    def _ledger(self, kind: NoticeKind) -> Ledger:
        assert kind != "verdict"
        return Ledger(self.sandbox.aws.table(self.sandbox.outputs["TableName"]), now=lambda: self.now, kind=kind)


def _seconds(play: Play) -> float:
    return play.now.timestamp()


@pytest.fixture
def play(sandbox: Sandbox) -> Iterator[Play]:
    with SlackStandIn(
        bot_token=TOKEN, channels=["#incidents"], clock=lambda: _seconds(one), posts_per_second=100
    ) as slack:
        one = Play(sandbox, slack)
        yield one


def test_an_outage_is_one_message_that_is_edited_until_it_is_over(play: Play) -> None:
    """No second message and no reply: who has read it once is not called again."""
    did = [play.notify(play.outage(waiting=7))]
    for over in (False, True):
        play.later(minutes=1)
        did.append(play.notify(play.outage(waiting=9, over=over)))
    assert did == ["posted", "updated", "updated"]
    (message,) = play.messages
    assert "answered again" in message.text
    assert [("7 leads are waiting" in old.text, "9 leads are waiting" in old.text) for old in message.history] == [
        (True, False),
        (False, True),
    ]


def test_a_lost_answer_is_looked_for_before_the_banner_is_posted_again(play: Play) -> None:
    """The machinery is that of a lead's message."""
    notice = play.outage()
    play.slack.on("chat.postMessage", Fault.RESET_AFTER_EFFECT)
    with pytest.raises(SlackUnclear):
        play.notify(notice)
    play.later(seconds=Timing().lease_seconds + 1)
    assert play.notify(notice) == "already_posted"
    assert len(play.messages) == 1


def test_the_next_outage_has_a_banner_of_its_own_on_the_same_day(play: Play) -> None:
    """It is news, and the old banner tells of the old one."""
    play.notify(play.outage())
    play.later(minutes=10)
    play.notify(play.outage(over=True))
    play.later(minutes=50)
    assert play.notify(play.outage(outage=2, waiting=2)) == "posted"
    assert [("answered again" in one.text, "2 leads are waiting" in one.text) for one in play.messages] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed"])
def test_a_workspace_that_restricts_editing_gets_the_beginning_and_the_end_of_an_outage(play: Play, error: str) -> None:
    """Its count updates nothing, and is refused once; its end is said once, however often the notice comes."""
    play.slack.on("chat.update", Answer(200, {"ok": False, "error": error}, effect=False), times=20)
    did = [play.notify(play.outage(waiting=number)) for number in range(7, 21)]
    over = play.outage(over=True)
    did += [play.notify(over), play.notify(over)]
    assert did == ["posted", *["nothing_to_tell"] * 13, "posted", "already_posted"]
    assert ["answered again" in message.text for message in play.messages] == [False, True]
    assert [call.method for call in play.slack.calls].count("chat.update") == 1


def test_an_outage_s_end_is_told_though_the_next_one_has_begun(play: Play) -> None:
    """Slack was down when the first one ended: its banner is not left standing for good."""
    play.notify(play.outage())
    over = play.outage(over=True)
    play.later(hours=1)
    new = play.outage(outage=2)
    assert [play.notify(over), play.notify(new)] == ["updated", "posted"]
    assert ["answered again" in message.text for message in play.messages] == [True, False]


def test_a_trouble_is_shown_once(play: Play) -> None:
    """A second delivery finds it already there."""
    notice = play.alert()
    assert [play.notify(notice), play.notify(notice)] == ["posted", "already_posted"]
    assert len(play.messages) == 1


class TestTrialMode:
    """An incoming webhook cannot edit: one banner, and one message that it is over."""

    @pytest.fixture(autouse=True)
    def webhook(self, play: Play) -> None:
        """Talk through the webhook instead of the bot."""
        play.client = SlackWebhook(url=play.slack.webhook_url, session=clients.fresh_session)

    def test_one_banner_and_one_end(self, play: Play) -> None:
        """What would only be an edit stays unsaid."""
        did = [play.notify(play.outage(waiting=number)) for number in (7, 8, 9)]
        did.append(play.notify(play.outage(over=True)))
        assert did == ["posted", "nothing_to_tell", "nothing_to_tell", "posted"]
        assert [message.text.split(" since ")[0].split(" at ")[0] for message in play.messages] == [
            "Zoho has not answered",
            "Zoho answered again",
        ]
