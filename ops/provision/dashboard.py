"""The stage's dashboard in CloudWatch, as infra/dashboard.json describes it: alarms, today's numbers, then time series.

It stands outside the stack: nothing there refers to it, and CloudFormation takes 51,200 bytes of template in a call.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

import json
from pathlib import Path
from string import Template

from botocore.exceptions import ClientError

from ops.errors import aws_failures, error_code
from ops.stage import Stage

WIDGETS = Path(__file__).parents[2] / "infra" / "dashboard.json"
MATCHES_DEAD = "-matches-dead"
GONE = ("ResourceNotFound", "DashboardNotFoundError")
"""What CloudWatch says of a dashboard that it does not have: the code that it sends, and the name of the error."""


def body(stage: str, *, region: str, alarms: str, has_matches_dead_letters: bool) -> str:
    """Return what CloudWatch is given; `alarms` is the beginning of the ARNs of the stage's alarms."""
    text = WIDGETS.read_text(encoding="utf-8")
    found = json.loads(Template(text).substitute(stage=stage, region=region, alarm=alarms))
    for properties in (widget["properties"] for widget in found["widgets"]):
        for rows in ("alarms", "metrics"):
            if rows in properties and not has_matches_dead_letters:
                properties[rows] = [row for row in properties[rows] if MATCHES_DEAD not in json.dumps(row)]
    return json.dumps(found, separators=(",", ":"))


def put(stage: Stage, *, has_matches_dead_letters: bool) -> None:
    """Make the dashboard, or replace it."""
    session, region = stage.account.session, stage.account.region
    partition = session.get_partition_for_region(region)
    alarms = f"arn:{partition}:cloudwatch:{region}:{stage.account.number}:alarm:{_name(stage)}"
    text = body(stage.name, region=region, alarms=alarms, has_matches_dead_letters=has_matches_dead_letters)
    with aws_failures("cloudwatch"):
        session.client("cloudwatch").put_dashboard(DashboardName=_name(stage), DashboardBody=text)
    stage.console.good("the dashboard is written")


def delete(stage: Stage) -> None:
    """Remove the dashboard, if there is one."""
    client = stage.account.session.client("cloudwatch")
    with aws_failures("cloudwatch"):
        try:
            client.delete_dashboards(DashboardNames=[_name(stage)])
        except ClientError as error:
            if error_code(error) not in GONE:
                raise
            return
    stage.console.good("the dashboard is removed")


def _name(stage: Stage) -> str:
    return f"leadmatch-{stage.name}"
