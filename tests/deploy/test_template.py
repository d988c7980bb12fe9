"""The template in the eyes of AWS's linter and of a scanner of policies; test_checkov.py has another scanner."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.deploy import scanners
from tests.template import PATH, RESOURCES

REGIONS = ("us-east-1", "eu-central-1", "ap-south-1", "ap-northeast-1", "ap-southeast-2", "ca-central-1")
"""Near Zoho's data centres."""


def test_cloudformation_takes_the_template() -> None:
    """cfn-lint knows every resource type and property of each region, and which values it takes."""
    assert scanners.lint(PATH, regions=REGIONS) == set()


def test_parliament_finds_nothing_in_any_policy(tmp_path: Path) -> None:
    """Every action exists, and each is allowed on the kind of resource that it has: roles, queues, the topic."""
    policies = scanners.policies_of(RESOURCES)
    assert len(policies) == 6 + 1 + 1
    assert scanners.parliament(policies, folder=tmp_path) == set()


def test_the_scanners_find_what_is_wrong(tmp_path: Path) -> None:
    """A scanner that finds nothing anywhere would make the tests above worthless."""
    template = tmp_path / "wrong.yaml"
    template.write_text(yaml.safe_dump(WRONG))
    statement = {"Effect": "Allow", "Action": ["sqs:SendMesage"], "Resource": "*"}
    (policies := tmp_path / "policies").mkdir()
    misspelt = {"wrong": {"Version": "2012-10-17", "Statement": [statement]}}
    assert "E3002" in {finding.check for finding in scanners.lint(template, regions=REGIONS)}
    assert {finding.check for finding in scanners.parliament(misspelt, folder=policies)} == {"UNKNOWN_ACTION"}


WRONG = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Fifo": True}},
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 90}},
    }
}
"""A queue with a property that SQS does not know, and no encryption; and a log group with which nothing is wrong."""
