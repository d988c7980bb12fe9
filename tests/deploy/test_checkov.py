"""The template, and what a deploy adds to it, in the eyes of checkov."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.deploy import accepted, scanners
from tests.deploy.scanners import Finding
from tests.template import PATH

WRONG = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 90}},
    }
}
"""A queue without encryption; and a log group with which nothing is wrong."""


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wrong") / "wrong.yaml"
    path.write_text(yaml.safe_dump(WRONG))
    return path


@pytest.fixture(scope="module")
def found(wrong: Path, sam_template: Path) -> dict[Path, set[Finding]]:
    return scanners.checkov(PATH.resolve(), sam_template, wrong)


def test_nothing_is_found_in_the_template_that_is_not_accepted(found: dict[Path, set[Finding]]) -> None:
    """What is accepted stands with its reason in accepted.py."""
    assert scanners.without_accepted(found[PATH.resolve()], accepted.CHECKOV) == []


def test_what_is_accepted_of_the_template_is_still_found(found: dict[Path, set[Finding]]) -> None:
    """An exception that excuses nothing would hide the next mistake."""
    assert {finding.check for finding in found[PATH.resolve()]} == set(accepted.CHECKOV)


def test_what_a_deploy_makes_has_what_is_accepted_and_nothing_else(
    found: dict[Path, set[Finding]], sam_template: Path
) -> None:
    """Each exception has its reason in accepted.py, and one that excuses nothing has to leave."""
    assert {finding.check for finding in found[sam_template]} == set(accepted.CHECKOV_FUNCTIONS)


def test_what_is_wrong_is_found(found: dict[Path, set[Finding]], wrong: Path) -> None:
    """A scanner that finds nothing anywhere would make the tests above worthless."""
    assert "CKV_AWS_27" in {finding.check for finding in found[wrong]}
