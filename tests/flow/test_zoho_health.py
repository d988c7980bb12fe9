"""The shared state of Zoho: the real item and its stand-in keep the same conditions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.aws.dynamodb import to_item
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import InboxTurn
from chalicelib.aws.stage_lists import StageLists
from chalicelib.aws.zoho_health import KEY, LeadContext, ZohoHealth, ZohoHealthItem
from chalicelib.errors import Misconfigured
from chalicelib.events import Incident, LeadEvent
from chalicelib.wiring import clients
from sandbox.system import Sandbox
from tests.zoho_health import NOON, Clock, FakeZohoHealth


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["real", "stand-in"])
def health(request: pytest.FixtureRequest, sandbox: Sandbox, clock: Clock) -> FakeZohoHealth | ZohoHealthItem:
    if request.param == "stand-in":
        return FakeZohoHealth(clock)
    return ZohoHealthItem(sandbox.aws.table(sandbox.outputs["TableName"]), now=clock)


def test_before_anything_happened_nothing_is_so(health: FakeZohoHealth) -> None:
    """No item is a good state."""
    assert health.read() == ZohoHealth()


def test_of_two_that_were_throttled_together_one_pauses_everybody(health: FakeZohoHealth) -> None:
    """The second one saw no pause either, and does not double it."""
    seen, until = health.read(), NOON + timedelta(seconds=5)
    assert health.pause(seen, until=until) == ZohoHealth(paused_until=until, throttles=1)
    assert health.pause(seen, until=NOON + timedelta(seconds=60)).paused_until == until
    assert health.read().throttles == 1


def test_an_answer_takes_one_pause_back_once(health: FakeZohoHealth) -> None:
    """Two answers that saw the same count as one."""
    for _ in range(2):
        health.pause(health.read(), until=NOON)
    seen = health.read()
    health.ease(seen)
    health.ease(seen)
    assert health.read().throttles == 1


def test_an_outage_begins_once(health: FakeZohoHealth, clock: Clock) -> None:
    """Who fails later does not move its beginning."""
    health.begin_outage(outage_id="first")
    clock.later(60)
    assert health.begin_outage(outage_id="second") == ZohoHealth(failing_since=NOON, outage_id="first")


def test_one_worker_wins_a_word(health: FakeZohoHealth, clock: Clock) -> None:
    """The others that saw the same are told so."""
    seen = health.begin_outage(outage_id="one")
    at = clock.later(300)
    won = health.take_sequence(seen)
    assert won is not None
    assert (won.sequence, won.announced_at) == (1, at)
    clock.later(1)
    assert health.take_sequence(seen) is None
    assert health.take_sequence(won) is not None


def test_an_outage_ends_once_and_for_everybody(health: FakeZohoHealth, clock: Clock) -> None:
    """The first one's time, word and answer stand, and no word comes after the last one."""
    seen = health.begin_outage(outage_id="one")
    at = clock.later(400)
    ended = health.end_outage(seen, answered=True)
    clock.later(1)
    assert health.end_outage(seen, answered=False) == ended
    assert ended is not None
    assert (ended.ended_at, ended.answered, ended.sequence) == (at, True, 1)
    assert health.take_sequence(ended) is None


def test_what_is_forgotten_makes_room_and_keeps_the_count_of_words(health: FakeZohoHealth, clock: Clock) -> None:
    """The next outage goes on counting, and knows when an answer ended one; who comes late from it changes nothing."""
    seen = health.begin_outage(outage_id="one")
    ended = health.end_outage(seen, answered=True)
    assert ended is not None
    assert health.forget_outage(ended) == ZohoHealth(sequence=1, answered_at=clock.at)
    second = health.begin_outage(outage_id="two")
    assert second.outage_id == "two"
    assert health.forget_outage(ended) == second
    assert health.end_outage(seen, answered=True) is None
    assert health.take_sequence(seen) is None
    assert health.take_sequence(second) is not None


def test_a_quiet_outage_is_forgotten_without_a_word(health: FakeZohoHealth) -> None:
    """An end that was never marked can be forgotten too."""
    begun = health.begin_outage(outage_id="one")
    assert health.forget_outage(begun).failing_since is None


def test_the_end_of_an_outage_that_was_told_is_remembered(health: FakeZohoHealth, clock: Clock) -> None:
    """A quiet one that comes later leaves it as it is."""
    told = health.take_sequence(health.begin_outage(outage_id="told"))
    assert told is not None
    at = clock.later(400)
    assert health.forget_outage(told).announced_until == at
    clock.later(60)
    quiet = health.begin_outage(outage_id="quiet")
    assert health.forget_outage(quiet) == ZohoHealth(sequence=1, announced_until=at)


def test_credits_are_remembered_beside_the_rest(health: FakeZohoHealth, clock: Clock) -> None:
    """The newest number stands."""
    health.pause(health.read(), until=NOON)
    health.note_credits(700)
    at = clock.later(60)
    health.note_credits(600)
    state = health.read()
    assert (state.credits_left, state.credits_at, state.throttles) == (600, at, 1)


def test_the_last_call_only_grows(health: FakeZohoHealth) -> None:
    """But for a time that no clock can mean."""
    health.note_call(NOON)
    health.note_call(NOON - timedelta(minutes=20))
    assert health.read() == ZohoHealth(called_at=NOON)
    health.note_call(NOON + timedelta(hours=20))
    health.note_call(NOON)
    assert health.read().called_at == NOON + timedelta(hours=20)
    health.note_call(NOON + timedelta(days=400))
    health.note_call(NOON)
    assert health.read().called_at == NOON


def test_a_silence_begins_once_and_ends(health: FakeZohoHealth, clock: Clock) -> None:
    """What was told of it stands until calls come again."""
    health.begin_watch()
    clock.later(60)
    health.begin_watch()
    health.begin_silence(NOON)
    health.begin_silence(clock.at)
    assert health.read() == ZohoHealth(watched_since=NOON, silent_since=NOON)
    health.end_silence()
    health.end_silence()
    assert health.read() == ZohoHealth(watched_since=NOON)


def test_a_lead_and_the_state_are_read_in_one_call(sandbox: Sandbox, clock: Clock) -> None:
    """The budget has room for one read; a lead that was never seen is None."""
    table = clients.table(sandbox.outputs["TableName"])
    health = ZohoHealthItem(table, now=clock)
    health.note_credits(5)
    event = LeadEvent(str(3 * 10**18), clients.new_id(), clients.utc_now(), "webhook")
    assert health.read_with(event.lead_id) == LeadContext(None, health.read(), StageLists(), {})
    stored = Ledger(table, now=clock).store_match(event, "{}", turn=InboxTurn(event.accepted_at))
    sandbox.aws.calls.clear()
    assert health.read_with(event.lead_id) == LeadContext(
        stored, ZohoHealth(credits_left=5, credits_at=NOON), StageLists(), {}
    )
    assert [call.action for call in sandbox.aws.calls] == ["dynamodb:BatchGetItem"]


def test_a_state_that_cannot_be_read_buries_no_lead(sandbox: Sandbox, clock: Clock) -> None:
    """Somebody mistyped a time in the table: that is to be mended, and leads wait for it."""
    table = sandbox.outputs["TableName"]
    sandbox.aws.client("dynamodb").put_item(TableName=table, Item=to_item({"pk": KEY, "paused_until": "tomorrow"}))
    health = ZohoHealthItem(sandbox.aws.table(table), now=clock)
    for read in (health.read, lambda: health.read_with("1")):
        with pytest.raises(Misconfigured, match="paused_until is not a time"):
            read()


def test_the_state_is_kept_for_a_year_after_the_last_write(sandbox: Sandbox, clock: Clock) -> None:
    """Every item of the table expires; this one holds nothing about people, and must outlive months of silence."""
    table = sandbox.aws.table(sandbox.outputs["TableName"])
    ZohoHealthItem(table, now=clock).note_credits(5)
    raw = table.get("zoho#state") or {}
    assert raw["expires_at"] == int((NOON + timedelta(days=366)).timestamp())


class TestWords:
    """What the ledger keeps of what is told though it is no lead."""

    @pytest.fixture
    def ledger(self, sandbox: Sandbox, clock: Clock) -> Ledger:
        """Return the ledger's view of troubles."""
        return Ledger(sandbox.aws.table(sandbox.outputs["TableName"]), now=clock, kind="alert")

    @pytest.fixture
    def incident(self) -> Incident:
        """Return a trouble that nobody has had yet."""
        return Incident(clients.new_id(), "one", NOON)

    def test_a_later_word_replaces_an_earlier_one(self, ledger: Ledger, incident: Incident) -> None:
        """And never the other way round."""
        first, second = (
            ledger.store_announcement(incident, "a", sequence=1),
            ledger.store_announcement(incident, "b", sequence=2),
        )
        assert first is not None
        assert second is not None
        assert (first.revision, second.revision, second.match) == (1, 2, "b")
        assert ledger.store_announcement(incident, "a", sequence=1) is None

    def test_the_same_word_twice_is_one(self, ledger: Ledger, incident: Incident) -> None:
        """The first one's text and revision stand, whenever it is said again."""
        first = ledger.store_announcement(incident, "a", sequence=1)
        later = Incident(incident.subject, incident.event_id, NOON + timedelta(hours=1))
        again = ledger.store_announcement(later, "b", sequence=1)
        assert first is not None
        assert again is not None
        assert (again.match, again.revision) == ("a", first.revision)

    def test_a_later_occasion_replaces_an_earlier_one(self, ledger: Ledger, incident: Incident) -> None:
        """Its words may count from one again; the revision goes on, so that notify sees something new."""
        ledger.store_announcement(incident, "a", sequence=9)
        later = Incident(incident.subject, "two", NOON + timedelta(hours=1))
        stored = ledger.store_announcement(later, "b", sequence=1)
        assert stored is not None
        assert (stored.event_id, stored.revision) == ("two", 2)
        assert ledger.store_announcement(incident, "c", sequence=10) is None

    def test_kinds_do_not_meet(self, sandbox: Sandbox, ledger: Ledger, incident: Incident, clock: Clock) -> None:
        """A lead of the same name has an item of its own."""
        ledger.store_announcement(incident, "a", sequence=1)
        assert Ledger(sandbox.aws.table(sandbox.outputs["TableName"]), now=clock).read(incident.subject) is None
