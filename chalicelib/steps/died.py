"""sweep's second half: what died without a word, so that only SQS moved it to the dead letters, is told after all.

A letter is removed last. Before that, everything can be done twice: a sweep that dies in between is made up for by the
next one, and nobody sees it. Letters that were parked for a person stay where they are; what is left for one is parked
too, since unparked letters of one channel hide those behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Letter, Message, id_after, parked
from chalicelib.errors import LeadmatchError, OutOfOrder, Permanent, Superseded
from chalicelib.events import LeadEvent, Notice
from chalicelib.metrics import Metric
from chalicelib.steps.deliver import Dispatch, Outbox
from chalicelib.steps.outcome import Outcome, of_event
from chalicelib.verdict import unchecked

LONGEST_LEASE_SECONDS = 300
"""A lease that lasts longer was written by a clock that is ahead: whoever comes after it waits for SQS, not for that."""
HIDDEN_SECONDS = 60
"""As long as the sweep may run: it meets each letter once, and a person's redrive meets them all a minute later."""
ROUNDS_WITH_LEASE = 1
ROUNDS_WITHOUT_LEASE = 4
"""How often a notice is sent whole again. It takes about two hours until SQS moves one whose worker breaks off."""
FAILED = {Metric.FAILURES: 1}
LEFT = Outcome("left", {})
"""A person's letter, or another worker's: neither counted nor logged, or every sweep would say so again."""


class Ledger(Protocol):
    """Remembers the lead's last event, its match, and what Slack shows of it."""

    def read(self, lead_id: str) -> LedgerItem | None: ...


class DeadLetters(Protocol):
    """A dead-letter queue."""

    def look(self, *, hidden_seconds: int) -> Iterator[Letter]: ...
    def remove(self, letter: Letter) -> None: ...
    def send(self, message: Message) -> None: ...


@dataclass(frozen=True, slots=True)
class Registrar:
    """Knows what to do with a letter that nobody parked."""

    ledger: Ledger
    dispatch: Dispatch
    slack: Outbox
    operator_channel: str
    now: Callable[[], datetime]

    def lead(self, letter: Letter) -> Outcome:
        """Give a lead whose check broke off again and again the verdict `unchecked`, or send the one it has."""
        event = LeadEvent.from_json(letter.body).accepted_by(letter.sent_at)
        item = self.ledger.read(event.lead_id)
        try:
            sent = self.dispatch.resend(event, item)
            verdict = unchecked("check_broke_off")
            return sent or self.dispatch.conclude(event, None, verdict, seen=item, turn=letter.turn)
        except OutOfOrder as error:
            return replace(of_event(error.reason, event, now=self.now()), measures=FAILED)
        except Superseded as error:
            return of_event(error.reason, event, now=self.now())

    def notice(self, letter: Letter) -> Outcome:
        """Send a notice to its own channel again; one that broke off again and again, briefly and to the operator.

        A lease that nobody gave back says that the last attempt broke off, or that Slack answered it with no clear word.
        The second is far likelier, and would send what sales people wait for to somebody else: hence once again.
        Without such a lease nobody got as far as the item, and only the number of rounds says that it breaks off each time.
        """
        notice = Notice.from_json(letter.body)
        if letter.has_waited:
            return self._sent_again(notice, letter)
        if notice.is_last_form:
            raise Permanent("What was told in its last form died too.", reason="told_in_vain")
        item = self.ledger.read(notice.subject)
        if item and 0 < item.lease_until - self.now().timestamp() <= LONGEST_LEASE_SECONDS:
            return LEFT
        if item is None or item.event_id != notice.event.event_id or _is_shown(item):
            return of_event("nothing_to_tell", notice.event, now=self.now())
        if notice.rounds >= (ROUNDS_WITH_LEASE if item.owner else ROUNDS_WITHOUT_LEASE):
            notice = replace(notice, kind="minimal", channel=self.operator_channel)
        return self._sent_again(replace(notice, rounds=notice.rounds + 1), letter)

    def _sent_again(self, notice: Notice, letter: Letter) -> Outcome:
        again = replace(Message.of_notice(notice), deduplication_id=id_after(letter.deduplication_id))
        self.slack.send(again)
        return of_event("told_again", notice.event, now=self.now(), kind=notice.kind, rounds=notice.rounds)


def tell_of_the_died(
    letters: DeadLetters,
    handle: Callable[[Letter], Outcome],
    *,
    log: Callable[[Outcome], None],
    now: Callable[[], datetime],
    seconds: float,
) -> Counter[str]:
    """Work through a dead-letter queue for so many seconds; give how often each thing was done.

    What one letter raises keeps that letter for the next sweep, and no other letter from its turn.
    """
    until, did = now() + timedelta(seconds=seconds), Counter[str]()
    for letter in letters.look(hidden_seconds=HIDDEN_SECONDS):
        outcome = LEFT if letter.is_parked else _handled(letter, handle, letters)
        if outcome is not LEFT:
            did[outcome.name] += 1
            log(outcome)
        if now() >= until:
            break
    return did


def _handled(letter: Letter, handle: Callable[[Letter], Outcome], letters: DeadLetters) -> Outcome:
    try:
        outcome = _worked_on(letter, handle, letters)
        if outcome is not LEFT:
            letters.remove(letter)
    except LeadmatchError as error:
        return Outcome("letter_failed", {"group": letter.group, "reason": error.reason}, FAILED)
    except Exception as error:  # noqa: BLE001 - an edge: one letter holds up no other, and its text stays out of the log
        return Outcome("letter_failed", {"group": letter.group, "error": type(error).__name__}, FAILED)
    return outcome


def _worked_on(letter: Letter, handle: Callable[[Letter], Outcome], letters: DeadLetters) -> Outcome:
    try:
        return handle(letter)
    except Permanent as error:
        message = Message(letter.body, group=letter.group, deduplication_id=letter.deduplication_id)
        letters.send(parked(message, reason=error.reason))
        return Outcome("given_up", {"group": letter.group, "reason": error.reason}, FAILED)


def _is_shown(item: LedgerItem) -> bool:
    return item.shown is not None and item.shown.revision == item.revision
