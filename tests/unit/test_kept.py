"""What tests/kept.py puts back, and what it sees."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import pytest

from sandbox.zoho.crm import Crm
from tests import kept
from tests.kept import Kept


@dataclass(slots=True)
class Line:
    """An object with slots, as the stand-ins have some."""

    times: int = 1


class Desk:
    """An object of each kind of part."""

    def __init__(self) -> None:
        self.texts, self.numbers, self.names, self.turns = ["a"], {"one": [1]}, {"x"}, deque([1, 2], maxlen=2)
        self.line, self.pair = Line(), ([1], "b")


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this module's objects be looked into."""
    monkeypatch.setattr(kept, "OURS", (*kept.OURS, "tests"))


CHANGES = {
    "attribute": lambda desk: setattr(desk, "texts", []),
    "new attribute": lambda desk: setattr(desk, "more", 1),
    "lost attribute": lambda desk: delattr(desk, "names"),
    "slot": lambda desk: setattr(desk.line, "times", 0),
    "list": lambda desk: desk.texts.append("b"),
    "dictionary": lambda desk: desk.numbers.pop("one"),
    "value in a dictionary": lambda desk: desk.numbers["one"].append(2),
    "set": lambda desk: desk.names.clear(),
    "deque": lambda desk: desk.turns.append(3),
    "inside a tuple": lambda desk: desk.pair[0].clear(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_named_and_put_back(change) -> None:
    """Wherever it is, and in the object itself: whoever holds it sees it as it was."""
    desk = Desk()
    texts, line, before = desk.texts, desk.line, Kept(desk=desk)
    assert before.differences() == []
    change(desk)
    assert [name.startswith("desk") for name in before.differences()] == [True]
    before.restore()
    assert before.differences() == []
    assert (desk.texts, desk.numbers, desk.names, list(desk.turns), desk.line.times, desk.pair) == (
        *(["a"], {"one": [1]}, {"x"}, [1, 2]),
        *(1, ([1], "b")),
    )
    assert (desk.texts is texts, desk.line is line) == (True, True)


def test_a_circle_ends() -> None:
    """Objects may know each other."""
    desk = Desk()
    desk.texts.append(desk)
    before = Kept(desk=desk)
    desk.texts.clear()
    before.restore()
    assert desk.texts[1] is desk


def test_an_attribute_that_a_stand_in_gets_tomorrow_is_kept_too() -> None:
    """Nobody has to name it here."""
    crm = Crm()
    crm.of_tomorrow = {}
    before = Kept(crm=crm)
    crm.of_tomorrow["new"] = 1
    assert before.differences() == ["crm.of_tomorrow"]
    before.restore()
    assert crm.of_tomorrow == {}
