"""What botocore raises becomes one sentence about what happened and one about what to do."""

from __future__ import annotations

import boto3
import click
import pytest
from botocore import exceptions as aws
from botocore.config import Config
from botocore.parsers import ResponseParserError
from click.testing import CliRunner

from ops.errors import OpsError, aws_failures
from tests.local_http import LocalHttp, answer, closed_port_url

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=0.2)


def refused(code: str, message: str = "", operation: str = "CreateStack") -> aws.ClientError:
    """Return what botocore raises for an answer of AWS."""
    return aws.ClientError({"Error": {"Code": code, "Message": message}}, operation)


def told(error: Exception, service: str = "cloudformation") -> OpsError:
    """Return what an operator is told of an error."""
    with pytest.raises(OpsError) as caught, aws_failures(service):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (aws.NoCredentialsError(), "No AWS credentials", "--profile"),
        (aws.PartialCredentialsError(provider="env", cred_var="secret"), "No AWS credentials", "--profile"),
        (aws.NoRegionError(), "No AWS region", "--region"),
        (aws.ProfileNotFound(profile="blue"), "(blue) could not be found", "list-profiles"),
        (aws.UnauthorizedSSOTokenError(), "expired", "aws sso login"),
        (aws.InvalidRegionError(region_name="eu west"), "cannot be reached", "region's name"),
        (ResponseParserError("<html>"), "cannot be reached", "proxy"),
        (refused("ExpiredToken"), "have expired", "Sign in again"),
        (refused("InvalidClientTokenId"), "does not accept the access key", "clock"),
        (refused("Throttling"), "busy", "run it again"),
        (refused("ValidationError", "Template too odd"), "Template too odd", "running it again is safe"),
        (aws.NoCredentialsError(), "No AWS credentials", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        (aws.WaiterError("table_not_exists", "Max attempts exceeded", {}), "failed (WaiterError)", "Run it again"),
        (aws.ParamValidationError(report="hush"), "failed (ParamValidationError)", "Run it again"),
    ],
)
def test_each_failure_says_what_happened_and_what_to_do(error: Exception, message: str, hint: str) -> None:
    """Nobody has to know botocore."""
    said = told(error)
    assert message in said.message
    assert hint in said.hint


def test_a_missing_permission_is_named_as_a_policy_names_it() -> None:
    """AWS's sentence knows the action; without one it is the call's."""
    sentence = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:r"
    assert "may not do iam:PassRole." in told(refused("AccessDenied", sentence)).message
    assert "may not do cloudformation:CreateStack." in told(refused("AccessDenied")).message


def test_the_text_of_a_secretive_service_is_not_repeated() -> None:
    """Secrets Manager may say back what it was sent."""
    said = told(refused("ValidationException", "Value 'hush' failed", "PutSecretValue"), "secretsmanager")
    assert "hush" not in said.message + said.hint
    assert "secretsmanager:PutSecretValue (ValidationException)" in said.message


@pytest.mark.parametrize("act", [None, lambda handler: handler.local.over.wait(2)], ids=["closed port", "silence"])
def test_a_real_endpoint_that_does_not_answer_is_unreachable(act) -> None:
    """Over real sockets, since botocore has a class for each way to fail."""
    with LocalHttp(act or answer(200)) as server:
        url = server.url if act else closed_port_url()
        sqs = boto3.client(
            "sqs", "eu-west-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b", config=ONCE
        )
        with pytest.raises(OpsError) as caught, aws_failures("sqs"):
            sqs.list_queues()
    assert "AWS (sqs) cannot be reached" in caught.value.message


def test_what_is_no_failure_of_aws_passes() -> None:
    """A fault of our own keeps its name and its trace."""
    with pytest.raises(KeyError), aws_failures("sqs"):
        raise KeyError("ours")


def test_a_command_prints_two_lines_and_ends_with_one() -> None:
    """Exit code 2 is left to wrong usage."""

    @click.command()
    def command() -> None:
        raise OpsError("It broke.", "Mend it.")

    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert (result.stdout, result.stderr) == ("", "It broke.\nMend it.\n")
