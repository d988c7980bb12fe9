# ruff: noqa: ARG002 - the fakes have the protocols' parameters
"""What notify asks Slack for, and what it writes down of the answer: a ledger and a Slack in memory, one attempt or a few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import match_event
from chalicelib.aws.ledger_item import Attempt, Held, LedgerItem, Posting, Shown, UnknownOutcomes
from chalicelib.errors import (
    AwsUnavailable,
    ChannelClosed,
    ContentRefused,
    EditRefused,
    LeadmatchError,
    LeaseHeld,
    MessageGone,
    SlackFailed,
    SlackRefused,
    SlackThrottled,
    SlackTokenRefused,
    SlackUnavailable,
    SlackUnclear,
    ThreadGone,
    Unanswered,
)
from chalicelib.events import Incident, LeadEvent, Notice, NoticeKind, Trigger
from chalicelib.match_event import Match
from chalicelib.metrics import Metric
from chalicelib.slack.announcements import OperatorAlert, Outage
from chalicelib.slack.message import SlackMessage
from chalicelib.steps.notify import MAY_REPEAT, notify
from chalicelib.steps.notify_plan import FALLBACK_AFTER, MAKE_ROOM_AFTER
from chalicelib.steps.results import StepResult
from chalicelib.timing import AFTER_LEASE_SECONDS, IN_FLIGHT_SECONDS, LEAD_LEASE_SECONDS, READ_BACK_AFTER_SECONDS
from chalicelib.verdict import already_converted, decide, lead_not_found
from chalicelib.verdict.model import ConversionOptions, Lead, Owner, Record, Verdict
from chalicelib.wire import time_text

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SALES, OPERATOR, BEFORE = "C0SALES", "C0OPERATOR", "C0BEFORE"
LEAD = Lead("1", "Ada Park", "Zylker", owner=Owner("9", "Rosa Quill", "rosa.quill@quillworks.example"))
MENTION = "<@U0ROSA>"
NO_MATCH = decide(ConversionOptions(), LEAD, lead_id="1")
ACCOUNT = decide(ConversionOptions(accounts=(Record("77", "Zylker"),)), LEAD, lead_id="1")
REASON = "slack_of_this_test"
UNAVAILABLE = [SlackUnavailable, SlackThrottled, SlackTokenRefused]


@dataclass
class MemoryLedger:
    """One item; a write needs the lease, as in DynamoDB."""

    item: LedgerItem
    is_held: bool = False
    """Another worker has the lease; else the tests let it run out before."""
    calls: list[str] = field(default_factory=list)

    def claim(
        self,
        subject: str,
        /,
        *,
        owner: str,
        lease_seconds: float,
        attempt: Attempt = Attempt(),  # noqa: B008 - frozen
    ) -> LedgerItem | Held:
        """Take the lease."""
        if self.is_held:
            return Held(self.item)
        self.item = replace(self.item, owner=owner, epoch=self.item.epoch + 1)
        self.calls.append("claim")
        return self.item

    def intend(self, held: LedgerItem, posting: Posting) -> LedgerItem:
        """Write the intent."""
        return self._write("intend", held, posting=posting)

    def settled(self, held: LedgerItem, shown: Shown) -> LedgerItem:
        """Write what was found."""
        return self._write("settled", held, shown=shown, posting=None)

    def posted(self, held: LedgerItem, shown: Shown) -> LedgerItem:
        """Write what is shown, and give the lease back."""
        return self._write("posted", held, shown=shown, posting=None, owner="", unknown_outcomes=UnknownOutcomes())

    def take_over(
        self,
        held: LedgerItem,
        shown: Shown,
        *,
        owner: str,
        lease_seconds: float,
        attempt: Attempt,
    ) -> LedgerItem:
        """Take another worker's lease, and write what was found."""
        return self._write("take_over", held, shown=shown, posting=None, owner=owner, epoch=held.epoch + 1)

    def watch(self, item: LedgerItem, attempt: Attempt) -> None:
        """Write who found the lease held."""
        self.calls.append("watch")

    def note_unknown_outcomes(
        self, held: LedgerItem, unknown_outcomes: UnknownOutcomes, *, lease_seconds: float
    ) -> LedgerItem:
        """Write the counts."""
        return self._write("note_unknown_outcomes", held, unknown_outcomes=unknown_outcomes)

    def release(self, held: LedgerItem, *, refused: bool = False) -> None:
        """Give the lease back."""
        self._write("release", held, owner="", **({"posting": None} if refused else {}))

    def _write(self, call: str, held: LedgerItem, **changes: object) -> LedgerItem:
        assert (held.owner, held.epoch) == (self.item.owner, self.item.epoch)
        self.calls.append(call)
        self.item = replace(self.item, **changes)  # type: ignore[arg-type]
        return self.item


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that Slack got."""

    method: str
    channel: str
    text: str = ""
    thread_ts: str = ""
    broadcast: bool = False


@dataclass
class MemorySlack:
    """Answers each call well, or as `answers` say by its method: a method's answers are used up in their order."""

    answers: dict[str, list[LeadmatchError | str | None]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def post(
        self,
        *,
        channel: str,
        message: SlackMessage,
        event_id: str,
        thread_ts: str = "",
        broadcast: bool = False,
    ) -> str:
        """Take a post or a reply."""
        method = "reply" if thread_ts else "post"
        return self._answer(Asked(method, channel, message.text, thread_ts, broadcast)) or "9.0"

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None:
        """Take an edit."""
        self._answer(Asked("update", channel, message.text))

    def find(
        self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = ""
    ) -> str | None:
        """Return what `answers` hold, where None is that nobody can look; by default nothing stands there."""
        self.answers["find"] = self.answers.get("find") or [""]
        return self._answer(Asked("find", channel, thread_ts=thread_ts))

    def permalink(self, *, channel: str, ts: str) -> str:
        """Return an address."""
        return self._answer(Asked("permalink", channel)) or f"https://slack.example/{channel}/{ts}"

    def _answer(self, asked: Asked) -> str | None:
        self.asked.append(asked)
        answer = self.answers[asked.method].pop(0) if self.answers.get(asked.method) else None
        if isinstance(answer, LeadmatchError):
            raise answer
        return answer


@dataclass
class Stage:
    """A lead whose item is in some state, and the Slack that notify asks."""

    ledger: MemoryLedger
    slack: MemorySlack = field(default_factory=MemorySlack)
    paced: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    user: str = "U0ROSA"
    """The owner's Slack user."""

    def user_of(self, owner: Owner) -> str:
        """Return the owner's Slack user."""
        self.looked_up.append(owner.id)
        return self.user

    def run(
        self,
        *,
        channel: str = SALES,
        kind: NoticeKind = "verdict",
        event_id: str = "e-2",
        trigger: Trigger = "webhook",
        attempt: Attempt = Attempt(),  # noqa: B008 - frozen
    ) -> StepResult:
        """Let one notice be worked on."""
        lead = LeadEvent("1", event_id, NOW - timedelta(seconds=4), trigger)
        event = lead if kind in ("verdict", "minimal") else Incident("outage-1", event_id, NOW)
        return notify(
            Notice(event, kind, self.ledger.item.revision, channel),
            ledger=self.ledger,
            slack=self.slack,
            pace=self.paced.append,
            now=lambda: NOW,
            owner="me",
            operator_channel=OPERATOR,
            attempt=attempt,
            user_of=self.user_of,
        )

    @property
    def shows(self) -> Iterator[Asked]:
        """What people see, in its order."""
        return (asked for asked in self.slack.asked if asked.method in ("post", "reply", "update"))

    @property
    def methods(self) -> list[str]:
        """What Slack was asked for, in its order."""
        return [asked.method for asked in self.slack.asked]


def shown(channel: str = SALES, ts: str = "1.0", *, revision: int = 1, fingerprint: str = "create_new///") -> Shown:
    """Return what an earlier event of the lead has left in a channel."""
    return Shown(channel, ts, "e-1", time_text(NOW - timedelta(hours=1)), revision, fingerprint)


def stage(verdict: Verdict = NO_MATCH, *, stands: Shown | None = None, **item: object) -> Stage:
    """Return a lead with a second event of this verdict."""
    event = LeadEvent("1", "e-2", NOW, "webhook")
    text = match_event.write(Match(event, LEAD, verdict, {}, NOW), stage="test")
    known = LedgerItem("1", event_id="e-2", accepted_at=time_text(NOW), match=text, revision=2, shown=stands)
    return Stage(MemoryLedger(replace(known, **item)))  # type: ignore[arg-type]


def intent(channel: str = SALES, *, thread_ts: str = "", revision: int = 2) -> Posting:
    """Return what an attempt of before meant to post, and nobody knows whether it did."""
    return Posting(replace(shown(channel, thread_ts), revision=revision), thread_ts, int(NOW.timestamp()), 0)


def no(kind: type[LeadmatchError]) -> LeadmatchError:
    """Return an answer of this class."""
    return kind("no", reason=REASON)


def test_a_first_message_is_posted_under_an_intent() -> None:
    """Three writes, one call; nothing is read, and the speed is measured for Zoho's own calls."""
    one = stage()
    result = one.run()
    assert (result.name, result.fields["revision"]) == ("posted", 2)
    assert (one.methods, one.ledger.calls, one.paced) == (["post"], ["claim", "intend", "posted"], [SALES])
    assert result.measures == {Metric.SECONDS_TO_SLACK: 4.0}
    assert not stage().run(trigger="sweep").measures
    assert one.ledger.item.shown == replace(shown(ts="9.0", revision=2), event_id="e-2", accepted_at=time_text(NOW))


def test_a_notice_of_another_event_gives_the_lease_back() -> None:
    """Also where an intent stands: it is the next one's to settle."""
    one = stage(posting=intent())
    assert one.run(event_id="e-1").name == "superseded"
    assert (one.methods, one.ledger.calls, one.ledger.item.posting) == ([], ["claim", "release"], intent())


@pytest.mark.parametrize(("waited", "is_broadcast"), [("wait///", True), ("create_new///", False)])
def test_a_changed_verdict_edits_the_message_and_replies_in_its_thread(waited: str, *, is_broadcast: bool) -> None:
    """The end of waiting is shown in the channel too: nobody looks at the old message any more."""
    one = stage(ACCOUNT, stands=shown(fingerprint=waited))
    assert one.run().name == "updated"
    edit, reply = one.shows
    assert (edit.method, reply.thread_ts, reply.broadcast) == ("update", "1.0", is_broadcast)
    assert one.paced == [SALES]


def test_the_same_verdict_edits_and_says_nothing() -> None:
    """A footer may have changed; an edit needs no intent, since it does no harm twice."""
    one = stage(stands=shown())
    assert one.run().name == "updated"
    assert (one.methods, one.ledger.calls) == (["update"], ["claim", "posted"])


@pytest.mark.parametrize(
    "stands",
    [replace(shown(BEFORE), provisional=True), replace(shown(), accepted_at=time_text(NOW - timedelta(days=1)))],
)
def test_a_new_message_links_back(stands: Shown) -> None:
    """The old one is a click away; where the link is not to be had, the message goes without."""
    one, other = stage(stands=stands), stage(stands=stands)
    other.slack.answers = {"permalink": [no(SlackRefused)]}
    assert [one.run().name, other.run().name] == ["posted", "posted"]
    (post,), (without,) = one.shows, other.shows
    assert post.text.endswith(f"<https://slack.example/{stands.channel}/1.0|Earlier message about this lead>")
    assert "Earlier" not in without.text


def test_a_message_that_is_gone_is_posted_anew() -> None:
    """Somebody deleted it: the verdict has to stand somewhere, a conversion too."""
    for verdict in (NO_MATCH, ACCOUNT, already_converted(LEAD)):
        one = stage(verdict, stands=shown())
        one.slack.answers = {"update": [no(MessageGone)]}
        assert one.run().name == "posted"
        assert "replaces" not in list(one.shows)[-1].text


def test_an_edit_that_is_refused_for_good_is_remembered() -> None:
    """The same verdict posts nothing, and no later event tries again; another one is one message that names the earlier."""
    one = stage(stands=shown())
    one.slack.answers = {"update": [no(EditRefused)]}
    assert one.run().name == "nothing_to_tell"
    kept = one.ledger.item.shown
    assert kept == replace(shown(revision=2), event_id="e-2", accepted_at=time_text(NOW), edit_refused=True)
    later = stage(ACCOUNT, stands=kept, revision=3)
    assert later.run().name == "posted"
    (post,) = later.shows
    assert post.text.endswith(
        "This message replaces <https://slack.example/C0SALES/1.0|an earlier message about this lead>."
    )
    assert later.ledger.item.shown
    assert later.ledger.item.shown.is_editable


def test_an_outage_s_end_is_told_only_where_its_beginning_was() -> None:
    """Slack was slower than the outage."""
    one = stage(match=Outage(NOW, 7, NOW, is_over=True, answered=True).to_json())
    assert one.run(kind="banner").name == "nothing_to_tell"
    assert (one.methods, one.ledger.item.owner) == ([], "")


def test_an_outage_whose_banner_cannot_be_edited_has_a_beginning_and_an_end() -> None:
    """Its count updates nothing; the end is one message, though it is edit-only."""
    for over, name in ((False, "nothing_to_tell"), (True, "posted")):
        one = stage(match=Outage(NOW, 7, NOW, is_over=over, answered=over).to_json(), stands=shown(fingerprint="lasts"))
        one.slack.answers = {"update": [no(EditRefused)]}
        assert one.run(kind="banner").name == name


def test_a_refused_reply_becomes_a_message_beside_the_one_that_it_was_for() -> None:
    """A thread that somebody locked must not swallow the news; a vanished lead's stays where its message stands."""
    for verdict, channel in ((ACCOUNT, SALES), (lead_not_found("1"), OPERATOR)):
        one = stage(verdict, stands=shown())
        one.slack.answers = {"reply": [no(ThreadGone)]}
        assert one.run(channel=channel).name == "posted"
        *_, post = one.shows
        assert (post.method, post.channel) == ("post", SALES)
        assert "Earlier message" in post.text


@pytest.mark.parametrize("kind", UNAVAILABLE)
@pytest.mark.parametrize(("method", "stands"), [("post", None), ("update", shown()), ("reply", shown())])
def test_what_slack_does_not_take_now_gives_the_lease_back(
    kind: type[SlackUnavailable], method: str, stands: Shown | None
) -> None:
    """However often: it counts towards nothing, no intent is left, and the class says that it comes again."""
    one = stage(ACCOUNT, stands=stands)
    for _ in range(MAKE_ROOM_AFTER + 1):
        one.slack.answers = {method: [no(kind)]}
        with pytest.raises(kind):
            one.run()
        assert (one.ledger.item.owner, one.ledger.item.posting) == ("", None)
        assert one.ledger.item.unknown_outcomes == UnknownOutcomes()
    assert one.run().name == ("updated" if stands else "posted")


def test_a_lost_answer_that_cannot_be_counted_is_waited_out_all_the_same() -> None:
    """The lost call may still be under way, whatever DynamoDB says."""

    class Uncounting(MemoryLedger):
        def note_unknown_outcomes(
            self, held: LedgerItem, unknown_outcomes: UnknownOutcomes, *, lease_seconds: float
        ) -> LedgerItem:
            raise AwsUnavailable("no", reason="dynamodb_down")

    one = Stage(Uncounting(stage().ledger.item), MemorySlack({"post": [no(SlackUnclear)]}))
    with pytest.raises(SlackUnclear) as unclear:
        one.run()
    assert unclear.value.retry_after_seconds == LEAD_LEASE_SECONDS + AFTER_LEASE_SECONDS


@pytest.mark.parametrize("kind", [SlackUnclear, SlackFailed])
@pytest.mark.parametrize(("method", "stands"), [("post", None), ("update", shown()), ("reply", shown())])
def test_what_slack_may_have_taken_keeps_the_lease_and_is_tried_six_times(
    kind: type[SlackUnclear], method: str, stands: Shown | None
) -> None:
    """A post is looked for before each, an edit is made again; then it makes room, with all attempts for who brings it back."""
    one = stage(ACCOUNT, stands=stands)
    waited_out = IN_FLIGHT_SECONDS + AFTER_LEASE_SECONDS
    for number in range(1, MAKE_ROOM_AFTER + 1):
        one.slack.answers = {method: [no(kind)]}
        with pytest.raises(SlackUnclear) as unclear:
            one.run()
        assert unclear.value.retry_after_seconds == (waited_out if method == "update" else READ_BACK_AFTER_SECONDS)
        counts = UnknownOutcomes(number, number if kind is SlackFailed else 0)
        assert (one.ledger.item.owner, one.ledger.item.unknown_outcomes) == ("me", counts)
    with pytest.raises(Unanswered):
        one.run()
    assert one.methods.count(method) == MAKE_ROOM_AFTER
    assert one.methods.count("find") == (0 if method == "update" else MAKE_ROOM_AFTER)
    assert (one.ledger.item.owner, one.ledger.item.unknown_outcomes) == ("me", UnknownOutcomes())
    assert one.run().name == ("updated" if stands else "posted")


def held_stage(verdict: Verdict = ACCOUNT, **item: object) -> Stage:
    """Return a lead that another worker holds."""
    one = stage(verdict, owner="other", epoch=4, lease_until=int(NOW.timestamp()) + 30, **item)
    one.ledger.is_held = True
    return one


def test_a_post_that_stands_is_over_whoever_has_the_lease() -> None:
    """Nobody waits for it any longer: of this revision nothing is left to do, an older one is edited; a reply is no message."""
    one, older = held_stage(posting=intent()), held_stage(posting=intent(revision=1))
    reply = held_stage(stands=shown(), posting=intent(thread_ts="1.0"))
    for each in (one, older, reply):
        each.slack.answers = {"find": ["5.0"]}
    assert [one.run().name, older.run().name, reply.run().name] == ["already_posted", "updated", "already_posted"]
    assert (one.methods, older.methods) == (["find"], ["find", "update", "reply"])
    assert older.ledger.calls == ["take_over", "intend", "posted"]
    assert [each.ledger.item.shown and each.ledger.item.shown.ts for each in (one, older, reply)] == [
        "5.0",
        "5.0",
        "1.0",
    ]


@pytest.mark.parametrize("answer", ["", None, SlackUnavailable("no", reason=REASON), ThreadGone("no", reason=REASON)])
def test_that_nothing_stands_under_a_lease_proves_nothing(answer: LeadmatchError | str | None) -> None:
    """The post may come yet, or cannot be seen: nothing is posted, and who comes again after the lease decides."""
    one = held_stage(posting=intent(), claimed_by=Attempt("m-1", 1))
    one.slack.answers = {"find": [answer]}
    with pytest.raises(LeaseHeld):
        one.run(attempt=Attempt("m-1", 2))
    assert (one.methods, one.ledger.calls, one.ledger.item.posting) == (["find"], ["watch"], intent())


def test_a_lease_without_an_intent_is_waited_for() -> None:
    """There is nothing to look for."""
    one = held_stage(claimed_by=Attempt("m-1", 1))
    with pytest.raises(LeaseHeld):
        one.run(attempt=Attempt("m-1", 2))
    assert (one.methods, one.ledger.calls) == ([], ["watch"])


@pytest.mark.parametrize(
    ("claimed_by", "asked", "waits"),
    [
        (Attempt("m-1", 1), None, LEAD_LEASE_SECONDS + AFTER_LEASE_SECONDS),
        (Attempt(), None, IN_FLIGHT_SECONDS + AFTER_LEASE_SECONDS),
        (Attempt(), 3600, 3600),
    ],
    ids=["its worker may live", "its worker has ended", "Slack asks for an hour"],
)
def test_who_finds_a_lease_held_waits_until_nothing_can_come_of_it(
    claimed_by: Attempt, asked: float | None, waits: float
) -> None:
    """Of a worker that may live for the whole lease; of one that has ended, for its last call; and as long as Slack asks."""
    one = held_stage(posting=intent(), claimed_by=claimed_by)
    if asked:
        one.slack.answers = {"find": [SlackThrottled("no", reason=REASON, retry_after_seconds=asked)]}
    with pytest.raises(LeaseHeld) as held:
        one.run(attempt=Attempt("m-2", 1))
    assert held.value.retry_after_seconds == waits


def test_who_finds_a_lease_held_waits_for_all_of_it_though_that_cannot_be_written_down() -> None:
    """The write may have landed, and then the next receive of the message counts as one that comes after the whole wait."""

    class Unwatching(MemoryLedger):
        def watch(self, item: LedgerItem, attempt: Attempt) -> None:
            raise AwsUnavailable("no", reason="dynamodb_down")

    one = held_stage(posting=intent(), claimed_by=Attempt("m-1", 1))
    one.ledger = Unwatching(one.ledger.item, is_held=True)
    with pytest.raises(LeaseHeld) as held:
        one.run(attempt=Attempt("m-2", 1))
    assert held.value.retry_after_seconds == LEAD_LEASE_SECONDS + AFTER_LEASE_SECONDS


def test_what_slack_itself_fails_over_is_sent_as_its_fallback() -> None:
    """Its content may be the cause; a lost answer says nothing of the content."""
    for counts, is_plain in (
        (UnknownOutcomes(5, FALLBACK_AFTER), True),
        (UnknownOutcomes(5, FALLBACK_AFTER - 1), False),
    ):
        one = stage(unknown_outcomes=counts)
        one.run()
        (post,) = one.shows
        assert ("could not be shown" in post.text) is is_plain


def test_a_refused_content_falls_back_to_the_text_and_then_to_a_line_of_ours() -> None:
    """And is given up when that is refused too."""
    one = stage()
    one.slack.answers = {"post": [no(ContentRefused), no(ContentRefused)]}
    assert one.run().name == "posted"
    assert ["could not be shown" in asked.text for asked in one.shows] == [False, False, True]
    other = stage()
    other.slack.answers = {"post": [no(ContentRefused)] * 3}
    with pytest.raises(SlackRefused):
        other.run()
    assert (other.ledger.item.owner, other.ledger.item.posting) == ("", None)


def test_what_is_found_is_not_posted_again() -> None:
    """Of this revision nothing is left to do; an older one is written down first, and edited."""
    one, older = stage(posting=intent()), stage(ACCOUNT, posting=intent(revision=1))
    one.slack.answers, older.slack.answers = {"find": ["5.0"]}, {"find": ["5.0"]}
    assert [one.run().name, older.run().name] == ["already_posted", "updated"]
    assert (one.methods, older.methods) == (["find"], ["find", "update", "reply"])
    assert older.ledger.calls == ["claim", "settled", "intend", "posted"]


def test_a_reply_that_is_found_leaves_the_message_what_is_shown() -> None:
    """Later events edit the message, not the reply."""
    one = stage(ACCOUNT, stands=shown(), posting=intent(thread_ts="1.0"))
    one.slack.answers = {"find": ["5.0"]}
    assert one.run().name == "already_posted"
    assert one.ledger.item.shown
    assert one.ledger.item.shown.ts == "1.0"


@pytest.mark.parametrize("kind", [SlackUnavailable, SlackRefused])
def test_while_the_channel_cannot_be_read_nothing_is_posted(kind: type[LeadmatchError]) -> None:
    """The intent stays for the next attempt, and the attempt is not counted."""
    one = stage(posting=intent())
    one.slack.answers = {"find": [no(kind)]}
    with pytest.raises(kind):
        one.run()
    assert (one.methods, one.ledger.item.posting, one.ledger.item.owner) == (["find"], intent(), "")
    assert one.ledger.item.unknown_outcomes == UnknownOutcomes()


def test_a_reply_whose_thread_is_gone_does_not_stand() -> None:
    """Nothing of it can be found, and the message is posted anew."""
    one = stage(ACCOUNT, stands=shown(), posting=intent(thread_ts="1.0"))
    one.slack.answers = {"find": [no(ThreadGone)], "update": [no(MessageGone)]}
    assert one.run().name == "posted"
    assert MAY_REPEAT not in list(one.shows)[-1].text


@pytest.mark.parametrize(("method", "stands"), [("post", None), ("update", shown()), ("reply", shown())])
def test_a_closed_channel_s_message_goes_to_the_operator(method: str, stands: Shown | None) -> None:
    """Whatever was refused there. The log says why; a notice that comes again finds it there."""
    one = stage(ACCOUNT, stands=stands)
    one.slack.answers = {method: [no(ChannelClosed)]}
    result = one.run()
    assert (result.name, result.fields["reason"]) == ("posted", REASON)
    *_, post = one.shows
    assert post.channel == OPERATOR
    assert f"This message belongs in <#{SALES}>" in post.text
    assert one.run().name == "already_posted"


def test_where_both_channels_are_closed_the_message_waits_and_no_intent_is_left() -> None:
    """Each is tried once in an attempt."""
    one = stage()
    one.slack.answers = {"post": [no(ChannelClosed), no(ChannelClosed)]}
    with pytest.raises(ChannelClosed):
        one.run()
    assert [asked.channel for asked in one.shows] == [SALES, OPERATOR]
    assert (one.ledger.item.posting, one.ledger.item.owner) == (None, "")


def test_an_intent_that_the_first_channel_refused_is_void_whatever_the_second_one_says() -> None:
    """The message stands with the operator; its edit is put off, and nothing is looked for in the closed channel."""
    one = stage(ACCOUNT, stands=shown(OPERATOR))
    one.slack.answers = {"post": [no(ChannelClosed)], "update": [no(SlackThrottled)]}
    with pytest.raises(SlackThrottled):
        one.run()
    assert (one.ledger.item.posting, one.ledger.item.owner) == (None, "")


def test_a_lead_that_vanished_from_a_closed_channel_is_told_to_the_operator() -> None:
    """It would be edited where it stands, and cannot be."""
    one = stage(lead_not_found("1"), stands=shown())
    one.slack.answers = {"update": [no(ChannelClosed)]}
    assert one.run(channel=OPERATOR).name == "posted"
    assert [asked.channel for asked in one.shows] == [SALES, OPERATOR]


def test_what_is_in_doubt_in_a_closed_channel_of_before_goes_where_it_belongs_now() -> None:
    """That channel is open: nothing is to be said of the other one but that this may repeat a message there."""
    one = stage(posting=intent(BEFORE))
    one.slack.answers = {"find": [no(ChannelClosed)]}
    assert one.run().name == "posted"
    (post,) = one.shows
    assert (post.channel, MAY_REPEAT in post.text, "belongs in" in post.text) == (SALES, True, False)


def test_what_is_in_doubt_behind_a_closed_channel_may_repeat_and_stays_in_doubt() -> None:
    """Nobody can look there any more; where the operator's channel takes nothing now, that is still so at the next attempt."""
    one = stage(posting=intent())
    one.slack.answers = {"find": [no(ChannelClosed)], "post": [no(SlackThrottled)]}
    with pytest.raises(SlackThrottled):
        one.run()
    (post,) = one.shows
    assert (post.channel, MAY_REPEAT in post.text) == (OPERATOR, True)
    assert one.ledger.item.posting


@pytest.mark.parametrize("verdict", [already_converted(LEAD)])
def test_an_edit_only_message_of_a_closed_channel_is_left(verdict: Verdict) -> None:
    """There is nothing to do, and nobody looks there; also when the reply is what was refused."""
    for answers in ({"update": [no(ChannelClosed)]}, {"reply": [no(ChannelClosed)]}):
        one = stage(verdict, stands=shown())
        one.slack.answers = answers
        assert one.run().name == "nothing_to_tell"
        assert (one.ledger.item.owner, one.ledger.item.posting) == ("", None)


class TestIncomingWebhook:
    """It has no ts, no history and no edits: what it posted is replaced only by news, and what is in doubt may repeat."""

    def test_a_lost_answer_may_repeat_at_each_attempt(self) -> None:
        """The intent stays until a post is answered."""
        one = stage(posting=intent())
        one.slack.answers = {"find": [None, None], "post": [no(SlackThrottled)]}
        with pytest.raises(SlackThrottled):
            one.run()
        assert one.ledger.item.posting
        assert one.run().name == "posted"
        assert [MAY_REPEAT in asked.text for asked in one.shows] == [True, True]

    def test_what_it_posted_is_replaced_when_the_verdict_changed(self) -> None:
        """No address is known, so that nothing is linked."""
        same, changed = stage(stands=shown(ts="")), stage(ACCOUNT, stands=shown(ts=""))
        assert [same.run().name, changed.run().name] == ["nothing_to_tell", "posted"]
        assert (same.methods, changed.methods) == ([], ["post"])
        assert "This message replaces an earlier message about this lead." in next(iter(changed.shows)).text

    def test_what_a_bot_posted_before_it_cannot_be_edited(self) -> None:
        """The webhook says so as Slack does."""
        one = stage(stands=shown())
        one.slack.answers = {"update": [no(EditRefused)]}
        assert one.run().name == "nothing_to_tell"


def test_a_first_post_mentions_the_owner_of_the_lead() -> None:
    """Once in its text, and nobody else is looked up."""
    one = stage()
    one.run()
    (post,) = one.shows
    assert (post.text.count(MENTION), one.looked_up) == (1, ["9"])


def test_an_owner_s_name_mentions_nobody() -> None:
    """It is a value of the CRM; the one who is mentioned is whom Slack knows by the owner's address."""
    hostile = replace(LEAD, owner=Owner("9", "<@U0BO> <!channel>", "rosa.quill@quillworks.example"))
    event = LeadEvent("1", "e-2", NOW, "webhook")
    match = match_event.write(Match(event, hostile, NO_MATCH, {}, NOW), stage="test")
    named, mentioned = stage(match=match), stage(match=match)
    named.user = ""
    named.run()
    mentioned.run()
    texts = [asked.text for one in (named, mentioned) for asked in one.shows]
    assert [text.count("<@") for text in texts] == [0, 1]
    assert "<!" not in "".join(texts)


@pytest.mark.parametrize(
    ("stands", "answers"),
    [
        (shown(), {}),
        (shown(), {"update": [no(MessageGone)]}),
        (shown(), {"update": [no(EditRefused)]}),
        (shown(fingerprint="wait///"), {}),
        (shown(BEFORE), {}),
        (shown(OPERATOR), {}),
        (replace(shown(), accepted_at=time_text(NOW - timedelta(days=1))), {}),
    ],
)
def test_whatever_follows_an_earlier_message_mentions_nobody(
    stands: Shown, answers: dict[str, list[LeadmatchError | str | None]]
) -> None:
    """An edit, a reply, a new message that links back or replaces, and one in the place of a message that was deleted."""
    one = stage(ACCOUNT, stands=stands)
    one.slack.answers = answers
    one.run()
    shows = list(one.shows)
    assert shows
    assert not any(MENTION in asked.text for asked in shows)
    assert one.looked_up == []


def test_a_first_post_that_lands_in_the_operator_s_channel_mentions_nobody() -> None:
    """The owner cannot act there, and the one who runs leadmatch is told of the channel."""
    one = stage()
    one.slack.answers = {"post": [no(ChannelClosed)]}
    one.run()
    refused, post = one.shows
    assert (refused.channel, post.channel) == (SALES, OPERATOR)
    assert "Owner: Rosa Quill" in post.text
    assert MENTION not in post.text


def test_a_message_that_is_found_by_its_read_back_looks_nobody_up() -> None:
    """It stands there with its mention; one that does not stand there is posted with it."""
    found, lost = stage(posting=intent()), stage(posting=intent())
    found.slack.answers = {"find": ["7.0"]}
    assert [found.run().name, lost.run().name] == ["already_posted", "posted"]
    assert (found.looked_up, lost.looked_up) == ([], ["9"])
    assert MENTION in next(iter(lost.shows)).text


def test_a_message_that_may_repeat_another_one_mentions_nobody() -> None:
    """Nobody can look whether the first one stands."""
    one = stage(posting=intent())
    one.slack.answers = {"find": [None]}
    one.run()
    (post,) = one.shows
    assert post.text.endswith(MAY_REPEAT)
    assert (MENTION in post.text, one.looked_up) == (False, [])


def test_refused_blocks_keep_the_mention_in_the_text_and_the_short_form_has_none() -> None:
    """The short form holds nothing that Slack may have refused."""
    one = stage()
    one.slack.answers = {"post": [no(ContentRefused), no(ContentRefused)]}
    one.run()
    assert [MENTION in asked.text for asked in one.shows] == [True, True, False]
    assert one.looked_up == ["9"]
    short = stage(unknown_outcomes=UnknownOutcomes(FALLBACK_AFTER, FALLBACK_AFTER))
    short.run()
    assert ([MENTION in asked.text for asked in short.shows], short.looked_up) == ([False], [])


@pytest.mark.parametrize("kind", ["minimal", "banner", "alert"])
def test_what_is_no_lead_s_own_message_mentions_nobody(kind: NoticeKind) -> None:
    """A banner, an alert, and the notice of a lead whose summary may be what crashes."""
    matches = {
        "banner": Outage(NOW, 7, NOW).to_json(),
        "alert": OperatorAlert("Zoho is silent.", ()).to_json(),
    }
    one = stage(**({"match": matches[kind]} if kind in matches else {}))
    one.run(kind=kind)
    assert [MENTION in asked.text for asked in one.shows] == [False]
    assert one.looked_up == []
