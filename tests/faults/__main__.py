"""`python -m tests.faults` runs the fault matrix whole, pairs of crashes too, and writes the tables; `--clicks` that of people's clicks.

It is a file of its own because multiprocessing runs a program's main file anew in every process, unless that is named `__main__.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from tests.faults.conversions import CLICK_SCENES
from tests.faults.matrix import Bench, Case, faults_on_the_way, pairs_of_crashes, single_faults
from tests.faults.scenes import SCENES
from tests.faults.table import Table
from tests.faults.trial import Play


def _tabulate(bench: Bench, title: str, cases: Iterable[Case]) -> Table:
    """Make the runs, show how far they are, and give their table."""
    table, waiting = Table(title), list(cases)
    with click.progressbar(
        bench.run_all(waiting), length=len(waiting), label=f"{title}: {len(waiting)} runs"
    ) as outcomes:
        for outcome in outcomes:
            table.add(outcome)
            if not outcome.is_good:
                click.echo(outcome.complaint(), err=True)
    return table


def _pairs(bench: Bench, scene: Play) -> list[Case]:
    click.echo(f"{scene.name}: one run for each first crash, to see which calls come after it", err=True)
    return list(pairs_of_crashes(bench, scene))


@click.command()
@click.option("--pairs/--no-pairs", default=True, help="Pairs of crashes too.")
@click.option("--clicks", is_flag=True, help="The way of a click on Convert, instead of that of a lead.")
@click.option("--every", default=1, help="Make only every so-manieth run of each table.")
@click.option(
    "--to", "path", type=click.Path(path_type=Path), default=Path("build/fault-matrix.md"), help="The tables."
)
def main(path: Path, every: int, *, pairs: bool, clicks: bool) -> None:
    """Run the fault matrix and write its tables; fail when a lead was lost, doubled, or told wrong."""
    with Bench() as bench:
        ways = faults_on_the_way(bench, CLICK_SCENES) if clicks else (single_faults(bench, scene) for scene in SCENES)
        tables = [_tabulate(bench, f"{way[0].scene.name}: one fault", way[::every]) for way in ways]
        if pairs and not clicks:
            tables += [_tabulate(bench, f"{s.name}: two crashes", _pairs(bench, s)[::every]) for s in SCENES]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(table.markdown() for table in tables))
    for table in tables:
        click.echo(table.sum_up())
        click.echo("".join(f"  {line}\n" for line in table.complaints), nl=False)
    click.echo(f"The tables are in {path}.")
    sys.exit(any(table.complaints for table in tables))


if __name__ == "__main__":
    main()
