"""What becomes of a verdict: the ledger has it first, then both outputs, and what was given up can be replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import InboxTurn, Message
from chalicelib.errors import AwsUnavailable, OutOfOrder
from chalicelib.events import LeadEvent, Notice
from chalicelib.match_event import Match
from chalicelib.metrics import Metric
from chalicelib.routing import read_route
from chalicelib.steps.publish import Channels, MatchesByInbox, Outboxes, VerdictPublisher
from chalicelib.verdict import lead_not_found, unchecked, wait
from chalicelib.verdict.model import Cause, Lead, Verdict
from chalicelib.wire import time_text
from tests.unit.zoho_answers import NOW

EVENT = LeadEvent("365", "event-1", NOW - timedelta(minutes=1), "webhook")
DECIDED = wait("not_approved", Cause.NOT_APPROVED)
GIVEN_UP = unchecked("zoho_unreachable", Cause.NO_ANSWER)


@dataclass
class Stage:
    """The ledger and three queues, which note the order in which they are used; one of them may be down."""

    down: str = ""
    is_newer: bool = True
    stored_channel: str = ""
    used: list[str] = field(default_factory=list)
    sent: dict[str, list[Message]] = field(default_factory=dict)

    def store_match(
        self,
        event: LeadEvent,
        match: str,
        *,
        turn: InboxTurn,
        channel: str,
        earlier: Sequence[str] = (),
        due_at: datetime | None = None,
        keep_due: bool = False,
        **_: object,
    ) -> LedgerItem:
        """Write the match, unless the ledger is down or has a newer event."""
        assert turn == InboxTurn(NOW)
        assert not (due_at and keep_due)
        self.use("ledger")
        if not self.is_newer:
            raise OutOfOrder("old", reason="superseded")
        self.stored_channel = channel
        item = LedgerItem(event.lead_id, event.event_id, time_text(event.accepted_at), match, 7, earlier=tuple(earlier))
        return replace(item, channel=channel)

    def use(self, what: str) -> None:
        """Note it; raise when it is down."""
        self.used.append(what)
        if what == self.down:
            raise AwsUnavailable("no", reason=f"{what}_down")

    def outbox(self, name: str) -> Outbox:
        """Return one queue's sending side."""
        return Outbox(name, self)

    @property
    def publisher(self) -> VerdictPublisher:
        """What is tested."""
        return VerdictPublisher(
            ledger=self,
            outboxes=Outboxes(*(self.outbox(name) for name in ("matches", "slack", "dead letters"))),
            channels=Channels("C0SALES", "C0OPERATOR"),
            link=lambda module, record_id: f"https://crm.example/{module}/{record_id}",
            search=lambda word: f"https://crm.example/search/{word}",
            stage="s",
            now=lambda: NOW,
        )

    def publish(self, verdict: Verdict) -> str:
        """Publish it; return the log line's name."""
        return self.publisher.publish(EVENT, None, verdict, seen=None, turn=InboxTurn(NOW)).name


@dataclass(frozen=True)
class Outbox:
    """A queue of the stage."""

    name: str
    stage: Stage

    def send(self, message: Message) -> None:
        """Keep a message."""
        self.stage.use(self.name)
        self.stage.sent.setdefault(self.name, []).append(message)


@pytest.mark.parametrize(
    ("verdict", "used"),
    [(DECIDED, ["ledger", "matches", "slack"]), (GIVEN_UP, ["ledger", "matches", "slack", "dead letters"])],
    ids=["decided", "given up"],
)
def test_a_verdict_is_stored_and_then_goes_to_every_output(verdict: Verdict, used: list[str]) -> None:
    """What is sent before it is stored could be contradicted by what is stored; a given-up lead has a copy to replay."""
    stage = Stage()
    assert stage.publish(verdict) == "checked"
    assert stage.used == used


@pytest.mark.parametrize("down", ["ledger", "matches", "slack", "dead letters"])
def test_whatever_is_down_keeps_the_lead_in_the_inbox(down: str) -> None:
    """Nothing after it is done, and the next attempt does all of it again under the same ids."""
    stage = Stage(down=down)
    with pytest.raises(AwsUnavailable):
        stage.publish(GIVEN_UP)
    assert stage.used[-1] == down
    before = {name: [message.deduplication_id for message in sent] for name, sent in stage.sent.items()}
    stage.down = ""
    stage.publish(GIVEN_UP)
    again = {
        name: [message.deduplication_id for message in sent][: len(before[name])]
        for name, sent in stage.sent.items()
        if name in before
    }
    assert again == before


def test_what_an_older_event_came_to_is_sent_to_nobody() -> None:
    """The ledger says so."""
    stage = Stage(is_newer=False)
    with pytest.raises(OutOfOrder):
        stage.publish(GIVEN_UP)
    assert stage.sent == {}


def test_the_three_messages_are_the_lead_s() -> None:
    """The match in the lead's order under the event's id, the notice of this revision in its channel, the copy for a person."""
    stage = Stage()
    stage.publish(GIVEN_UP)
    (match,), (notice,), (copy,) = (stage.sent[name] for name in ("matches", "slack", "dead letters"))
    assert (match.group, match.deduplication_id) == ("365", "event-1")
    verdict = match_event.read(match.body).verdict
    assert (verdict.action, verdict.reason) == ("unchecked", "zoho_unreachable")
    told = Notice.from_json(notice.body)
    assert (told.event, told.revision, told.channel, notice.group) == (EVENT, 7, "C0SALES", "C0SALES")
    replay = LeadEvent.from_json(copy.body)
    assert (replay.lead_id, replay.trigger, replay.accepted_at) == ("365", "replay", NOW)
    assert replay.event_id != EVENT.event_id
    assert copy.deduplication_id.startswith("given-up/zoho_unreachable/")


def test_a_copy_that_is_sent_again_is_the_same_one() -> None:
    """SQS drops the second one by its id; with another event inside, the lead would be replayed twice."""
    stage = Stage()
    stage.publish(GIVEN_UP)
    stage.publish(GIVEN_UP)
    one, again = stage.sent["dead letters"]
    assert one == again


@pytest.mark.parametrize(("verdict", "not_checked"), [(DECIDED, 0), (GIVEN_UP, 1)], ids=["decided", "given up"])
def test_each_verdict_is_counted_and_what_was_not_checked_rings(verdict: Verdict, not_checked: int) -> None:
    """The alarm `unchecked` stands on it."""
    result = Stage().publisher.publish(EVENT, None, verdict, seen=None, turn=InboxTurn(NOW))
    assert result.measures == {Metric.VERDICTS: 1, Metric.UNCHECKED: not_checked}


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (None, "It is not checked again by itself."),
        (LedgerItem("365"), "It is not checked again by itself."),
        (LedgerItem("365", due_at=1), "We check again every 4 hours."),
    ],
    ids=["never seen", "never waited", "still waits"],
)
def test_what_was_not_checked_says_whether_it_will_be(seen: LedgerItem | None, said: str) -> None:
    """A lead that waited stays due; the ledger says which one did, and no other verdict speaks of it."""
    stage = Stage()
    stage.publisher.publish(EVENT, None, GIVEN_UP, seen=seen, turn=InboxTurn(NOW))
    stage.publisher.publish(EVENT, None, DECIDED, seen=seen, turn=InboxTurn(NOW))
    given_up, decided = (match_event.read(message.body).verdict.sentence for message in stage.sent["matches"])
    assert given_up == f"{GIVEN_UP.sentence} {said}"
    assert decided == DECIDED.sentence


def test_the_match_says_where_to_search_by_hand() -> None:
    """For what is known of the lead; where pages are not known it names none."""
    lead = Lead("365", name="Ada Park", company="Zylker", email="ada@zylker.example")
    for search, expected in (
        (lambda word: f"https://crm.example/{word}", ["ada@zylker.example", "Ada Park", "Zylker"]),
        (lambda _: "", []),
    ):
        stage = Stage()
        publisher = replace(stage.publisher, search=search)
        publisher.publish(EVENT, lead, GIVEN_UP, seen=None, turn=InboxTurn(NOW))
        searches = match_event.read(stage.sent["matches"][0].body).searches
        assert searches == {word: f"https://crm.example/{word}" for word in expected}
        assert list(searches) == expected


def test_the_sweep_s_match_goes_back_to_the_inbox_under_an_id_of_its_own() -> None:
    """Under the event's own id SQS would drop it as a repeat of what it took minutes ago; sent twice, it is one."""
    stage = Stage()
    by_inbox = MatchesByInbox(stage.outbox("inbox"))
    for _ in range(2):
        by_inbox.send(Message.of_match(EVENT, stands(DECIDED).match))
    one, again = stage.sent["inbox"]
    assert (one, one.group, LeadEvent.from_json(one.body)) == (again, EVENT.lead_id, EVENT)
    assert one.deduplication_id not in (EVENT.event_id, Message.of_event(EVENT).deduplication_id)


def test_a_lead_that_vanished_is_for_the_operator() -> None:
    """Sales people cannot act on it."""
    stage = Stage()
    stage.publish(lead_not_found("365"))
    assert [message.group for message in stage.sent["slack"]] == ["C0OPERATOR"]


WAITING = (read_route({"when": {"verdict": "wait"}, "channel": "C0WAITING"}),)


@pytest.mark.parametrize(
    ("verdict", "channel"),
    [(DECIDED, "C0WAITING"), (GIVEN_UP, "C0SALES"), (lead_not_found("365"), "C0OPERATOR")],
    ids=["held", "no rule holds", "not found"],
)
def test_the_rule_that_holds_names_the_channel_and_the_ledger_keeps_it(verdict: Verdict, channel: str) -> None:
    """The notice's group is its channel, so that each channel's messages keep their order and its pace."""
    stage = Stage()
    stage.publisher.publish(EVENT, None, verdict, seen=None, turn=InboxTurn(NOW), routes=WAITING)
    (message,) = stage.sent["slack"]
    assert (message.group, stage.stored_channel) == (channel, channel)


def test_what_is_sent_again_goes_to_the_channel_that_it_was_stored_with() -> None:
    """Rules may have changed, and what they looked at is not all in the ledger."""
    stage = Stage()
    assert stage.publisher.republish(EVENT, replace(stands(DECIDED), channel="C0WAITING"))
    assert [message.group for message in stage.sent["slack"]] == ["C0WAITING"]


def stands(verdict: Verdict, event: LeadEvent = EVENT) -> LedgerItem:
    """Return an item in which a verdict stands."""
    text = match_event.write(Match(event, None, verdict, {}, NOW), stage="s")
    return LedgerItem("365", event.event_id, time_text(event.accepted_at), text, 3)


def test_a_verdict_that_stands_is_sent_again_as_it_is() -> None:
    """Zoho is not asked again: a crash between two sends costs no call, and one id has one content."""
    stage, item = Stage(), stands(DECIDED)
    result = stage.publisher.republish(EVENT, item)
    assert result
    assert (result.name, result.fields["revision"]) == ("match_sent_again", 3)
    assert stage.used == ["matches", "slack"]
    assert stage.sent["matches"][0].body == item.match


def test_an_event_that_stands_nowhere_is_to_be_checked() -> None:
    """A new lead, and a newer event of a known one."""
    other = LeadEvent("365", "event-0", NOW - timedelta(hours=1), "webhook")
    for item in (None, stands(DECIDED, other), LedgerItem("365", "event-1")):
        assert Stage().publisher.republish(EVENT, item) is None
