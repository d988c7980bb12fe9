"""`python -m tests.faults.model`: what was explored, for the design as built and with each of its parts taken away."""

from __future__ import annotations

import click

from tests.faults.model.explore import DESIGNS, explore


def main() -> None:
    """Tell what was explored, and the shortest way to a second post."""
    for name, design in DESIGNS.items():
        found = explore(design)
        click.echo(
            f"{name}: {found.states:,} states, {found.steps:,} steps, at most {found.most_posts} posts, "
            f"{len(found.lost)} lost, {len(found.stuck)} stuck"
        )
        if found.doubled:
            click.echo(f"    {' > '.join(found.doubled)}")


if __name__ == "__main__":
    main()
