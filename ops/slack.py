"""What Slack says of a bot token: whose it is, which scopes it has, and what it lacks. check and provision ask it."""

from __future__ import annotations

from chalicelib.slack.client import SlackBot
from ops.findings import Findings
from ops.remedies import ROTATION, scope_remedy

SCOPES_HEADER = "x-oauth-scopes"
WRITE_SCOPE = "chat:write"
READ_SCOPES = {"channels:history": "a public channel", "groups:history": "a private channel"}
WHY_READ = "When Slack's answer to a post is lost, leadmatch looks for its message before it posts again"


def look_at_token(slack: SlackBot, stage: str, findings: Findings) -> set[str]:
    """Return the token's scopes, an empty set when Slack does not tell; note whose it is and what is wrong with it."""
    answer = slack.ask("auth.test", {})
    who = answer.json()
    findings.fact(f"The bot {who.get('user')} is in the workspace {who.get('team')}.")
    if who.get("expires_in"):  # in seconds; https://docs.slack.dev/reference/methods/auth.test
        findings.problem("The bot token expires within twelve hours.", ROTATION.replace("{stage}", stage))
    if SCOPES_HEADER not in answer.headers:
        return set()
    scopes = {scope.strip() for scope in answer.headers[SCOPES_HEADER].split(",")}
    if WRITE_SCOPE not in scopes:
        findings.problem(
            f"The scope {WRITE_SCOPE} is missing: nothing can be posted or edited.", scope_remedy(WRITE_SCOPE)
        )
    if not scopes & set(READ_SCOPES):
        findings.problem(f"The scopes {' and '.join(READ_SCOPES)} are missing. {WHY_READ}.", scope_remedy(*READ_SCOPES))
    return scopes
