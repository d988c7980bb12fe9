"""What Slack says of a bot token and of a channel: whose it is, which scopes it has, whether the bot may post. Commands share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import ChannelClosed, LeadmatchError, SlackScopeMissing
from chalicelib.routing import Route
from chalicelib.slack.client import SlackBot
from chalicelib.verdict.wording import clean
from ops.findings import Finding, Findings
from ops.remedies import ROTATION, remedy, scope_remedy

SCOPES_HEADER = "x-oauth-scopes"
WRITE_SCOPE = "chat:write"
READ_SCOPES = {"channels:history": "a public channel", "groups:history": "a private channel"}
ACTION_SCOPES = {
    "users:read": "who clicked, and whether they are a guest or were deactivated",
    "users:read.email": "the address by which they are found in Zoho",
}
"""What converting from Slack needs besides, and why."""
MENTION_SCOPES = ("users:read", "users:read.email")
"""What mentioning the owner of a lead needs; Slack wants both to be asked for together."""
GROUP_SCOPE = "usergroups:read"
"""Needed besides when `converters.slack` names user groups."""
WHY_READ = "When Slack's answer to a post is lost, leadmatch looks for its message before it posts again"


MEND_ROUTE = (
    "Until then its leads go to the operator's channel. Invite the bot there with /invite @leadmatch, unarchive the channel, or name "
    "another one in the list (docs/slack.md), then run this again."
)


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


def warn_of_mentions(token: TokenInfo, findings: Findings) -> None:
    """Say that nobody is mentioned for want of a scope; messages need none of these."""
    if token.scopes and (lacking := [scope for scope in MENTION_SCOPES if scope not in token.scopes]):
        findings.warn(
            f"The owners of leads are named in their messages, and not mentioned: the app lacks {' and '.join(lacking)}.",
            f"{scope_remedy(*lacking)} To do without mentions, set LEADMATCH_MENTION to off (docs/slack.md).",
        )


def look_at_action_scopes(token: TokenInfo, slack_ids: Iterable[str], findings: Findings) -> None:
    """Note the scopes that converting from Slack lacks; `slack_ids` are those of `converters.slack`."""
    wanted = dict(ACTION_SCOPES)
    if any(entry.startswith("S") for entry in slack_ids):
        wanted[GROUP_SCOPE] = "who is in the user groups that may convert"
    if token.scopes and (lacking := [scope for scope in wanted if scope not in token.scopes]):
        why = "; ".join(f"{scope} ({wanted[scope]})" for scope in lacking)
        findings.problem(f"To convert from Slack, the app lacks {why}: nobody can convert.", scope_remedy(*lacking))


def channel_info(slack: SlackBot, channel: str) -> Mapping[str, Any]:
    """Return what Slack says of a channel, nothing where the token lacks the scope for that; raise why it says nothing.

    Without the scope, whether the bot may read the channel shows whether it is a member.
    https://docs.slack.dev/reference/methods/conversations.info
    """
    try:
        about = slack.ask("conversations.info", {"channel": channel}, form=True).json().get("channel") or {}
    except SlackScopeMissing:
        slack.ask("conversations.history", {"channel": channel, "limit": 1}, form=True)
        return {}
    return dict(about)


def closed_to_bot(about: Mapping[str, Any]) -> ChannelClosed | None:
    """Return why the bot may not post to a channel of which Slack says this, as far as that tells without a post."""
    if about.get("is_archived"):
        return ChannelClosed("The channel is archived.", reason="slack_is_archived")
    if about.get("is_member") is False:
        return ChannelClosed("The bot is not in the channel.", reason="slack_not_in_channel")
    return None


def look_into_channel(slack: SlackBot, channel: str) -> Mapping[str, Any]:
    """Return what Slack says of a channel; raise why the bot may not post there."""
    about = channel_info(slack, channel)
    if closed := closed_to_bot(about):
        raise closed
    return about


def channel_label(channel: str, about: Mapping[str, Any]) -> str:
    """Return a channel as an operator knows it: by its id, and by its name where Slack tells it."""
    name = clean(str(about.get("name") or ""))
    return f"{channel} (#{name})" if name else channel


def look_at_routes(
    slack: SlackBot, routes: Sequence[Route], stage: str, findings: Findings
) -> dict[str, Mapping[str, Any]]:
    """Note whether the bot may post where the rules send leads; return what Slack says of the channels where it may."""
    rules: dict[str, list[str]] = {}
    for number, route in enumerate(routes, 1):
        rules.setdefault(route.channel, []).append(str(number))
    seen = {}
    for channel, numbers in rules.items():
        whose = f"rule{'s'[: len(numbers) > 1]} {', '.join(numbers)} of the routes"
        try:
            seen[channel] = look_into_channel(slack, channel)
        except LeadmatchError as error:
            found = remedy(error, stage)
            fix = MEND_ROUTE if isinstance(error, ChannelClosed) else found.fix
            findings.troubles.append(Finding(f"Channel {channel}, {whose}: {found.what}", fix))
        else:
            findings.fact(f"The bot is in channel {channel_label(channel, seen[channel])}, {whose}.")
    return seen
