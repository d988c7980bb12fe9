"""The product broken on purpose: what a proof does not notice here, it does not prove."""

from __future__ import annotations

from chalicelib.steps.notify import Timing
from chalicelib.wiring import Wiring


def break_on_purpose(wiring: Wiring, how: str, timing: Timing) -> None:
    """Break nothing yet."""
