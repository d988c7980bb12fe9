"""`python -m tests.mutants`: break the code on purpose, one mutation at a time, and say which of them no test notices."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

import click

from tests.mutants.mutation import Mutation, read_all

LONGEST_SECONDS = 300
"""A mutation may make a test wait for ever: no test has failed then, so that it counts as one that does not run."""
PYTEST = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n0", "--no-header", "-p", "no:cacheprovider"]
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
Fate = Literal["killed", "SURVIVED", "DOES NOT RUN"]
COLOURS: dict[Fate, str] = {"killed": "green", "SURVIVED": "red", "DOES NOT RUN": "yellow"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests made of a mutation, and which of them saw it."""

    mutation: Mutation
    fate: Fate
    by: str
    seconds: float

    def line(self) -> str:
        """Return one line for people."""
        fate = click.style(f"{self.fate:<12}", fg=COLOURS[self.fate])
        return f"{fate} {self.mutation}  [{self.by}] {self.seconds:.1f} s"


def files() -> list[str]:
    """Return what a copy needs: everything that git has, or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in listed if name and Path(name).is_file()]


@contextmanager
def copies(count: int) -> Iterator[SimpleQueue[Path]]:
    """Yield so many copies of the repository, in which nobody else works."""
    with tempfile.TemporaryDirectory() as folder:
        free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            copy = Path(folder, str(number))
            for name in files():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(name, copy / name)
            free.put(copy)
        yield free


def run_tests(copy: Path, tests: Sequence[str], *, seconds: float | None = None) -> tuple[int | None, str]:
    """Run tests in a copy; return pytest's exit code, None when they did not end in so many seconds, and what it printed."""
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*PYTEST, *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


def try_one(mutation: Mutation, free: SimpleQueue[Path]) -> Outcome:
    """Apply a mutation to a copy, run its tests, and put the copy back as it was."""
    copy, began = free.get(), time.monotonic()
    path = copy / mutation.file
    try:
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutation.mutated(whole), encoding="utf-8")
        code, printed = run_tests(copy, mutation.tests, seconds=LONGEST_SECONDS)
        path.write_text(whole, encoding="utf-8")
    except (ValueError, OSError) as error:
        return Outcome(mutation, "DOES NOT RUN", str(error), 0.0)
    finally:
        free.put(copy)
    fate, by = judge(code, printed)
    return Outcome(mutation, fate, by, time.monotonic() - began)


def judge(code: int | None, printed: str) -> tuple[Fate, str]:
    """Return what pytest's exit code says, and the first test that failed."""
    if code is None:
        return "DOES NOT RUN", f"no end in {LONGEST_SECONDS} s, and no test has failed"
    if code == 0:
        return "SURVIVED", "all passed"
    by = FAILED.search(printed)
    if code == 1 and by:
        return "killed", by[1]
    lines = [line for line in printed.splitlines() if line.startswith(("E  ", "ERROR: "))] or printed.splitlines()
    return "DOES NOT RUN", (lines or ["pytest printed nothing"])[-1].strip()


def check_tests(mutations: Sequence[Mutation], free: SimpleQueue[Path], pool: ThreadPoolExecutor, workers: int) -> None:
    """Fail when the tests that are named do not pass on the code as it is: then they could not tell a mutation."""
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    click.echo(f"{len(mutations)} mutations; first the {len(tests)} files of their tests without any", err=True)
    shares = [share for number in range(workers) if (share := tests[number::workers])]
    for code, printed in pool.map(lambda share: _run_in_any(free, share), shares):
        if code != 0:
            raise click.ClickException(f"The tests do not pass without a mutation:\n{printed[-4000:]}")


def _run_in_any(free: SimpleQueue[Path], tests: Sequence[str]) -> tuple[int | None, str]:
    copy = free.get()
    try:
        return run_tests(copy, tests)
    finally:
        free.put(copy)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return how many mutations of each area had which fate."""
    of_area = {
        area: Counter(o.fate for o in outcomes if o.mutation.area == area)
        for area in sorted({o.mutation.area for o in outcomes})
    }
    head = f"| area | mutations | {' | '.join(COLOURS).lower()} |"
    return "\n".join([head, "|---" * 5 + "|", *(_row(*one) for one in of_area.items()), _row("all", fates(outcomes))])


def fates(outcomes: Sequence[Outcome]) -> Counter[Fate]:
    """Count the fates."""
    return Counter(outcome.fate for outcome in outcomes)


def _row(name: str, counts: Counter[Fate]) -> str:
    return f"| {name} | {counts.total()} | {' | '.join(str(counts[fate]) for fate in COLOURS)} |"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, envvar="MUTANTS")
@click.option("--list", "listing", is_flag=True, help="Only list them.")
def main(words: tuple[str, ...], *, listing: bool) -> None:
    """Break the code on purpose, and print which mutations no test notices; WORDS choose those whose line holds them all.

    \b
    Examples:
      python -m tests.mutants
      python -m tests.mutants sweep
    """  # noqa: D301 - click's mark for lines that stay as they are
    try:
        known = read_all()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    chosen = [mutation for mutation in known if all(word in f"{mutation} {mutation.file}" for word in words)]
    if not chosen:
        raise click.ClickException(f"No mutation is about: {' '.join(words)}")
    if listing:
        click.echo("\n".join(f"{mutation}  ({mutation.file})" for mutation in chosen))
        return
    workers, outcomes = os.cpu_count() or 1, list[Outcome]()
    with copies(workers) as free, ThreadPoolExecutor(workers) as pool:
        check_tests(chosen, free, pool, workers)
        for future in as_completed([pool.submit(try_one, mutation, free) for mutation in chosen]):
            outcomes.append(future.result())
            click.echo(f"{len(outcomes):>3}/{len(chosen)} {outcomes[-1].line()}")
    counts = fates(outcomes)
    click.echo(
        f"\n{table(outcomes)}\n\n{counts['SURVIVED']} of {counts.total()} survived, {counts['DOES NOT RUN']} did not run"
    )
    sys.exit(0 if counts["killed"] == counts.total() else 1)


if __name__ == "__main__":
    main()
