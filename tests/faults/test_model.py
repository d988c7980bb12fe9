"""The model's verdict on the design, and on the design with each of its parts taken away."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable

import pytest

from tests.faults.model.explore import DESIGNS, explore
from tests.faults.model.rules import RULES
from tests.faults.model.state import is_quiet

SECOND_POST = [
    "lease shorter than the kill",
    "lease shorter than the call in flight",
    "lease shorter than the history's delay",
    "what is not found at once counts as not posted",
    "no read-back",
    "an HTTP client that repeats",
]


def test_no_interleaving_posts_twice_or_loses_the_lead(capsys: pytest.CaptureFixture[str]) -> None:
    """Two workers, two crashes, two lost answers, a refusal, two repeats: one post, and a way on from everywhere."""
    found = explore(DESIGNS["as built"])
    with capsys.disabled():
        print(f"model: {found.states:,} states, {found.steps:,} steps, at most {found.most_posts} posts")  # noqa: T201
    assert found.most_posts == 1
    assert found.lost == ()
    assert found.stuck == ()
    assert found.states > 10_000


@pytest.mark.parametrize("name", SECOND_POST)
def test_each_part_of_the_design_is_needed(name: str) -> None:
    """Without it the model finds a second post, and the way there."""
    found = explore(DESIGNS[name], until_doubled=True)
    assert found.most_posts > 1
    assert found.doubled[-1].startswith(("notify.post", "a call in flight arrives"))


def test_a_worker_that_swallows_failures_loses_leads() -> None:
    """The model notices a loss too."""
    found = explore(DESIGNS["failures that are swallowed"])
    assert found.lost
    assert all(is_quiet(state) for state in found.lost)


def test_a_lease_that_never_ends_leaves_no_way_on() -> None:
    """The model notices a standstill too."""
    assert explore(DESIGNS["a lease that never ends"]).stuck


def test_a_notice_that_made_room_has_to_be_taken_up() -> None:
    """Without the sweep it would lie among the dead letters for good."""
    stuck = explore(DESIGNS["nobody takes up what made room"]).stuck
    assert any(is_quiet(state._replace(aside=False)) for state in stuck)


@pytest.mark.parametrize("reference", sorted({reference for _, reference in RULES.values()}))
def test_every_rule_stands_for_a_function_of_the_code(reference: str) -> None:
    """A function that is renamed or gone has to be looked at here too."""
    assert isinstance(pkgutil.resolve_name(reference), Callable)  # type: ignore[arg-type]
