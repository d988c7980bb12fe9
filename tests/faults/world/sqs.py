"""FIFO queues in virtual time that behave as SQS does where moto does not.

A deduplication id is remembered for five minutes per group (the stage's queues have `DeduplicationScope: messageGroup`),
also after its message is gone; while a message of a group is being worked on, nothing else of that group is given out; a
receipt handle is good for the last receive only; what was received too often goes to the dead letters, where its time
begins anew and its own id takes the place of the one it was sent with; what is older than its retention is gone.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.aws.queues import Message
from tests.faults.world.clock import Clock

DEDUPLICATION_SECONDS = 300.0


@dataclass(slots=True)
class _Kept:
    message: Message
    number: int
    sent_at: float
    visible_at: float
    first_received_at: float = 0.0
    receives: int = 0
    handle: str = ""


class VirtualQueue:
    """One queue; `dead` is its dead-letter queue."""

    def __init__(
        self,
        clock: Clock,
        *,
        visibility_seconds: float,
        max_receives: int = 240,
        dead: VirtualQueue | None = None,
        retention_seconds: float = math.inf,
    ) -> None:
        self._clock, self._visibility, self._max_receives, self._dead = clock, visibility_seconds, max_receives, dead
        self._retention = retention_seconds
        self._groups: OrderedDict[str, OrderedDict[int, _Kept]] = OrderedDict()
        self._handles: dict[str, _Kept] = {}
        self._remembered: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._numbers = itertools.count(1)
        self.expired = list[Message]()
        """The messages that were forgotten for their age."""
        self.kept_before = dict[str, int]()
        """Each body that was ever kept, and the place in which it came."""

    def send(self, message: Message) -> None:
        """Keep a message, unless one of its group with its id came within five minutes."""
        self._forget()
        key = (message.group, message.deduplication_id)
        if key in self._remembered:
            return
        self._remembered[key] = self._clock.seconds()
        number = next(self._numbers)
        self.kept_before.setdefault(message.body, number)
        self._groups.setdefault(message.group, OrderedDict())[number] = _Kept(
            message, number, self._clock.seconds(), 0.0
        )

    def send_all(self, messages: Sequence[Message]) -> None:
        """Keep several."""
        for message in messages:
            self.send(message)

    def receive(self) -> dict[str, Any] | None:
        """Return the record of a message whose group is free, as Lambda makes it; None when there is none now."""
        self._expire()
        for group in list(self._groups):
            first = next(iter(self._groups[group].values()))
            if first.visible_at > self._clock.seconds():
                continue
            if self._dead and first.receives >= self._max_receives:
                self._remove(first)
                self._dead.send(replace(first.message, deduplication_id=f"moved-{first.number}"))
                continue
            return self._given_out(first, self._visibility)
        return None

    def receive_batch(self, most: int, *, hidden_seconds: float) -> list[dict[str, Any]]:
        """Return messages as boto3's client does, and hide them; of a group of which one is hidden SQS gives out none."""
        self._expire()
        found = list[_Kept]()
        for kept in self._groups.values():
            if all(one.visible_at <= self._clock.seconds() for one in kept.values()):
                found += list(kept.values())[: most - len(found)]
        records = [self._given_out(one, hidden_seconds) for one in found]
        return [
            {"Body": record["body"], "Attributes": record["attributes"], "ReceiptHandle": record["receiptHandle"]}
            for record in records
        ]

    def delay(self, receipt_handle: str, seconds: int) -> None:
        """Show a message again after so many seconds."""
        kept = self._handles.get(receipt_handle)
        if kept:
            kept.visible_at = self._clock.seconds() + seconds

    def count(self) -> int:
        """Count what waits or is being worked on."""
        return len(self.messages())

    def delete(self, receipt_handle: str) -> None:
        """Forget a message; a handle of an earlier receive, or one that has run out, does nothing."""
        kept = self._handles.get(receipt_handle)
        if kept and kept.visible_at > self._clock.seconds():
            self._remove(kept)

    def next_visible_in(self) -> float | None:
        """Return the seconds until a message can be received; None when the queue is empty."""
        firsts = [next(iter(kept.values())).visible_at for kept in self._groups.values()]
        return max(0.0, min(firsts) - self._clock.seconds()) if firsts else None

    def messages(self) -> list[Message]:
        """Return everything that is kept."""
        return [kept.message for group in self._groups.values() for kept in group.values()]

    def take_all(self) -> list[Message]:
        """Take everything out, as an operator's redrive does."""
        taken = self.messages()
        self._groups.clear()
        self._handles.clear()
        return taken

    def _given_out(self, kept: _Kept, hidden_seconds: float) -> dict[str, Any]:
        self._handles.pop(kept.handle, None)
        kept.first_received_at = kept.first_received_at or self._clock.seconds()
        kept.receives += 1
        kept.handle = f"{kept.number}-{kept.receives}"
        kept.visible_at = self._clock.seconds() + hidden_seconds
        self._handles[kept.handle] = kept
        self._groups.move_to_end(kept.message.group)
        attributes = {
            "ApproximateReceiveCount": str(kept.receives),
            "MessageGroupId": kept.message.group,
            "MessageDeduplicationId": kept.message.deduplication_id,
            "SentTimestamp": str(int(kept.sent_at * 1000)),
            "ApproximateFirstReceiveTimestamp": str(int(kept.first_received_at * 1000)),
        }
        return {
            "messageId": str(kept.number),
            "receiptHandle": kept.handle,
            "body": kept.message.body,
            "attributes": attributes,
        }

    def _remove(self, kept: _Kept) -> None:
        self._handles.pop(kept.handle, None)
        group = self._groups[kept.message.group]
        del group[kept.number]
        if not group:
            del self._groups[kept.message.group]

    def _expire(self) -> None:
        """Forget what is older than SQS keeps a message, whether it was ever given out or not."""
        over = self._clock.seconds() - self._retention
        for kept in [one for group in self._groups.values() for one in group.values() if one.sent_at <= over]:
            self.expired.append(kept.message)
            self._remove(kept)

    def _forget(self) -> None:
        while self._remembered:
            key, at = next(iter(self._remembered.items()))
            if self._clock.seconds() - at < DEDUPLICATION_SECONDS:
                return
            del self._remembered[key]
