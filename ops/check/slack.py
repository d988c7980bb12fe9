"""Probe: can the bot post into both channels, find its message again, and take it back?"""

from __future__ import annotations

import time
from collections.abc import Callable

from chalicelib.errors import LeadmatchError
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.wiring.clients import new_id
from ops.check.cures import cure
from ops.check.cures_slack import scope_cure
from ops.check.deployed import DeployedStage
from ops.check.findings import Findings
from ops.check.slack_line import DONE, Line, post

SCOPES_HEADER = "x-oauth-scopes"
WRITE = "chat:write"
READ = {"channels:history": "a public channel", "groups:history": "a private channel"}
WHY_READ = "When Slack's answer to a post is lost, leadmatch looks for its message before it posts again"


def look(stage: DeployedStage, findings: Findings, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Look at the token's scopes, then try each channel as notify uses it."""
    slack = stage.slack()
    if isinstance(slack, SlackWebhook):
        _try_webhook(slack, stage, findings, sleep)
        return
    findings.say("asking whose token it is")
    scopes = look_at_token(slack, findings)
    if findings.troubles:
        return
    for channel in dict.fromkeys((stage.settings.slack_channel, stage.settings.operator_channel)):
        findings.say(f"posting to {channel}")
        try:
            _try_channel(Line(slack, channel, new_id()), findings, sleep)
        except LeadmatchError as error:
            _tell(error, channel, scopes, stage, findings)


def look_at_token(slack: SlackBot, findings: Findings) -> set[str]:
    """Return the token's scopes, an empty set when Slack does not tell; note whose it is and what it lacks."""
    answer = slack.ask("auth.test", {})
    who = answer.json()
    findings.fact(f"The bot {who.get('user')} is in the workspace {who.get('team')}.")
    if SCOPES_HEADER not in answer.headers:
        return set()
    scopes = {scope.strip() for scope in answer.headers[SCOPES_HEADER].split(",")}
    if WRITE not in scopes:
        findings.trouble(f"The scope {WRITE} is missing: nothing can be posted or edited.", scope_cure(WRITE))
    if not scopes & set(READ):
        findings.trouble(f"The scopes {' and '.join(READ)} are missing. {WHY_READ}.", scope_cure(*READ))
    return scopes


def _try_channel(line: Line, findings: Findings, sleep: Callable[[float], None]) -> None:
    channel = line.channel
    try:
        line.post(sleep=sleep)
        found = line.is_found()
    finally:
        line.take_back()
    if found:
        findings.fact(f"Channel {channel}: posted, read back, {line.end}.")
    else:
        findings.trouble(
            f"Channel {channel}: the message was posted, but is not in the channel's history.",
            "Run this again. Should it stay so, the channel keeps no history (a retention rule, a shared channel): "
            "choose another one, docs/slack.md.",
        )


def _tell(error: LeadmatchError, channel: str, scopes: set[str], stage: DeployedStage, findings: Findings) -> None:
    if error.reason == "slack_missing_scope":
        # That it may write was seen before; so it is this kind of channel that it may not read.
        lacking = [scope for scope in READ if scope not in scopes]
        named = " or ".join(f"{scope} ({READ[scope]})" for scope in lacking)
        findings.trouble(f"Channel {channel} cannot be read: {named} is missing. {WHY_READ}.", scope_cure(*lacking))
        return
    remark = cure(error, stage.name)
    findings.trouble(f"Channel {channel}: {remark.what}", remark.fix)


def _try_webhook(slack: SlackWebhook, stage: DeployedStage, findings: Findings, sleep: Callable[[float], None]) -> None:
    findings.say("posting through the incoming webhook")
    post(slack, "", DONE, new_id(), sleep=sleep)
    findings.fact(f"The incoming webhook took a line: “{DONE.text}”.")
    findings.warn(
        "This is the trial mode: which channel it was, and whether messages can be edited, cannot be checked.",
        "Look for the line in Slack. For one message per lead that is kept current, make the Slack app (docs/slack.md), then:\n"
        f"python -m ops provision --stage {stage.name} --replace slack",
    )
