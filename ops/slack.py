"""What Slack says of a bot token: whose it is, which scopes it has, and what it lacks. check and provision ask it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.slack.client import SlackBot
from ops.findings import Findings
from ops.remedies import ROTATION, scope_remedy

SCOPES_HEADER = "x-oauth-scopes"
WRITE_SCOPE = "chat:write"
READ_SCOPES = {"channels:history": "a public channel", "groups:history": "a private channel"}
ACTION_SCOPES = {
    "users:read": "who clicked, and whether they are a guest or were deactivated",
    "users:read.email": "the address by which they are found in Zoho",
}
"""What converting from Slack needs besides, and why."""
GROUP_SCOPE = "usergroups:read"
"""Needed besides when `converters.slack` names user groups."""
WHY_READ = "When Slack's answer to a post is lost, leadmatch looks for its message before it posts again"


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token's scopes, an empty set when Slack does not tell, and the id by which Slack names its workspace in a click.

    In an Enterprise organisation that is the organisation's. https://docs.slack.dev/reference/methods/auth.test
    """

    scopes: frozenset[str]
    team: str


def look_at_token(slack: SlackBot, stage: str, findings: Findings) -> TokenInfo:
    """Return what Slack says of the token; note whose it is and what is wrong with it."""
    answer = slack.ask("auth.test", {})
    who = answer.json()
    findings.fact(f"The bot {who.get('user')} is in the workspace {who.get('team')}.")
    if who.get("expires_in"):  # in seconds; https://docs.slack.dev/reference/methods/auth.test
        findings.problem("The bot token expires within twelve hours.", ROTATION.replace("{stage}", stage))
    team = str(who.get("enterprise_id") or who.get("team_id") or "")
    if SCOPES_HEADER not in answer.headers:
        return TokenInfo(frozenset(), team)
    scopes = {scope.strip() for scope in answer.headers[SCOPES_HEADER].split(",")}
    if WRITE_SCOPE not in scopes:
        findings.problem(
            f"The scope {WRITE_SCOPE} is missing: nothing can be posted or edited.", scope_remedy(WRITE_SCOPE)
        )
    if not scopes & set(READ_SCOPES):
        findings.problem(f"The scopes {' and '.join(READ_SCOPES)} are missing. {WHY_READ}.", scope_remedy(*READ_SCOPES))
    return TokenInfo(frozenset(scopes), team)


def look_at_action_scopes(token: TokenInfo, slack_ids: Iterable[str], findings: Findings) -> None:
    """Note the scopes that converting from Slack lacks; `slack_ids` are those of `converters.slack`."""
    wanted = dict(ACTION_SCOPES)
    if any(entry.startswith("S") for entry in slack_ids):
        wanted[GROUP_SCOPE] = "who is in the user groups that may convert"
    if token.scopes and (lacking := [scope for scope in wanted if scope not in token.scopes]):
        why = "; ".join(f"{scope} ({wanted[scope]})" for scope in lacking)
        findings.problem(f"To convert from Slack, the app lacks {why}: nobody can convert.", scope_remedy(*lacking))
