"""What it means when the deployed API answers otherwise than it ought to, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.http import Answer
from ops.check.deployed import DeployedStage
from ops.errors import OpsError

NO_ROUTE = "Missing Authentication Token"
"""What API Gateway calls a path, a stage or a method that it does not know."""
FORBIDDEN, NOT_FOUND, TIMED_OUT, TOO_MANY, UNAUTHORIZED = 403, 404, 504, 429, 401
SERVER_ERRORS, NOT_TAKEN = 500, 503


def explain(stage: DeployedStage, answer: Answer, *, about: str, reason: str) -> OpsError:
    """Say what an answer means that nobody expected; `about` names the call."""
    told = f"HTTP {answer.status}" + (f" {reason}" if reason else "")
    if not reason and answer.status in (UNAUTHORIZED, FORBIDDEN, NOT_FOUND):
        return _no_route(stage, answer, told)
    if reason and answer.status == NOT_TAKEN:
        return OpsError(
            f"To {about} it answered {told}: its function cannot read the secret, or cannot write to the inbox.",
            f"The line “received” of its log has the reason:\n{stage.log_of(holding='received')}",
        )
    if answer.status == UNAUTHORIZED:
        return OpsError(
            f"To {about} it answered {told}: the deployed function reads another secret, or an older one.",
            "After a change of the key, wait a minute and run this again. Should it stay so:\n"
            f"python -m ops deploy --stage {stage.name}",
        )
    if answer.status == TOO_MANY:
        return OpsError(f"To {about} it answered {told}: too many calls at once.", "Wait a minute and run this again.")
    if answer.status >= SERVER_ERRORS:
        return _broken(stage, answer, f"To {about} it answered {told}")
    return OpsError(
        f"To {about} it answered {told}: that is not leadmatch, or another version of it.",
        f"Deploy this version:\npython -m ops deploy --stage {stage.name}",
    )


def explain_silence(stage: DeployedStage, url: str, *, known: bool, sent: bool) -> OpsError:
    """Say what it means that there was no answer: is the name `known` to DNS, was the call `sent`?"""
    host = urlsplit(url).hostname
    if not known:
        return OpsError(
            f"The name {host} is not known here (DNS): the API was deleted, or this machine has no network.",
            "If others reach it, look at this machine's network. Otherwise deploy it anew:\n"
            f"python -m ops deploy --stage {stage.name}",
        )
    if not sent:
        return OpsError(
            f"{host} takes no connection within three seconds.",
            "Look at a firewall or VPN between here and AWS (a proxy is not used), or run this from another network.",
        )
    return OpsError(
        f"{host} was reached and gave no whole answer: TLS failed, the connection broke, or it took over 30 seconds.",
        "If this machine's proxy opens TLS, run this from another network. Otherwise look into the log:\n"
        + stage.log_of(),
    )


def _no_route(stage: DeployedStage, answer: Answer, told: str) -> OpsError:
    body = answer.json()
    message = body.get("message") if isinstance(body, Mapping) else ""
    if message == NO_ROUTE or answer.status == NOT_FOUND:
        return OpsError(
            f"API Gateway knows no such path ({told}{f' {message}' if message else ''}): the API was replaced, or deployed halfway.",
            f"Deploy it again, then give the new URL to Zoho:\npython -m ops deploy --stage {stage.name}",
        )
    return OpsError(
        f"API Gateway forbids the call ({told}): an authorizer, a resource policy or a firewall (WAF) stands before it.",
        "Look at the API in the AWS console: leadmatch has none of these, and Zoho's servers must get through.",
    )


def _broken(stage: DeployedStage, answer: Answer, told: str) -> OpsError:
    if answer.status == TIMED_OUT:
        return OpsError(f"{told}: its function did not end in time.", f"Look into its log:\n{stage.log_of()}")
    return OpsError(
        f"{told}: its function fails before it can answer.",
        f"Its log says why:\n{stage.log_of()}\n"
        "“Unable to import module” means that the package is broken; build it anew, then deploy:\n"
        f"python -m ops package --stage {stage.name}\npython -m ops deploy --stage {stage.name}",
    )
