"""`python -m tests.faults.soak N`: N deliveries with faults, bounded in time; reports what was lost, doubled, and the memory."""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from collections import Counter
from typing import Any

from tests.faults.world.embedded import embedded_table
from tests.faults.world.tally import Tally, tally
from tests.faults.world.world import World

DELIVERIES_A_WORLD = 500
LEADS_AT_ONCE = 25
PROGRESS_SECONDS = 5.0


def run_world(table: Any, *, seed: int, deliveries: int, rate: float) -> World:
    """Let leads come and be delivered, with faults, then come to rest."""
    world, dice = World(table, seed=seed, rate=rate), random.Random(seed)  # noqa: S311 - dice
    lead_ids: list[str] = []
    while world.deliveries < deliveries:
        if len(world.inbox.messages()) + len(world.notices.messages()) < LEADS_AT_ONCE:
            if not lead_ids or dice.random() < 0.7:  # noqa: PLR2004 - else a known lead comes again
                lead_ids.append(str(10**18 + seed * 10**6 + len(lead_ids)))
            world.qualify(dice.choice(lead_ids[-2 * LEADS_AT_ONCE :]), accounts=dice.randrange(3))
        for _ in range(dice.randrange(6)):
            world.step()
        if dice.random() < 0.002:  # noqa: PLR2004 - now and then a day or more passes, and somebody redrives
            world.clock.advance(dice.choice((3600.0, 90_000.0, 400_000.0)))
            world.redrive()
    world.settle()
    return world


def soak(*, deliveries: int, seconds: float, rate: float, seed: int) -> int:
    """Run worlds until so many deliveries were made or the time is over; give the exit code."""
    began, done, number = time.monotonic(), 0, 0
    sums, happened, shown_at = Counter[str](), Counter[str](), 0.0
    first_kilobytes = 0
    with embedded_table() as new_table:
        while done < deliveries and time.monotonic() - began < seconds:
            world = run_world(
                new_table(), seed=seed + number, deliveries=min(DELIVERIES_A_WORLD, deliveries - done), rate=rate
            )
            number += 1
            done += world.deliveries
            found = tally(world)
            sums.update({name: getattr(found, name) for name in Tally.__slots__})
            happened.update(world.chaos.happened)
            first_kilobytes = first_kilobytes or _peak_kilobytes()
            if found.lost or found.doubled:
                print(f"seed {seed + number - 1}: {found}", file=sys.stderr)
            if time.monotonic() - shown_at > PROGRESS_SECONDS:
                shown_at = time.monotonic()
                print(f"  {done:>7} of {deliveries} deliveries, {sum(happened.values())} faults", file=sys.stderr)
    print(f"{done} deliveries in {time.monotonic() - began:.0f} s, {sum(happened.values())} faults, {number} worlds")
    for where, count in sorted(happened.items()):
        print(f"  {where:<40} {count:>7}")
    print(f"leads {sums['leads']}, accepted calls {sums['events']}, given up and told so {sums['given_up']}")
    print(f"lost {sums['lost']}, doubled {sums['doubled']}")
    print(f"peak memory {first_kilobytes // 1024} MB after the first world, {_peak_kilobytes() // 1024} MB at the end")
    return 1 if sums["lost"] or sums["doubled"] or not done else 0


def _peak_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deliveries", type=int, nargs="?", default=100_000)
    parser.add_argument("--seconds", type=float, default=3600.0, help="stop after so long (default 3600)")
    parser.add_argument("--rate", type=float, default=0.05, help="share of calls that something happens to (0.05)")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)), help="begin with this seed")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", file=sys.stderr)
    sys.exit(soak(deliveries=chosen.deliveries, seconds=chosen.seconds, rate=chosen.rate, seed=chosen.seed))


if __name__ == "__main__":
    main()
