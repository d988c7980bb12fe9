"""A word about what is no lead, an outage for one: it is written into the ledger, and a notice sends notify to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message
from chalicelib.events import Notice, NoticeKind, Occasion


class Words(Protocol):
    """The ledger's items of what is told though it is no lead."""

    def store_word(self, occasion: Occasion, text: str, *, word: int) -> LedgerItem | None: ...


class Outbox(Protocol):
    """Takes notices."""

    def send(self, message: Message) -> None: ...


@dataclass(frozen=True, slots=True)
class Voice:
    """Tells one channel of one kind of occasion."""

    kind: NoticeKind
    words: Words
    slack: Outbox
    channel: str

    def say(self, occasion: Occasion, text: str, *, word: int) -> None:
        """Say the `word`-th word, unless a later one was said; said twice, as after a crash, it is shown once."""
        item = self.words.store_word(occasion, text, word=word)
        if item:
            self.slack.send(Message.of_notice(Notice(occasion, self.kind, item.revision, self.channel)))
