"""Whose turn it is to ask Zoho for an access token: one worker's at a time, and none's while something speaks against it.

Clocks of workers differ, so a lease is over for those who have watched it for its whole length on their own clock; the
time that stands in it counts only for those who come when it is long past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.errors import LeadmatchError, ZohoBlocked, ZohoRefused, ZohoUnavailable
from chalicelib.timing import TOKEN_DOUBTED_SECONDS, TOKEN_LEASE_SECONDS, TOKEN_SKEW_SECONDS, TOKEN_WAIT_SECONDS
from chalicelib.zoho.token_record import TokenRecord, read_record


@dataclass(frozen=True, slots=True)
class TokenTiming:
    """How long a worker may take to fetch a token, how long the others wait for it before they come back later, and how far
    apart two workers' clocks may be.
    """

    lease_seconds: int = TOKEN_LEASE_SECONDS
    wait_seconds: float = TOKEN_WAIT_SECONDS
    skew_seconds: int = TOKEN_SKEW_SECONDS


class SharedItem(Protocol):
    """The record that all workers share."""

    def read(self) -> tuple[Mapping[str, Any], int]:
        """Return the content and its epoch."""

    def write(self, content: Mapping[str, Any], *, after: int) -> bool:
        """Replace the content, unless somebody wrote after that epoch."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One worker's right to ask Zoho, until its own `clock` says `ends_at`; `digest` is that of its credentials."""

    record: TokenRecord
    epoch: int
    ends_at: float
    digest: str

    def is_first_refusal(self) -> bool:
        """Return whether no refusal of these credentials was believed before."""
        return self.record.refusal is None or self.record.refusal.digest != self.digest

    def incident(self) -> str:
        """Return the name of the revocation that this refusal tells of: the same one until the refusal is written down.

        It is the time of the pause after the first refusal, which nothing but the next answer of Zoho's changes.
        """
        return self.record.first_refusal(self.digest)

    def judged(self, error: LeadmatchError) -> LeadmatchError:
        """Return what an answer without a token means: the first refusal, or word that nobody knows, may be a slip, and is tried again."""
        if isinstance(error, ZohoBlocked) and not self.record.was_blocked(self.digest):
            return ZohoUnavailable(str(error), reason=error.reason)
        if not isinstance(error, ZohoRefused) or self.record.was_refused(self.digest):
            return error
        return ZohoUnavailable(
            f"{error} leadmatch asks Zoho once more in a minute.",
            reason=error.reason,
            retry_after_seconds=TOKEN_DOUBTED_SECONDS,
        )


class TokenLease:
    """One worker's view of the lease; not for several threads at once. `clock` gives seconds that only ever grow."""

    def __init__(
        self,
        *,
        item: SharedItem,
        timing: TokenTiming,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        new_id: Callable[[], str],
    ) -> None:
        self._item, self._timing, self._now, self._clock, self._new_id = item, timing, now, clock, new_id
        self._watched_epoch, self._watched_since = -1, 0.0
        self._unanswered = ""
        """The owner of a claim whose answer was lost: perhaps ours."""

    def claim(self, *, version: str, digest: str, after_refusal: bool = False) -> Turn | None:
        """Take the turn, having read this version of the secret; None when the secret is to be read again.

        `after_refusal` tells that Zoho refuses a token that should still live: that is tried less often.

        None is given while another worker fetches a token, and when one has just replaced this version. Raises
        `ZohoThrottled`, `ZohoUnavailable` or `ZohoRefused` while Zoho is not to be asked, by anybody.
        """
        began, now = self._clock(), self._seconds()
        fields, epoch = self._item.read()
        record = self._without_own_claim(read_record(fields))
        if record.has_replaced(version, now=now) or not self._is_free(record, epoch):
            return None
        if objection := record.objection(digest, now=now, after_refusal=after_refusal):
            raise objection
        lease_seconds = self._timing.lease_seconds
        claimed = record.claimed(
            owner=self._new_id(),
            version=version,
            digest=digest,
            now=now,
            lease_seconds=lease_seconds,
            after_refusal=after_refusal,
        )
        self._unanswered = claimed.owner
        written = self._item.write(claimed.fields(), after=epoch)
        self._unanswered = ""
        return Turn(claimed, epoch + 1, began + lease_seconds, digest) if written else None

    def is_over(self, turn: Turn) -> bool:
        """Return whether others may have taken the turn by now, by either clock: one may stand still while Lambda is frozen."""
        return self._clock() >= turn.ends_at or self._seconds() >= turn.record.lease_until

    def seconds_to_watch(self) -> float:
        """Return how long the lease that was last seen has yet to be watched."""
        return max(0.0, self._watched_since + self._timing.lease_seconds - self._clock())

    def succeeded(self, turn: Turn, *, stored: bool) -> None:
        """Release the lease with a token; nothing happens when another worker has taken it over."""
        record = turn.record.succeeded(digest=turn.digest, stored=stored, now=self._seconds())
        self._item.write(record.fields(), after=turn.epoch)

    def failed(self, turn: Turn, error: LeadmatchError) -> None:
        """Release the lease without a token."""
        self._item.write(turn.record.failed(error, digest=turn.digest, now=self._seconds()).fields(), after=turn.epoch)

    def _without_own_claim(self, record: TokenRecord) -> TokenRecord:
        """Take back a claim of our own whose answer was lost: it asked Zoho for nothing."""
        if not self._unanswered or record.owner != self._unanswered:
            return record
        return record.taken_back()

    def _is_free(self, record: TokenRecord, epoch: int) -> bool:
        if not record.owner:
            return True
        if epoch != self._watched_epoch:
            self._watched_epoch, self._watched_since = epoch, self._clock()
        return self.seconds_to_watch() == 0 or self._seconds() > record.lease_until + self._timing.skew_seconds

    def _seconds(self) -> int:
        return int(self._now().timestamp())
