"""How often Zoho is asked for an access token with the same credentials, by all workers together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.timing import TOKEN_BUDGETS, TOKEN_UNCLEAR_BUDGET, TOKEN_UNCLEAR_PROBE_SECONDS


@dataclass(frozen=True, slots=True)
class Ask:
    """Zoho was asked for a token at this time, with the credentials of this digest, whose budgets it counts for.

    `unclear` says that no answer is known: it was lost, or whoever asked died.
    """

    at: int
    digest: str
    after_refusal: bool = False
    unclear: bool = False


def seconds_until_free(asks: tuple[Ask, ...], *, now: int, budgets: tuple[tuple[int, int], ...] = TOKEN_BUDGETS) -> int:
    """Return how long to wait until every budget has room again; 0 when they have.

    Times that seem to lie ahead were written by a faster clock and count as well.
    """
    waits = [0]
    for seconds, limit in budgets:
        counted = sorted(ask.at for ask in asks if abs(now - ask.at) < seconds)
        if len(counted) >= limit:
            waits.append(min(counted[-limit] + seconds - now, seconds))
    return max(waits)


def seconds_until_unclear_may_be_tried(asks: tuple[Ask, ...], *, now: int) -> int:
    """Return how long to wait because too many asks had no clear answer; 0 while few had, or an hour after the last one."""
    unclear = tuple(ask for ask in asks if ask.unclear)
    if not seconds_until_free(unclear, now=now, budgets=(TOKEN_UNCLEAR_BUDGET,)):
        return 0
    return seconds_until_free(unclear, now=now, budgets=((TOKEN_UNCLEAR_PROBE_SECONDS, 1),))


def with_last_answered(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """Return the asks after the last one was answered clearly."""
    return (*asks[:-1], replace(asks[-1], unclear=False)) if asks else ()


def with_another(asks: tuple[Ask, ...], new: Ask) -> tuple[Ask, ...]:
    """Add one at the end; what no budget counts any more is forgotten."""
    seconds, limit = TOKEN_BUDGETS[-1]
    of_the_day = [ask for ask in asks if abs(new.at - ask.at) < seconds]
    own = [ask for ask in of_the_day if ask.digest == new.digest]
    others = [ask for ask in of_the_day if ask.digest != new.digest]
    return (*others, *own[1 - limit :], new)


def read_asks(asks: Iterable[Mapping[str, Any]]) -> tuple[Ask, ...]:
    """Read DynamoDB's form."""
    return tuple(Ask(int(ask["at"]), ask["digest"], bool(ask["after_refusal"]), bool(ask["unclear"])) for ask in asks)
