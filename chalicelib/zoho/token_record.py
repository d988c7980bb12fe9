"""What the workers know together about the access token: who fetches the next one, when Zoho was asked, what it refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from chalicelib.errors import (
    LeadmatchError,
    TokenUnclear,
    ZohoBlocked,
    ZohoRefused,
    ZohoThrottled,
    ZohoTokensRejected,
    ZohoUnavailable,
)
from chalicelib.timing import (
    LONGEST_ASKED_SECONDS,
    TOKEN_REFUSED_BUDGETS,
    TOKEN_REFUSED_LONGEST_SECONDS,
    TOKEN_REFUSED_SECONDS,
    TOKEN_STALE_SECONDS,
)
from chalicelib.zoho.token_budget import (
    Ask,
    read_asks,
    seconds_until_free,
    seconds_until_unclear_may_be_tried,
    with_another,
    with_last_answered,
)
from chalicelib.zoho.token_pause import Pause, pause_seconds, read_pauses

TOKENS_REFUSED = "zoho_token_refused"
"""The reason for which no other token is fetched: the new ones are refused like the old ones."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Credentials that Zoho does not take, by their digest, and our sentence about it."""

    digest: str
    message: str
    at: int


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The shared record; times are whole epoch seconds by the clock of whoever wrote them.

    `owner` fetches the next token until `lease_until`; `replaces` is the version of the secret that the last one to
    claim the lease had read, and `stored_at` when a new token took that version's place (0: it did not). Budgets and
    pauses are those of one digest: with new credentials Zoho is asked at once, and for a minute there are workers that
    still have the old ones.
    """

    owner: str = ""
    lease_until: int = 0
    replaces: str = ""
    stored_at: int = 0
    asks: tuple[Ask, ...] = ()
    pauses: tuple[Pause, ...] = ()
    refusal: Refusal | None = None

    def fields(self) -> dict[str, Any]:
        """Return DynamoDB's form."""
        fields = asdict(self)
        return fields | {"asks": list(fields["asks"]), "pauses": list(fields["pauses"])}

    def has_replaced(self, version: str, *, now: int) -> bool:
        """Return whether a new token took the place of this version of the secret a short time ago."""
        return bool(self.stored_at) and self.replaces == version and abs(now - self.stored_at) < TOKEN_STALE_SECONDS

    def was_refused(self, digest: str) -> bool:
        """Return whether Zoho refused these credentials the last time that it said anything clear about them."""
        known = self.refusal is not None and self.refusal.digest == digest
        return known or any(pause.refused for pause in self._pauses_of(digest))

    def was_blocked(self, digest: str) -> bool:
        """Return whether the last answer to these credentials said that Zoho lets nobody in."""
        return any(pause.blocked for pause in self._pauses_of(digest))

    def first_refusal(self, digest: str) -> str:
        """Return what tells one revocation of these credentials from the next: when the first refusal's pause ended."""
        return str(max((pause.until for pause in self._pauses_of(digest)), default=0))

    def objection(self, digest: str, *, now: int, after_refusal: bool = False) -> LeadmatchError | None:
        """Return what speaks against asking Zoho now, with the credentials of this digest; None when nothing does.

        `after_refusal` tells that a token is wanted because Zoho refuses one that should still live.
        """
        refusal = self.refusal
        if refusal and refusal.digest == digest and abs(now - refusal.at) < TOKEN_REFUSED_SECONDS:
            return ZohoRefused(refusal.message, reason="zoho_not_connected")
        pause = max((one for one in self._pauses_of(digest) if one.holds(now)), key=lambda one: one.until, default=None)
        if pause:
            return ZohoUnavailable(
                "Zoho issued no access token recently; leadmatch asks again after a pause.",
                reason=pause.reason,
                retry_after_seconds=pause.until - now,
            )
        own = tuple(ask for ask in self.asks if ask.digest == digest)
        if seconds := seconds_until_free(own, now=now):
            return ZohoThrottled(
                "leadmatch has fetched as many access tokens as it may for now.",
                reason="token_budget",
                retry_after_seconds=seconds,
            )
        if seconds := seconds_until_unclear_may_be_tried(own, now=now):
            return ZohoThrottled(
                "Zoho's answers with access tokens were lost too often; leadmatch asks once an hour.",
                reason="token_budget",
                retry_after_seconds=seconds,
            )
        return _refused_too_often(own, now=now) if after_refusal else None

    def claimed(
        self, *, owner: str, version: str, digest: str, now: int, lease_seconds: int, after_refusal: bool = False
    ) -> TokenRecord:
        """Return the record of a worker who is about to ask Zoho, which counts from now on."""
        return replace(
            self,
            owner=owner,
            lease_until=now + lease_seconds,
            replaces=version,
            stored_at=0,
            asks=with_another(self.asks, Ask(now, digest, after_refusal, unclear=True)),
        )

    def succeeded(self, *, digest: str, stored: bool, now: int) -> TokenRecord:
        """Return the record after Zoho gave a token; `stored` says whether the others find it in the secret."""
        return TokenRecord(
            replaces=self.replaces,
            stored_at=now if stored else 0,
            asks=with_last_answered(self.asks),
            pauses=self._pauses_of_others(digest, now),
        )

    def failed(self, error: LeadmatchError, *, digest: str, now: int) -> TokenRecord:
        """Return the record after Zoho gave no token; only a lost answer counts, since it may have held one.

        The first refusal of credentials is a pause, the second one in a row is believed.
        """
        counts = isinstance(error, TokenUnclear)
        free = replace(
            self if counts else self.taken_back(), owner="", lease_until=0, pauses=self._pauses_of_others(digest, now)
        )
        is_refusal = isinstance(error, ZohoRefused)
        if is_refusal and self.was_refused(digest):
            return replace(free, refusal=Refusal(digest, str(error), now))
        failures = max((pause.failures for pause in self._pauses_of(digest)), default=0)
        until = now + pause_seconds(error, failures=failures)
        refused = is_refusal or self.was_refused(digest)
        blocked = isinstance(error, ZohoBlocked)
        return replace(free, pauses=(*free.pauses, Pause(digest, until, error.reason, failures + 1, refused, blocked)))

    def taken_back(self) -> TokenRecord:
        """Return the record without its last claim, which asked Zoho for nothing."""
        return replace(self, owner="", lease_until=0, asks=self.asks[:-1])

    def _pauses_of(self, digest: str) -> tuple[Pause, ...]:
        return tuple(pause for pause in self.pauses if pause.digest == digest)

    def _pauses_of_others(self, digest: str, now: int) -> tuple[Pause, ...]:
        """Return those that still hold for workers that have other credentials, and for a while longer how they grew."""
        recent = now - LONGEST_ASKED_SECONDS
        return tuple(pause for pause in self.pauses if pause.digest != digest and pause.until > recent)


def _refused_too_often(own: tuple[Ask, ...], *, now: int) -> ZohoTokensRejected | None:
    asks = tuple(ask for ask in own if ask.after_refusal)
    seconds = seconds_until_free(asks, now=now, budgets=TOKEN_REFUSED_BUDGETS)
    if not seconds:
        return None
    return ZohoTokensRejected(
        "Zoho refuses new access tokens as it did the old ones; leadmatch fetches no other for now.",
        reason=TOKENS_REFUSED,
        retry_after_seconds=min(seconds, TOKEN_REFUSED_LONGEST_SECONDS),
    )


def read_record(fields: Mapping[str, Any]) -> TokenRecord:
    """Read DynamoDB's form, in which numbers are Decimals; without fields nothing was written yet."""
    if not fields:
        return TokenRecord()
    refusal = fields["refusal"]
    return TokenRecord(
        owner=fields["owner"],
        lease_until=int(fields["lease_until"]),
        replaces=fields["replaces"],
        stored_at=int(fields["stored_at"]),
        asks=read_asks(fields["asks"]),
        pauses=read_pauses(fields["pauses"]),
        refusal=Refusal(refusal["digest"], refusal["message"], int(refusal["at"])) if refusal else None,
    )
