"""`python -m tests.faults.click_model`: what was explored, for the product as built and with each of its parts taken away."""

from __future__ import annotations

import time

import click

from tests.faults.click_model.explore import explore
from tests.faults.click_model.state import BUDGETS


def main() -> None:
    """Tell what was explored, and the shortest way to what must not be."""
    for name, budgets in BUDGETS.items():
        began = time.monotonic()
        found = explore(dict(budgets))
        click.echo(
            f"{name}: {found.states:,} states, {found.steps:,} steps, at most {found.most_calls} calls for a click, "
            f"{found.most_conversions} conversions, {found.stuck} stuck, {found.untold} untold "
            f"({time.monotonic() - began:.0f} s)"
        )
        if found.way:
            click.echo(f"    {found.complaint}: {' > '.join(found.way)}")


if __name__ == "__main__":
    main()
