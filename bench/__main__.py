"""`python -m bench`: measures leadmatch against the alternatives and writes docs/performance.md.

python -m bench                  every part, as `make bench` does
python -m bench warm cold        these parts; the others keep their last figures
python -m bench warm --quick     a few repetitions, written to build/bench: for trying
python -m bench --help           what each part measures, and how long it takes
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bench.cpu import configured_mb
from bench.page import page
from bench.parts import PARTS
from bench.report import Change, changes, load, save
from bench.run import Part, Run, machine

DOCS, TRIAL, KEPT = Path("docs"), Path("build/bench"), "performance.json"
PROJECT = Path(".chalice/config.json")
"""It is there where the bench can run: the parts pack the project of the current folder."""
TOOLS = Path(sys.prefix) / "bench/bin/python"
NAMES = [part.NAME for part in PARTS]


class _Bench(click.Command):
    """A command whose help says what each part measures, and how long it took the last time."""

    def format_epilog(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of parts."""
        kept = load(DOCS / KEPT)
        with formatter.section("Parts"):
            formatter.write_dl([
                (part.NAME, f"{_first_line(part)} It took {kept[part.NAME]['seconds']} s." if part.NAME in kept else _first_line(part))
                for part in PARTS
            ])  # fmt: skip


def _first_line(part: Part) -> str:
    return (part.__doc__ or "").partition("\n")[0]


@click.command(cls=_Bench, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice(NAMES), metavar=f"[{'|'.join(NAMES)}]...")
@click.option("--quick", "is_quick", is_flag=True, help="Few repetitions; writes to build/bench instead of docs.")
@click.option("--to", type=click.Path(path_type=Path), help="Write into this folder.")
@click.option("--tools", type=click.Path(path_type=Path), default=TOOLS, help="Python with matplotlib and Zoho's SDK.")
def bench(names: Sequence[str], *, is_quick: bool, to: Path | None, tools: Path) -> None:
    """Measure the parts that are named, or all, on a machine that does nothing else; print the answers, and what became worse.

    It overwrites docs/performance.md, docs/performance.json and the plots in docs/performance, which are in git. `--quick` and
    `--to` write elsewhere.

    `simulation` uses the figures of `warm`, `costs` those of `warm`, `cold` and `scale`: of this run, or the last ones of the
    folder, or those in docs.
    """
    if not PROJECT.exists():
        raise click.UsageError("Run it in leadmatch's folder.")
    folder = to or (TRIAL if is_quick else DOCS)
    in_docs, kept = load(DOCS / KEPT), load(folder / KEPT)
    load_before = os.getloadavg()[0]  # later it is mostly the bench's own
    found: list[Change] = []
    answers: list[str] = []
    for part in PARTS:
        if not names or part.NAME in names:
            measured = _measure(part, is_quick=is_quick, tools=tools, known=in_docs | kept, load=load_before)
            if not measured["figures"] and part.NAME in kept:
                continue  # left out: its last figures stay
            found += _changes(part, kept.get(part.NAME), measured)
            kept[part.NAME] = measured
            answers.append(part.answer(measured["figures"]))
            save(folder / KEPT, kept)  # part by part: what was measured is kept, whatever comes after it
    _write(folder, kept, tools)
    click.echo("\n".join(answers))
    _print(found, folder)


def _measure(part: Part, *, is_quick: bool, tools: Path, known: Mapping[str, Any], load: float) -> dict[str, Any]:
    began = time.monotonic()
    click.echo(f"{part.NAME}: {part.TITLE}", err=True)
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(is_quick, Path(scratch), tools, lambda text: click.echo(f"  {text}", err=True), known)
        figures = part.measure(run)
    seconds = round(time.monotonic() - began)
    click.echo(f"  {seconds} s", err=True)
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    about = {"measured_on": at, "seconds": seconds, "machine": machine(), "load": load, "is_quick": is_quick}
    return about | {"figures": figures}


def _changes(part: Part, before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> list[Change]:
    if before is None:
        return []
    found = changes(before["figures"], now["figures"], is_same_machine=before["machine"] == now["machine"])
    return [Change(f"{part.NAME}/{change.name}", change.before, change.now) for change in found]


def _write(folder: Path, kept: Mapping[str, Any], tools: Path) -> None:
    measured = [part for part in PARTS if part.NAME in kept]
    plots = [plot for part in measured for plot in part.plots(kept[part.NAME]["figures"])]
    run = Run(is_quick=True, folder=folder, tools=tools, say=click.echo)
    if run.has_tools:
        run.with_tools("bench.plots", plots, str(folder / "performance"))
    else:
        click.echo(f"No plots: {tools} is not there; `make bench` sets it up.", err=True)
    memory_mb = configured_mb("api_handler", "check", "notify")
    (folder / "performance.md").write_text(page(measured, kept, folder, memory_mb=memory_mb), encoding="utf-8")


def _print(found: Sequence[Change], folder: Path) -> None:
    """Say what moved by more than its own spread; nothing fails by it, because a person has to say whether it matters."""
    for word, is_worse in (("WORSE", True), ("better", False)):
        for change in found:
            if change.is_worse is is_worse:
                click.echo(f"{word}  {change}")
    worse = sum(change.is_worse for change in found)
    click.echo(
        f"{folder / 'performance.md'} is written; worse by more than its spread: {worse}, better: {len(found) - worse}"
    )


if __name__ == "__main__":
    bench()
