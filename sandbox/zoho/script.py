"""What the stand-in has been told to say instead of what it would compute, and the record of what it was asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sandbox.zoho.answers import Answer, Fault

CallName = Literal["options", "lead", "leads", "token", "org"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that the stand-in has answered; `status` is None where the connection was reset instead."""

    name: CallName
    lead_id: str | None
    status: int | None
    at: float


@dataclass(slots=True)
class _Line:
    answer: Answer | Fault
    times: int | None  # left to say; None is for ever


class Script:
    """Canned answers per call and lead: those for one lead come before those for all, and each kind in the order given."""

    def __init__(self) -> None:
        self._lines: dict[tuple[CallName, str | None], list[_Line]] = {}
        self._lock = threading.Lock()

    def add(self, call: CallName, answer: Answer | Fault, *, lead_id: str | None, times: int | None) -> None:
        """Queue an answer; it replaces one that would have been given for ever, since nothing can come after that."""
        with self._lock:
            lines = self._lines.setdefault((call, lead_id), [])
            if lines and lines[-1].times is None:
                lines.pop()
            lines.append(_Line(answer, times))

    def next(self, call: CallName, lead_id: str | None) -> Answer | Fault | None:
        """Take the answer to this call, or None when it is to be computed."""
        with self._lock:
            lines = self._lines.get((call, lead_id)) or self._lines.get((call, None))
            return _take(lines) if lines else None

    def clear(self) -> None:
        """Forget every canned answer."""
        with self._lock:
            self._lines.clear()


def _take(lines: list[_Line]) -> Answer | Fault:
    line = lines[0]
    if line.times is not None:
        line.times -= 1
        if line.times <= 0:
            lines.pop(0)
    return line.answer
