"""A day of a million leads, as an event simulation around leadmatch's own decisions, and what is possible at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bench.contestants import WrongWorkError
from bench.day import (
    AGAIN_WITHIN_SECONDS,
    DAY_SECONDS,
    PROFILE,
    SAMPLE_SECONDS,
    Day,
    Outcome,
    Times,
    percentile,
    simulate,
)
from bench.parts.costs import MEMORY_MB, WAIT_SECONDS, billed_seconds, lead_steps
from bench.report import Goal, table
from bench.run import Figures, Run
from chalicelib import timing
from chalicelib.settings import CALLS_PER_LEAD, check_workers

NAME, TITLE = "simulation", "A day of a million leads"
USES: tuple[str, ...] = ("warm",)
MILLION = 1_000_000
BURST = (0.05, 10.5 * 3600, 600.0)
OUTAGE = (11 * 3600.0, 3600.0)
DRAWN = ("a million", "with an outage", "Zoho at 5")
QUICK = 50
"""A quick run simulates so many times fewer leads, in so many times fewer channels."""
CREDITS_PAGE = "https://www.zoho.com/crm/developer/docs/api/v8/api-limits.html"
SLACK_PAGE = "https://docs.slack.dev/apis/web-api/rate-limits"
LAMBDA_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"


@dataclass(frozen=True, slots=True)
class Edition:
    """What an edition of Zoho CRM allows: calls at once, and credits a day, of which a call costs one."""

    name: str
    concurrency: int
    credits: int
    per_user: int
    most: float


EDITIONS = (
    Edition("Free", 5, 5_000, 0, 5_000),
    Edition("Standard", 10, 50_000, 250, 100_000),
    Edition("Professional", 15, 50_000, 500, 3_000_000),
    Edition("Enterprise", 20, 50_000, 1_000, 5_000_000),
    Edition("Ultimate", 25, 50_000, 2_000, math.inf),
)


def days(times: Times) -> dict[str, Day]:
    """Return the days that are simulated."""
    return {
        "a million": Day(MILLION, burst=BURST, times=times),
        "with an outage": Day(MILLION, burst=BURST, outage=OUTAGE, times=times),
        "Zoho at 5": Day(MILLION, burst=BURST, zoho_concurrency=5, times=times),
        "one channel": Day(50_000, channels=1, burst=BURST, times=times),
        "credits of Free": Day(3_000, channels=1, zoho_concurrency=5, credits=5_000, times=times),
    }


def measure(run: Run) -> Figures:
    """Simulate them; raise `WrongWorkError` when an event is lost on the way."""
    times, found = _times(run.known), {}
    for name, day in days(times).items():
        run.say(name)
        outcome = simulate(_smaller(day) if run.is_quick else day)
        found[name] = _figures(outcome) | (_curves(outcome) if name in DRAWN else {})
    return {
        "memory": MEMORY_MB,
        "days": found,
        "times": [times.check, times.zoho, times.notify, times.slack],
        "are_measured": "warm" in run.known,
    }


def _smaller(day: Day) -> Day:
    return replace(
        day,
        leads=max(1000, day.leads // QUICK),
        channels=max(1, day.channels // QUICK),
        outage=(day.outage[0], day.outage[1] / 6),
        credits=1900 if day.credits < math.inf else math.inf,
    )


def _times(known: Mapping[str, Any]) -> Times:
    """Return the service times: what was measured of warm functions, and the waits that the costs assume, too."""
    if "warm" not in known:
        return Times()
    steps = lead_steps(known)
    zoho, slack = WAIT_SECONDS["zoho"], WAIT_SECONDS["slack"]
    return Times(billed_seconds(steps["check"]) - zoho, zoho, billed_seconds(steps["notify"]) - slack, slack)


def _figures(outcome: Outcome) -> dict[str, Any]:
    if outcome.arrived != outcome.ended + outcome.left:
        raise WrongWorkError(f"Of {outcome.arrived} events {outcome.ended} ended and {outcome.left} are left.")
    ordered = outcome.seconds()
    return {
        "events": outcome.arrived,
        "posted": outcome.posted,
        "edited": outcome.edited,
        "superseded": outcome.superseded,
        "waiting at the end": outcome.left,
        "unchecked": outcome.given_up,
        "tried in vain": outcome.tried_in_vain,
        "most calls to Zoho at once": outcome.most_zoho_calls,
        "least seconds between posts": round(outcome.least_gap, 3),
        "p50": round(percentile(ordered, 0.5), 2),
        "p99": round(percentile(ordered, 0.99), 2),
        "longest line": [max(check for _, check, _ in outcome.depths), max(slack for *_, slack in outcome.depths)],
        "done after hours": round(outcome.done_at / 3600, 1),
    }


def _curves(outcome: Outcome) -> dict[str, Any]:
    """Return what is drawn: hour and leads that wait for check, and for Slack; hour and both percentiles."""
    by_time = {moment: sorted(taken) for moment, taken in sorted(outcome.to_slack.items())}
    return {
        "depths": [[round(moment / 3600, 2), check, slack] for moment, check, slack in outcome.depths],
        "to Slack": [
            [round(moment * SAMPLE_SECONDS / 3600, 2), *(round(percentile(taken, share), 1) for share in (0.5, 0.99))]
            for moment, taken in by_time.items()
        ],
    }


def answer(figures: Figures) -> str:
    """Return whether a million leads a day are possible."""
    one, out = figures["days"]["a million"], figures["days"]["with an outage"]
    return (
        f"A day of {one['posted']:,} leads in fifty channels of one stage, which cannot be set up like that today, simulated with Zoho's concurrency at 25: half are in Slack after "
        f"{one['p50']:.2g} s and 99 of 100 after {_span(one['p99'])}; with Zoho out for an hour at eleven, after {_span(out['p50'])} "
        f"and {_span(out['p99'])}, and none is lost."
    )


def goals(_: Figures) -> list[Goal]:
    """Return none."""
    return []


def section(figures: Figures) -> str:
    """Return what is possible, and what the days came to."""
    return "\n\n".join([_limits(figures), _model(figures), _results(figures)])


def _limits(figures: Figures) -> str:
    check, zoho, *_ = figures["times"]
    a_channel = DAY_SECONDS / timing.BETWEEN_POSTS_SECONDS
    rows: list[tuple[str, str, str]] = [
        ("Slack: one message a second in each channel", f"{a_channel:,.0f} a channel", f"[rate limits]({SLACK_PAGE})")
    ]
    for edition in EDITIONS:
        workers = check_workers({"LEADMATCH_ZOHO_CONCURRENCY": str(edition.concurrency)})
        fast = workers / (check + zoho) * DAY_SECONDS
        what = f"Zoho {edition.name}: {edition.concurrency} calls at once, so {workers} workers"
        rows += [
            (what, f"{float(f'{fast:.2g}'):,.0f} spread evenly", f"[API limits]({CREDITS_PAGE})"),
            (
                f"Zoho {edition.name}: API credits, {CALLS_PER_LEAD} a lead",
                _by_credits(edition),
                f"[API limits]({CREDITS_PAGE})",
            ),
        ]
    renewals = 24 * 3600 / (timing.SWEEP_MINUTES * 60 * 3)
    budget = timing.TOKEN_BUDGETS[-1][1]
    return "\n".join([
        f"**What is possible at all.** A million leads a day are {MILLION / DAY_SECONDS:.1f} a second, and {_peak():.0f} a second in the "
        "busiest hour of the profile below. A stage has one channel for its sales people, so more than "
        f"{a_channel:,.0f} leads a day need more channels, which today means more stages. Stages of one Zoho org share its concurrency and its "
        "credits, but not their workers, of which each has two at least: fifty of them would ask for more than any edition allows. So the "
        "simulation is of what one stage with fifty channels would do; leadmatch cannot be set up like that today.",
        "",
        table(["limit", "leads a day", "source"], rows),
        "",
        f"So in most orgs the credits bind first, then Zoho's concurrency, then Slack. A million leads a day take "
        f"{CALLS_PER_LEAD * MILLION:,} credits: {_users(EDITIONS[-1]):,} users of Ultimate, or {_users(EDITIONS[-2]):,} of Enterprise. "
        f"Access tokens do not depend on the number of leads: the sweep renews {renewals:.0f} a day, of {budget} that we allow ourselves. "
        f"A new AWS account runs ten functions at once ([quotas]({LAMBDA_PAGE})), too few for the workers of one such stage.",
    ])  # fmt: skip


def _peak() -> float:
    return MILLION * max(PROFILE) / sum(PROFILE) / 3600


def _users(edition: Edition) -> int:
    return math.ceil((CALLS_PER_LEAD * MILLION - edition.credits) / edition.per_user)


def _by_credits(edition: Edition) -> str:
    base, most = edition.credits / CALLS_PER_LEAD, edition.most / CALLS_PER_LEAD
    if not edition.per_user:
        return f"{base:,.0f}"
    more = f"{base:,.0f} and {edition.per_user / CALLS_PER_LEAD:,.0f} more a user"
    return more if math.isinf(most) else f"{more}, at most {most:,.0f}"


def _model(figures: Figures) -> str:
    check, zoho, notify, slack = figures["times"]
    source = (
        "those that the part `warm` measured, with the waits that the costs assume, too"
        if figures["are_measured"]
        else "assumed: the part `warm` has not run"
    )
    _, begins, lasts = BURST
    return (
        f"**The model.** Service times are {source}: check {1000 * check:.0f} ms and Zoho {1000 * zoho:.0f}, notify {1000 * notify:.0f} and Slack "
        f"{1000 * slack:.0f}; half of an answer's time is fixed and half exponential. Leads come by a day's profile, one time zone's "
        f"office hours, {BURST[0]:.0%} of them besides in a burst of {lasts / 60:.0f} minutes from {_clock(begins)} on; 5 % qualify once "
        f"more within {AGAIN_WITHIN_SECONDS / 3600:.0f} hour, which edits the message. In an outage each call to Zoho hangs for "
        f"{timing.ZOHO_READ_SECONDS:.0f} s. What decides is imported from leadmatch: the step `check` with its gate, its give-up policy and the "
        "backoff of what is put off, `notify_plan.plan`, the pace of posts, the number of workers. Not simulated: SQS's and DynamoDB's own "
        "limits, cold starts, the sweep, lost answers of Slack's (those are proved in [reliability.md](reliability.md))."
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02}"


def _results(figures: Figures) -> str:
    head = ["", "events", "posted, edited, superseded", "`unchecked`", "failed tries", "longest line: check, Slack", "to Slack p50", "p99", "all done after"]  # fmt: skip
    least = min(one["least seconds between posts"] for one in figures["days"].values())
    return "\n".join([
        "**The days.** Every event is posted, edited, superseded by a newer one of its lead, or still waits; in no day were there more "
        f"calls to Zoho at once than it allows, or two posts in a channel within less than {least:.2f} s.",
        "",
        table(head, [_row(name, one) for name, one in figures["days"].items()]),
        "",
        "`a million`: fifty channels, concurrency 25. `with an outage`: the same, and Zoho hangs from eleven to twelve. `Zoho at 5`: the "
        "same without the outage, and a concurrency of 5. `one channel`: 50,000 leads. `credits of Free`: 3,000 leads in an org with 5,000 "
        "credits; what cannot be checked within six hours is posted as `unchecked`.",
        "",
        "![Leads that wait for check, by the time of day](performance/day-queue.svg)",
        "",
        "![Time from the webhook to Slack, by the time of day](performance/day-to-slack.svg)",
    ])  # fmt: skip


def _row(name: str, one: Mapping[str, Any]) -> list[str]:
    left = one["waiting at the end"]
    return [
        name,
        f"{one['events']:,}",
        f"{one['posted']:,}, {one['edited']:,}, {one['superseded']:,}",
        f"{one['unchecked']:,}",
        f"{one['tried in vain']:,}",
        ", ".join(f"{line:,}" for line in one["longest line"]),
        _span(one["p50"]),
        _span(one["p99"]),
        f"**never**: {left:,} wait after two days" if left else f"{one['done after hours']:g} h",
    ]


def _span(seconds: float) -> str:
    if seconds < 100:  # noqa: PLR2004 - as people say it
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * 3600 else f"{seconds / 3600:.1f} h"


def plots(figures: Figures) -> list[dict[str, Any]]:
    """Return the queues and the times to Slack by the time of day."""
    shown = {name: figures["days"][name] for name in DRAWN}
    shared = {"kind": "lines", "log_y": True}
    return [
        shared
        | {"name": "day-queue", "title": "A million leads: how many wait for check"}
        | {"x": "hour (the second day begins at 24)", "y": "leads (0 drawn as 1)", "series": _queues(shown)},
        shared
        | {"name": "day-to-slack", "title": "A million leads: from the webhook to Slack, by when they came"}
        | {"x": "hour", "y": "seconds", "series": _times_to_slack(shown)},
    ]


def _queues(days: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "x": [h for h, *_ in one["depths"]], "y": [max(1, check) for _, check, _ in one["depths"]]}
        for name, one in days.items()
    ]


def _times_to_slack(days: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{name}, {label}",
            "x": [line[0] for line in one["to Slack"]],
            "y": [line[at] for line in one["to Slack"]],
        }
        for name, one in list(days.items())[:2]
        for label, at in (("p50", 1), ("p99", 2))
    ]
