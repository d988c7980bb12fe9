"""`python -m tests.faults.soak N`: N deliveries with faults, bounded in time; reports what was lost, doubled, and the memory."""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click

from tests.faults.world.embedded import embedded_table
from tests.faults.world.tally import FINDINGS, Tally, tally
from tests.faults.world.weather import Weather
from tests.faults.world.workers import CHANNEL, OPERATOR
from tests.faults.world.world import World
from tests.faults.world.zoho import VANISHED

DELIVERIES_A_WORLD = 500
LEADS_AT_ONCE = 25
NEW_LEADS = 0.7
"""The rest of the calls are for leads that came before."""
PAUSES = (3600.0, 90_000.0, 400_000.0)
PAUSE_CHANCE = 0.002
"""How often nothing runs for a while, and then an operator replays the dead letters."""
LULLS = (60.0, 600.0, 3600.0, 6 * 3600.0)
LULL_CHANCE = 0.05
"""How often no lead comes for a while."""
CHANGE_CHANCE = 0.05
"""How often something begins that lasts: a channel closes, Zoho goes out."""
WRONG_CLOCKS, MORTALITY = 0.1, 0.02
LISTED_WITHIN_SECONDS = 5.0
"""How late Slack's history may show a message: no page of Slack's says so, and others have seen that it does."""
ONE_CHANNEL = 0.2
"""In how many worlds the operator's channel is that of the sales people."""
PROGRESS_SECONDS = 5.0
COUNTS = ("leads", "events", "given_up", "gave_way", "banners", "alerts")


@dataclass
class Sums:
    """What all worlds together came to."""

    deliveries: int = 0
    worlds: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    most_tokens: int = 0
    first_kilobytes: int = 0

    @property
    def faults(self) -> int:
        """Count everything that went wrong on purpose."""
        return sum(self.happened.values())

    @property
    def kept(self) -> bool:
        """Return whether the promise was kept."""
        return self.deliveries > 0 and not self.findings.total()

    def add(self, world: World, found: Tally) -> None:
        """Add one world that has come to rest."""
        self.deliveries += world.deliveries
        self.worlds += 1
        self.counts.update({name: getattr(found, name) for name in COUNTS})
        self.findings.update(found.findings)
        self.happened.update(world.happened)
        self.most_tokens = max(self.most_tokens, world.zoho.most_in_window)
        self.first_kilobytes = self.first_kilobytes or peak_kilobytes()


def run_world(table: Any, *, seed: int, deliveries: int, rate: float) -> World:
    """Let leads come and be delivered, with faults, then come to rest."""
    dice = random.Random(seed)  # noqa: S311 - dice
    operator = CHANNEL if dice.random() < ONE_CHANNEL else OPERATOR
    world = World(table, seed=seed, rate=rate, operator_channel=operator)
    world.slack.listed_within_seconds = LISTED_WITHIN_SECONDS
    weather = Weather(world, dice)
    world.containers.wrong_clocks, world.containers.mortality = WRONG_CLOCKS, MORTALITY
    lead_ids: list[str] = []
    while world.deliveries < deliveries:
        if len(world.inbox.messages()) + len(world.notices.messages()) < LEADS_AT_ONCE:
            if not lead_ids or dice.random() < NEW_LEADS:
                lead_ids.append(str(10**18 + seed * 10**6 + len(lead_ids)))
            world.qualify(dice.choice(lead_ids[-2 * LEADS_AT_ONCE :]), accounts=dice.randrange(VANISHED, 3))
        for _ in range(dice.randrange(6)):
            world.step()
        if dice.random() < CHANGE_CHANCE:
            weather.change()
        if dice.random() < LULL_CHANCE:
            world.go_on(dice.choice(LULLS))
        if dice.random() < PAUSE_CHANCE:
            world.clock.advance(dice.choice(PAUSES))
            world.redrive()
    world.settle()
    world.chaos.happened.update(weather.happened)
    return world


def soak(*, deliveries: int, seconds: float, rate: float, seed: int, show: Callable[[str], None]) -> Sums:
    """Run worlds until so many deliveries were made or the time is over."""
    sums, began, shown_at = Sums(), time.monotonic(), 0.0
    with embedded_table() as new_table:
        while sums.deliveries < deliveries and time.monotonic() - began < seconds:
            here = min(DELIVERIES_A_WORLD, deliveries - sums.deliveries)
            world = run_world(new_table(), seed=seed + sums.worlds, deliveries=here, rate=rate)
            found = tally(world)
            if found.findings:
                show(f"  seed {seed + sums.worlds}: {found}")
            sums.add(world, found)
            if time.monotonic() - shown_at > PROGRESS_SECONDS:
                shown_at = time.monotonic()
                show(f"  {sums.deliveries:>7} of {deliveries} deliveries, {sums.faults} faults")
    return sums


def peak_kilobytes() -> int:
    """Return this process's largest size so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.argument("deliveries", type=int, default=100_000)
@click.option("--seconds", type=float, default=3600.0, help="Stop after so long.")
@click.option("--rate", type=float, default=0.05, help="Share of calls that something happens to.")
@click.option("--seed", type=int, default=None, help="Begin with this seed; by chance unless given.")
def main(deliveries: int, seconds: float, rate: float, seed: int | None) -> None:
    """Deliver leads with faults in virtual time, and count what was lost or doubled.

    A call fails before it takes effect, its answer is lost after it did, or its worker is killed before, after, or while it is in
    flight, so that it lands later; overtaken means that another worker, the sweep or a person acts in the middle of it.

    \b
    Example:
      python -m tests.faults.soak 100000 --seconds 1200
    """  # noqa: D301 - click's mark for lines that stay as they are
    first = int.from_bytes(os.urandom(3)) if seed is None else seed
    click.echo(f"seed {first}", err=True)
    began = time.monotonic()
    sums = soak(
        deliveries=deliveries, seconds=seconds, rate=rate, seed=first, show=lambda line: click.echo(line, err=True)
    )
    took = time.monotonic() - began
    click.echo(f"{sums.deliveries} deliveries in {took:.0f} s, {sums.faults} faults, {sums.worlds} worlds")
    for where, count in sorted(sums.happened.items()):
        click.echo(f"  {where:<40} {count:>7}")
    counts = sums.counts
    click.echo(
        f"leads {counts['leads']}, calls accepted {counts['events']}, given up and told so {counts['given_up']}, "
        f"died and gave way to a newer one {counts['gave_way']}, banners {counts['banners']}, operator alerts {counts['alerts']}"
    )
    click.echo(f"tokens in ten minutes: at most {sums.most_tokens}")
    click.echo(", ".join(f"{name} {sums.findings[name]}" for name in FINDINGS))
    click.echo(
        f"memory: {sums.first_kilobytes // 1024} MB after the first world, {peak_kilobytes() // 1024} MB at most"
    )
    click.echo("every promise was kept" if sums.kept else "a promise was broken: see the seeds above")
    sys.exit(0 if sums.kept else 1)


if __name__ == "__main__":
    main()
