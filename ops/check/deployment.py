"""Probe: do the functions run with what config.json says, and does anybody get the alarms?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from chalicelib.settings import PREFIX
from ops.alarms import ASK_FOR_MAIL, CONFIRM, LOST, NAME_SOMEBODY, NOBODY, subscribers
from ops.check.stage import DeployedStage
from ops.errors import aws_failures, error_code
from ops.findings import Findings
from ops.functions import FUNCTIONS
from ops.stack import look_at_stack

MISSING = "ResourceNotFoundException"


def look(stage: DeployedStage, findings: Findings) -> None:
    """Compare each function's variables with config.json, then ask who gets the alarms."""
    findings.say("reading the settings of the deployed functions")
    running = {key: found for key in FUNCTIONS if (found := _variables(stage, stage.function(key))) is not None}
    changed = sorted({name for key, found in running.items() for name in _differences(stage, key, found)})
    if changed:
        findings.problem(
            f"config.json has changed since the last deploy: {', '.join(changed)}.",
            f"The functions use the earlier settings. Run:\npython -m ops deploy --stage {stage.name}",
        )
    elif running:
        findings.fact("The functions run with the settings of config.json.")
    else:
        findings.fact("No function is deployed.")
    findings.say("asking who gets the alarms")
    _look_at_alarms(stage, findings)


def _variables(stage: DeployedStage, function: str) -> Mapping[str, str] | None:
    """Return a function's variables as AWS has them; None for one that is not deployed."""
    client = stage.account.session.client("lambda")
    with aws_failures("lambda"):
        try:
            found = client.get_function_configuration(FunctionName=function)
        except ClientError as error:
            if error_code(error) != MISSING:
                raise
            return None
    return dict(found.get("Environment", {}).get("Variables", {}))


def _differences(stage: DeployedStage, key: str, running: Mapping[str, str]) -> Iterator[str]:
    """Name our variables that differ. What is empty counts as not set; a function's own go over the stage's."""
    own = stage.project.stage(stage.name).get("lambda_functions", {}).get(key, {}).get("environment_variables", {})
    written = stage.project.environment(stage.name) | own
    for name in {*written, *running}:
        if name.startswith(PREFIX) and written.get(name, "") != running.get(name, ""):
            yield name


def _look_at_alarms(stage: DeployedStage, findings: Findings) -> None:
    region, account = stage.account.region, stage.account.number
    partition = stage.account.session.get_partition_for_region(region)
    topic = f"arn:{partition}:sns:{region}:{account}:leadmatch-{stage.name}-alarms"
    found = subscribers(stage.account.session.client("sns"), topic)
    if found is None:
        findings.warn("AWS did not say who gets the alarms.", f"Look at the topic in the AWS console:\n{topic}")
        return
    found = found.missing(_named_address(stage))
    if found.confirmed:
        findings.fact(f"The alarms go to {_people(len(found.confirmed))}.")
    for address in found.pending:
        findings.warn(f"{address} has not confirmed and gets no alarm.", f"In that mailbox, {CONFIRM}.")
    for address in found.lost:
        findings.warn(
            LOST.format(address=address), ASK_FOR_MAIL.format(stage=stage.name, address=address).replace(": ", ":\n")
        )
    if not found.confirmed + found.pending + found.lost:
        findings.warn(NOBODY, NAME_SOMEBODY.format(stage=stage.name).replace(": ", ":\n"))


def _named_address(stage: DeployedStage) -> str:
    """Return the address that provision was told, which only the stack knows; an empty text where nobody may ask."""
    with aws_failures("cloudformation"):
        try:
            stack = look_at_stack(stage.account.session.client("cloudformation"), f"leadmatch-{stage.name}")
        except ClientError:
            return ""
    return stack.parameters.get("AlarmEmail", "") if stack else ""


def _people(count: int) -> str:
    return "1 subscriber" if count == 1 else f"{count} subscribers"
