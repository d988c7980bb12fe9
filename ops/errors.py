"""What goes wrong for an operator: one sentence that says what happened, one that says what to do, exit code 1.

Every botocore exception is mapped here and nowhere else. A command lets `OpsError` pass: click prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from botocore import exceptions as aws
from botocore.parsers import ResponseParserError

GUIDE = "docs/deploy.md"
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "Forbidden")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired")
UNKNOWN_KEY = (
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "AuthFailure",
    "IncompleteSignature",
    "MissingAuthenticationToken",
)
BUSY = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "ServiceUnavailable")
UNREACHABLE = (
    aws.ConnectionError,
    aws.HTTPClientError,
    aws.EndpointProviderError,
    aws.InvalidRegionError,
    ResponseParserError,  # a proxy's page instead of AWS's answer
)
SECRETIVE = ("secretsmanager",)
"""Services whose error texts may repeat what was sent: only the code is told."""


class OpsError(click.ClickException):
    """Something an operator can mend: `message` says what happened, `hint` what to do next."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the two lines on stderr."""
        click.secho(self.message, file=file, err=True, fg="red")
        click.echo(self.hint, file=file, err=True)


def error_code(error: aws.ClientError) -> str:
    """Return the code of AWS's answer, such as `ResourceNotFoundException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_text(error: aws.ClientError) -> str:
    """Return the sentence of AWS's answer."""
    return str(error.response.get("Error", {}).get("Message", ""))


@contextmanager
def aws_failures(service: str) -> Iterator[None]:
    """Raise `OpsError` for what botocore raises in the block; `service` is its name in policies, such as `sqs`."""
    try:
        yield
    except aws.ClientError as error:
        raise _refused(service, error) from None
    except aws.NoRegionError:
        raise OpsError(
            "No AWS region is set.",
            "Give a region, for example --region eu-west-1, or set AWS_DEFAULT_REGION.",
        ) from None
    except aws.ProfileNotFound as error:
        raise OpsError(str(error) + ".", "List your profiles with: aws configure list-profiles") from None
    except (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError):
        raise OpsError(
            "No AWS credentials were found.",
            "Give --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run: aws configure. "
            f"{GUIDE} says what they must be allowed to do.",
        ) from None
    except (aws.SSOError, aws.TokenRetrievalError, aws.LoginError):
        raise OpsError("The AWS sign-in has expired.", "Sign in again with: aws sso login (or aws login).") from None
    except UNREACHABLE:
        raise OpsError(
            f"AWS ({service}) cannot be reached from here.",
            "Check the network, a proxy, the region's name and AWS_ENDPOINT_URL, then run it again; it is safe.",
        ) from None
    except aws.BotoCoreError as error:
        raise OpsError(
            f"The call of AWS ({service}) failed ({type(error).__name__}).",
            "Run it again; it is safe. If this continues, look at the AWS console and at AWS's status page.",
        ) from None


def _refused(service: str, error: aws.ClientError) -> OpsError:
    code = error_code(error)
    if code in DENIED:
        return OpsError(
            f"These AWS credentials may not do {_action(service, error)}.",
            f"Allow this user the action: {GUIDE} has the whole policy (infra/operator-policy.json).",
        )
    if code in EXPIRED:
        return OpsError("The AWS credentials have expired.", "Sign in again (aws sso login, or new keys).")
    if code in UNKNOWN_KEY:
        return OpsError(
            f"AWS does not accept the access key ({code}).",
            "Check --profile or the AWS_* variables, and this machine's clock.",
        )
    if code in BUSY:
        return OpsError(f"AWS ({service}) is busy ({code}).", "Wait a minute and run it again; it is safe.")
    told = code if service in SECRETIVE else f"{code}: {error_text(error)}"
    return OpsError(
        f"AWS refused {service}:{error.operation_name} ({told.strip(': ')}).",
        "Look the code up in AWS's documentation; running it again is safe.",
    )


def _action(service: str, error: aws.ClientError) -> str:
    """Return the action as a policy names it: AWS's sentence knows it best, it need not be the call's name."""
    named = re.search(r"not authorized to perform:? \[?([a-z0-9-]+:[A-Za-z]+)", error_text(error))
    return named.group(1) if named else f"{service}:{error.operation_name}"
