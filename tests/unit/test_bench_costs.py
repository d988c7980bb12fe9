"""What leads cost, against examples worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from bench.parts.costs import (
    OTHERS,
    Step,
    billed_seconds,
    dollars,
    lead_units,
    load_prices,
    month_units,
    other_cost,
    plan_cost,
    polls_a_month,
    price,
)

PRICES = load_prices()
STEPS = {
    "receive": Step(cpu=0.005, cold_cpu=0.5, calls={"aws": 1, "sqs": 1}),
    "check": Step(cpu=0.020, cold_cpu=0.7, calls={"aws": 4, "sqs": 2, "zoho": 2}),
    "notify": Step(cpu=0.015, cold_cpu=0.6, calls={"aws": 3, "slack": 1}),
}
COUNTED = {"write_units": 12.0, "read_units": 4.0, "log_bytes": 2000.0}


def entries() -> list[Any]:
    """Return every price with its path."""
    return [
        pytest.param(one, id=f"{service}.{name}")
        for service, of in PRICES.items()
        for name, one in of.items()
        if isinstance(one, Mapping)
    ]


@pytest.mark.parametrize("one", entries())
def test_each_price_says_where_and_when_it_was_read(one: Mapping[str, Any]) -> None:
    """A price without a page could not be checked, and one without a date is taken for today's."""
    assert one["source"].startswith("https://")
    assert one["date"] == "undated" or 2024 <= date.fromisoformat(f"{one['date']}-01-01"[:10]).year <= 2026


def test_half_a_core_doubles_the_processor_time_and_leaves_the_waits() -> None:
    """Of check's call at half a processor: twice 20 ms of CPU, four calls to AWS of 6 ms, and Zoho's two answers at once."""
    assert billed_seconds(STEPS["check"], 1769) == pytest.approx(0.020 + 4 * 0.006 + 0.4)
    assert billed_seconds(STEPS["check"], 1769 // 2) == pytest.approx(0.040 + 4 * 0.006 + 0.4, rel=1e-3)
    assert billed_seconds(STEPS["check"], 1769, cold=True) == pytest.approx(0.700 + 4 * 0.006 + 0.4)


def test_a_lead_costs_what_its_units_cost() -> None:
    """By hand: 40 ms of CPU; with 8 calls to AWS, Zoho and Slack 788 ms at 1769 MB, and so on."""
    units = lead_units(STEPS, COUNTED)
    assert units["lambda.gb_second_arm64"] == pytest.approx(0.788 * 1769 / 1024)
    assert units["sqs.fifo_request"] == 9
    million = {path: 1_000_000 * cost for path, cost in dollars(units, PRICES).items()}
    assert million == pytest.approx(
        {
            "api_gateway.rest_request": 3.50,
            "lambda.request": 0.60,
            "lambda.gb_second_arm64": 18.151,
            "sqs.fifo_request": 4.50,
            "dynamodb.write_unit": 7.50,
            "dynamodb.read_unit": 0.50,
            "secrets_manager.request": 0.0,
            "cloudwatch.log_gb": 1.60,
        },
        abs=0.001,
    )


def test_polling_costs_the_same_without_a_lead() -> None:
    """Four queues, five polls of twenty seconds, 730 hours: 2.628 million requests, of which a million is free."""
    assert polls_a_month(PRICES) == 2_628_000
    units = month_units(PRICES, {}, leads=0)
    assert dollars(units, PRICES)["sqs.fifo_request"] == pytest.approx(1.314)
    assert dollars(units, PRICES, less_free=True)["sqs.fifo_request"] == pytest.approx(0.814)
    assert dollars(units, PRICES, less_free=True)["cloudwatch.alarm_metric"] == pytest.approx(1.70)


def test_free_amounts_never_pay_for_anything_else() -> None:
    """What is not used of one free amount makes no other bill smaller."""
    assert dollars({"cloudwatch.dashboard": 1}, PRICES, less_free=True) == {"cloudwatch.dashboard": 0.0}


def test_a_plan_costs_its_base_and_what_is_beyond_it() -> None:
    """Zapier bills tasks beyond the plan at 1.25 times its price a task, up to three times the plan; beyond that no page says."""
    zapier = price(PRICES, "zapier.professional")
    assert plan_cost(zapier, 750) == 19.99
    assert plan_cost(zapier, 1500) == pytest.approx(19.99 + 1.25 * 19.99)
    assert plan_cost(zapier, 2251) is None
    assert plan_cost(price(PRICES, "hookdeck.team"), 110_000) == pytest.approx(40)


def test_the_cheapest_plan_that_is_large_enough_counts() -> None:
    """Svix's free plan with its overage is cheaper for a million messages than the next plan, and n8n has none for so many."""
    costs = {other.name: other_cost(other, PRICES, 1_000_000) for other in OTHERS}
    assert costs["Svix"] == pytest.approx(95)
    assert costs["Hookdeck"] == pytest.approx(39 + 9.9)
    assert costs["Zapier"] is costs["Make"] is costs["n8n cloud"] is None
