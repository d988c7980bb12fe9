"""What becomes of a verdict, whoever reached it: it is kept in the ledger and goes to both outputs.

What was given up also goes to the dead letters, as a copy that can be replayed. Doing it again sends the same ids.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, not_newer
from chalicelib.aws.queues import InboxTurn, Message, Outbox, id_after, quarantined
from chalicelib.conversion import HistoryEntry
from chalicelib.data_centers import RecordLink, SearchLink
from chalicelib.errors import Superseded
from chalicelib.events import LeadEvent, Notice
from chalicelib.match_event import Match
from chalicelib.metrics import Metric
from chalicelib.routing import Route, channel_for
from chalicelib.steps.results import StepResult, of_event
from chalicelib.verdict import with_recheck
from chalicelib.verdict.model import Lead, Verdict
from chalicelib.verdict.sentence import search_words

if TYPE_CHECKING:
    from chalicelib.aws.ledger import Ledger

REPLAYS = uuid.UUID("3b7d1c52-8f0e-5a55-9c1b-5f2a4e6d7081")
"""Namespace of the ids under which given-up leads come back."""


@dataclass(frozen=True, slots=True)
class Outboxes:
    """Where a verdict goes; what was given up also goes to the dead letters, from where it can be replayed."""

    matches: Outbox
    slack: Outbox
    dead_letters: Outbox


@dataclass(frozen=True, slots=True)
class MatchesByInbox:
    """The matches queue for whoever is no check: the event goes back to the inbox, whose check sends the match that stands.

    Only there a lead's events have an order. Sent from elsewhere, an older match could land behind a newer one of the same lead.
    """

    inbox: Outbox

    def send(self, message: Message) -> None:
        """Let check send it; once a newer event was checked, it is sent no more."""
        event = match_event.read(message.body).event
        self.inbox.send(replace(Message.of_event(event), deduplication_id=id_after(event.event_id)))


@dataclass(frozen=True, slots=True)
class Channels:
    """The Slack channels for verdicts that no rule routes elsewhere, and for operator alerts."""

    sales: str
    operator: str


@dataclass(frozen=True, slots=True)
class VerdictPublisher:
    """Keeps a verdict and sends it; `link` and `search` give the pages of the records that it names and of what a person is to search for."""

    ledger: Ledger
    outboxes: Outboxes
    channels: Channels
    link: RecordLink
    search: SearchLink
    stage: str
    now: Callable[[], datetime]

    def republish(self, event: LeadEvent, item: LedgerItem | None) -> StepResult | None:
        """Send the verdict that the lead's item has for this event already; None when it has none.

        Raises `Superseded` when it had one and has a newer event's now: one id has one content. The same holds when it has the
        answer that the replay of a given-up event would ask for.
        """
        if item and item.event_id == event.event_id and item.match:
            self._send(event, item, match_event.read(item.match))
            return of_event("match_sent_again", event, now=self.now(), revision=item.revision)
        if item and event.event_id in item.earlier:
            raise not_newer(event, item)
        if _is_answered(event, item):
            raise Superseded("The lead was checked after it had been given up.", reason="superseded")
        return None

    def publish(
        self,
        event: LeadEvent,
        lead: Lead | None,
        verdict: Verdict,
        *,
        seen: LedgerItem | None,
        turn: InboxTurn,
        routes: Sequence[Route] = (),
        due_at: datetime | None = None,
    ) -> StepResult:
        """Write the verdict and send it; raise `Superseded` when a newer event came first.

        `seen` is the lead's item as it was read, `turn` when the event had its turn in the inbox.
        The first of the `routes` that holds says where a first message goes. A lead that waited and could not be checked this time still waits, whoever asked and whatever stopped them.
        """
        verdict = with_recheck(verdict, is_due=bool(seen and seen.due_at))
        searches = {word: url for word in search_words(verdict, lead) if (url := self.search(word))}
        match = Match(event, lead, verdict, _urls(event.lead_id, verdict, self.link), self.now(), searches)
        text, keep_due = match_event.write(match, stage=self.stage), verdict.action == "unchecked"
        earlier = seen.events_before(event.event_id) if seen else ()
        happened = HistoryEntry(self.now(), f"checked_{verdict.action}", revision=seen.revision if seen else 0)
        item = self.ledger.store_match(
            event,
            text,
            turn=turn,
            channel=_channel(lead, verdict, routes, self.channels),
            earlier=earlier,
            due_at=due_at,
            keep_due=keep_due,
            happened=happened,
            seen=seen,
        )
        self._send(event, item, match if item.match == text else match_event.read(item.match))
        return _checked(event, verdict, now=self.now())

    def _send(self, event: LeadEvent, item: LedgerItem, match: Match) -> None:
        """Send the stored match, which says the same as `match`; the ids make SQS drop what a repeated delivery sends again."""
        self.outboxes.matches.send(Message.of_match(event, item.match))
        channel = item.channel or _channel(match.lead, match.verdict, (), self.channels)
        notice = Notice(event, "verdict", item.revision, channel)
        self.outboxes.slack.send(Message.of_notice(notice))
        if match.verdict.action == "unchecked":
            copy = Message.of_event(_to_replay(event, match.checked_at))
            self.outboxes.dead_letters.send(quarantined(copy, reason=match.verdict.reason))


def _checked(event: LeadEvent, verdict: Verdict, *, now: datetime) -> StepResult:
    """Return which verdict a lead event came to, and count it."""
    done = of_event(
        "checked", event, now=now, action=verdict.action, confidence=verdict.confidence, reason=verdict.reason
    )
    return replace(done, measures={Metric.VERDICTS: 1, Metric.UNCHECKED: int(verdict.action == "unchecked")})


def _is_answered(event: LeadEvent, item: LedgerItem | None) -> bool:
    """Return whether what stands there answers the question that a given-up event left open, so that its replay is void."""
    if event.trigger != "replay" or item is None or not item.match or item.event_id == event.event_id:
        return False
    return match_event.read(item.match).verdict.action != "unchecked"


def _to_replay(event: LeadEvent, given_up_at: datetime) -> LeadEvent:
    """Make the event that a redrive of the dead letters brings back: a new one, so that Zoho is asked anew."""
    return LeadEvent(event.lead_id, str(uuid.uuid5(REPLAYS, event.event_id)), given_up_at, "replay")


def _channel(lead: Lead | None, verdict: Verdict, routes: Sequence[Route], channels: Channels) -> str:
    """Return where a lead's first message goes: sales people hear of what they can act on, in the channel that a rule names.

    Whatever comes later is shown where the message stands: notify alone knows where that is.
    """
    if verdict.action == "lead_not_found":
        return channels.operator
    return channel_for(lead, verdict, routes) or channels.sales


def _urls(lead_id: str, verdict: Verdict, link: RecordLink) -> dict[str, str]:
    urls = {lead_id: link("Leads", lead_id)}
    kinds = {"Accounts": verdict.accounts, "Contacts": verdict.contacts, "Deals": verdict.deals}
    for module, found in kinds.items():
        for candidate in found or ():
            home = candidate.record.account
            urls |= {home.id: link("Accounts", home.id)} if home else {}
            urls[candidate.record.id] = link(module, candidate.record.id)
    return urls
