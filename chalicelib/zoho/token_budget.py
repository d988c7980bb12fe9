"""How often Zoho is asked for an access token with the same credentials, by all workers together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

BUDGETS = ((600, 5), (3600, 10), (24 * 3600, 60))
"""How many seconds, and how often Zoho may be asked in them: half of what it allows for one refresh token."""
REFUSED_BUDGETS = ((600, 2), (3600, 4), (24 * 3600, 20))
"""How often of these because a token was refused before its time, which a new one may not cure: the rest, forty a day,
is for tokens that end, and these are under thirty."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Zoho was asked for a token at this time, with the credentials of this digest.

    Those of the form that the ledger had before bear no digest, and count for everybody.
    """

    at: int
    digest: str = ""
    after_refusal: bool = False

    def counts_for(self, digest: str) -> bool:
        """Tell whether it may have used up some of these credentials' budget."""
        return self.digest in ("", digest)


def seconds_until_free(asks: tuple[Ask, ...], *, now: int, budgets: tuple[tuple[int, int], ...] = BUDGETS) -> int:
    """Give how long to wait until every budget has room again; 0 when they have.

    Times that seem to lie ahead were written by a faster clock and count as well.
    """
    waits = [0]
    for seconds, limit in budgets:
        counted = sorted(ask.at for ask in asks if abs(now - ask.at) < seconds)
        if len(counted) >= limit:
            waits.append(min(counted[-limit] + seconds - now, seconds))
    return max(waits)


def with_another(asks: tuple[Ask, ...], new: Ask) -> tuple[Ask, ...]:
    """Add one at the end; what no budget counts any more is forgotten."""
    seconds, limit = BUDGETS[-1]
    of_the_day = [ask for ask in asks if abs(new.at - ask.at) < seconds]
    own = [ask for ask in of_the_day if ask.counts_for(new.digest)]
    others = [ask for ask in of_the_day if not ask.counts_for(new.digest)]
    return (*others, *own[1 - limit :], new)


def read_asks(fields: Mapping[str, Any]) -> tuple[Ask, ...]:
    """Read DynamoDB's form, or the one before it: times alone."""
    if "asks" in fields:
        return tuple(Ask(int(ask["at"]), ask["digest"], bool(ask["after_refusal"])) for ask in fields["asks"])
    return tuple(Ask(int(at)) for at in fields.get("asked_at", ()))
