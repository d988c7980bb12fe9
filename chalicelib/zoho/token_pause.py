"""How long nobody asks Zoho for an access token after it gave none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from chalicelib.errors import LeadmatchError, Retryable, ZohoRefused
from chalicelib.timing import (
    CLOCKS_DIFFER,
    LONGEST_ASKED_SECONDS,
    TOKEN_BACKOFF,
    TOKEN_DOUBTED_SECONDS,
    honoured_seconds,
)


@dataclass(frozen=True, slots=True)
class Pause:
    """Until when nobody asks Zoho with the credentials of this digest, after so many failures in a row.

    `refused` says whether Zoho has refused them meanwhile, `blocked` whether its last answer was that it lets nobody in.
    """

    digest: str
    until: int
    reason: str
    failures: int
    refused: bool = False
    blocked: bool = False

    def holds(self, now: int) -> bool:
        """Return whether it lasts; one that would last longer than any does was written by a clock that is ahead."""
        return now < self.until <= now + LONGEST_ASKED_SECONDS + CLOCKS_DIFFER.total_seconds()


def pause_seconds(error: LeadmatchError, *, failures: int) -> int:
    """Return for how many seconds nobody asks Zoho: what it wants, but never less than our own pause, which grows."""
    own = int(TOKEN_BACKOFF.whole_seconds(failures))
    if isinstance(error, ZohoRefused):
        return max(own, TOKEN_DOUBTED_SECONDS)
    asked = error.retry_after_seconds if isinstance(error, Retryable) else None
    return max(own, ceil(honoured_seconds(asked)))


def read_pauses(pauses: Iterable[Mapping[str, Any]]) -> tuple[Pause, ...]:
    """Read DynamoDB's form."""
    return tuple(
        Pause(one["digest"], int(one["until"]), one["reason"], int(one["failures"]), one["refused"], one["blocked"])
        for one in pauses
    )
