"""Who hears of a person's click on a lead: the lead's message, the person, other systems, and the operator when something is wrong.

Doing it again sends the same ids.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib import match_event
from chalicelib.aws.conversions import ConversionContext, ConversionItem
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message, Outbox
from chalicelib.conversion import Click, Decision, HistoryEntry, Made, PersonNotice, Refusal
from chalicelib.converted_event import (
    ConvertedChoice,
    ConvertedData,
    ConvertedEvent,
    ConvertedLeadRef,
    ConvertedRecord,
)
from chalicelib.errors import Unreadable
from chalicelib.events import LeadEvent, Notice
from chalicelib.slack.announcements import OperatorAlert
from chalicelib.slack.form import Form
from chalicelib.slack.modal import conversion_form, statement
from chalicelib.slack.outcomes import (
    NOTHING_CHANGED,
    about_lead,
    differences_sentence,
    records_phrase,
    refusal_sentence,
)
from chalicelib.steps.announce import differs_alert

if TYPE_CHECKING:
    from chalicelib.aws.ledger import Ledger

CONVERSIONS = uuid.UUID("0d6c2f4e-93b1-5d7b-8a6c-5b0c1f0f4a3e")
"""Namespace of the ids of events that say that a lead was converted."""


NOT_DISMISSED = "leadmatch failed, so this lead may not be dismissed. Look at its message, then click Dismiss again."
BROKE_OFF = "leadmatch failed before it did anything for your click. Click again; if it fails again, do it in Zoho."
ANOTHER_UNCLEAR = (
    "Somebody else's click on Convert came first, and Zoho has not said yet what came of it. Nothing was converted for yours. "
    "Look at the lead's message, which will say it."
)


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

    def tell_end(self, item: ConversionItem, context: ConversionContext) -> None:
        """Tell everybody what became of a click; done twice it tells the same."""
        click, lead = item.click, context.lead
        if click is None:
            return
        if item.state == "CONVERTED" and item.origin == "slack":
            self._tell_converted(item, click, lead)
        elif item.state == "CONVERTED":
            self._tell_converted_in_zoho(item, click, lead)
        elif item.state == "UNKNOWN":
            self._tell_unknown(click, lead)
        elif item.refusal:
            self._tell_refused(item.refusal, click, context)

    def _tell_converted(self, item: ConversionItem, click: Click, lead: LedgerItem | None) -> None:
        person, at = click.person.user_id, item.called_at or click.at
        if lead:
            decision = Decision(
                "converted",
                click.click_id,
                person,
                at,
                lead.event_id,
                records=item.records.linked(self.link),
                differences=item.differences,
            )
            self.decide(lead, decision, revision=click.revision)
        self.publish(item, click)
        into = records_phrase(item.records.linked(self.link))
        wrong = differences_sentence(item.differences)
        text = f"Converted into {into}. {wrong}".strip()
        self.say(click, "converted", "Converted", text, lead=lead)
        if wrong:
            self.alert_differences(item, click)

    def _tell_converted_in_zoho(self, item: ConversionItem, click: Click, lead: LedgerItem | None) -> None:
        """Say so to the person, and have the lead checked: its message then says that it is converted."""
        if lead:
            self.reopen(lead, click, what="converted_in_zoho")
        self.check_again(click)
        self.publish(item, click)
        into = records_phrase(item.records.linked(self.link))
        text = f"This lead was converted in Zoho meanwhile, into {into}. Nothing was converted from Slack."
        self.say(click, "converted", "Already converted", text, lead=lead)

    def _tell_unknown(self, click: Click, lead: LedgerItem | None) -> None:
        made = lead.current_decision if lead else None
        is_later = made is not None and made.click_id != click.click_id
        if lead and not is_later:  # told again, it is not written over what came after it
            decision = Decision("unclear", click.click_id, click.person.user_id, click.at, lead.event_id)
            self.decide(lead, decision, revision=click.revision)
        text = (
            "Zoho did not say whether it converted this lead; it shows the lead as open. "
            "Open the lead in Zoho, and click Convert again if it is still open there."
        )
        self.say(click, "unknown", "Not clear", text, lead=lead)

    def _tell_refused(self, refusal: Refusal, click: Click, context: ConversionContext) -> None:
        """Say why; the form comes back filled when another choice, or another try, may help."""
        what = f"refused_{refusal.code.lower()}"
        lead = self.reopen(context.lead, click, what=what) if context.lead else None
        text = f"{NOTHING_CHANGED} {refusal_sentence(refusal)}"
        form = self._form(lead, context, click) if refusal.kind == "zoho" else None
        view = conversion_form(form, chosen=click.wanted, error=text) if form else statement("Not converted", text)
        self.tell(click, "refused", view=view, text=text, lead=context.lead)

    def tell_too_late(self, item: ConversionItem, click: Click, lead: LedgerItem | None) -> None:
        """Say that another click came first, and what became of it; one that waited behind it is not carried out."""
        into = records_phrase(item.records.linked(self.link))
        by = f"<@{item.click.person.user_id}>" if item.click and item.origin == "slack" else "Somebody in Zoho"
        is_converted = item.state == "CONVERTED"
        text = f"{by} converted this lead already, into {into}." if is_converted else ANOTHER_UNCLEAR
        title = "Already converted" if is_converted else "Not converted"
        self.say(click, "too_late", title, text, lead=lead)

    def tell_not_dismissed(self, click: Click) -> None:
        """Say that a dismissal came to nothing; nobody has read the lead for it."""
        self.say(click, "not_dismissed", "Not dismissed", NOT_DISMISSED, lead=None)

    def tell_broke_off(self, click: Click, lead: LedgerItem | None) -> None:
        """Say that a click came to nothing, before it was even taken."""
        self.say(click, "refused", "Not done", f"{NOTHING_CHANGED} {BROKE_OFF}", lead=lead)

    def decide(self, seen: LedgerItem, decision: Decision, *, revision: int) -> LedgerItem:
        """Write a decision about a lead and have its message show it."""
        happened = HistoryEntry(decision.at, decision.state, decision.by, revision)
        return self._shown(self.ledger.decide(seen, decision, happened=happened))

    def reopen(self, seen: LedgerItem, click: Click, *, what: str) -> LedgerItem:
        """Take the click's decision back, if it made one, and have the message show the lead as open again."""
        happened = HistoryEntry(self.now(), what, click.person.user_id, click.revision)
        return self._shown(self.ledger.decide(seen, None, happened=happened, instead_of=click.click_id))

    def say(self, click: Click, about: str, title: str, text: str, *, lead: LedgerItem | None) -> None:
        """Say something to a person, in the view that they have open or in the channel."""
        self.tell(click, about, view=statement(title, text), text=text, lead=lead)

    def tell(self, click: Click, about: str, *, view: Mapping[str, Any], text: str, lead: LedgerItem | None) -> None:
        """Replace the view that the person has open, or say the text where there is none any more: there it names the lead."""
        url = self.link("Leads", click.lead_id)
        said = about_lead(_title(lead, click), url, text) if text else ""
        shown = json.dumps(view, ensure_ascii=False)
        notice = PersonNotice(f"{click.click_id}/{about}", click.person, said, shown, click.at)
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
        records = item.records.linked(self.link)
        return ConvertedEvent(
            source=f"/leadmatch/{self.stage}",
            id=str(uuid.uuid5(CONVERSIONS, click.click_id)),
            subject=item.subject,
            time=click.at,
            data=ConvertedData(
                lead=ConvertedLeadRef(id=item.subject, url=self.link("Leads", item.subject)),
                converted_from="slack" if is_ours else "zoho",
                person=click.person.user_id if is_ours else None,
                contact=_record(records.contact),
                account=_record(records.account),
                deal=_record(records.deal),
                chosen=chosen if is_ours else None,
                differences=item.differences,
            ),
        )

    def check_again(self, click: Click) -> None:
        """Have the lead checked: what its message says is out of date."""
        self.inbox.send(Message.of_event(LeadEvent.of_click(click.lead_id, click.click_id, self.now())))

    def alert_differences(self, item: ConversionItem, click: Click) -> None:
        """Alert the operator that Zoho's records are not the chosen ones."""
        url = self.link("Leads", item.subject)
        alert = differs_alert(item.subject, item.differences, url=url)
        self.alerts.send(alert, subject=f"conversion-differs-{click.click_id[:16]}")

    def _form(self, lead: LedgerItem | None, context: ConversionContext, click: Click) -> Form | None:
        if lead is None or not lead.match:
            return None
        match, today = match_event.read(lead.match), self.now().date()
        return Form(match, lead.revision, click.person.channel, context.known_pipelines, today)

    def _shown(self, item: LedgerItem) -> LedgerItem:
        if item.match:
            event = match_event.read(item.match).event
            channel = item.shown.channel if item.shown else item.channel
            self.slack.send(Message.of_notice(Notice(event, "verdict", item.revision, channel or self.channel)))
        return item


def _title(lead: LedgerItem | None, click: Click) -> str:
    """Return the lead's name for people; its id where its check is gone, or is what cannot be read."""
    with suppress(Unreadable):
        if lead and lead.match:
            return match_event.read(lead.match).title
    return f"Lead {click.lead_id}"


def _record(made: Made | None) -> ConvertedRecord | None:
    return ConvertedRecord(id=made.id, name=made.name, url=made.url) if made else None
