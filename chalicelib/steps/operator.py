"""Tells the operator's channel once of a trouble that only a person can cure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.announcements import Trouble
from chalicelib.aws.queues import Message
from chalicelib.events import Notice, Occasion
from chalicelib.steps.banner import Outbox, Words

ONLY_WORD = 1


@dataclass(frozen=True, slots=True)
class Operator:
    """The operator's channel; what is told is shown by notify, once for each subject."""

    words: Words
    slack: Outbox
    channel: str
    now: Callable[[], datetime]

    def tell(self, trouble: Trouble, *, subject: str) -> None:
        """Tell of a trouble, named by a subject of its own such as `zoho-authorisation-` and a digest.

        Told again, as after a crash, it is shown no second time.
        """
        occasion = Occasion(subject, subject, self.now())
        item = self.words.store_word(occasion, trouble.to_json(), word=ONLY_WORD)
        if item:
            notice = Notice(occasion, "trouble", item.revision, self.channel)
            self.slack.send(Message(notice.to_json(), group=self.channel, deduplication_id=notice.deduplication_id))
