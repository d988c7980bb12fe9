"""convert: the only writer to Zoho. It carries out what a person decided about a lead in Slack, and a conversion exactly once.

A click is written down before anything is done (INTENDED), and that Zoho is called now right before the call (CALLED): whoever
finds that never calls, but reads the lead until it is known what became of it. The states and what leads from one to the next stand
in `chalicelib/aws/conversions.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib import match_event
from chalicelib.aws.conversions import ConversionContext, ConversionItem, Origin
from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Delivery
from chalicelib.aws.stage_lists import StageLists
from chalicelib.conversion import (
    Click,
    Decision,
    MadeRecords,
    Refusal,
    Wanted,
)
from chalicelib.errors import (
    AlreadyConverted,
    ConversionUnclear,
    Permanent,
    RecordLocked,
    Retryable,
    Unreadable,
    ZohoUnavailable,
)
from chalicelib.metrics import Metric
from chalicelib.slack.modal import statement
from chalicelib.steps.conversion_checks import (
    account_ids,
    contact_ids,
    differences,
    is_as_seen,
    offers,
    still_decides,
    summary,
)
from chalicelib.steps.publish_conversion import ConversionPublisher
from chalicelib.steps.results import StepResult
from chalicelib.timing import (
    CLOCKS_AGREE,
    CLOCKS_DIFFER,
    CONVERT_BEGIN_WITHIN_SECONDS,
    CONVERT_CLICK_GOOD_SECONDS,
    CONVERT_GIVE_UP_SECONDS,
    CONVERT_LEASE_SECONDS,
    CONVERT_LOOK_AGAIN_AFTER,
    CONVERT_MESSAGE_LATE,
    CONVERT_READ_AGAIN_SECONDS,
    CONVERT_VISIBILITY_SECONDS,
)
from chalicelib.verdict import decide
from chalicelib.verdict.model import ConversionOptions, Lead
from chalicelib.zoho.conversion import (
    ALREADY_CONVERTED,
    Converted,
    ConvertedLead,
    Outcome,
    Unclear,
    conversion_body,
)
from chalicelib.zoho.conversion import Refused as NotTaken
from chalicelib.zoho.users import ZohoUser
from chalicelib.zoho.users import refusal as refusal_of

if TYPE_CHECKING:
    from chalicelib.aws.conversions import Conversions

NO_CHECK = Refusal("lead", "check_missing")
TOO_OLD = Refusal("zoho", "click_too_old")


@dataclass(frozen=True, slots=True)
class ConvertTiming:
    """How long a worker holds a conversion, the waits before the lead is read again, and when the sweep brings one back.

    The sweep does so `call_lost_after` the call, or `message_late` after a read was due: then the message is gone.
    """

    lease_seconds: float = CONVERT_LEASE_SECONDS
    read_again_seconds: tuple[float, ...] = CONVERT_READ_AGAIN_SECONDS
    message_late: timedelta = CONVERT_MESSAGE_LATE
    call_lost_after: timedelta = timedelta(seconds=CONVERT_VISIBILITY_SECONDS) + CONVERT_MESSAGE_LATE


class Zoho(Protocol):
    """Zoho's API."""

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None: ...
    def conversion_options(self, *, lead_id: str) -> ConversionOptions: ...
    def converted_lead(self, *, lead_id: str) -> ConvertedLead | None: ...
    def tags(self, *, lead_id: str) -> tuple[str, ...]: ...


class Users(Protocol):
    """The users of the Zoho org."""

    def with_email(self, email: str) -> list[ZohoUser]: ...
    def current_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Converter:
    """Works on clicks; `open_call` gives what calls Convert Lead once, so that nothing of it can fail but the call itself."""

    read_context: Callable[[str], ConversionContext]
    conversions: Conversions
    zoho: Zoho
    users: Users
    open_call: Callable[[str, Mapping[str, Any]], Callable[[], Outcome]]
    publisher: ConversionPublisher
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    timing: ConvertTiming = ConvertTiming()

    def work_on(self, delivery: Delivery) -> StepResult:
        """Carry out a click, or find out what became of an earlier one; raise `Retryable` to see the message again."""
        click = Click.from_json(delivery.body)
        context = self.read_context(click.lead_id)
        if click.kind == "dismiss":
            return self._dismiss(click, context)
        item = context.conversion
        if item and item.is_about(click) and item.state != "INTENDED":
            ended = self._read_back(item, context) if item.state == "CALLED" else item
            return self._told(ended, context)  # perhaps again: a worker may have died before it had told everybody
        if item and not item.is_about(click) and (click.kind == "read_back" or item.state in ("CALLED", "CONVERTED")):
            return self._too_late(item, click, context.lead)
        if click.kind == "read_back" or (item and item.knows(click) and not item.is_about(click)):
            return StepResult("click_repeated", _about(click))
        return self._carry_out(click, context, self._begin(click, item, delivery), delivery)

    def _begin(self, click: Click, item: ConversionItem | None, delivery: Delivery) -> ConversionItem:
        if click.wanted is None:
            raise Unreadable("The click does not say what is wanted.", reason="click_unreadable")
        return self.conversions.begin(
            click, item, owner=self.new_id(), message_id=delivery.message_id, lease_seconds=self.timing.lease_seconds
        )

    def _carry_out(
        self, click: Click, context: ConversionContext, held: ConversionItem, delivery: Delivery
    ) -> StepResult:
        """Convert the lead, or say why not: Zoho is asked who the person is and how the lead stands right before."""
        waited = (self.now() - (delivery.sent_at or click.at)).total_seconds()
        ready = self._prepared(click, context, waited) if waited < CONVERT_CLICK_GOOD_SECONDS else TOO_OLD
        if isinstance(ready, ConvertedLead):
            return self._told(self._attributed(held, ready), context)
        if isinstance(ready, Refusal) or context.lead is None:
            refusal = ready if isinstance(ready, Refusal) else NO_CHECK
            return self._told(self.conversions.end(held, "REFUSED", refusal=refusal), context)
        decision = Decision("converting", click.click_id, click.person.user_id, click.at, context.lead.event_id)
        context = replace(context, lead=self.publisher.decide(context.lead, decision, revision=click.revision))
        called = self.conversions.call(held, read_at=self.now() + self.timing.call_lost_after)
        if called.state != "CALLED":
            return self._told(called, context)  # another worker took it over and ended it: that is to be shown again
        return self._told(self._settled(called, context, ready()), context)

    def _prepared(
        self, click: Click, context: ConversionContext, waited: float
    ) -> Callable[[], Outcome] | ConvertedLead | Refusal:
        """Return what calls Zoho once, or how the lead is converted already, or why it is not to be converted."""
        until = self.clock() + CONVERT_BEGIN_WITHIN_SECONDS
        try:
            if word := self._who_may_not(click, context.lists):
                return Refusal("person", word)
            found = self._lead_now(click, context)
            return self._call(click, until=until) if found is None else found
        except RecordLocked:
            return Refusal("lead", "record_locked")
        except AlreadyConverted:
            return self._converted_now(click)
        except Retryable:
            if waited < CONVERT_GIVE_UP_SECONDS:
                raise
            return Refusal("zoho", "zoho_no_answer")
        except Permanent as error:
            return Refusal("zoho", error.reason)

    def _who_may_not(self, click: Click, lists: StageLists) -> str:
        """Return why this person may not convert; what cannot be asked is refused."""
        converters, person = lists.converters, click.person
        if not person.email:
            return "not_a_zoho_user"
        try:
            users = self.users.with_email(person.email)
        except Permanent:
            return "zoho_users_not_read"
        return refusal_of(users, profiles=converters.profiles, is_named=f"+{person.user_id}" in converters.slack)

    def _lead_now(self, click: Click, context: ConversionContext) -> ConvertedLead | Refusal | None:
        """Return why the lead is not what the person saw, or None: what a verdict rests on is asked again where it is old."""
        if context.lead is None or not context.lead.match:
            return NO_CHECK
        if not is_as_seen(context.lead, click):
            return Refusal("lead", "decided_meanwhile")
        match = match_event.read(context.lead.match)
        lead = self.zoho.lead(lead_id=click.lead_id)
        if lead is None or lead.converted:
            return self._converted_now(click)
        if abs(self.now() - match.checked_at) >= CONVERT_LOOK_AGAIN_AFTER or not still_decides(match, lead):
            options = self.zoho.conversion_options(lead_id=click.lead_id)
            verdict = decide(options, lead, lead_id=click.lead_id, placeholders=context.lists.placeholders)
            if summary(verdict) != summary(match.verdict):
                self.publisher.check_again(click)
                return Refusal("lead", "lead_changed")
            match = replace(match, verdict=verdict)
        if match.verdict.blocked:
            return Refusal("lead", "blocked")
        return None if offers(match, _wanted(click)) else Refusal("lead", "choice_unknown")

    def _converted_now(self, click: Click) -> ConvertedLead | Refusal:
        try:
            found = self.zoho.converted_lead(lead_id=click.lead_id)
        except Permanent:
            found = None
        return found or Refusal("lead", "lead_not_shown")

    def _call(self, click: Click, *, until: float) -> Callable[[], Outcome]:
        """Return what calls Zoho; raise `ZohoUnavailable` when that would begin so late that the hard kill could cut it off."""
        wanted = _wanted(click)
        tags = self.zoho.tags(lead_id=click.lead_id) if wanted.carry_over_tags else ()
        if self.clock() > until:
            raise ZohoUnavailable("Zoho took too long before the conversion.", reason="zoho_too_slow")
        return self.open_call(click.lead_id, conversion_body(wanted, tags=tags))

    def _settled(self, called: ConversionItem, context: ConversionContext, outcome: Outcome) -> ConversionItem:
        """Write down what Zoho answered, or find out what it did."""
        match outcome:
            case Converted(records):
                found = _found_differences(called, context, records)
                return self.conversions.end(called, "CONVERTED", origin="slack", records=records, differences=found)
            case NotTaken(code, field) if code != ALREADY_CONVERTED:
                return self.conversions.end(called, "REFUSED", refusal=Refusal("zoho", code, field))
            case NotTaken() | Unclear():
                return self._read_back(called, context)

    def _read_back(self, called: ConversionItem, context: ConversionContext) -> ConversionItem:
        """Find out by reading the lead whether it was converted; raise `ConversionUnclear` while it is to be read again."""
        if found := self._converted(called):
            return self._attributed(called, found, context)
        wait = self._wait_before_read(called)
        if wait is None:
            return self.conversions.end(called, "UNKNOWN")
        self.conversions.note_open(called, read_at=self.now() + timedelta(seconds=wait) + self.timing.message_late)
        raise ConversionUnclear(
            "Zoho did not say whether it converted the lead.", reason="conversion_unclear", retry_after_seconds=wait
        )

    def _converted(self, called: ConversionItem) -> ConvertedLead | None:
        """Return how the lead is converted; None when it is open, and when Zoho does not let us look: that is no end either."""
        try:
            return self.zoho.converted_lead(lead_id=called.subject)
        except Permanent:
            return None

    def _wait_before_read(self, called: ConversionItem) -> float | None:
        """Return the wait before the lead is read again; None when it was read as often, and as long after the call, as it is to be.

        Both: a message that comes twice is read too early, and so is one by a clock that is fast.
        """
        waits = self.timing.read_again_seconds
        since_call = self.now() - (called.called_at or self.now())
        left = sum(waits) - (since_call + CLOCKS_AGREE).total_seconds()
        if called.reads < len(waits):
            return waits[called.reads]
        return min(left, waits[-1]) if left > 0 else None

    def _attributed(
        self, held: ConversionItem, found: ConvertedLead, context: ConversionContext | None = None
    ) -> ConversionItem:
        """Write down that the lead is converted: by us only if Zoho names our user and a time after the call."""
        is_later = bool(held.called_at and found.at and found.at >= held.called_at - CLOCKS_DIFFER)
        is_ours = is_later and found.by != "" and found.by == self._own_id()
        differing = _found_differences(held, context, found.records) if is_ours and context else ()
        origin: Origin = "slack" if is_ours else "zoho"
        return self.conversions.end(held, "CONVERTED", origin=origin, records=found.records, differences=differing)

    def _own_id(self) -> str:
        try:
            return self.users.current_id()
        except Permanent:  # what cannot be asked is not ours
            return ""

    def _told(self, item: ConversionItem, context: ConversionContext) -> StepResult:
        self.publisher.tell_end(item, context)
        return _result(item)

    def _too_late(self, item: ConversionItem, click: Click, lead: LedgerItem | None) -> StepResult:
        self.publisher.tell_too_late(item, click, lead)
        return StepResult("click_too_late", _about(click))

    def _dismiss(self, click: Click, context: ConversionContext) -> StepResult:
        """Dismiss a lead, unless it is converted, or is being converted; the first of two people dismisses it."""
        lead, made = context.lead, context.lead.current_decision if context.lead else None
        if lead is None:
            return self._not_dismissed(
                click, "leadmatch no longer has this lead's check, so there is nothing to dismiss.", lead
            )
        if (context.conversion and context.conversion.is_under_way) or (made and made.is_conversion):
            return self._not_dismissed(
                click, "This lead is being converted, or was converted: look at its message.", lead
            )
        if made and made.state == "dismissed" and made.click_id != click.click_id:
            return self._not_dismissed(click, f"<@{made.by}> dismissed this lead already.", lead)
        person = click.person.user_id
        decision = Decision("dismissed", click.click_id, person, click.at, lead.event_id, reason=click.reason)
        self.publisher.decide(lead, decision, revision=click.revision)
        shown = statement("Dismissed", "This lead is dismissed. Its message says so.")
        self.publisher.tell(click, "dismissed", view=shown, text="", lead=lead)
        return StepResult("dismissed", _about(click))

    def _not_dismissed(self, click: Click, text: str, lead: LedgerItem | None) -> StepResult:
        self.publisher.say(click, "not_dismissed", "Not dismissed", text, lead=lead)
        return StepResult("not_dismissed", _about(click))


def _found_differences(item: ConversionItem, context: ConversionContext, made: MadeRecords) -> tuple[str, ...]:
    if item.click is None or item.click.wanted is None:
        return ()
    match = match_event.read(context.lead.match) if context.lead and context.lead.match else None
    known = contact_ids(match.verdict) | account_ids(match.verdict) if match else set()
    has_company = bool(match and match.lead and match.lead.company)
    return differences(item.click.wanted, made, known=known, has_company=has_company)


def _wanted(click: Click) -> Wanted:
    if click.wanted is None:
        raise Unreadable("The click does not say what is wanted.", reason="click_unreadable")
    return click.wanted


def _result(item: ConversionItem) -> StepResult:
    about = _about(item.click) if item.click else {"lead_id": item.subject}
    reason = {"reason": item.refusal.code.lower()} if item.refusal else {}
    measures = {Metric.FAILURES: 1} if item.differences else {}
    return StepResult(f"conversion_{str(item.state).lower()}", {**about, **reason}, measures)


def _about(click: Click) -> dict[str, str | int | float]:
    return {"lead_id": click.lead_id, "click_id": click.click_id[:16], "person": click.person.user_id}
