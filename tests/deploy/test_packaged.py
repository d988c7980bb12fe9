"""What a deploy would make, as `chalice package` writes it down: nothing of a function is left to Chalice's defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deploy import scanners
from tests.deploy.test_template import REGIONS


@pytest.fixture
def functions(sam_template: Path) -> dict[str, dict[str, Any]]:
    resources = json.loads(sam_template.read_text())["Resources"]
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def test_the_stage_is_six_functions_each_with_its_role(functions: dict[str, dict[str, Any]]) -> None:
    """No role is made by Chalice."""
    assert {name: function["Handler"] for name, function in functions.items()} == {
        "APIHandler": "app.app",
        "Check": "app.check",
        "Notify": "app.notify",
        "Convert": "app.convert",
        "Refresh": "app.refresh",
        "Sweep": "app.sweep",
    }
    assert len({function["Role"] for function in functions.values()}) == 6


def test_memory_and_time_outs_are_not_chalices(functions: dict[str, dict[str, Any]]) -> None:
    """Chalice would give 128 MB, in which a cold start takes seconds, and a minute, which API Gateway does not wait."""
    assert {name: (one["MemorySize"], one["Timeout"]) for name, one in functions.items()} == {
        "APIHandler": (1769, 25),
        "Check": (1769, 60),
        "Notify": (1769, 20),
        "Convert": (1769, 120),
        "Refresh": (1024, 20),
        "Sweep": (512, 60),
    }


def test_queues_hand_over_one_message_at_a_time(functions: dict[str, dict[str, Any]]) -> None:
    """With more, one failed lead would bring its neighbours back too."""
    for name, queue in (("Check", "inbox"), ("Notify", "slack"), ("Convert", "convert"), ("Refresh", "tokens")):
        (event,) = functions[name]["Events"].values()
        assert event["Properties"]["BatchSize"] == 1
        assert f"leadmatch-dev-{queue}.fifo" in str(event["Properties"]["Queue"])


def test_cloudformation_takes_it(sam_template: Path) -> None:
    """cfn-lint knows functions, mappings, the schedule and the API, in each region near Zoho's data centres."""
    assert scanners.lint(sam_template, regions=REGIONS) == set()
