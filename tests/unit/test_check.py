"""The check of one lead: when it asks Zoho, how long it waits for an answer, and what then becomes of the lead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Delivery, InboxTurn
from chalicelib.aws.stage_lists import StageLists
from chalicelib.aws.zoho_health import LeadContext, ZohoHealth
from chalicelib.errors import (
    AnswersDiffer,
    LeadmatchError,
    Misconfigured,
    OutOfOrder,
    Superseded,
    TokenAwaited,
    ZohoBlocked,
    ZohoGatewayRefused,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.events import LeadEvent, Trigger
from chalicelib.match_event import Match
from chalicelib.qualification import Qualification, read_qualification
from chalicelib.routing import read_route
from chalicelib.steps.check import GiveUpPolicy, check
from chalicelib.steps.publish import Channels, Outboxes, VerdictPublisher
from chalicelib.steps.results import StepResult
from chalicelib.verdict import unchecked, wait
from chalicelib.verdict.model import Cause, Lead, Verdict
from chalicelib.wire import time_text
from chalicelib.zoho.lookup import LookupResult
from tests.unit.test_zoho_lookup import DOWN, LEAD, LEAD_ID, NOTHING, WAITING
from tests.zoho_health import NOON, Clock, Queue

HELD = TokenAwaited("not yet", reason="token_awaited")
TOKEN_RECORD = {"digest": "d"}
DIFFER = AnswersDiffer("differ", reason="zoho_contradiction")
ACCEPTED = NOON - timedelta(hours=8)


def event(trigger: Trigger = "webhook", event_id: str = "e1", accepted_at: datetime = ACCEPTED) -> LeadEvent:
    """Return an event of the lead, eight hours old unless the test says otherwise."""
    return LeadEvent(LEAD_ID, event_id, accepted_at, trigger)


@dataclass
class Play:
    """One check's parts: the lead's item, how Zoho is, and what it answers."""

    answer: LeadmatchError | None = None
    state: ZohoHealth = field(default_factory=ZohoHealth)
    item: LedgerItem | None = None
    asked: int = 0
    tried_since: datetime | None = None
    due_at: datetime | None = None
    turn: InboxTurn | None = None
    keep_due: bool = False
    lead: Lead | None = None
    qualified: Qualification | None = None
    lists: StageLists = field(default_factory=StageLists)
    unread: list[str] = field(default_factory=list)
    matches: Queue = field(default_factory=Queue)
    slack: Queue = field(default_factory=Queue)

    def stands(self, verdict: Verdict, of: LeadEvent) -> None:
        """Let a verdict stand in the ledger."""
        self.store_match(of, match_event.write(Match(of, None, verdict, {}, NOON), stage="s"), turn=InboxTurn(NOON))

    def read_with(self, lead_id: str) -> LeadContext:
        """Return all of it."""
        assert lead_id == LEAD_ID
        return LeadContext(self.item, self.state, self.lists, TOKEN_RECORD)

    def store_match(
        self,
        event: LeadEvent,
        match: str,
        *,
        turn: InboxTurn,
        channel: str = "",
        earlier: Sequence[str] = (),
        due_at: datetime | None = None,
        keep_due: bool = False,
        **_: object,
    ) -> LedgerItem:
        """Keep the match."""
        self.due_at, self.keep_due, self.turn = due_at, keep_due, turn
        accepted_at = time_text(event.accepted_at)
        self.item = LedgerItem(
            LEAD_ID, event.event_id, accepted_at, match, revision=1, earlier=tuple(earlier), channel=channel
        )
        return self.item

    def look_up(
        self, *, lead_id: str, state: ZohoHealth, token_record: object, first_received_at: datetime | None
    ) -> LookupResult:
        """Answer."""
        assert (lead_id, state, first_received_at) == (LEAD_ID, self.state, self.tried_since)
        assert token_record == TOKEN_RECORD
        self.asked += 1
        return LookupResult(None, self.lead, self.answer) if self.answer else LookupResult(NOTHING, self.lead or LEAD)

    def check(self, of: LeadEvent, *, sent_at: datetime | None = None, tried: timedelta | None = None) -> StepResult:
        """Check at noon, having tried for so long."""
        self.tried_since = NOON - tried if tried else None
        return check(
            Delivery(of.to_json(), sent_at, self.tried_since),
            health=self,
            zoho=self,
            publisher=VerdictPublisher(
                ledger=self,
                outboxes=Outboxes(self.matches, self.slack, Queue()),
                channels=Channels("C1", "C2"),
                link=lambda module, record_id: f"https://crm.example/{module}/{record_id}",
                search=lambda word: f"https://crm.example/search/{word}",
                stage="s",
                now=Clock(),
            ),
            now=Clock(),
            give_up_policy=GiveUpPolicy(),
            qualified=self.qualified,
            field_unread=self.unread.append,
        )


def test_the_stage_s_rules_say_where_a_lead_goes() -> None:
    """They are read with the lead's item, and asked about the lead as Zoho showed it."""
    rule = read_route({"when": {"company": LEAD.company}, "channel": "C0RULED1"})
    play = Play(None, lists=StageLists(routes=(rule,)))
    play.check(event())
    assert [message.group for message in play.slack.sent] == ["C0RULED1"]


def test_a_lead_is_given_up_by_its_age() -> None:
    """Six hours after it was accepted, whenever the queue says it came."""
    play = Play(DOWN)
    assert play.check(event(), sent_at=ACCEPTED).fields["action"] == "unchecked"


@pytest.mark.parametrize("error", [DOWN, HELD])
def test_a_lead_that_is_brought_back_has_all_its_time_before_it(error: LeadmatchError) -> None:
    """Its event is as old as its giving up; one lease that is held must not give it up at its first attempt."""
    play = Play(error)
    with pytest.raises(type(error)):
        play.check(event("replay"), sent_at=NOON - timedelta(seconds=1))


def test_a_message_of_which_nobody_says_when_it_came_is_as_old_as_its_event() -> None:
    """Nothing waits for ever because an attribute is missing."""
    assert Play(DOWN).check(event("replay")).fields["action"] == "unchecked"


@pytest.mark.parametrize("lead", [None, LEAD], ids=["not to be read", "read"])
def test_a_lead_that_zoho_calls_converted_is_converted(lead: Lead | None) -> None:
    """Zoho's word is enough; what is known of the lead is told with it."""

    class Converted(Play):
        def look_up(self, **_: object) -> LookupResult:  # type: ignore[override]
            return LookupResult(None, lead, converted=True)

    assert Converted(DOWN).check(event()).fields["action"] == "already_converted"


def test_a_lead_whose_own_field_says_that_it_is_converted_is_converted() -> None:
    """Zoho may offer to convert it all the same; a second conversion would make a duplicate."""
    play = Play(lead=replace(LEAD, converted=True))
    assert play.check(event()).fields["action"] == "already_converted"


HALF_AN_HOUR = timedelta(minutes=30)


@pytest.mark.parametrize(
    "state",
    [
        ZohoHealth(),
        ZohoHealth(failing_since=NOON - timedelta(minutes=4)),
        ZohoHealth(announced_until=NOON - HALF_AN_HOUR),
        ZohoHealth(announced_until=NOON + timedelta(hours=5)),
        ZohoHealth(announced_until=NOON + timedelta(minutes=6)),
    ],
    ids=[
        "others are answered",
        "perhaps its own failure",
        "the last outage is long over",
        "over in 5 h",
        "over in 6 min",
    ],
)
def test_a_lead_that_zoho_fails_alone_is_given_up_after_half_an_hour(state: ZohoHealth) -> None:
    """No banner tells people of it, so NOT CHECKED has to."""
    young = event(accepted_at=NOON - HALF_AN_HOUR)
    assert Play(DOWN, state).check(young, tried=HALF_AN_HOUR).fields["reason"] == "zoho_http_500"


@pytest.mark.parametrize(
    ("error", "state", "tried"),
    [
        (DOWN, ZohoHealth(failing_since=NOON - timedelta(minutes=5)), HALF_AN_HOUR),
        (DOWN, ZohoHealth(announced_until=NOON - timedelta(minutes=29)), HALF_AN_HOUR),
        (DOWN, ZohoHealth(throttles=1), HALF_AN_HOUR),
        (DOWN, ZohoHealth(), timedelta(minutes=29)),
        (DOWN, ZohoHealth(), None),
        (HELD, ZohoHealth(), HALF_AN_HOUR),
    ],
    ids=["an outage", "just after one", "a pause", "first tried later", "nobody says since when", "no failure of Zoho"],
)
def test_what_may_be_wrong_for_others_too_is_waited_for(
    error: LeadmatchError, state: ZohoHealth, tried: timedelta | None
) -> None:
    """Six hours: a banner says that leads wait, or the lead has hardly been tried."""
    with pytest.raises(type(error)):
        Play(error, state).check(event(accepted_at=NOON - timedelta(hours=5)), tried=tried)


@pytest.mark.parametrize(
    ("trigger", "error", "hours", "kept"),
    [
        ("sweep", DOWN, None, True),
        ("webhook", DOWN, None, True),
        ("sweep", None, None, False),
        ("webhook", WAITING, 4, False),
    ],
    ids=["its recheck failed", "a call in between failed", "it has its answer", "it waits from now on"],
)
def test_a_lead_that_waits_is_due_again_until_it_has_its_answer(
    trigger: Trigger,
    error: LeadmatchError | None,
    hours: int | None,
    kept: bool,  # noqa: FBT001 - parametrized
) -> None:
    """An outage that outlasts one recheck must not be the last that anybody hears of the lead."""
    play = Play(error)
    play.check(event(trigger))
    assert play.due_at == (NOON + timedelta(hours=hours) if hours else None)
    assert play.keep_due == kept


@pytest.mark.parametrize(("minutes", "is_over"), [(9, False), (10, True)])
def test_answers_that_contradict_each_other_are_asked_for_again_for_ten_minutes(minutes: int, is_over: bool) -> None:  # noqa: FBT001
    """A merge or a deletion is over by then; a lead that Zoho matches is never told as gone."""
    play, of = Play(DIFFER), event(accepted_at=NOON - timedelta(minutes=minutes))
    if is_over:
        done = play.check(of).fields
        assert (done["action"], done["reason"]) == ("unchecked", "zoho_contradiction")
    else:
        with pytest.raises(AnswersDiffer):
            play.check(of)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZohoUnavailable("down", reason="zoho_http_500"), "Zoho did not answer"),
        (ZohoThrottled("slow", reason="zoho_throttled"), "Zoho did not answer"),
        (ZohoUnavailable("odd", reason="zoho_http_200"), "Zoho's answer could not be read"),
        (ZohoGatewayRefused("a page", reason="zoho_http_404"), "Zoho refused our request"),
        (ZohoRefused("a code", reason="zoho_http_418"), "Zoho refused our request"),
        (ZohoRefused("no scope", reason="zoho_scope_missing"), "Zoho refused us access"),
        (ZohoBlocked("address", reason="zoho_ip_restricted"), "Zoho refused us access"),
        (Misconfigured("no host", reason="zoho_unknown_api_domain"), "Our Zoho settings are wrong"),
        (ZohoRefused("not offered", reason="zoho_no_options"), "Zoho does not offer to convert this lead"),
        (DIFFER, "Zoho found matches for this lead, but did not show us the lead itself"),
    ],
    ids=lambda value: value.reason if isinstance(value, LeadmatchError) else "",
)
def test_a_lead_that_was_not_checked_says_why(error: LeadmatchError, said: str) -> None:
    """By the error's class and, where that says too little, its reason."""
    play = Play(error)
    assert play.check(event()).fields["reason"] == error.reason
    assert play.item
    sentence = json.loads(play.item.match)["data"]["verdict"]["sentence"]
    assert sentence == f"NOT CHECKED: {said}. Search by hand before converting. It is not checked again by itself."


def test_what_a_person_has_to_mend_is_said_at_once() -> None:
    """Hours of retries would mend nothing, and nobody would know."""
    wrong = Misconfigured("no host", reason="zoho_unknown_api_domain")
    assert Play(wrong).check(event(accepted_at=NOON)).fields["reason"] == wrong.reason


def test_an_answer_without_options_is_not_read_as_no_duplicates() -> None:
    """Zoho answered, and named no options: nobody knows whether something matches."""
    play = Play()
    play.look_up = lambda **_: LookupResult(None, LEAD)  # type: ignore[method-assign,assignment]
    fields = play.check(event()).fields
    assert (fields["action"], fields["reason"]) == ("unchecked", "zoho_no_options")


def test_a_given_up_lead_that_was_checked_since_is_not_asked_for_again() -> None:
    """A newer event has answered the question, and the answer of a replay could only undo it."""
    play = Play(DOWN)
    play.stands(wait("not_approved", Cause.NOT_APPROVED), event(event_id="newer"))
    with pytest.raises(Superseded):
        play.check(event("replay"), sent_at=NOON)
    assert play.asked == 0


def test_a_given_up_lead_that_nobody_has_checked_is_asked_for_again() -> None:
    """That is what the replay is for, whichever event was given up last."""
    play = Play()
    play.stands(unchecked("zoho_no_answer", Cause.NO_ANSWER), event(event_id="newer"))
    assert play.check(event("replay"), sent_at=NOON).fields["action"] == "create_new"


def test_a_lead_that_qualifies_again_is_asked_for_again() -> None:
    """It has changed since; only a replay is void once there is an answer."""
    play = Play()
    play.stands(wait("not_approved", Cause.NOT_APPROVED), event())
    assert play.check(event(event_id="newer")).fields["action"] == "create_new"


def test_lambda_says_when_a_message_came() -> None:
    """In epoch milliseconds, as a text."""
    attributes = {"SentTimestamp": "1772452800000", "ApproximateFirstReceiveTimestamp": "1772452801000"}
    delivery = Delivery.from_record({"body": "b", "attributes": attributes})
    assert delivery == Delivery("b", NOON, NOON + timedelta(seconds=1))


@pytest.mark.parametrize("ahead", [2, 120, 5 * 3600, 86_400], ids=["2 s", "2 min", "5 h", "a day"])
def test_a_lead_was_accepted_when_the_inbox_took_it_at_the_latest(ahead: float) -> None:
    """The receiving machine's clock may be ahead; what is behind may have waited among the dead letters."""
    play = Play()
    play.check(event(accepted_at=NOON + timedelta(seconds=ahead)), sent_at=NOON)
    assert play.item
    assert (play.item.accepted_at, play.turn) == (time_text(NOON), InboxTurn(NOON, NOON))
    play.check(event(accepted_at=NOON - timedelta(seconds=ahead), event_id="behind"), sent_at=NOON)
    assert play.item.accepted_at == time_text(NOON - timedelta(seconds=ahead))


@pytest.mark.parametrize("events_since", [1, 2, 10, 49])
def test_an_event_that_comes_again_after_newer_ones_asks_nothing_and_says_nothing(events_since: int) -> None:
    """One event id has one content: a sender that repeats its signed call days later gets no second match event."""
    play, first = Play(), event(event_id="first")
    play.check(first, sent_at=NOON)
    for number in range(events_since):
        play.check(event(event_id=f"newer-{number}"), sent_at=NOON)
    asked = play.asked
    with pytest.raises(Superseded) as caught:
        play.check(replace(first, accepted_at=NOON + timedelta(days=3)), sent_at=NOON + timedelta(days=3))
    assert (caught.value.reason, play.asked) == ("repeated", asked)
    assert not isinstance(caught.value, OutOfOrder)


QUALIFIED = read_qualification("Lead_Status=Qualified")
COLD, HOT, NO_FIELD = (replace(LEAD, qualifying=values) for values in (("Cold",), ("Qualified",), None))


@pytest.mark.parametrize("error", [None, DOWN, WAITING, HELD], ids=["answered", "down", "waiting", "held"])
def test_a_notification_about_a_lead_that_does_not_qualify_is_told_to_nobody(error: LeadmatchError | None) -> None:
    """No verdict, no match event, no second attempt; the log says so."""
    play = Play(error, lead=COLD, qualified=QUALIFIED)
    assert play.check(event("notification", accepted_at=NOON)).name == "not_qualified"
    assert (play.item, play.matches.sent, play.slack.sent) == (None, [], [])


@pytest.mark.parametrize("trigger", ["webhook", "sweep", "replay", "click", "check"])
def test_only_notifications_are_measured(trigger: Trigger) -> None:
    """A workflow rule's webhook is a qualification by itself, and the others follow what was told already."""
    play = Play(lead=COLD, qualified=QUALIFIED)
    assert play.check(event(trigger, accepted_at=NOON)).fields["action"] == "create_new"


@pytest.mark.parametrize(
    ("lead", "qualified"),
    [(HOT, QUALIFIED), (COLD, None), (NO_FIELD, None)],
    ids=["it qualifies", "unset", "unset, unread"],
)
def test_a_notification_is_told_otherwise(lead: Lead, qualified: Qualification | None) -> None:
    """As ever without the setting."""
    play = Play(lead=lead, qualified=qualified)
    assert play.check(event("notification", accepted_at=NOON)).fields["action"] == "create_new"
    assert play.unread == []


def test_a_lead_that_was_told_of_is_kept_current() -> None:
    """What stands in Slack must not grow old because the lead no longer qualifies."""
    play = Play(lead=COLD, qualified=QUALIFIED)
    play.stands(
        wait("not_approved", Cause.NOT_APPROVED), event(event_id="earlier", accepted_at=NOON - timedelta(hours=1))
    )
    assert play.check(event("notification", accepted_at=NOON)).fields["action"] == "create_new"
    assert len(play.slack.sent) == 1


@pytest.mark.parametrize("hours", [0, 8])
def test_a_lead_that_cannot_be_read_is_not_known_not_to_qualify(hours: int) -> None:
    """It waits, and is told as NOT CHECKED in the end."""
    play, of = Play(DOWN, qualified=QUALIFIED), event("notification", accepted_at=NOON - timedelta(hours=hours))
    if hours:
        assert play.check(of).fields["action"] == "unchecked"
    else:
        with pytest.raises(type(DOWN)):
            play.check(of)


def test_a_field_that_zoho_does_not_show_silences_nobody() -> None:
    """A misspelt name would otherwise end every Notification without a word; the operator hears of it."""
    play = Play(lead=NO_FIELD, qualified=QUALIFIED)
    assert play.check(event("notification", accepted_at=NOON)).fields["action"] == "create_new"
    assert play.unread == ["Lead_Status"]
