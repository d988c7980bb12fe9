"""How often Zoho is asked for an access token."""

from __future__ import annotations

import pytest

from chalicelib.timing import TOKEN_BUDGETS, TOKEN_REFUSED_BUDGETS
from chalicelib.zoho.token_budget import Ask, seconds_until_free, with_another

NOW = 1_800_000_000


def asks_at(*times: int) -> tuple[Ask, ...]:
    """Return asks with the same credentials, in the order given."""
    return tuple(Ask(at, "d") for at in times)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ((), 0),
        ((0,) * 4, 0),
        ((0,) * 5, 600),
        ((599,) * 5, 1),
        ((600,) * 5, 0),
        ((100, 200, 300, 400, 500, 550), 100),
        ((3000,) * 6 + (650,) * 4, 600),
        ((3000,) * 10, 600),
        ((1800,) * 9, 0),
        ((3600,) * 60, 82800),
        ((86400,) * 60, 0),
        ((-120,) * 5, 600),
        ((-100_000,) * 60, 0),
    ],
)
def test_the_budgets_of_ten_minutes_an_hour_and_a_day(asked: tuple[int, ...], wait: int) -> None:
    """Five, ten and sixty (`asked` is seconds ago); the wait lasts until the slot is free, whoever's clock wrote it."""
    assert seconds_until_free(asks_at(*(NOW - ago for ago in asked)), now=NOW) == wait


@pytest.mark.parametrize("budgets", [TOKEN_BUDGETS, TOKEN_REFUSED_BUDGETS])
def test_after_the_wait_there_is_room(budgets: tuple[tuple[int, int], ...]) -> None:
    """The wait is exact for a full budget of each kind, and one second less is too short."""
    for seconds, limit in budgets:
        asks = asks_at(*(NOW - seconds // 2 - n for n in range(limit)))
        wait = seconds_until_free(asks, now=NOW, budgets=budgets)
        assert seconds_until_free(asks, now=NOW + wait - 1, budgets=budgets) == 1
        assert seconds_until_free(asks, now=NOW + wait, budgets=budgets) == 0


def test_what_no_budget_counts_is_forgotten() -> None:
    """At most sixty of the same credentials are kept, those of the last day; others' count for them and stay."""
    new = Ask(NOW, "d")
    assert with_another(asks_at(*range(NOW - 100_000, NOW - 99_900)), new) == (new,)
    own = tuple(Ask(at, "d") for at in range(NOW - 70, NOW))
    others = tuple(Ask(at, "other") for at in range(NOW - 70, NOW))
    assert with_another(own + others, new) == (*others, *own[-59:], new)
    assert len(with_another(asks_at(*range(NOW - 70, NOW)), new)) == 60
