"""Both questions about a lead at once, and a third only when it seems to be gone."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from chalicelib.errors import (
    AlreadyConverted,
    AnswersDiffer,
    LeadmatchError,
    LeadNotFound,
    NotApproved,
    RecordLocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoUnavailable,
)
from chalicelib.verdict.model import ConversionOptions, Lead, Record
from chalicelib.zoho.lookup import LookupResult, look_up

LEAD_ID = "7110000000000204017"
SECONDS = 10.0
LEAD = Lead(LEAD_ID, name="Ada Park", company="Kestrel Labs")
CONVERTED = replace(LEAD, converted=True)
NOTHING = ConversionOptions()
GONE = LeadNotFound("gone", reason="lead_not_found")
OVER = AlreadyConverted("over", reason="already_converted")
LOCKED = RecordLocked("locked", reason="record_locked")
WAITING = NotApproved("waiting", reason="not_approved")
DOWN = ZohoUnavailable("down", reason="zoho_http_500")
SLOW = ZohoThrottled("slow", reason="zoho_throttled")
REFUSED = ZohoRefused("no", reason="zoho_no_permission")

Options = ConversionOptions | LeadmatchError
Answered = Lead | LeadmatchError | None


class Zoho:
    """Answers what it was told to and counts the questions."""

    def __init__(self, options: Options, lead: Answered, converted: Answered = None) -> None:
        self.options, self.open_lead, self.converted_lead = options, lead, converted
        self.asked: list[str] = []

    def conversion_options(self, *, lead_id: str) -> ConversionOptions:
        """Answer the first question."""
        assert lead_id == LEAD_ID
        self.asked.append("options")
        if isinstance(self.options, LeadmatchError):
            raise self.options
        return self.options

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
        """Answer the second or the third."""
        assert lead_id == LEAD_ID
        self.asked.append("converted" if converted else "lead")
        found = self.converted_lead if converted else self.open_lead
        if isinstance(found, LeadmatchError):
            raise found
        return found


@pytest.mark.parametrize(
    ("options", "lead", "expected"),
    [
        (NOTHING, LEAD, LookupResult(NOTHING, LEAD)),
        (NOTHING, CONVERTED, LookupResult(NOTHING, CONVERTED)),
        (GONE, CONVERTED, LookupResult(None, CONVERTED, GONE)),
        (WAITING, LEAD, LookupResult(None, LEAD, WAITING)),
        (LOCKED, LEAD, LookupResult(None, LEAD, LOCKED)),
        (DOWN, LEAD, LookupResult(None, LEAD, DOWN)),
        (REFUSED, LEAD, LookupResult(None, LEAD, REFUSED)),
        (NOTHING, REFUSED, LookupResult(NOTHING, None)),
        (NOTHING, DOWN, LookupResult(NOTHING, None, DOWN)),
        (NOTHING, SLOW, LookupResult(NOTHING, None, SLOW)),
        (LOCKED, DOWN, LookupResult(None, None, LOCKED)),
        (SLOW, REFUSED, LookupResult(None, None, SLOW)),
        (GONE, DOWN, LookupResult(None, None, DOWN)),
        (GONE, SLOW, LookupResult(None, None, SLOW)),
        (GONE, REFUSED, LookupResult(None, None, REFUSED)),
        (REFUSED, REFUSED, LookupResult(None, None, REFUSED)),
    ],
    ids=repr,
)
def test_two_questions_are_enough_for_a_lead_that_is_not_gone(
    options: Options, lead: Answered, expected: LookupResult
) -> None:
    """What kept us from an answer is the trouble; a lead that merely was not read is never called gone."""
    zoho = Zoho(options, lead)
    assert look_up(zoho, lead_id=LEAD_ID, seconds=SECONDS) == expected
    assert sorted(zoho.asked) == ["lead", "options"]


def test_options_refused_for_a_lead_that_is_shown() -> None:
    """It is there and open, so it is not called gone: a person has to look."""
    found = look_up(Zoho(GONE, LEAD), lead_id=LEAD_ID, seconds=SECONDS)
    assert (found.options, found.lead) == (None, LEAD)
    assert isinstance(found.error, ZohoRefused)
    assert found.error.reason == "zoho_no_options"


@pytest.mark.parametrize("options", [NOTHING, GONE])
@pytest.mark.parametrize("lead", [None, GONE], ids=["no content", "invalid data"])
def test_a_converted_lead_is_never_taken_for_a_new_one(options: Options, lead: Answered) -> None:
    """Even when Zoho answers "no match", a lead that it hides is asked for among the converted; those options are void."""
    zoho = Zoho(options, lead, LEAD)
    assert look_up(zoho, lead_id=LEAD_ID, seconds=SECONDS) == LookupResult(None, CONVERTED)
    assert sorted(zoho.asked) == ["converted", "lead", "options"]


@pytest.mark.parametrize(
    ("options", "lead", "third", "known"),
    [
        (OVER, None, LEAD, CONVERTED),
        (OVER, None, None, None),
        (OVER, None, OVER, None),
        (OVER, None, DOWN, None),
        (OVER, DOWN, LEAD, CONVERTED),
        (OVER, REFUSED, REFUSED, None),
        (NOTHING, OVER, LEAD, CONVERTED),
        (DOWN, OVER, None, None),
        (GONE, None, OVER, None),
        (NOTHING, None, OVER, None),
        (SLOW, OVER, SLOW, None),
    ],
    ids=repr,
)
def test_converted_already_from_any_call_means_converted(
    options: Options, lead: Answered, third: Answered, known: Lead | None
) -> None:
    """Whatever else was answered; what the lead became is asked for once, and told when it is known."""
    found = look_up(Zoho(options, lead, third), lead_id=LEAD_ID, seconds=SECONDS)
    assert found == LookupResult(None, known, converted=True)


def test_a_lead_that_was_read_is_not_asked_for_again() -> None:
    """Two calls, when the options alone say that it is converted."""
    zoho = Zoho(OVER, LEAD)
    assert look_up(zoho, lead_id=LEAD_ID, seconds=SECONDS) == LookupResult(None, CONVERTED, converted=True)
    assert sorted(zoho.asked) == ["lead", "options"]


@pytest.mark.parametrize("options", [NOTHING, GONE])
@pytest.mark.parametrize("lead", [None, GONE], ids=["no content", "invalid data"])
@pytest.mark.parametrize("third", [None, GONE], ids=["none", "refused"])
def test_a_lead_that_is_nowhere_is_not_found(options: Options, lead: Answered, third: Answered) -> None:
    """Neither open nor converted: deleted, merged or hidden."""
    found = look_up(Zoho(options, lead, third), lead_id=LEAD_ID, seconds=SECONDS)
    assert (found.options, found.lead) == (None, None)
    assert isinstance(found.error, LeadNotFound)


@pytest.mark.parametrize("third", [None, GONE], ids=["none", "refused"])
@pytest.mark.parametrize("module", ["contacts", "accounts", "deals"])
def test_a_lead_with_matches_that_is_nowhere_is_a_contradiction(module: str, third: Answered) -> None:
    """Zoho has just matched it, so one of its answers is wrong; called gone, it would be told to nobody who sells."""
    options = ConversionOptions(**{module: (Record("9", "Zylker"),)})
    found = look_up(Zoho(options, None, third), lead_id=LEAD_ID, seconds=SECONDS)
    assert isinstance(found.error, AnswersDiffer)
    assert (found.options, found.lead, found.error.reason) == (None, None, "zoho_contradiction")


@pytest.mark.parametrize("third", [DOWN, SLOW, REFUSED, LOCKED], ids=repr)
def test_a_third_question_without_an_answer_is_the_trouble(third: LeadmatchError) -> None:
    """Not found is said only when all three were answered."""
    assert look_up(Zoho(NOTHING, None, third), lead_id=LEAD_ID, seconds=SECONDS) == LookupResult(None, None, third)


@pytest.mark.parametrize("error", [DOWN, SLOW, LOCKED, WAITING, REFUSED], ids=repr)
def test_a_lead_that_seems_gone_amid_trouble_is_not_looked_for(error: LeadmatchError) -> None:
    """The trouble comes first; the third question waits for the next attempt."""
    zoho = Zoho(error, None, LEAD)
    assert look_up(zoho, lead_id=LEAD_ID, seconds=SECONDS) == LookupResult(None, None, error)
    assert "converted" not in zoho.asked


def test_both_questions_are_asked_at_the_same_time() -> None:
    """Each is answered only once the other has been asked too."""
    both = threading.Barrier(2, timeout=5)

    class Meeting(Zoho):
        def conversion_options(self, *, lead_id: str) -> ConversionOptions:
            both.wait()
            return super().conversion_options(lead_id=lead_id)

        def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
            both.wait()
            return super().lead(lead_id=lead_id, converted=converted)

    assert look_up(Meeting(NOTHING, LEAD), lead_id=LEAD_ID, seconds=SECONDS) == LookupResult(NOTHING, LEAD)


@pytest.mark.parametrize("question", ["options", "lead"])
def test_a_mistake_of_ours_is_not_swallowed(question: str) -> None:
    """Only our own errors are answers; anything else comes through, whichever thread it was in."""

    class Broken(Zoho):
        def conversion_options(self, *, lead_id: str) -> ConversionOptions:
            if question == "options":
                raise KeyError("mistake")
            return super().conversion_options(lead_id=lead_id)

        def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
            if question == "lead":
                raise KeyError("mistake")
            return super().lead(lead_id=lead_id, converted=converted)

    with pytest.raises(KeyError):
        look_up(Broken(NOTHING, LEAD), lead_id=LEAD_ID, seconds=SECONDS)


def test_nobody_waits_longer_than_that_however_slowly_zoho_answers() -> None:
    """A worker that is killed over it would begin no outage, show no banner, and give nobody up."""

    class Slow(Zoho):
        def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
            enough.wait(SECONDS)
            return super().lead(lead_id=lead_id, converted=converted)

    enough, began = threading.Event(), time.monotonic()
    found = look_up(Slow(NOTHING, LEAD), lead_id=LEAD_ID, seconds=0.1)
    took = time.monotonic() - began
    enough.set()
    assert isinstance(found.error, ZohoUnavailable)
    assert (found.options, found.lead, found.error.reason) == (None, None, "zoho_too_slow")
    assert took < SECONDS / 2
