"""act once people may act: what opens, what a submitted form asks convert for, and what each person is told instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib import match_event
from chalicelib.aws.conversions import ConversionContext, ConversionItem
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.pipeline_item import Pipelines
from chalicelib.aws.queues import Message
from chalicelib.aws.stage_lists import Converters, StageLists
from chalicelib.conversion import Click, Decision, Person, Pipeline, Wanted, click_id
from chalicelib.errors import (
    AwsUnavailable,
    CallRefused,
    ContentRefused,
    LeadmatchError,
    SlackRefused,
    SlackUnavailable,
    SlackUnclear,
    TriggerExpired,
    TriggerUsed,
    ViewChanged,
)
from chalicelib.events import LeadEvent
from chalicelib.slack.interactions import read_interaction
from chalicelib.slack.modal import CHANGED, CONVERTING_TEXT, LOOK_AGAIN, NEW_DEAL, NO_PIPELINES, TOO_SLOW
from chalicelib.slack.people import NOTHING, OBJECTIONS, SlackUser, read_user
from chalicelib.steps.interact import (
    CHECKED,
    CHECKING,
    CONVERTED,
    CONVERTS,
    DISMISSED,
    FORGOTTEN,
    NOT_OFFERED,
    NOT_OPENED,
    NOT_READ,
    NOT_TAKEN,
    Interactions,
)
from chalicelib.steps.results import HttpReply
from tests.golden.cases import SENTENCES
from tests.slack_payloads import body_of, chose, clicked, opened, select, submitted, write
from tests.strategies import EVENT, LEAD_ID
from tests.unit.test_slack_people import ADA

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
PIPELINES = Pipelines((Pipeline("Standard", ("Qualification", "Won")),), NOW)
LEAD = LedgerItem(
    LEAD_ID, EVENT.event_id, match=match_event.write(SENTENCES["contact_same_email"], stage="t"), revision=7
)
PAGE_OF_LEAD = SENTENCES["contact_same_email"].url(LEAD_ID)
NAMED = StageLists(converters=Converters(profiles=("Standard",)))
WANTED = Wanted("2001", "1001", carry_over_tags=True)
CONTEXT = ConversionContext(LEAD, None, NAMED, PIPELINES)
CLICK = Click("convert", "c" * 64, LEAD_ID, EVENT.event_id, 7, NOW, Person("U0BO", "C0LEADS"), WANTED)


def planned(error: LeadmatchError) -> Callable[..., Any]:
    """Return a call that fails so."""

    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


@dataclass
class FakeSlack:
    """Keeps what it was asked, and answers as it is planned."""

    person: dict[str, Any] = field(default_factory=lambda: dict(ADA))
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    fails: dict[str, LeadmatchError] = field(default_factory=dict)
    views: list[dict[str, Any]] = field(default_factory=list)
    updates: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def _do(self, call: str) -> None:
        self.asked.append(call)
        if error := self.fails.get(call):
            raise error

    def open_view(self, *, trigger_id: str, view: Mapping[str, Any]) -> None:
        """Open a view."""
        self._do("open_view")
        assert trigger_id == "1.2.abc"
        self.views.append(dict(view))

    def update_view(self, *, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> None:
        """Replace a view."""
        self._do("update_view")
        self.updates.append((view_id, view_hash, dict(view)))

    def user(self, user_id: str) -> SlackUser:
        """Say who somebody is."""
        self._do("user")
        return read_user(self.person | {"id": user_id})

    def group_members(self, group_id: str) -> frozenset[str]:
        """Say who is in a group."""
        self._do("group_members")
        return self.groups[group_id]

    def respond(self, response_url: str, text: str) -> None:
        """Tell the person who clicked."""
        self._do("respond")
        assert response_url.endswith("/secret")
        self.told.append(text)


@dataclass
class FakeQueue:
    """Keeps what it was sent."""

    error: AwsUnavailable | None = None
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keep a message."""
        if self.error:
            raise self.error
        self.sent.append(message)


@dataclass
class Desk:
    """act with everything around it faked; `context` is what the ledger has of the lead."""

    context: ConversionContext = CONTEXT
    slack: FakeSlack = field(default_factory=FakeSlack)
    inbox: FakeQueue = field(default_factory=FakeQueue)
    clicks: FakeQueue = field(default_factory=FakeQueue)
    reads: int = 0
    unreadable: LeadmatchError | None = None

    def _read(self, lead_id: str) -> ConversionContext:
        self.reads += 1
        if self.unreadable:
            raise self.unreadable
        return self.context if lead_id == LEAD_ID else replace(self.context, lead=None)

    def takes(self, payload: object) -> HttpReply:
        """Let Slack send a payload."""
        interactions = Interactions("T0OURS", self._read, self.slack, self.inbox, self.clicks, lambda: NOW)
        reply = interactions.answer(read_interaction(body_of(payload)))
        assert reply.status == 200
        assert "ada" not in json.dumps(reply.about)
        return reply

    def click(self, action: str = "convert", revision: int = 7, **changes: Any) -> HttpReply:
        """Let a person click a button of the lead's message."""
        return self.takes(clicked(action, LEAD_ID, revision, **changes))

    def form(self, action: str = "convert") -> dict[str, Any]:
        """Open a form, and return it as it stands with the person."""
        self.click(action)
        return opened(self.slack.views[-1])

    def change(self, **changes: Any) -> None:
        """Let the lead's item be another one."""
        assert self.context.lead
        self.context = replace(self.context, lead=replace(self.context.lead, **changes))

    @property
    def queued(self) -> list[Click]:
        """What convert was asked."""
        return [Click.from_json(message.body) for message in self.clicks.sent]


def test_a_click_opens_the_form_from_one_read() -> None:
    """And asks nobody else anything."""
    desk = Desk()
    reply = desk.click()
    assert (reply.body, reply.reason, desk.reads) == ("", "form_opened", 1)
    assert desk.slack.asked == ["open_view"]
    assert json.loads(desk.slack.views[0]["private_metadata"])["revision"] == 7


def test_a_click_on_an_old_message_opens_the_lead_as_it_is_now() -> None:
    """Whatever revision the button brings."""
    desk = Desk()
    desk.change(revision=12)
    assert desk.form()["private_metadata"].count('"revision": 12')


def test_a_submitted_form_becomes_one_click_for_convert() -> None:
    """With what was chosen, who, and where they are told; the email is Slack's own word."""
    desk = Desk()
    form = desk.form()
    reply = desk.takes(submitted(form))
    (click,) = desk.queued
    person = Person("U0ADA", "C0LEADS", "V0FORM", "ada@kestrel.example")
    digest = click_id("V0FORM", "1.first", form["state"]["values"])
    assert click == Click("convert", digest, LEAD_ID, EVENT.event_id, 7, NOW, person, WANTED)
    assert (desk.clicks.sent[0].group, desk.clicks.sent[0].deduplication_id) == (LEAD_ID, digest)
    assert isinstance(reply.body, dict)
    assert reply.body["response_action"] == "update"
    assert CONVERTING_TEXT in json.dumps(reply.body["view"], ensure_ascii=False)
    assert "email" not in json.dumps(reply.about)


def test_the_same_payload_twice_is_one_click() -> None:
    """SQS drops the second one, by its id; once convert has taken it, act says only that it is worked on."""
    desk = Desk()
    form = desk.form()
    first, second = desk.takes(submitted(form)), desk.takes(submitted(form))
    assert first.body == second.body
    assert len({message.deduplication_id for message in desk.clicks.sent}) == 1
    click = desk.queued[0]
    taken = ConversionItem(LEAD_ID, "INTENDED", click, (click.click_id,))
    desk.context, sent = replace(desk.context, conversion=taken), len(desk.clicks.sent)
    assert desk.takes(submitted(form)).reason == "click_repeated"
    assert len(desk.clicks.sent) == sent


def test_a_form_that_is_corrected_is_another_click() -> None:
    """It keeps its view's id, and has another hash."""
    desk = Desk()
    view = desk.form()
    desk.takes(submitted(view))
    desk.takes(submitted({**view, "hash": "2.second"}))
    assert len({click.click_id for click in desk.queued}) == 2


def test_a_choice_renders_the_form_again() -> None:
    """Under its hash, so that a later choice is not undone; the line says what it makes now."""
    desk = Desk()
    view = desk.form()
    select(view, "contact", "new")
    select(view, "account", "new")
    assert desk.takes(chose(view, "account")).reason == "form_updated"
    ((view_id, view_hash, shown),) = desk.slack.updates
    assert (view_id, view_hash) == ("V0FORM", "1.first")
    assert "account Zylker (new)" in json.dumps(shown)
    select(view, "deal", "make_deal")
    desk.takes(chose(view, "deal"))
    assert {"deal_name", "stage"} <= {block.get("block_id") for block in desk.slack.updates[1][2]["blocks"]}


def test_nobody_converts_by_a_line_that_says_something_else() -> None:
    """Of two choices in a moment the second may not be shown: then the form is shown again, and submitted once more."""
    desk = Desk()
    view = desk.form()
    desk.slack.fails["update_view"] = ViewChanged("No.", reason="slack_hash_conflict")
    select(view, "contact", "new")
    select(view, "account", "new")
    desk.takes(chose(view, "account"))
    reply = desk.takes(submitted(view))
    assert (reply.reason, desk.clicks.sent) == ("form_not_followed", [])
    assert isinstance(reply.body, dict)
    assert reply.body["response_action"] == "update"
    assert "account Zylker (new)" in json.dumps(reply.body["view"])
    assert LOOK_AGAIN in json.dumps(reply.body["view"])
    again = opened(reply.body["view"], view_hash="2.second")
    assert desk.takes(submitted(again)).reason == "click_queued"
    (click,) = desk.queued
    assert click.wanted
    assert click.wanted.account == "new"


@pytest.mark.parametrize("error", [ViewChanged, SlackUnavailable, SlackUnclear, AwsUnavailable])
def test_a_choice_that_cannot_be_shown_does_no_harm(error: type[LeadmatchError]) -> None:
    """What is submitted is what counts."""
    desk = Desk()
    view = desk.form()
    desk.slack.fails["update_view"] = error("Not now.", reason="not_now")
    assert desk.takes(chose(view, "contact")).reason == "not_now"
    desk.unreadable = AwsUnavailable("Not now.", reason="aws_not_now")
    assert desk.takes(chose(view, "contact")).reason == "aws_not_now"


def test_a_deal_is_asked_for_with_the_stage_of_its_pipeline() -> None:
    """And what a person has to correct stands beside its field."""
    desk = Desk()
    view = desk.form()
    select(view, "deal", "make_deal")
    desk.takes(chose(view, "deal"))
    view = opened(desk.slack.updates[-1][2], view_hash="2.second")
    write(view, "amount", "much")
    reply = desk.takes(submitted(view))
    assert isinstance(reply.body, dict)
    assert (reply.body["response_action"], list(reply.body["errors"])) == ("errors", ["amount"])
    write(view, "amount", "12500")
    desk.takes(submitted(view))
    deal = desk.queued[0].wanted and desk.queued[0].wanted.deal
    assert deal
    assert (deal.pipeline, deal.stage, deal.amount, deal.closing_date) == (
        "Standard",
        "Qualification",
        "12500",
        "2026-04-01",
    )


@pytest.mark.parametrize("how", ["account", "contact", "stage"])
def test_what_the_form_does_not_offer_reaches_nobody(how: str) -> None:
    """Whoever forges it is told, and the log has the machine word."""
    desk = Desk()
    view = desk.form()
    if how == "stage":
        select(view, "deal", "make_deal")
        desk.takes(chose(view, "deal"))
        view = opened(desk.slack.updates[-1][2])
    select(view, how, "3652397000000009999")
    reply = desk.takes(submitted(view))
    assert reply.reason == ("stage_not_offered" if how == "stage" else "record_not_offered")
    assert NOT_OFFERED in json.dumps(reply.body)
    assert desk.clicks.sent == []


@pytest.mark.parametrize("changes", [{"revision": 8}, {"event_id": "another"}])
def test_a_form_of_an_earlier_state_is_answered_with_the_new_one(changes: dict[str, Any]) -> None:
    """The person looks again, and decides again."""
    desk = Desk()
    view = desk.form()
    desk.change(**changes)
    for reply in (desk.takes(submitted(view)), desk.takes(chose(view, "contact"))):
        assert reply.reason in ("lead_changed", "form_updated")
    shown = desk.takes(submitted(view)).body
    assert isinstance(shown, dict)
    assert shown["response_action"] == "update"
    assert CHANGED in json.dumps(shown)
    assert CHANGED in json.dumps(desk.slack.updates[-1][2])
    assert desk.clicks.sent == []


def named(text: str) -> str:
    """Return a text as it is said in the channel: with the lead before it, whatever else stands there."""
    return f"<{PAGE_OF_LEAD}|Ada Park · Zylker>: {text}"


def test_check_again_queues_the_lead_once_for_each_state() -> None:
    """A double click is one check, also when the first one is over; a click on what it found is another one."""
    desk = Desk()
    for _ in range(2):
        assert desk.click("check_again").reason == "check_queued"
    first, second = (LeadEvent.from_json(message.body) for message in desk.inbox.sent)
    assert (first, first.lead_id, first.trigger) == (second, LEAD_ID, "click")
    desk.change(revision=8, event_id=first.event_id)
    assert desk.click("check_again").reason == "check_repeated"
    desk.change(revision=9, event_id="another", earlier=(first.event_id,))
    assert desk.click("check_again").reason == "check_repeated"
    assert desk.click("check_again", revision=9).reason == "check_queued"
    assert LeadEvent.from_json(desk.inbox.sent[-1].body).event_id != first.event_id
    assert desk.slack.told == [named(text) for text in (CHECKING, CHECKING, CHECKED, CHECKED, CHECKING)]


def test_a_lead_is_dismissed_with_a_reason() -> None:
    """Through convert, which decides who came first."""
    desk = Desk()
    view = desk.form("dismiss")
    assert desk.takes(submitted(view)).reason == "reason_not_offered"
    select(view, "reason", "duplicate")
    write(view, "note", "same as yesterday")
    assert desk.takes(submitted(view)).reason == "click_queued"
    (click,) = desk.queued
    assert (click.kind, click.reason, click.wanted) == ("dismiss", "Duplicate (same as yesterday)", None)


CLOSED = {
    "somebody is converting": ({"conversion": ConversionItem(LEAD_ID, "CALLED", CLICK)}, "<@U0BO> is converting"),
    "a click was taken": ({"conversion": ConversionItem(LEAD_ID, "INTENDED", CLICK)}, "<@U0BO> is converting"),
    "converted": ({"conversion": ConversionItem(LEAD_ID, "CONVERTED", CLICK)}, "converted already"),
    **{
        f"decided: {state}": (
            {"lead": replace(LEAD, decision=Decision(state, "c" * 64, "U0BO", NOW, LEAD.event_id))},
            said,
        )
        for state, said in (
            ("converting", "<@U0BO> is converting"),
            ("converted", "converted already"),
            ("dismissed", "<@U0BO> dismissed this lead"),
        )
    },
}


@pytest.mark.parametrize(("changes", "said"), CLOSED.values(), ids=CLOSED)
def test_a_lead_on_which_nobody_can_act_says_so(changes: dict[str, Any], said: str) -> None:
    """Instead of a form, to who clicks an old message, and to who has a form open."""
    desk = Desk()
    view = desk.form()
    desk.context = replace(desk.context, **changes)
    desk.click()
    assert desk.slack.told[-1].startswith(named(""))
    assert said in desk.slack.told[-1]
    assert len(desk.slack.views) == 1
    assert said in json.dumps(desk.takes(submitted(view)).body)
    assert desk.clicks.sent == []


@pytest.mark.parametrize("state", ["REFUSED", "UNKNOWN"])
def test_after_a_refusal_the_form_opens_again(state: Any) -> None:
    """Only a new click calls again."""
    desk = Desk(replace(CONTEXT, conversion=ConversionItem(LEAD_ID, state, CLICK)))
    desk.takes(submitted(desk.form()))
    assert len(desk.queued) == 1


def test_a_lead_that_the_ledger_does_not_remember_says_so() -> None:
    """It forgets personal data after 90 days."""
    desk = Desk()
    view = desk.form()
    desk.context = replace(desk.context, lead=None)
    desk.click()
    assert desk.slack.told == [f"Lead {LEAD_ID}: {FORGOTTEN}"]
    assert FORGOTTEN in json.dumps(desk.takes(submitted(view)).body)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TriggerExpired, [TOO_SLOW]),
        (TriggerUsed, []),
        (ContentRefused, [NOT_OPENED]),
        (SlackRefused, [NOT_OPENED]),
        (SlackUnavailable, []),
        (SlackUnclear, []),
    ],
)
def test_a_form_that_does_not_open_is_one_message_or_none(error: type[LeadmatchError], told: list[str]) -> None:
    """Once where Slack still listens; nothing where the form is open already, or Slack does not answer."""
    desk = Desk()
    desk.slack.fails["open_view"] = error("No.", reason="slack_no")
    assert desk.click().reason == "slack_no"
    assert desk.slack.told == [named(text) for text in told]


def test_who_cannot_be_told_is_in_the_log() -> None:
    """By the reason alone."""
    desk = Desk()
    desk.slack.fails["respond"] = SlackUnavailable("No.", reason="slack_no_answer")
    assert desk.click("check_again").about["not_told"] == "slack_no_answer"


def test_aws_that_does_not_answer_is_said_and_nothing_is_lost() -> None:
    """A form stays open, and is the same click when it is submitted again."""
    desk = Desk()
    view = desk.form()
    desk.clicks.error = AwsUnavailable("No.", reason="sqs_no_answer")
    reply = desk.takes(submitted(view))
    assert isinstance(reply.body, dict)
    assert reply.body == {"response_action": "errors", "errors": {"contact": NOT_TAKEN}}
    desk.clicks.error = None
    desk.takes(submitted(view))
    assert len(desk.queued) == 1
    desk.inbox.error = desk.unreadable = AwsUnavailable("No.", reason="dynamodb_no_answer")
    assert desk.takes(submitted(view)).body == reply.body
    for action in ("convert", "check_again"):
        assert desk.click(action).reason == "dynamodb_no_answer"
    assert desk.slack.told == [f"Lead {LEAD_ID}: {NOT_READ}"] * 2


STRANGERS = {
    "somebody of another workspace": {"team_id": "T0OTHER"},
    "a team that Slack leaves out": {"team_id": None},
}


@pytest.mark.parametrize("user", STRANGERS.values(), ids=STRANGERS)
@pytest.mark.parametrize("action", ["convert", "check_again", "dismiss"])
def test_nothing_opens_to_an_outsider(action: str, user: dict[str, Any]) -> None:
    """By the payload alone, without a read; a colleague's address is of no help."""
    desk = Desk()
    payload = clicked(action, LEAD_ID, 7)
    payload["user"] |= user
    assert desk.takes(payload).reason == "slack_user_is_stranger"
    assert desk.slack.told == [OBJECTIONS["slack_user_is_stranger"]]
    assert (desk.slack.views, desk.inbox.sent, desk.reads) == ([], [], 0)
    view = desk.form()
    payload = submitted(view)
    payload["user"] |= user
    assert OBJECTIONS["slack_user_is_stranger"] in json.dumps(desk.takes(payload).body)
    payload = chose(view, "contact")
    payload["user"] |= user
    assert desk.takes(payload).body == ""
    assert desk.clicks.sent == []
    assert desk.slack.updates == []


PEOPLE: dict[str, tuple[dict[str, Any], str]] = {
    "deactivated": ({"deleted": True}, "slack_user_deleted"),
    "a bot": ({"is_bot": True}, "slack_user_is_bot"),
    "a guest": ({"is_restricted": True}, "slack_user_is_guest"),
    "a single-channel guest": ({"is_ultra_restricted": True}, "slack_user_is_guest"),
    "a stranger": ({"is_stranger": True}, "slack_user_is_stranger"),
    "of another workspace": ({"team_id": "T0OTHER"}, "slack_user_is_stranger"),
    "never confirmed": ({"is_email_confirmed": False}, "slack_email_unconfirmed"),
    "without an email": ({"profile": {}}, "slack_email_missing"),
}


@pytest.mark.parametrize(("changes", "word"), PEOPLE.values(), ids=PEOPLE)
@pytest.mark.parametrize("action", ["convert", "dismiss"])
def test_slack_is_asked_afresh_who_submits(action: str, changes: dict[str, Any], word: str) -> None:
    """The view says why not, to that person alone; convert never hears of it."""
    desk = Desk()
    view = desk.form(action)
    if action == "dismiss":
        select(view, "reason", "spam")
    desk.slack.person |= changes
    reply = desk.takes(submitted(view))
    assert reply.reason == word
    assert OBJECTIONS[word] in json.dumps(reply.body)
    assert (desk.clicks.sent, desk.slack.told) == ([], [])


LISTS: dict[str, tuple[Converters, bool, bool]] = {
    "nobody named": (Converters(), False, False),
    "only a person who needs no profile": (Converters(slack=("+U0BO",)), False, False),
    "that person": (Converters(slack=("+U0ADA",)), True, True),
    "a profile": (Converters(("Standard",)), True, True),
    "narrowed to others": (Converters(("Standard",), ("U0BO",)), False, False),
    "narrowed to them": (Converters(("Standard",), ("U0BO", "U0ADA")), True, True),
    "a group that they are in": (Converters(("Standard",), ("S0SALES",)), True, True),
    "a group that they are not in": (Converters(("Standard",), ("S0OTHERS",)), True, False),
    "one of two groups": (Converters(("Standard",), ("S0OTHERS", "S0SALES")), True, True),
    "others, and one by name": (Converters(("Standard",), ("U0BO", "+U0ADA")), True, True),
}


@pytest.mark.parametrize(("converters", "opens", "may"), LISTS.values(), ids=LISTS)
def test_the_operators_list_narrows_and_widens(converters: Converters, *, opens: bool, may: bool) -> None:
    """Ids of people at opening, groups when the form is submitted."""
    desk = Desk()
    desk.slack.groups = {"S0SALES": frozenset({"U0ADA"}), "S0OTHERS": frozenset({"U0BO"})}
    view = desk.form()
    desk.context = replace(desk.context, lists=StageLists(converters=converters))
    desk.click()
    assert len(desk.slack.views) == 1 + opens
    reply = desk.takes(submitted(view))
    assert (reply.reason == "click_queued", len(desk.clicks.sent)) == (may, int(may))


@pytest.mark.parametrize("call", ["user", "group_members"])
@pytest.mark.parametrize("error", [SlackUnavailable, SlackUnclear, SlackRefused])
def test_what_cannot_be_asked_is_refused(call: str, error: type[LeadmatchError]) -> None:
    """Such as a group on a plan without groups."""
    desk = Desk(replace(CONTEXT, lists=StageLists(converters=Converters(("Standard",), ("S0SALES",)))))
    desk.slack.groups = {"S0SALES": frozenset({"U0ADA"})}
    view = desk.form()
    desk.slack.fails[call] = error("No.", reason="slack_plan_upgrade_required")
    assert desk.takes(submitted(view)).reason == "slack_user_not_known"
    assert desk.clicks.sent == []


@pytest.mark.parametrize("action", ["open_lead", "convert_in_zoho", ""])
def test_other_buttons_are_answered_with_nothing(action: str) -> None:
    """Messages from before people could act have links, of which Slack tells all the same."""
    desk = Desk()
    reply = desk.click(action)
    assert (reply.body, reply.reason, desk.reads) == ("", "ignored", 0)


def test_a_form_of_somebody_elses_is_answered_with_nothing() -> None:
    """Another feature's view, or one that says something, has nothing for us."""
    desk = Desk()
    view = opened({"blocks": [], "title": {}, "close": {}, "callback_id": "survey"})
    assert desk.takes(submitted(view)).reason == "ignored"


def test_a_choice_in_the_form_of_a_dismissal_changes_nothing() -> None:
    """It has nothing that follows from another choice."""
    desk = Desk()
    assert desk.takes(chose(desk.form("dismiss"), "reason")).reason == "ignored"
    assert desk.slack.updates == []


@pytest.mark.parametrize("metadata", ["", "{}", '{"lead_id": "x", "revision": 1}'])
def test_a_form_that_names_no_lead_is_refused(metadata: str) -> None:
    """With 400: no form of ours is so."""
    desk = Desk()
    view = desk.form() | {"private_metadata": metadata}
    with pytest.raises(CallRefused):
        desk.takes(submitted(view))


def test_an_item_that_cannot_be_read_is_said() -> None:
    """A damaged match is no crash."""
    desk = Desk()
    view = desk.form()
    desk.change(match="{}")
    desk.click()
    assert desk.slack.told == [f"Lead {LEAD_ID}: {NOT_READ}"]
    assert desk.takes(submitted(view)).body == {"response_action": "errors", "errors": {"contact": NOT_TAKEN}}


SAID = [
    *OBJECTIONS.values(),
    *(TOO_SLOW, CHANGED, LOOK_AGAIN, NEW_DEAL, NO_PIPELINES),
    *(CHECKED, CHECKING, CONVERTED, CONVERTS, DISMISSED, FORGOTTEN, NOT_OFFERED, NOT_OPENED, NOT_READ, NOT_TAKEN),
]


@pytest.mark.parametrize("text", SAID)
def test_every_sentence_is_explained_on_the_page_for_sales_people(text: str) -> None:
    """By its first sentence; who did something is a person on the page, too."""
    page = Path("docs/acting.md").read_text(encoding="utf-8")
    first = text.removeprefix(f"{NOTHING} ").replace("<@{who}>", "…").partition(". ")[0].removesuffix(".")
    assert first.partition(", by which")[0] in page


def test_a_form_that_is_corrected_under_the_same_hash_is_another_click() -> None:
    """As after an answer that says to submit it again: SQS must not drop it for the first one."""
    desk = Desk()
    form = desk.form()
    for word in ("notify_owner", "carry_over_tags"):
        select(form, "extras", word)
        desk.takes(submitted(form))
    first, second = desk.queued
    assert first.click_id != second.click_id
