"""Moves dead letters back into the queue that they came from, oldest first, and keeps count.

SQS's own StartMessageMoveTask would move all or nothing, unseen. A letter is sent before it is deleted; one that was
sent twice is the same event, which is told once. What was parked has a group of its own; back at work, a lead's messages
and a channel's keep their order again.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.aws.queues import DeadLetter, DeadLetters, Message, Queue
from chalicelib.conversion import PersonNotice
from chalicelib.errors import Unreadable
from chalicelib.events import LeadEvent, Notice
from ops.timing import REDRIVE_HIDDEN_SECONDS, REDRIVE_WAIT_SECONDS, REDRIVE_WAITS


@dataclass(frozen=True, slots=True)
class Address:
    """What a letter is about, a lead's id for one, and the group whose order it keeps at work."""

    subject: str
    group: str


def of_lead(body: str) -> Address:
    """Read the address in an inbox letter; raise `Unreadable` when it is none of ours."""
    event = LeadEvent.from_json(body)
    return Address(event.lead_id, event.lead_id)


def of_notice(body: str) -> Address:
    """Read the address in a slack letter, about a lead or an incident or for a person; raise `Unreadable` when it is none of ours."""
    try:
        personal = PersonNotice.from_json(body)
    except Unreadable:
        notice = Notice.from_json(body)
        return Address(notice.subject, notice.channel)
    return Address(f"for {personal.person.user_id}", personal.group)


@dataclass(slots=True)
class Seen:
    """What a look found: how many for each reason, since when, how many went back to work, how many cannot.

    `looked_at` counts what was not asked for too; `hidden` are letters that somebody else was looking at all the time.
    """

    reasons: Counter[str] = field(default_factory=Counter)
    oldest_at: datetime | None = None
    moved: int = 0
    foreign: int = 0
    subjects: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0
    hidden: int = 0

    def add(self, letter: DeadLetter, subject: str) -> None:
        """Count a letter about a lead, or an incident."""
        self.subjects[subject] += 1
        self.reasons[letter.reason] += 1
        self.oldest_at = min(self.oldest_at or letter.sent_at, letter.sent_at)


def once_shown(
    look: Callable[[], Seen],
    dead: DeadLetters,
    *,
    say: Callable[[int], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Seen:
    """Look until a letter is shown, for a bit over a minute while SQS counts some: the sweep may have hidden them all."""
    for waits in range(REDRIVE_WAITS + 1):
        seen = look()
        if seen.looked_at or not (hidden := dead.count()):
            return seen
        seen.hidden = hidden
        if waits == 0:
            say(hidden)
        if waits < REDRIVE_WAITS:
            sleep(REDRIVE_WAIT_SECONDS)
    return seen


def move(
    dead: DeadLetters, live: Queue, address: Callable[[str], Address], *, lead_id: str | None, dry_run: bool
) -> Seen:
    """Move every letter, or those of one lead, or none and only look; what is none of our messages stays."""
    seen, kept = Seen(), list[DeadLetter]()
    try:
        for letter in dead.look(hidden_seconds=REDRIVE_HIDDEN_SECONDS):
            found = _address_of(letter, address)
            seen.looked_at += 1
            seen.foreign += found is None
            asked_for = found is not None and lead_id in (None, found.subject)
            if found and asked_for:
                seen.add(letter, found.subject)
            if found is None or dry_run or not asked_for:
                kept.append(letter)
                continue
            live.send(Message(letter.body, group=found.group, deduplication_id=str(uuid.uuid4())))
            dead.remove(letter)
            seen.moved += 1
    finally:
        dead.release(kept)
    return seen


def _address_of(letter: DeadLetter, address: Callable[[str], Address]) -> Address | None:
    try:
        return address(letter.body)
    except Unreadable:
        return None
