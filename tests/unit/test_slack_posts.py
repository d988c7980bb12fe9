"""What is told of a lead when telling of the whole verdict breaks off: a message that needs no summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib import match_event
from chalicelib.events import LeadEvent
from chalicelib.match_event import Match
from chalicelib.slack.message import SlackMessage
from chalicelib.slack.posts import Shows, of_verdict, of_verdict_without_summary, was_waiting
from chalicelib.verdict import decide, lead_not_found, wait
from chalicelib.verdict.model import Cause, ConversionOptions, Lead, Record, Verdict

NOW = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


def written(verdict: Verdict) -> str:
    """Return what the ledger keeps of a verdict."""
    event = LeadEvent("365", "event-1", NOW, "webhook")
    return match_event.write(Match(event, None, verdict, {}, NOW), stage="test")


def test_a_verdict_whose_summary_breaks_off_can_still_be_told_shortly() -> None:
    """The short message shares nothing with the summary, or it would break off where that did."""
    text = written(replace(lead_not_found("365"), action="of_another_version"))
    with pytest.raises(KeyError):
        of_verdict(Shows(text))
    told = of_verdict_without_summary(Shows(text))
    assert told.message.text.startswith("Lead 365 was checked, but its summary could not be shown.")
    assert (told.fallback, told.change) == (None, None)


def test_told_shortly_or_whole_it_is_the_same_news() -> None:
    """Whoever reads the ledger later sees no change where there was none."""
    text = written(lead_not_found("365"))
    short, whole = of_verdict_without_summary(Shows(text)), of_verdict(Shows(text))
    assert (short.fingerprint, short.edit_only, short.earlier) == (whole.fingerprint, whole.edit_only, whole.earlier)


def test_a_verdict_is_shown_where_its_message_stands_and_a_lead_that_is_gone_decides_no_place() -> None:
    """The short form goes to the operator, since the message that stands may be what breaks off."""
    gone, waits = (
        of_verdict(Shows(written(lead_not_found("365")))),
        of_verdict(Shows(written(wait("not_approved", Cause.NOT_APPROVED)))),
    )
    assert (gone.stays, gone.provisional) == (True, True)
    assert (waits.stays, waits.provisional) == (True, False)
    assert not of_verdict_without_summary(Shows(written(lead_not_found("365")))).stays


@pytest.mark.parametrize(
    ("url", "replaces", "line"),
    [
        ("https://x.example/p1", False, "<https://x.example/p1|Earlier message about this lead>"),
        (
            "https://x.example/p1",
            True,
            "This message replaces <https://x.example/p1|an earlier message about this lead>.",
        ),
        ("", True, "This message replaces an earlier message about this lead."),
    ],
)
def test_a_new_message_names_the_one_before_it(url: str, line: str, *, replaces: bool) -> None:
    """Linked where the address is known."""
    post = of_verdict(Shows(written(wait("not_approved", Cause.NOT_APPROVED))))
    assert post.after_earlier(url, replaces=replaces).message.text == f"{post.message.text} {line}"


def test_without_an_address_a_link_back_says_nothing() -> None:
    """The link is all that it would be."""
    post = of_verdict(Shows(written(wait("not_approved", Cause.NOT_APPROVED))))
    assert post.after_earlier("", replaces=False) == post


@pytest.mark.parametrize(
    ("verdict", "waits"), [(wait("not_approved", Cause.NOT_APPROVED), True), (lead_not_found("365"), False)]
)
def test_a_fingerprint_says_whether_the_lead_waits(verdict: Verdict, *, waits: bool) -> None:
    """The news of one that waited is shown in the channel too: its message is hours old."""
    assert was_waiting(of_verdict(Shows(written(verdict))).fingerprint) is waits


def test_a_block_that_appears_is_a_change() -> None:
    """The targets stay the same, and yet nobody may convert any more."""
    verdicts = [
        decide(
            ConversionOptions(accounts=(Record("77", "Zylker", locked=is_locked),)),
            Lead("1", "Ada Park", "Zylker"),
            lead_id="1",
        )
        for is_locked in (False, True)
    ]
    free, locked = (of_verdict(Shows(written(verdict))) for verdict in verdicts)
    assert free.fingerprint != locked.fingerprint
    assert locked.change
    assert "Do not convert yet" in locked.change.text


def test_a_line_below_a_message_without_blocks_hides_nothing() -> None:
    """Slack shows blocks in place of the text: a block that holds the line alone would be all that people see."""
    told = of_verdict_without_summary(Shows(written(lead_not_found("365")))).with_line("This belongs elsewhere.")
    assert told.message == SlackMessage(
        f"{of_verdict_without_summary(Shows(written(lead_not_found('365')))).message.text} This belongs elsewhere.", ()
    )
