"""Probe: does the deployed API answer, refuse who has no key, and understand Zoho and Slack?

It says what it means when the API answers otherwise than it ought to, or not at all. Of Zoho's calls it can say when the last one came:
webhook and rule in Zoho are not seen from here.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.http import Answer, AnswerLost, NotSent, exchange
from chalicelib.slack.interactions import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from chalicelib.timing import CALLS_NOTED_EVERY
from chalicelib.version import VERSION
from chalicelib.webhook.auth import CHECK_HEADER, KEY_HEADER
from chalicelib.wire import read_time, time_text
from chalicelib.wiring.clients import fresh_session, utc_now
from ops import function_log
from ops.check.stage import Address, DeployedStage, address_of
from ops.errors import OpsError
from ops.findings import Findings, Result
from ops.functions import API
from ops.timing import CALLS_HOURS, WEBHOOK_READ_SECONDS

Resolve = Callable[[str, int], object]

NO_ROUTE = "Missing Authentication Token"
"""What API Gateway calls a path, a stage or a method that it does not know."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOBODY_S_CLICK = urlencode({"payload": json.dumps({"type": "block_actions", "user": {"id": "U0CHECK"}})}).encode()
"""What Slack would send of a click on no button; nothing follows from it, whether people act from Slack or not."""
LAST_CALL = "last_call_at"
TRY_IT = "Set one lead to Qualified in Zoho: it must appear in Slack."
OR_ELSE = "If it does not, check the webhook and the rule in Zoho (docs/zoho.md, parts 3 and 4)."


@dataclass(frozen=True, slots=True)
class Try:
    """One call of the API, and the answer that it ought to have."""

    about: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, str] | bytes
    status: int
    reason: str = ""

    def is_met_by(self, answer: Answer) -> bool:
        """Return whether the answer is the one."""
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
    findings.fact("It answers, refuses a call without a key, and accepts the live key.")
    findings.fact("For Zoho's webhook form (docs/zoho.md, part 3):")
    findings.fact(f"URL to Notify: {address.leads}")
    findings.fact(f"Header: {header}; to see its value: python -m ops provision --stage {stage.name} --show-key")
    findings.values.update({"url": address.leads, "header": header})
    look_at_calls(stage, findings)
    if signing_secret:
        findings.fact("It accepts Slack's clicks. For the Slack app's Interactivity & Shortcuts (docs/slack.md):")
        findings.fact(f"Request URL: {address.actions}")
        findings.values["actions_url"] = address.actions
    _look_for_keys_in_urls(stage, findings)


def _look_for_keys_in_urls(stage: DeployedStage, findings: Findings) -> None:
    """Read the function's log, which notes it: a key in a URL is seen by more eyes than one in a header."""
    logs, log_group = stage.account.session.client("logs"), f"/aws/lambda/{stage.function(API)}"
    if function_log.any_call(logs, log_group, holding="key_in", hours=CALLS_HOURS):
        findings.warn(
            "Calls of the last day had the webhook key in their URL (GET). More people can see a URL than a header.",
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
        findings.fact(f"It runs leadmatch {deployed}, the version of this checkout.")
        return
    findings.warn(
        f"It runs leadmatch {deployed or 'of an unknown version'}, and this checkout is {VERSION}.",
        f"If this checkout is the newer one, deploy it:\npython -m ops deploy --stage {stage.name}\n"
        "Otherwise update the checkout first: docs/deploy.md, Updating.",
    )


def _calls(address: Address, key: str) -> Iterator[Try]:
    marked = {KEY_HEADER: key, CHECK_HEADER: "yes"}  # or its refusal would ring the alarm for calls that were not taken
    yield Try("its health", "GET", address.health, {}, {}, 200)
    yield Try("a call without a key", "POST", address.leads, {}, {}, 401, "no_live_key")
    yield Try("a call with the live key and no lead", "POST", address.leads, marked, {}, 400, "no_lead_id")


def _clicks(address: Address, secret: str) -> Iterator[Try]:
    timestamp = str(int(utc_now().timestamp()))
    signed = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature(secret, timestamp, NOBODY_S_CLICK)} | FORM
    yield Try("a click that Slack did not sign", "POST", address.actions, FORM, NOBODY_S_CLICK, 401, "not_from_slack")
    yield Try("a click on nothing with Slack's signature", "POST", address.actions, signed, NOBODY_S_CLICK, 200)


def live_key(stage: DeployedStage) -> str:
    """Return the first live webhook key; raise `OpsError` without one."""
    keys = stage.credentials.webhook_keys
    if not keys:
        raise OpsError(
            "The secret credentials has no webhook_keys: every call is answered 503.",
            f"Create one with:\npython -m ops provision --stage {stage.name}",
        )
    return keys[0]


def call(
    stage: DeployedStage,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, str] | bytes,
    *,
    resolve: Resolve = socket.getaddrinfo,
) -> Answer:
    """Call the API; raise `OpsError` when there is no answer."""
    sent: dict[str, Any] = (
        {} if method == "GET" else {"data": _sent(body), "headers": {"Content-Type": "application/json", **headers}}
    )
    with fresh_session() as session:
        try:
            return exchange(session, method, url, read_seconds=WEBHOOK_READ_SECONDS, **sent)
        except (NotSent, AnswerLost) as error:
            known = _is_known(urlsplit(url).hostname or "", resolve)
            raise explain_silence(stage, url, known=known, sent=isinstance(error, AnswerLost)) from None


def _sent(body: Mapping[str, str] | bytes) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def reason_of(answer: Answer) -> str:
    """Return the machine word of our own refusals; empty for all else."""
    body = answer.json()
    error = body.get("error") if isinstance(body, Mapping) else None
    return str(error.get("reason", "")) if isinstance(error, Mapping) else ""


def _is_known(host: str, resolve: Resolve) -> bool:
    try:
        resolve(host, 443)
    except OSError:
        return False
    return True


def look_at_calls(stage: DeployedStage, findings: Findings) -> None:
    """Note when Zoho called last, as the functions remember it; warn when it has not for as long as was set."""
    findings.say("checking when Zoho called last")
    called_at, days = stage.wiring.shared.health.read().called_at, stage.settings.silence_days
    findings.values[LAST_CALL] = time_text(called_at) if called_at else None
    fix = f"{TRY_IT} {OR_ELSE}"
    if called_at is None:
        findings.fact("As far as the stage knows, Zoho has never called it.")
    elif days and utc_now() - called_at >= timedelta(days=days):
        findings.warn(f"Zoho {last_call(called_at)}.", fix)
    else:
        findings.fact(f"Zoho {last_call(called_at)}.")


def calls_summary(results: Sequence[Result]) -> str:
    """Return what is known of Zoho's calls in a sentence or two, for the end of a check."""
    seen = [result.findings.values[LAST_CALL] for result in results if LAST_CALL in result.findings.values]
    if not seen:
        return f"This run did not check whether Zoho calls. {TRY_IT}"
    if not isinstance(seen[0], str):
        return (
            "As far as leadmatch knows, Zoho has never called, and check cannot see the webhook and the rule in Zoho. "
            f"{TRY_IT} {OR_ELSE}"
        )
    return f"Zoho {last_call(read_time(seen[0]))}."


def last_call(at: datetime) -> str:
    """Return when Zoho called, as far as it is known: the functions write a call's time down at most once in 15 minutes.

    A time in the future was written by a clock that is ahead.
    """
    noted, between = f"{at:%Y-%m-%d %H:%M} UTC", int(CALLS_NOTED_EVERY.total_seconds() // 60)
    minutes = max(0, int((utc_now() - at).total_seconds() // 60))
    if minutes < between:
        return f"last called within the last {between} minutes ({noted} or later; leadmatch records it once in {between} minutes)"
    return f"last called {_ago(minutes)} ({noted} or up to {between} minutes later)"


def _ago(minutes: int) -> str:
    for count, unit in ((minutes // 1440, "day"), (minutes // 60, "hour"), (minutes, "minute")):
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def explain(stage: DeployedStage, answer: Answer, *, about: str, reason: str) -> OpsError:
    """Say what an answer means that nobody expected; `about` names the call."""
    told = f"HTTP {answer.status}" + (f" {reason}" if reason else "")
    if not reason and answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
        return _no_route(stage, answer, told)
    if reason and answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return OpsError(
            f"To {about} it answered {told}: its function cannot read the secret, or cannot write to the inbox.",
            f"The line “received” of its log has the reason:\n{stage.log_of(holding='received')}",
        )
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return OpsError(
            f"To {about} it answered {told}: the deployed function reads another secret, or an older one.",
            "After a change of the key, wait a minute and run this again. If this continues:\n"
            f"python -m ops deploy --stage {stage.name}",
        )
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return OpsError(f"To {about} it answered {told}: too many calls at once.", "Wait a minute and run this again.")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _broken(stage, answer, f"To {about} it answered {told}")
    return OpsError(
        f"To {about} it answered {told}: this is not leadmatch, or another version of it.",
        f"Deploy this version:\npython -m ops deploy --stage {stage.name}",
    )


def explain_silence(stage: DeployedStage, url: str, *, known: bool, sent: bool) -> OpsError:
    """Say what it means that there was no answer: is the name `known` to DNS, was the call `sent`?"""
    host = urlsplit(url).hostname
    if not known:
        return OpsError(
            f"The name {host} is not known here (DNS): the API was deleted, or this machine has no network.",
            "If others reach it, look at this machine's network. Otherwise deploy it again:\n"
            f"python -m ops deploy --stage {stage.name}",
        )
    if not sent:
        return OpsError(
            f"{host} accepts no connection within three seconds.",
            "Look at a firewall or VPN between here and AWS (a proxy is not used), or run this from another network.",
        )
    return OpsError(
        f"{host} was reached but did not answer completely: TLS failed, the connection broke, or it took over 30 seconds.",
        "If this machine's proxy opens TLS, run this from another network. Otherwise look in the log:\n"
        + stage.log_of(),
    )


def _no_route(stage: DeployedStage, answer: Answer, told: str) -> OpsError:
    body = answer.json()
    message = body.get("message") if isinstance(body, Mapping) else ""
    if message == NO_ROUTE or answer.status == HTTPStatus.NOT_FOUND:
        return OpsError(
            f"API Gateway does not know this path ({told}{f' {message}' if message else ''}): the API was replaced, or its deploy is incomplete.",
            f"Deploy it again, then put the new URL into Zoho's webhook:\npython -m ops deploy --stage {stage.name}",
        )
    return OpsError(
        f"API Gateway forbids the call ({told}): an authorizer, a resource policy or a firewall (WAF) blocks it.",
        "Look at the API in the AWS console: leadmatch has none of these, and Zoho's servers must be able to call it.",
    )


def _broken(stage: DeployedStage, answer: Answer, told: str) -> OpsError:
    if answer.status == HTTPStatus.GATEWAY_TIMEOUT:
        return OpsError(f"{told}: its function did not finish in time.", f"Look in its log:\n{stage.log_of()}")
    return OpsError(
        f"{told}: its function fails before it can answer.",
        f"Its log says why:\n{stage.log_of()}\n"
        "“Unable to import module” means that the package is broken; build it again, then deploy:\n"
        f"python -m ops package --stage {stage.name}\npython -m ops deploy --stage {stage.name}",
    )
