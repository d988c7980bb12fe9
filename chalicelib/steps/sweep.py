"""sweep: waiting leads whose time has come go back to the inbox, and dead letters that SQS moved are handled.

The first half also looks after a banner that no lead moves any more, and queues nothing while Zoho does not answer or its credits
run low. The second half handles dead letters that SQS moved after repeated crashes: a lead gets its verdict `unchecked`, a notice is sent
again. A dead letter is removed last. Everything before that can be done twice: when a sweep crashes in between, the next one finishes
its work. Dead letters that are quarantined for a person stay where they are; what only a person can handle is quarantined as
well, since other dead letters of one channel hide those behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import DeadLetter, DeadLetters, Message, Outbox, id_after, quarantined
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.conversion import PersonNotice, read_person_notice
from chalicelib.errors import LeadmatchError, OutOfOrder, Permanent, Superseded
from chalicelib.events import LeadEvent, Notice, if_past
from chalicelib.metrics import Metric
from chalicelib.routing import Route
from chalicelib.steps.publish import VerdictPublisher
from chalicelib.steps.results import StepResult, of_event
from chalicelib.timing import (
    CREDITS_KNOWN,
    LONGEST_LEASE_SECONDS,
    SWEEP_HIDDEN_SECONDS,
    SWEEP_PART_SECONDS,
    next_check_at,
)
from chalicelib.verdict import unchecked
from chalicelib.verdict.model import Cause

ROUNDS_WITH_LEASE = 1
ROUNDS_WITHOUT_LEASE = 4
"""How often a notice is sent whole again. It takes about two hours until SQS moves one whose worker breaks off."""
FAILED = {Metric.FAILURES: 1}
LEFT = StepResult("left", {})
"""A person's dead letter, or another worker's: neither counted nor logged, or every sweep would log it again."""


class WaitingLeads(Protocol):
    """Knows which leads wait."""

    def due(self) -> Iterable[str]: ...
    def postpone(self, lead_id: str, *, until: datetime) -> None: ...


class Banner(Protocol):
    """Says what is to be said of an outage."""

    def look_after(self, state: ZohoHealth) -> None: ...


class LedgerReader(Protocol):
    """Remembers the lead's last event, its match, and what Slack shows of it."""

    def read(self, lead_id: str) -> LedgerItem | None: ...


def sweep(
    *,
    ledger: WaitingLeads,
    inbox: Outbox,
    banner: Banner,
    state: ZohoHealth,
    credits_floor: int,
    now: Callable[[], datetime],
    new_event_id: Callable[[], str],
    seconds: float = SWEEP_PART_SECONDS,
) -> StepResult:
    """Queue the leads that are due, for so many seconds; what was not queued stays due for the next sweep.

    While Zoho does not answer, nothing is queued. While fewer API credits are left than the floor, they are kept for
    leads that people wait for.
    """
    banner.look_after(state)
    if obstacle := _obstacle(state, credits_floor, now()):
        return StepResult("swept", {"queued": 0, **obstacle})
    queued, until = 0, now() + timedelta(seconds=seconds)
    for lead_id in ledger.due():
        if now() >= until:
            break
        event = LeadEvent(lead_id, new_event_id(), now(), "sweep")
        inbox.send(Message.of_event(event))
        ledger.postpone(lead_id, until=next_check_at(now()))
        queued += 1
    return StepResult("swept", {"queued": queued})


@dataclass(frozen=True, slots=True)
class DeadLetterHandler:
    """Decides what becomes of a dead letter that is not quarantined; `routes` reads where a lead's first message goes."""

    ledger: LedgerReader
    publisher: VerdictPublisher
    slack: Outbox
    operator_channel: str
    now: Callable[[], datetime]
    routes: Callable[[], Sequence[Route]] = tuple

    def lead(self, letter: DeadLetter) -> StepResult:
        """Publish `unchecked` for a lead whose check crashed again and again, or republish the verdict it has."""
        event = LeadEvent.from_json(letter.body).accepted_by(letter.sent_at)
        item = self.ledger.read(event.lead_id)
        try:
            if sent := self.publisher.republish(event, item):
                return sent
            verdict = unchecked("check_broke_off", Cause.BROKE_OFF)
            return self.publisher.publish(event, None, verdict, seen=item, turn=letter.turn, routes=self.routes())
        except OutOfOrder as error:
            return replace(of_event(error.reason, event, now=self.now()), measures=FAILED)
        except Superseded as error:
            return of_event(error.reason, event, now=self.now())

    def notice(self, letter: DeadLetter) -> StepResult:
        """Send a notice to its own channel again; one that broke off again and again, briefly and to the operator.

        A lease that nobody gave back says that the last attempt broke off, or that Slack gave it no clear answer.
        The second is far likelier, and would send what sales people wait for to somebody else: hence once again.
        Without such a lease nobody got as far as the item, and only the number of rounds says that it breaks off each time.
        """
        if personal := read_person_notice(letter.body):
            return self._to_person(personal, letter)
        notice = Notice.from_json(letter.body)
        if letter.has_waited:
            return self._sent_again(notice, letter)
        if notice.is_last_form:
            raise Permanent("The fallback message failed as well.", reason="told_in_vain")
        item = self.ledger.read(notice.subject)
        if item and 0 < item.lease_until - self.now().timestamp() <= LONGEST_LEASE_SECONDS:
            return LEFT
        if item is None or item.event_id != notice.event.event_id or _is_shown(item):
            return of_event("nothing_to_tell", notice.event, now=self.now())
        if notice.rounds >= (ROUNDS_WITH_LEASE if item.owner else ROUNDS_WITHOUT_LEASE):
            notice = replace(notice, kind="minimal", channel=self.operator_channel)
        return self._sent_again(replace(notice, rounds=notice.rounds + 1), letter)

    def _to_person(self, notice: PersonNotice, letter: DeadLetter) -> StepResult:
        """Tell a person once more: as it was if it has only waited, else without the view, whose sending may be what crashed."""
        if not letter.has_waited:
            if not (notice.view and notice.text):
                raise Permanent("What one person was to be told failed as well.", reason="told_in_vain")
            notice = replace(notice, view="")
        again = replace(Message.of_person_notice(notice), deduplication_id=id_after(letter.deduplication_id))
        self.slack.send(again)
        return StepResult("told_again", {"person": notice.person.user_id, "kind": notice.kind})

    def _sent_again(self, notice: Notice, letter: DeadLetter) -> StepResult:
        again = replace(Message.of_notice(notice), deduplication_id=id_after(letter.deduplication_id))
        self.slack.send(again)
        return of_event("told_again", notice.event, now=self.now(), kind=notice.kind, rounds=notice.rounds)


def handle_dead_letters(
    letters: DeadLetters,
    handle: Callable[[DeadLetter], StepResult],
    *,
    log: Callable[[StepResult], None],
    now: Callable[[], datetime],
    seconds: float,
) -> Counter[str]:
    """Work through a dead-letter queue for so many seconds; return how often each thing was done.

    What one dead letter raises leaves it for the next sweep, and does not stop the others.
    """
    until, did = now() + timedelta(seconds=seconds), Counter[str]()
    for letter in letters.look(hidden_seconds=SWEEP_HIDDEN_SECONDS):
        result = LEFT if letter.is_quarantined else _handled(letter, handle, letters)
        if result is not LEFT:
            did[result.name] += 1
            log(result)
        if now() >= until:
            break
    return did


def _obstacle(state: ZohoHealth, floor: int, now: datetime) -> dict[str, str | int | float]:
    """Return why nothing is queued, for the log; nothing when there is no reason."""
    if state.is_out(now):  # a lead that is given up there would wait no more
        return {"reason": "zoho_does_not_answer"}
    if _is_short(state, floor, now):
        return {"reason": "zoho_credits_low", "credits_left": state.credits_left or 0}
    return {}


def _is_short(state: ZohoHealth, floor: int, now: datetime) -> bool:
    """Return whether the day's credits run low; when the number is old, the next lead's answer brings a new one."""
    credits_at = if_past(state.credits_at, now)
    if state.credits_left is None or credits_at is None:
        return False
    return state.credits_left < floor and now - credits_at < CREDITS_KNOWN


def _handled(letter: DeadLetter, handle: Callable[[DeadLetter], StepResult], letters: DeadLetters) -> StepResult:
    try:
        result = _worked_on(letter, handle, letters)
        if result is not LEFT:
            letters.remove(letter)
    except LeadmatchError as error:
        return StepResult("letter_failed", {"group": letter.group, "reason": error.reason}, FAILED)
    except Exception as error:  # noqa: BLE001 - an edge: one dead letter holds up no other, and the error's text stays out of the log
        return StepResult("letter_failed", {"group": letter.group, "error": type(error).__name__}, FAILED)
    return result


def _worked_on(letter: DeadLetter, handle: Callable[[DeadLetter], StepResult], letters: DeadLetters) -> StepResult:
    try:
        return handle(letter)
    except Permanent as error:
        message = Message(letter.body, group=letter.group, deduplication_id=letter.deduplication_id)
        letters.send(quarantined(message, reason=error.reason))
        return StepResult("given_up", {"group": letter.group, "reason": error.reason}, FAILED)


def _is_shown(item: LedgerItem) -> bool:
    return item.shown is not None and item.shown.revision == item.revision
