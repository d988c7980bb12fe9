"""What becomes of a click, as one person is told it in the channel: the text names its lead, whatever is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib import match_event
from chalicelib.aws.conversions import ConversionItem
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message
from chalicelib.conversion import Click, Made, MadeRecords, Person, PersonNotice
from chalicelib.steps.publish_conversion import ConversionPublisher
from tests.golden.cases import SENTENCES
from tests.strategies import ADA as ADA_PARK
from tests.strategies import EVENT, LEAD_ID
from tests.strategies import match as match_of
from tests.unit.test_slack_text import ALIVE

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
CLICK = Click("convert", "c" * 64, LEAD_ID, EVENT.event_id, 1, NOW, Person("U0ADA", "C0SALES", "V1"))
PAGE = f"https://crm.example/Leads/{LEAD_ID}"
KNOWN = SENTENCES["contact_same_email"]
HOSTILE = replace(ADA_PARK, name="<!channel> *x* & <@U0BO>", company="`y` :tada:\u202e" + "long " * 100)


@dataclass
class Box:
    """Keeps what one person is told."""

    told: list[PersonNotice] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keep it."""
        self.told.append(PersonNotice.from_json(message.body))


@dataclass
class Desk:
    """A publisher, and what it tells."""

    box: Box = field(default_factory=Box)
    has_pages: bool = True

    @property
    def publisher(self) -> ConversionPublisher:
        """Return it; nothing but the person is told here."""
        unused: Any = None
        box: Any = self.box
        return ConversionPublisher(
            ledger=unused,
            slack=box,
            matches=unused,
            inbox=unused,
            alerts=unused,
            channel="C0SALES",
            link=lambda module, record_id: f"https://crm.example/{module}/{record_id}" if self.has_pages else "",
            stage="dev",
            now=lambda: NOW,
        )

    @property
    def text(self) -> str:
        """Return what the person reads where no view is open any more."""
        return self.box.told[-1].text


def item(text: str) -> LedgerItem:
    """Return a lead as the ledger has it."""
    return LedgerItem(LEAD_ID, event_id=EVENT.event_id, match=text, revision=1)


def written(match: match_event.Match) -> str:
    """Return a match as the ledger keeps it."""
    return match_event.write(match, stage="dev")


def test_what_is_said_in_the_channel_names_the_lead_and_links_it() -> None:
    """Two texts about two leads can be told apart; in the view, which is the lead's own, it is not said again."""
    desk = Desk()
    desk.publisher.tell_broke_off(CLICK, item(written(KNOWN)))
    assert desk.text.startswith(f"<{PAGE}|Ada Park · Zylker>: Nothing was converted.")
    assert "Ada Park" not in desk.box.told[-1].view


def test_who_came_too_late_hears_for_which_lead() -> None:
    """The records stand behind it."""
    desk, made = Desk(), MadeRecords(contact=Made("1001", "Ada Park"))
    other = replace(CLICK, click_id="d" * 64, person=Person("U0BO", "C0SALES"))
    won = ConversionItem(LEAD_ID, "CONVERTED", other, origin="slack", records=made)
    desk.publisher.tell_too_late(won, CLICK, item(written(KNOWN)))
    assert desk.text.startswith(f"<{PAGE}|Ada Park · Zylker>: <@U0BO> converted this lead already, into contact ")


@pytest.mark.parametrize("lead", [None, item(""), item("{}")], ids=["forgotten", "without a check", "damaged"])
def test_a_lead_whose_name_is_not_known_is_told_by_its_id(lead: LedgerItem | None) -> None:
    """A check that cannot be read may be why the click failed: the person hears of it all the same."""
    desk = Desk()
    desk.publisher.tell_broke_off(CLICK, lead)
    assert desk.text.startswith(f"<{PAGE}|Lead {LEAD_ID}>: Nothing was converted.")


def test_without_its_page_the_name_stands_alone() -> None:
    """As where the org's address is not known."""
    desk = Desk(has_pages=False)
    desk.publisher.tell_broke_off(CLICK, item(written(KNOWN)))
    assert desk.text.startswith("Ada Park · Zylker: Nothing was converted.")


def test_a_hostile_name_is_harmless_and_short() -> None:
    """It calls nobody, and leaves the sentence its place."""
    desk = Desk()
    desk.publisher.tell_broke_off(CLICK, item(written(match_of(KNOWN.verdict, HOSTILE))))
    name = desk.text.removeprefix(f"<{PAGE}|").partition(">: Nothing was converted.")[0]
    assert name.startswith("&lt;!channel&gt; ∗x∗ &amp;")
    assert len(name) <= 150
    assert not [kind for kind, alive in ALIVE.items() if alive.search(name)]


def test_what_needs_no_text_has_none() -> None:
    """A dismissal that worked shows in the lead's message: a name alone would say nothing."""
    desk = Desk()
    desk.publisher.tell(CLICK, "dismissed", view={"type": "modal"}, text="", lead=item(written(KNOWN)))
    assert desk.text == ""
