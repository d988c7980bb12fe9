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

LONGEST_SECONDS = 600
"""A mutation may make a test wait for ever: that is noticed as well."""
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


def run_tests(copy: Path, tests: Sequence[str]) -> tuple[int | None, str]:
    """Run tests in a copy; return pytest's exit code, None when they never ended, and what it printed."""
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [*PYTEST, *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def try_one(mutation: Mutation, free: SimpleQueue[Path]) -> Outcome:
    """Apply a mutation to a copy, run its tests, and put the copy back as it was."""
    copy, began = free.get(), time.monotonic()
    path = copy / mutation.file
    whole = path.read_text(encoding="utf-8")
    try:
        path.write_text(mutation.mutated(whole), encoding="utf-8")
        code, printed = run_tests(copy, mutation.tests)
    except ValueError as error:
        return Outcome(mutation, "DOES NOT RUN", str(error), 0.0)
    finally:
        path.write_text(whole, encoding="utf-8")
        free.put(copy)
    fate, by = judge(code, printed)
    return Outcome(mutation, fate, by, time.monotonic() - began)


def judge(code: int | None, printed: str) -> tuple[Fate, str]:
    """Return what pytest's exit code says, and the first test that failed."""
    if code is None:
        return "killed", f"no end in {LONGEST_SECONDS} s"
    if code == 0:
        return "SURVIVED", "all passed"
    by = FAILED.search(printed)
    if code == 1 and by:
        return "killed", by[1]
    return "DOES NOT RUN", (printed.strip().splitlines() or ["pytest printed nothing"])[-1]


def check_tests(mutations: Sequence[Mutation], free: SimpleQueue[Path]) -> None:
    """Fail when the tests that are named do not pass on the code as it is: then they could not tell a mutation."""
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    click.echo(f"{len(mutations)} mutations; first their {len(tests)} files of tests without any", err=True)
    copy = free.get()
    code, printed = run_tests(copy, tests)
    free.put(copy)
    if code != 0:
        raise click.ClickException(f"These tests fail without a mutation:\n{printed[-4000:]}")


def table(outcomes: Sequence[Outcome]) -> str:
    """Return how many mutations of each area were made and killed."""
    made, killed = (Counter(o.mutation.area for o in chosen) for chosen in (outcomes, _killed(outcomes)))
    rows = [f"| {area} | {made[area]} | {killed[area]} | {made[area] - killed[area]} |" for area in sorted(made)]
    total = f"| all | {made.total()} | {killed.total()} | {made.total() - killed.total()} |"
    return "\n".join(["| area | mutations | killed | not |", "|---|---|---|---|", *rows, total])


def _killed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.fate == "killed"]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="Only list them.")
def main(words: tuple[str, ...], *, listing: bool) -> None:
    """Break the code on purpose, and print which mutations no test notices; WORDS choose those whose line holds them all.

    \b
    Examples:
      python -m tests.mutants
      python -m tests.mutants sweep
    """  # noqa: D301 - click's mark for lines that stay as they are
    chosen = [mutation for mutation in read_all() if all(word in f"{mutation} {mutation.file}" for word in words)]
    if not chosen:
        raise click.ClickException(f"No mutation is about: {' '.join(words)}")
    if listing:
        click.echo("\n".join(f"{mutation}  ({mutation.file})" for mutation in chosen))
        return
    workers, outcomes = os.cpu_count() or 1, list[Outcome]()
    with copies(workers) as free, ThreadPoolExecutor(workers) as pool:
        check_tests(chosen, free)
        for future in as_completed([pool.submit(try_one, mutation, free) for mutation in chosen]):
            outcomes.append(future.result())
            click.echo(f"{len(outcomes):>3}/{len(chosen)} {outcomes[-1].line()}")
    click.echo(f"\n{table(outcomes)}\n")
    left = len(outcomes) - len(_killed(outcomes))
    click.echo(f"{left} of {len(outcomes)} survived" if left else f"0 of {len(outcomes)} survived")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
