"""What leads cost: per million and per month, from the measured work and list prices, beside the list prices of others."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bench.cpu import WHOLE_CPU_MB, configured_mb
from bench.report import Figure, Goal, table
from bench.run import Figures, Run

NAME, TITLE = "costs", "What it costs"
USES: tuple[str, ...] = ("warm", "cold", "scale")
PRICES = Path(__file__).with_name("prices.toml")
STEPS = ("receive", "check", "notify")
WAIT_SECONDS = {"aws": 0.006, "zoho": 0.4, "slack": 0.3}
"""How long a function waits for an answer, which the stand-ins cannot tell: assumed. Zoho's two calls run side by side."""
MEMORY_MB, SWEEP_MB = configured_mb("api_handler", "check", "notify"), configured_mb("sweep")
SWEEP_SECONDS, SWEEPS_A_MONTH = 2, 2920
MONTH_HOURS, DAYS_A_MONTH, LEADS_A_DAY, MILLION = 730, 365 / 12, 50, 1_000_000
LAMBDA_LOG_BYTES = 400
"""What Lambda itself logs of each call: START, END and REPORT."""
SECRETS, ALARM_METRICS, METRICS, DASHBOARDS, POLLED_QUEUES = 3, 27, 11, 1, 4
"""What a stage has; docs/deploy.md, "What it costs"."""
DEFAULTS = {"write_units": 12.0, "read_units": 4.0, "log_bytes": 2000.0}
"""Units of DynamoDB and bytes of log a lead, as long as the part `scale` has not counted them."""
Units = dict[str, float]
"""So many units of each price, by its path in prices.toml, such as `lambda.request`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One function's part in a lead: seconds of CPU warm, and of a cold start to its answer, 0 if unknown; calls by whom they go to."""

    cpu: float
    cold_cpu: float
    calls: Mapping[str, int]


def load_prices() -> dict[str, Any]:
    """Return the prices."""
    return tomllib.loads(PRICES.read_text(encoding="utf-8"))


def price(prices: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Return one price by its path."""
    service, _, name = path.partition(".")
    return dict(prices[service][name])


def dollars(units: Mapping[str, float], prices: Mapping[str, Any], *, less_free: bool = False) -> dict[str, float]:
    """Return what units cost, by price; `less_free` for the first stage of an account, a month's units."""
    found = {}
    for path, number in units.items():
        one = price(prices, path)
        billed = max(0.0, number - (one["free_a_month"] if less_free else 0))
        found[path] = billed * one["usd"] / one["per"]
    return found


def billed_seconds(step: Step, memory_mb: int = MEMORY_MB, *, cold: bool = False) -> float:
    """Return how long Lambda bills a call: the CPU time at the memory's share of a processor, and the waits."""
    share = min(1.0, memory_mb / WHOLE_CPU_MB)
    waits = step.calls.get("aws", 0) * WAIT_SECONDS["aws"]
    waits += sum(WAIT_SECONDS[whom] for whom in ("zoho", "slack") if step.calls.get(whom))
    return (step.cold_cpu if cold and step.cold_cpu else step.cpu) / share + waits


def lead_units(steps: Mapping[str, Step], counted: Mapping[str, float], *, cold: bool = False) -> Units:
    """Return the units of one lead; those of SQS are our sends, a receive and a delete a queue, and the consumer's two."""
    seconds = sum(billed_seconds(step, cold=cold) for step in steps.values())
    sends = sum(step.calls.get("sqs", 0) for step in steps.values())
    return {
        "api_gateway.rest_request": 1.0,
        "lambda.request": float(len(steps)),
        "lambda.gb_second_arm64": seconds * MEMORY_MB / 1024,
        "sqs.fifo_request": float(sends + 2 * sends),
        "dynamodb.write_unit": counted["write_units"],
        "dynamodb.read_unit": counted["read_units"],
        "secrets_manager.request": float(len(steps)) if cold else 0.0,
        "cloudwatch.log_gb": (counted["log_bytes"] + len(steps) * LAMBDA_LOG_BYTES) / 1e9,
    }


def polls_a_month(prices: Mapping[str, Any]) -> float:
    """Return the receives that Lambda makes a month on a stage's queues while nothing is in them."""
    polling = prices["sqs_polling"]
    return float(POLLED_QUEUES * polling["polls"] * MONTH_HOURS * 3600 / polling["seconds"])


def fixed_units(prices: Mapping[str, Any]) -> Units:
    """Return the units of a month without a single lead; metrics count while they are written, at most the whole month."""
    return {
        "secrets_manager.secret": float(SECRETS),
        "cloudwatch.alarm_metric": float(ALARM_METRICS),
        "cloudwatch.metric": float(METRICS),
        "cloudwatch.dashboard": float(DASHBOARDS),
        "sqs.fifo_request": polls_a_month(prices),
        "lambda.request": float(SWEEPS_A_MONTH),
        "lambda.gb_second_arm64": SWEEPS_A_MONTH * SWEEP_SECONDS * SWEEP_MB / 1024,
    }


def month_units(prices: Mapping[str, Any], one_lead: Units, leads: float) -> Units:
    """Return a month's units."""
    fixed = fixed_units(prices)
    return {path: fixed.get(path, 0.0) + leads * one_lead.get(path, 0.0) for path in {**one_lead, **fixed}}


def measure(run: Run) -> Figures:
    """Work it out from what the other parts measured."""
    prices, known = load_prices(), run.known
    steps, counted = lead_steps(known), DEFAULTS | _counted(known)
    warm, cold = lead_units(steps, counted), lead_units(steps, counted, cold=True)
    month = month_units(prices, cold, LEADS_A_DAY * DAYS_A_MONTH)
    return {
        "memory": MEMORY_MB,
        "warm": warm,
        "cold": cold,
        "seconds": {name: [billed_seconds(step), billed_seconds(step, cold=True)] for name, step in steps.items()},
        "counted": sorted(_counted(known)),
        "is_cold_known": any(step.cold_cpu for step in steps.values()),
        "a million leads": _total({path: MILLION * units for path, units in warm.items()}, prices),
        "a month": _total(month, prices),
        "a month of the account's first stage": _total(month, prices, less_free=True),
    }


def _total(units: Mapping[str, float], prices: Mapping[str, Any], *, less_free: bool = False) -> dict[str, Any]:
    """Return what units cost together, as a figure, so that the next run says what moved."""
    return Figure.of([sum(dollars(units, prices, less_free=less_free).values())], "dollars").as_json()


def lead_steps(known: Mapping[str, Any]) -> dict[str, Step]:
    """Return what the parts `warm` and `cold` measured of each function; the first has to be there."""
    if "warm" not in known:
        raise click.UsageError(
            "Costs are worked out from the figures of `warm`, which are neither here nor in docs: run `python -m bench warm`."
        )
    warm = known["warm"]["figures"]["leadmatch"]
    return {name: Step(warm[name]["cpu"]["median"] / 1000, _cold(known, name), _calls(warm[name])) for name in STEPS}


def _calls(measured: Mapping[str, Any]) -> dict[str, int]:
    """Return how many calls go to whom; those to SQS count among AWS's, too."""
    calls = measured["calls"]
    to = {whom: sum(n for name, n in calls.items() if name.startswith(whom)) for whom in ("zoho", "slack", "sqs")}
    return to | {"aws": sum(calls.values()) - to["zoho"] - to["slack"]}


def _cold(known: Mapping[str, Any], step: str) -> float:
    """Return the seconds of CPU of a cold start to its first answer; 0 as long as they are not measured."""
    figures = known.get("cold", {}).get("figures", {})
    cpu = figures.get(step, {}).get("cpu")
    return cpu["median"] / 1000 if cpu else 0.0


def _counted(known: Mapping[str, Any]) -> dict[str, float]:
    """Return what the part `scale` counted a lead."""
    return {
        name: value
        for name, value in known.get("scale", {}).get("figures", {}).get("a lead", {}).items()
        if name in DEFAULTS
    }


def answer(figures: Figures) -> str:
    """Return the two numbers, and what others take for a month."""
    million, month = (
        Figure.of_json(figures[name]).median for name in ("a million leads", "a month of the account's first stage")
    )
    prices = load_prices()
    others = [
        f"{_or_none(cost, _currency(other, prices))} at {other.name}"
        for other in OTHERS
        if other.decides and (cost := other_cost(other, prices, LEADS_A_DAY * DAYS_A_MONTH)) is not None
    ]
    return (
        f"A million leads cost about {million:.0f} dollars; a stage with {LEADS_A_DAY} leads a day costs {month:.2f} dollars a month, "
        "nearly all of it for secrets, alarms and polling, which cost the same without a lead. By list prices the same leads cost "
        f"{' and '.join(others)}."
    )


def goals(_: Figures) -> list[Goal]:
    """Return none."""
    return []


def section(figures: Figures) -> str:
    """Return the tables."""
    return "\n\n".join([_ours(figures), _a_month(figures), _others(load_prices()), _sources(load_prices())])


def _ours(figures: Figures) -> str:
    prices = load_prices()
    cost = dollars(figures["warm"], prices)
    rows = [
        (path, f"{number:.3g}", _usd(price(prices, path)), f"{MILLION * cost[path]:.2f}")
        for path, number in figures["warm"].items()
    ]
    total = ("**all**", "", "", f"**{MILLION * sum(cost.values()):.2f}**")
    seconds = ", ".join(f"{name} {1000 * warm:.0f} ms" for name, (warm, _) in figures["seconds"].items())
    counted = (
        "counted by the part `scale`"
        if figures["counted"]
        else f"assumed ({DEFAULTS['write_units']:g} and {DEFAULTS['read_units']:g})"
    )
    return "\n".join([
        "The work is what this bench measured; the waits are assumed, since a stand-in answers at once: "
        f"{1000 * WAIT_SECONDS['zoho']:.0f} ms for Zoho, {1000 * WAIT_SECONDS['slack']:.0f} for Slack, "
        f"{1000 * WAIT_SECONDS['aws']:.0f} for a call to AWS. CPU time counts at {figures['memory']} MB's share of a processor, as if "
        f"arm64 were as fast as this machine. So Lambda bills, warm: {seconds}. DynamoDB's write and read units are {counted}.",
        "",
        "**A million leads**, every function warm, no free amounts:",
        "",
        table(["price", "units a lead", "dollars", "dollars a million leads"], [*rows, total]),
        "",
        "![What a million leads cost, by service](performance/cost-million.svg)",
    ])  # fmt: skip


def _a_month(figures: Figures) -> str:
    prices, leads = load_prices(), LEADS_A_DAY * DAYS_A_MONTH
    fixed, of_leads = fixed_units(prices), {path: leads * n for path, n in figures["cold"].items()}
    both = month_units(prices, figures["cold"], leads)
    rows = [
        (f"{path}", f"{fixed.get(path, 0):,.4g}", f"{of_leads.get(path, 0):,.4g}", f"{full:.3f}", f"{less:.3f}")
        for (path, full), less in zip(
            dollars(both, prices).items(), dollars(both, prices, less_free=True).values(), strict=True
        )
    ]
    sums = [sum(dollars(both, prices, less_free=free).values()) for free in (False, True)]
    cold = "" if figures["is_cold_known"] else " What the cold starts cost is missing here: they are not measured yet."
    return "\n".join([
        f"**A month with {LEADS_A_DAY} leads a day** ({leads:,.0f} leads), every lead meeting three cold functions.{cold} "
        f"Lambda asks the {POLLED_QUEUES} queues around the clock: {prices['sqs_polling']['polls']} long polls of "
        f"{prices['sqs_polling']['seconds']} s a queue are {polls_a_month(prices) / 1e6:.2f} million requests a month, most of them "
        f"empty. [AWS's page]({prices['sqs_polling']['source']}) gives that number for standard queues and none for FIFO queues.",
        "",
        table(
            ["price", "units without leads", "of the leads", "dollars", "less the account's free amounts"],
            [*rows, ("**all**", "", "", f"**{sums[0]:.2f}**", f"**{sums[1]:.2f}**")],
        ),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Other:
    """What a lead needs of another service, and what the service then does not do."""

    name: str
    units: int
    why: str
    plans: tuple[str, ...]
    decides: bool = True
    """Whether a lead's verdict can be reached there at all; else it only carries messages."""


OTHERS = (
    Other("Zapier", 5, "five actions: two reads of Zoho, code that decides, Slack, SQS; the trigger is free", ("zapier.professional",)),
    Other("Make", 6, "a credit for each module: the webhook, two reads of Zoho, code, Slack, SQS", ("make.core",)),
    Other("n8n cloud", 1, "an execution is a whole run of a workflow", ("n8n.starter", "n8n.business")),
    Other("Hookdeck", 1, "an event; it takes and repeats the webhook's call, and reads, decides and posts nothing", ("hookdeck.developer", "hookdeck.team"), decides=False),
    Other("Svix", 1, "a message, to whichever endpoints it goes; it sends, and reads and decides nothing", ("svix.free", "svix.professional"), decides=False),
)  # fmt: skip


def plan_cost(plan: Mapping[str, Any], units: float) -> float | None:
    """Return what a plan costs for so many units a month; None where its page gives no price for so many."""
    base, over = float(plan.get("usd", plan.get("amount", 0.0))), units - plan["included"]
    if over <= 0:
        return base
    if "extra_usd" in plan:
        return base + over * plan["extra_usd"] / plan["extra_per"]
    if units <= plan.get("extra_up_to", 0):
        return base + over * base / plan["included"] * float(plan["extra_factor"])
    return None


def other_cost(other: Other, prices: Mapping[str, Any], leads: float) -> float | None:
    """Return the cheapest of a service's plans in our file that covers a month's leads; None where none does."""
    costs = [plan_cost(price(prices, path), leads * other.units) for path in other.plans]
    return min((cost for cost in costs if cost is not None), default=None)


def _currency(other: Other, prices: Mapping[str, Any]) -> str:
    return str(price(prices, other.plans[0]).get("currency", "USD"))


def _others(prices: Mapping[str, Any]) -> str:
    rows = []
    for other in OTHERS:
        currency, months = _currency(other, prices), (LEADS_A_DAY * DAYS_A_MONTH, MILLION)
        month, million = (_or_none(other_cost(other, prices, leads), currency) for leads in months)
        rows.append((other.name, other.units, other.why, month, million))
    zapier = price(prices, "zapier.professional")
    most = zapier["extra_up_to"]
    return "\n".join([
        "**The others**, by their list prices, for the same leads. None promises one message per lead, or a verdict; the last two "
        "only carry messages. A dash: no page that we have gives a price for so many; that of Zapier's plan ends at "
        f"{most:,} tasks, {most // OTHERS[0].units} leads, for {plan_cost(zapier, most):.2f} dollars.",
        "",
        table(["", "units a lead", "why", f"a month, {LEADS_A_DAY} leads a day", "a million leads in a month"], rows),
        "",
        "![What leads cost in a month, by their number](performance/cost-month.svg)",
    ])  # fmt: skip


def _or_none(cost: float | None, currency: str) -> str:
    return "—" if cost is None else f"{cost:,.2f} {currency}"


def _sources(prices: Mapping[str, Any]) -> str:
    rows = [
        (f"{service}.{name}", _usd(one), one["unit"], f"[{one['date']}]({one['source']})", f"[today]({one.get('vendor', of.get('vendor', ''))})", one.get("doubt", ""))
        for service, of in prices.items()
        if service != "sqs_polling"
        for name, one in of.items()
        if isinstance(one, Mapping)
    ]  # fmt: skip
    return "\n".join([
        "**Prices** stand in `bench/parts/prices.toml`, each with the page that it was read on and that page's date.",
        "",
        table(["price", "", "unit", "read on a page of", "vendor's page", "in doubt"], rows),
    ])  # fmt: skip


def _usd(one: Mapping[str, Any]) -> str:
    if "per" in one:
        return f"{one['usd']:.10g}" + (f" per {one['per']:,}" if one["per"] > 1 else "")
    return f"{one.get('usd', one.get('amount')):.2f} {one.get('currency', 'USD')} for {one['included']:,} a month"


def plots(figures: Figures) -> list[dict[str, Any]]:
    """Return the plots: a million leads by service, and a month by the number of leads."""
    prices = load_prices()
    return [_plot_million(figures, prices), _plot_month(figures, prices)]


def _plot_million(figures: Figures, prices: Mapping[str, Any]) -> dict[str, Any]:
    services: dict[str, float] = defaultdict(float)
    for path, value in dollars(figures["warm"], prices).items():
        services[path.partition(".")[0].replace("_", " ")] += value
    return {
        "name": "cost-million",
        "title": "What a million leads cost, by service",
        "kind": "bars",
        "y": "dollars",
        "labels": sorted(services),
        "series": [{"name": "leadmatch", "y": [MILLION * services[name] for name in sorted(services)]}],
    }


def _plot_month(figures: Figures, prices: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [round(10 ** (exponent / 8)) for exponent in range(8, 49)]
    ours = [sum(dollars(month_units(prices, figures["cold"], n), prices).values()) for n in numbers]
    series = [{"name": "leadmatch, nothing free", "x": numbers, "y": ours}]
    for other in OTHERS:
        found = [(n, cost) for n in numbers if (cost := other_cost(other, prices, n)) is not None]
        euros = ", in euros" if "currency" in price(prices, other.plans[0]) else ""
        series.append(
            {"name": other.name + euros, "x": [n for n, _ in found], "y": [max(cost, 0.1) for _, cost in found]}
        )
    return {
        "name": "cost-month",
        "title": "A month's leads, by list prices",
        "kind": "lines",
        "x": "leads a month",
        "y": "dollars a month (0 drawn as 0.1)",
        "log_x": True,
        "log_y": True,
        "series": series,
    }
