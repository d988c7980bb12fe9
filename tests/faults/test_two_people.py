"""Two people convert one lead at the same moment, with different choices: the records are the winner's, and both are told."""

from __future__ import annotations

from tests.faults.two_people import play_all

LEADS = 4


def test_two_people_at_the_same_moment_convert_once() -> None:
    """`python -m tests.faults.two_people` does it a hundred times."""
    found = list(play_all(LEADS))
    assert [one.complaints for one in found] == [()] * LEADS
    assert {(one.conversions, one.calls) for one in found} == {(1, 1)}
