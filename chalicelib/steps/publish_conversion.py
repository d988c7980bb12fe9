"""Who hears of a person's click on a lead: the lead's message, the person, other systems, and the operator when something is wrong.

Doing it again sends the same ids.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib import match_event
from chalicelib.aws.conversions import ConversionItem
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message, Outbox
from chalicelib.conversion import Click, Decision, HistoryEntry, Made, PersonNotice
from chalicelib.converted_event import (
    ConvertedChoice,
    ConvertedData,
    ConvertedEvent,
    ConvertedLeadRef,
    ConvertedRecord,
)
from chalicelib.events import LeadEvent, Notice
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.slack.outcomes import differs_alert

if TYPE_CHECKING:
    from chalicelib.aws.ledger import Ledger

CHECKS = uuid.UUID("6f1f0a0e-6a0f-5c39-8a53-0d3f6a2a9b17")
"""Namespace of the ids of events that a click has checked."""
CONVERSIONS = uuid.UUID("0d6c2f4e-93b1-5d7b-8a6c-5b0c1f0f4a3e")
"""Namespace of the ids of events that say that a lead was converted."""


class Alerts(Protocol):
    """Sends alerts to the operator's channel, each subject once."""

    def send(self, alert: OperatorAlert, *, subject: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ConversionPublisher:
    """Writes decisions into the lead's item, and sends what follows; `link` gives a record's page by its module and id."""

    ledger: Ledger
    slack: Outbox
    matches: Outbox
    inbox: Outbox
    alerts: Alerts
    channel: str
    link: Callable[[str, str], str]
    stage: str
    now: Callable[[], datetime]

    def decide(self, seen: LedgerItem, decision: Decision, *, revision: int, what: str = "") -> LedgerItem:
        """Write a decision about a lead and have its message show it."""
        happened = HistoryEntry(decision.at, what or decision.state, decision.by, revision)
        return self._shown(self.ledger.decide(seen, decision, happened=happened))

    def reopen(self, seen: LedgerItem, click: Click, *, what: str) -> LedgerItem:
        """Take the click's decision back, if it made one, and have the message show the lead as open again."""
        happened = HistoryEntry(self.now(), what, click.person.user_id, click.revision)
        return self._shown(self.ledger.decide(seen, None, happened=happened, instead_of=click.click_id))

    def tell(self, click: Click, about: str, *, view: Mapping[str, Any] | None = None, text: str = "") -> None:
        """Replace the view that the person has open, or say the text where there is none any more."""
        shown = json.dumps(view, ensure_ascii=False) if view else ""
        notice = PersonNotice(f"{click.click_id}/{about}", click.person, text, shown)
        self.slack.send(Message.of_person_notice(notice))

    def publish(self, item: ConversionItem, click: Click) -> None:
        """Send the event that the lead was converted to other systems."""
        event = self._event(item, click)
        self.matches.send(Message(event.to_json(), group=item.subject, deduplication_id=event.id))

    def _event(self, item: ConversionItem, click: Click) -> ConvertedEvent:
        is_ours, wanted = item.origin == "slack", click.wanted
        chosen = (
            ConvertedChoice(contact=wanted.contact, account=wanted.account, deal=bool(wanted.deal)) if wanted else None
        )
        records = item.records
        return ConvertedEvent(
            source=f"/leadmatch/{self.stage}",
            id=str(uuid.uuid5(CONVERSIONS, click.click_id)),
            subject=item.subject,
            time=click.at,
            data=ConvertedData(
                lead=ConvertedLeadRef(id=item.subject, url=self.link("Leads", item.subject)),
                converted_from="slack" if is_ours else "zoho",
                person=click.person.user_id if is_ours else None,
                contact=self._record(records.contact, "Contacts"),
                account=self._record(records.account, "Accounts"),
                deal=self._record(records.deal, "Deals"),
                chosen=chosen if is_ours else None,
                differences=item.differences,
            ),
        )

    def _record(self, made: Made | None, module: str) -> ConvertedRecord | None:
        return ConvertedRecord(id=made.id, name=made.name, url=self.link(module, made.id)) if made else None

    def check_again(self, click: Click) -> None:
        """Have the lead checked: what its message says is out of date."""
        event_id = str(uuid.uuid5(CHECKS, click.click_id))
        self.inbox.send(Message.of_event(LeadEvent(click.lead_id, event_id, self.now(), "click")))

    def alert_differences(self, item: ConversionItem, click: Click) -> None:
        """Alert the operator that Zoho's records are not the chosen ones."""
        url = self.link("Leads", item.subject)
        alert = differs_alert(item.subject, item.differences, url=url)
        self.alerts.send(alert, subject=f"conversion-differs-{click.click_id[:16]}")

    def _shown(self, item: LedgerItem) -> LedgerItem:
        if item.match:
            event = match_event.read(item.match).event
            self.slack.send(Message.of_notice(Notice(event, "verdict", item.revision, self.channel)))
        return item
