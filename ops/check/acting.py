"""Probe: can people convert leads from Slack, as far as anybody can know without converting one?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from chalicelib.aws.stage_lists import Converters, read_lists
from chalicelib.errors import LeadmatchError
from chalicelib.slack.client import SlackBot
from chalicelib.zoho.client import ZohoClient
from chalicelib.zoho.pipelines import read_pipelines
from chalicelib.zoho.users import ZohoUser, active_users
from ops.check.stage import DeployedStage, address_of
from ops.errors import OpsError
from ops.findings import Findings
from ops.remedies import NEW_GRANT_TO_ACT, remedy
from ops.slack import look_at_action_scopes, look_at_token
from ops.stage import LedgerTable

SCOPE_MISSING = "zoho_scope_missing"
OFF = "Nobody converts leads from Slack here: LEADMATCH_ACTIONS is off. docs/slack.md says how to switch it on."
AGAIN = "python -m ops provision --stage {stage} --actions on\npython -m ops deploy --stage {stage}"


def look(stage: DeployedStage, findings: Findings) -> None:
    """Look at who is named, at Slack's scopes and workspace, at Zoho's users and pipelines."""
    if not stage.settings.actions:
        findings.fact(OFF)
        return
    findings.say("reading who may convert")
    converters = _converters(stage, findings)
    _look_at_slack(stage, converters, findings)
    zoho = stage.zoho()
    findings.say("reading Zoho's users")
    _try(lambda: _look_at_profiles(zoho, converters, findings), "users", stage, findings)
    findings.say("reading Zoho's pipelines")
    _try(lambda: _look_at_pipelines(zoho, findings), "pipelines", stage, findings)
    findings.fact("Whether Zoho lets leadmatch convert a lead, only a conversion shows.")


def _converters(stage: DeployedStage, findings: Findings) -> Converters:
    unreadable: list[str] = []
    table = LedgerTable(stage.account.session.client("dynamodb"), stage.name)
    converters = read_lists(table.lists(), warn=unreadable.append).converters
    if not converters.profiles:
        how = "cannot be read" if "converters" in unreadable else "name no profile of Zoho"
        findings.problem(
            f"The lists of who may convert {how}: only people whom they name with a plus can convert."
            if converters.slack
            else f"The lists of who may convert {how}: nobody can convert.",
            f"Name the profiles (docs/slack.md):\npython -m ops provision --stage {stage.name} --lists lists.json",
        )
    return converters


def _look_at_slack(stage: DeployedStage, converters: Converters, findings: Findings) -> None:
    slack, settings = stage.slack(), stage.settings
    if not isinstance(slack, SlackBot):
        raise OpsError(
            "An incoming webhook takes no clicks: nobody can convert.",
            f"Make the Slack app (docs/slack.md), then:\npython -m ops provision --stage {stage.name} --replace slack",
        )
    token = look_at_token(slack, stage.name, Findings())  # the probe of Slack says what else is wrong with it
    look_at_action_scopes(token, converters.slack, findings)
    if token.team != settings.slack_team:
        findings.problem(
            f"Clicks come from the workspace {token.team}, but LEADMATCH_SLACK_TEAM is {settings.slack_team}: every click is refused.",
            f"Ask Slack again:\n{AGAIN.format(stage=stage.name)}",
        )
    for group in (entry for entry in converters.slack if entry.startswith("S")):
        _look_at_group(slack, group, findings)
    findings.fact(
        f"Slack tells nobody which Request URL the app has, so click Check again on a message once. It must be {address_of(stage).actions}"
    )


def _look_at_group(slack: SlackBot, group: str, findings: Findings) -> None:
    try:
        members = slack.ask("usergroups.users.list", {"usergroup": group}, form=True).json().get("users") or []
    except LeadmatchError as error:
        findings.problem(
            f"Slack does not show the user group {group} ({error.reason}): nobody can convert by it.",
            "Check its id and the scope usergroups:read. Slack's free plan has no user groups: name people instead (docs/slack.md).",
        )
    else:
        findings.fact(f"User group {group}: {_people(len(members))}.")


def _look_at_profiles(zoho: ZohoClient, converters: Converters, findings: Findings) -> None:
    users = [user for user in active_users(zoho) if user.is_regular]
    counts = Counter({profile: sum(_has(user, profile) for user in users) for profile in converters.profiles})
    for profile, count in counts.items():
        if count:
            findings.fact(f"Profile {profile}: {_people(count)} of Zoho's active, confirmed users.")
        else:
            findings.warn(
                f"No active, confirmed user of Zoho has the profile {profile}.",
                "Compare its name with Setup, Security Control, Profiles; several names are separate entries (docs/slack.md).",
            )


def _has(user: ZohoUser, profile: str) -> bool:
    return profile.casefold() in (user.profile_id, user.profile_name.casefold())


def _look_at_pipelines(zoho: ZohoClient, findings: Findings) -> None:
    pipelines = read_pipelines(zoho)
    stages = sum(len(pipeline.stages) for pipeline in pipelines)
    findings.fact(f"The form offers a deal in {len(pipelines)} pipelines with {stages} stages.")


def _try(look_at: Callable[[], None], what: str, stage: DeployedStage, findings: Findings) -> None:
    """Look at something of Zoho; a scope that lacks has a cure of its own, and keeps nobody from looking at the rest."""
    try:
        look_at()
    except LeadmatchError as error:
        if error.reason != SCOPE_MISSING:
            found = remedy(error, stage.name)
            findings.problem(found.what, found.fix)
            return
        findings.problem(
            f"Zoho's authorisation lacks the scope to read {what}.", NEW_GRANT_TO_ACT.format(stage=stage.name)
        )


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
