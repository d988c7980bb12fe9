"""Probe: does the deployed API answer, refuse who has no key, and understand Zoho and Slack?"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalicelib.http import Answer, AnswerLost, NotSent, exchange
from chalicelib.slack.interactions import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from chalicelib.version import VERSION
from chalicelib.webhook.auth import CHECK_HEADER, KEY_HEADER
from chalicelib.wiring.clients import fresh_session, utc_now
from ops.check import zoho_calls
from ops.check.address import Address, address_of
from ops.check.deployed import DeployedStage
from ops.check.findings import Findings
from ops.check.refusals import explain, explain_silence
from ops.errors import OpsError
from ops.functions import API
from ops.provision import key_use

HOURS_OF_CALLS = 24
READ_SECONDS = 30.0
"""API Gateway itself waits 29 seconds for a function."""
Resolve = Callable[[str, int], object]


@dataclass(frozen=True, slots=True)
class Try:
    """One call of the API, and the answer that it ought to have."""

    about: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, str]
    status: int
    reason: str = ""

    def is_met_by(self, answer: Answer) -> bool:
        """Tell whether the answer is the one."""
        return answer.status == self.status and reason_of(answer) == self.reason


def look(stage: DeployedStage, findings: Findings) -> None:
    """Try the deployed API with calls that queue nothing; the first answer that is not as it ought to be ends the look."""
    address, signing_secret = address_of(stage), stage.credentials.slack.get("signing_secret", "")
    for one in [*_calls(address, live_key(stage)), *(_clicks(address, signing_secret) if signing_secret else ())]:
        findings.say(f"trying {one.about}")
        answer = call(stage, one.method, one.url, one.headers, one.body)
        if not one.is_met_by(answer):
            raise explain(stage, answer, about=one.about, reason=reason_of(answer))
        if one.url == address.health:
            _compare_versions(answer, stage, findings)
    header = "-".join(part.capitalize() for part in KEY_HEADER.split("-"))
    findings.fact("It answers, refuses a call without a key, and understands one with the live key.")
    findings.fact("For Zoho's webhook form (docs/zoho.md, part 3):")
    findings.fact(f"URL to Notify: {address.leads}")
    findings.fact(f"Header: {header}; its value: python -m ops provision --stage {stage.name} --show-key")
    findings.values.update({"url": address.leads, "header": header})
    zoho_calls.look_at_calls(stage, findings)
    if signing_secret:
        findings.fact("It hears Slack's clicks. For the Slack app's Interactivity & Shortcuts (docs/slack.md):")
        findings.fact(f"Request URL: {address.actions}")
        findings.values["actions_url"] = address.actions
    _look_for_keys_in_urls(stage, findings)


def _look_for_keys_in_urls(stage: DeployedStage, findings: Findings) -> None:
    """Read the function's log, which notes it: a key in a URL is seen by more eyes than one in a header."""
    logs, log_group = stage.account.session.client("logs"), f"/aws/lambda/{stage.function(API)}"
    if key_use.any_call(logs, log_group, holding="key_in", hours=HOURS_OF_CALLS):
        findings.warn(
            "Calls of the last day brought the webhook key in their URL (GET), which more places keep than a header.",
            "In Zoho's webhook choose the method POST, with the key in the header X-Leadmatch-Key (docs/zoho.md, part 3). "
            "Then change the key:\n"
            f"python -m ops provision --stage {stage.name} --rotate-key",
        )


def _compare_versions(answer: Answer, stage: DeployedStage, findings: Findings) -> None:
    """Note which version is deployed, and warn when it is another one than this checkout's."""
    body = answer.json()
    deployed = str(body.get("version", "")) if isinstance(body, Mapping) else ""
    findings.values["version"] = deployed
    if deployed == VERSION:
        findings.fact(f"It runs leadmatch {deployed}, as this checkout.")
        return
    findings.warn(
        f"It runs leadmatch {deployed or 'of a version that it does not tell'}, and this checkout is {VERSION}.",
        f"If this checkout is the newer one, deploy it:\npython -m ops deploy --stage {stage.name}\n"
        "Otherwise bring the checkout up to date first: docs/deploy.md, Updating.",
    )


def _calls(address: Address, key: str) -> Iterator[Try]:
    marked = {KEY_HEADER: key, CHECK_HEADER: "yes"}  # or its refusal would ring the alarm for calls that were not taken
    yield Try("its health", "GET", address.health, {}, {}, 200)
    yield Try("a call without a key", "POST", address.leads, {}, {}, 401, "no_live_key")
    yield Try("a call with the live key and no lead", "POST", address.leads, marked, {}, 400, "no_lead_id")


def _clicks(address: Address, secret: str) -> Iterator[Try]:
    timestamp = str(int(utc_now().timestamp()))
    signed = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature(secret, timestamp, _sent({}))}
    yield Try("a click that Slack did not sign", "POST", address.actions, {}, {}, 401, "not_from_slack")
    yield Try("a click of nothing, signed as Slack does", "POST", address.actions, signed, {}, 200)


def live_key(stage: DeployedStage) -> str:
    """Give the first live webhook key; raise `OpsError` without one."""
    keys = stage.credentials.webhook_keys
    if not keys:
        raise OpsError(
            "The secret credentials has no webhook_keys: every call is answered 503.",
            f"Have one made by:\npython -m ops provision --stage {stage.name}",
        )
    return keys[0]


def call(
    stage: DeployedStage,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, str],
    *,
    resolve: Resolve = socket.getaddrinfo,
) -> Answer:
    """Call the API; raise `OpsError` when there is no answer."""
    sent: dict[str, Any] = (
        {} if method == "GET" else {"data": _sent(body), "headers": {"Content-Type": "application/json", **headers}}
    )
    with fresh_session() as session:
        try:
            return exchange(session, method, url, read_seconds=READ_SECONDS, **sent)
        except (NotSent, AnswerLost) as error:
            known = _is_known(urlsplit(url).hostname or "", resolve)
            raise explain_silence(stage, url, known=known, sent=isinstance(error, AnswerLost)) from None


def _sent(body: Mapping[str, str]) -> bytes:
    return json.dumps(body).encode()


def reason_of(answer: Answer) -> str:
    """Give the machine word of our own refusals; empty for all else."""
    body = answer.json()
    error = body.get("error") if isinstance(body, Mapping) else None
    return str(error.get("reason", "")) if isinstance(error, Mapping) else ""


def _is_known(host: str, resolve: Resolve) -> bool:
    try:
        resolve(host, 443)
    except OSError:
        return False
    return True
