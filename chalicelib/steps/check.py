"""check: one lead from the inbox is looked up in Zoho; its verdict goes to the ledger and to both output queues."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Delivery
from chalicelib.aws.stage_lists import StageLists
from chalicelib.aws.zoho_health import LeadContext, ZohoHealth
from chalicelib.errors import (
    AnswersDiffer,
    LeadmatchError,
    LeadNotFound,
    Misconfigured,
    NotApproved,
    RecordLocked,
    Retryable,
    ZohoGatewayRefused,
    ZohoRefused,
    ZohoUnavailable,
)
from chalicelib.events import LeadEvent, if_past
from chalicelib.qualification import Qualification
from chalicelib.steps.publish import VerdictPublisher
from chalicelib.steps.results import StepResult, of_event
from chalicelib.timing import GIVE_UP_ALONE_SECONDS, GIVE_UP_LOCKED_SECONDS, GIVE_UP_UNAVAILABLE_SECONDS, next_check_at
from chalicelib.verdict import already_converted, decide, lead_not_found, unchecked, wait
from chalicelib.verdict.model import Cause, Lead, Verdict
from chalicelib.zoho.lookup import LookupResult

CAUSES = {
    "zoho_no_permission": Cause.NO_ACCESS,
    "zoho_scope_missing": Cause.NO_ACCESS,
    "zoho_not_connected": Cause.NO_ACCESS,
    "zoho_token_refused": Cause.NO_ACCESS,
    "zoho_no_leads_module": Cause.NO_ACCESS,
    "zoho_ip_restricted": Cause.NO_ACCESS,
    "zoho_token_unknown_word": Cause.NO_ACCESS,
    "zoho_wrong_data_center": Cause.SETTINGS,
    "zoho_unknown_path": Cause.SETTINGS,
    "zoho_unknown_api_domain": Cause.SETTINGS,
    "unknown_data_center": Cause.SETTINGS,
    "zoho_http_200": Cause.UNREADABLE,
    "zoho_no_options": Cause.NO_OPTIONS,
    "zoho_contradiction": Cause.CONTRADICTION,
}
"""What sales people read of an error, by its reason, where its class says too little."""


class LeadContextReader(Protocol):
    """Reads what check has to know before it asks Zoho."""

    def read_with(self, lead_id: str) -> LeadContext:
        """Return the lead's item of the ledger, and what is known of Zoho and the stage."""


class Lookup(Protocol):
    """Asks Zoho as all workers together may."""

    def look_up(
        self,
        *,
        lead_id: str,
        state: ZohoHealth,
        token_record: Mapping[str, Any],
        first_received_at: datetime | None,
    ) -> LookupResult:
        """Return what came back; while all pause, that is the pause."""


@dataclass(frozen=True, slots=True)
class Waited:
    """For how long a lead has waited, and for how long of that Zoho was known to answer others."""

    seconds: float
    alone_seconds: float


@dataclass(frozen=True, slots=True)
class GiveUpPolicy:
    """How long a lead is tried again, in seconds since it was accepted, or since it was brought back to the inbox.

    `alone_seconds` is for a lead that Zoho fails on while it answers others: no banner tells people of that one.
    """

    unavailable_seconds: float = GIVE_UP_UNAVAILABLE_SECONDS
    locked_seconds: float = GIVE_UP_LOCKED_SECONDS
    alone_seconds: float = GIVE_UP_ALONE_SECONDS

    def is_over(self, error: Retryable, waited: Waited) -> bool:
        """Return whether a lead is given up; what a person has to mend first is reported at once."""
        if isinstance(error, Misconfigured):
            return True
        if isinstance(error, ZohoUnavailable) and waited.alone_seconds >= self.alone_seconds:
            return True
        is_about_the_lead = isinstance(error, RecordLocked | AnswersDiffer)
        limit = self.locked_seconds if is_about_the_lead else self.unavailable_seconds
        return waited.seconds >= limit


def check(
    delivery: Delivery,
    *,
    health: LeadContextReader,
    zoho: Lookup,
    publisher: VerdictPublisher,
    now: Callable[[], datetime],
    give_up_policy: GiveUpPolicy,
    qualified: Qualification | None = None,
    field_unread: Callable[[str], None] = lambda _: None,
    note: Callable[[LeadEvent, ZohoHealth], None] = lambda *_: None,
) -> StepResult:
    """Reach the lead's verdict and send it; a verdict once stored for an event is sent again, not asked for again.

    A Notification about a lead that is not `qualified` gets no message; `field_unread` hears of a field that Zoho does not show,
    and `note` of each event once Zoho was asked, for what all workers are to know.
    Raises `Retryable` while the lead may still be checked, `Superseded` when a newer event came first.
    """
    event = LeadEvent.from_json(delivery.body).accepted_by(delivery.sent_at)
    context = health.read_with(event.lead_id)
    item, state, record = context.item, context.health, context.token_record
    if sent := publisher.republish(event, item):
        return sent
    tried_at = delivery.first_received_at
    result = zoho.look_up(lead_id=event.lead_id, state=state, token_record=record, first_received_at=tried_at)
    note(event, state)
    if qualified and result.lead and result.lead.qualifying is None:
        field_unread(qualified.field)
    if qualified and _is_no_news(event, item, result.lead, qualified):
        return of_event("not_qualified", event, now=now())
    verdict = judge(
        result, event, give_up_policy=give_up_policy, waited=_waited(event, delivery, state, now()), lists=context.lists
    )
    due_at = next_check_at(now()) if verdict.action == "wait" else None
    turn, routes = delivery.turn(now()), context.lists.routes
    return publisher.publish(event, result.lead, verdict, seen=item, turn=turn, routes=routes, due_at=due_at)


def _waited(event: LeadEvent, delivery: Delivery, state: ZohoHealth, now: datetime) -> Waited:
    """Return how long a lead has waited; one that a person brought back has all its time before it.

    A lead has been alone since it was first tried, but not during an outage, a pause, or the flickering after an outage.
    """
    sent_at = max(event.accepted_at, delivery.sent_at or event.accepted_at)
    alone_since = max(delivery.first_received_at or now, if_past(state.announced_until, now) or sent_at)
    is_alone = not (state.throttles or state.is_out(now))
    return Waited((now - sent_at).total_seconds(), (now - alone_since).total_seconds() if is_alone else 0.0)


def _is_no_news(event: LeadEvent, item: LedgerItem | None, lead: Lead | None, qualified: Qualification) -> bool:
    """Return whether a Notification is about a lead that is known not to qualify, and that nobody has had a message about.

    A lead with a message is kept current; a workflow rule's webhook is a qualification by itself.
    """
    if event.trigger != "notification" or lead is None or lead.qualifying is None:
        return False
    was_told = item is not None and bool(item.match or item.shown)
    return not was_told and not qualified.is_met_by(lead.qualifying)


def judge(
    result: LookupResult, event: LeadEvent, *, give_up_policy: GiveUpPolicy, waited: Waited, lists: StageLists
) -> Verdict:
    """Return the verdict that the answers allow; raise the error while a later attempt may succeed."""
    error = result.error
    if result.converted or (result.lead and result.lead.converted):
        return already_converted(result.lead)
    if isinstance(error, NotApproved):
        return wait(error.reason, Cause.NOT_APPROVED)
    if isinstance(error, LeadNotFound):
        return lead_not_found(event.lead_id)
    if isinstance(error, Retryable) and not give_up_policy.is_over(error, waited):
        raise error
    if isinstance(error, RecordLocked):
        return wait(error.reason, Cause.LOCKED)
    if error or result.options is None:
        return _unchecked(error)
    return decide(result.options, result.lead, lead_id=event.lead_id, placeholders=lists.placeholders)


def _unchecked(error: LeadmatchError | None) -> Verdict:
    """Return the verdict on a lead that was given up; without an error Zoho answered, and named no options."""
    if error is None:
        return unchecked("zoho_no_options", Cause.NO_OPTIONS)
    refused = isinstance(error, ZohoRefused | ZohoGatewayRefused)
    return unchecked(error.reason, CAUSES.get(error.reason, Cause.REFUSED if refused else Cause.NO_ANSWER))
