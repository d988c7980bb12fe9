"""Moves dead letters back into the queue that they came from, oldest first, and keeps count.

SQS's own StartMessageMoveTask would move all or nothing, unseen. A letter is sent before it is deleted; one that was
sent twice is the same event, which is told once.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.aws.dead_letters import DeadLetters, Letter
from chalicelib.aws.queues import Message, Queue

HIDDEN_SECONDS = 600
"""Longer than a look may take, or it would never end; what was only looked at is released when it does."""


@dataclass(slots=True)
class Seen:
    """What a look found: how many for each reason, since when, how many went back to work, how many cannot."""

    reasons: Counter[str] = field(default_factory=Counter)
    oldest_at: datetime | None = None
    moved: int = 0
    foreign: int = 0

    def add(self, letter: Letter) -> None:
        """Count a letter."""
        self.reasons[letter.reason] += 1
        self.oldest_at = min(self.oldest_at or letter.sent_at, letter.sent_at)


def move(dead: DeadLetters, live: Queue, *, lead_id: str | None, dry_run: bool) -> Seen:
    """Move every letter, or those of one lead, or none and only look.

    What is no JSON object of ours was refused for that, and stays.
    """
    seen, kept = Seen(), list[Letter]()
    try:
        for letter in dead.look(hidden_seconds=HIDDEN_SECONDS):
            subject = _lead_of(letter)
            seen.foreign += subject is None
            asked_for = subject is not None and lead_id in (None, subject)
            if asked_for:
                seen.add(letter)
            if dry_run or not asked_for:
                kept.append(letter)
                continue
            live.send(Message(letter.body, group=letter.group, deduplication_id=str(uuid.uuid4())))
            dead.remove(letter)
            seen.moved += 1
    finally:
        dead.release(kept)
    return seen


def _lead_of(letter: Letter) -> str | None:
    """Give the lead that a letter is about; None when it is none of our messages."""
    try:
        fields = json.loads(letter.body)
    except ValueError:
        return None
    found = fields.get("lead_id") if isinstance(fields, dict) else None
    return found if isinstance(found, str) else None
