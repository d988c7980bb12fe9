"""`python -m tests.faults.click_model`: what was explored, for the product as built and with each of its parts taken away."""

from __future__ import annotations

import time

import click

from tests.faults.click_model.designs import DESIGNS
from tests.faults.click_model.explore import Explored, explore
from tests.faults.click_model.state import SMALL, WHOLE


def main() -> None:
    """Tell what was explored, and the shortest way to what must not be."""
    for name, budgets in {**SMALL, **WHOLE}.items():
        began = time.monotonic()
        _tell(name, explore(budgets), time.monotonic() - began)
    for name, (design, budgets) in DESIGNS.items():
        began = time.monotonic()
        _tell(f"without its part: {name}", explore(budgets, design, until_wrong=True), time.monotonic() - began)


def _tell(name: str, found: Explored, seconds: float) -> None:
    click.echo(
        f"{name}: {found.states:,} states, {found.steps:,} steps, at most {found.most_calls} calls for a click, "
        f"{found.most_conversions} conversions, {found.overlaps:d} overlapping calls, {found.stuck} stuck, {found.untold} untold "
        f"({seconds:.0f} s)"
    )
    if found.way:
        click.echo(f"    {found.complaint}: {' > '.join(found.way)}")


if __name__ == "__main__":
    main()
