"""The parts of the bench, in the order of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.parts import cold, costs, latency, scale, sdk, simulation, warm

if TYPE_CHECKING:
    from bench.run import Part

PARTS: tuple[Part, ...] = (warm, sdk, cold, latency, scale, simulation, costs)
