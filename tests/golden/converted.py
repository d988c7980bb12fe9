"""The example of docs: the event of a lead that was converted from Slack, as the code writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.conversions import ConversionItem
from chalicelib.aws.queues import Message
from chalicelib.conversion import NEW, Click, DealWanted, Made, MadeRecords, Person, Wanted, click_id
from chalicelib.data_centers import data_center, record_links
from chalicelib.steps.publish_conversion import ConversionPublisher
from tests.golden.schema import DOCS

FILE = DOCS / "converted-event.example.json"
AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
DEAL = DealWanted("Zylker", "2026-02-04", "Qualification", "Standard (Standard)")
CLICK = Click(
    kind="convert",
    click_id=click_id("V0000000001", "1767605400.abc", {}),
    lead_id="5545974000000346001",
    event_id="0b8e7a52-5c65-4b4c-9a38-0c6d6e3f1a27",
    revision=1,
    at=AT,
    person=Person("U0ADA", "C0SALES"),
    wanted=Wanted(account=NEW, contact="5545974000000346010", deal=DEAL),
)
RECORDS = MadeRecords(
    contact=Made("5545974000000346010", "Ada Park"),
    account=Made("5545974000000346022", "Zylker"),
    deal=Made("5545974000000346023", "Zylker"),
)


@dataclass
class Box:
    """Keeps what is sent."""

    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)


def example() -> dict[str, Any]:
    """Return the event."""
    matches: Any = Box()
    unused: Any = None
    publisher = ConversionPublisher(
        ledger=unused,
        slack=unused,
        matches=matches,
        inbox=unused,
        alerts=unused,
        channel="C0SALES",
        link=record_links(data_center("us"), "org720391406"),
        stage="dev",
        now=lambda: AT,
    )
    item = ConversionItem(CLICK.lead_id, "CONVERTED", CLICK, origin="slack", records=RECORDS)
    publisher.publish(item, CLICK)
    event: dict[str, Any] = json.loads(matches.sent[0].body)
    return event
