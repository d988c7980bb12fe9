"""What to do about each thing that Slack may say, or keep silent about."""

from __future__ import annotations

RENEW = "python -m ops provision --stage {stage} --replace slack"
REINSTALL = (
    "On https://api.slack.com/apps, choose leadmatch, Install App, Reinstall to Workspace; give the new bot token to:\n"
    f"{RENEW}"
)
OTHER_CHANNEL = (
    "In Slack, click the channel's name, About, and copy the id at the very bottom. Then (--operator-channel for the one "
    "where trouble goes):\n"
    "python -m ops provision --stage {stage} --slack-channel C…\n"
    "python -m ops deploy --stage {stage}"
)
PASTE_AGAIN = f"Copy the bot token again (OAuth & Permissions) and paste it:\n{RENEW}\nShould Slack still not know it: {REINSTALL}"
INVITE = "In Slack, in that channel, type:\n/invite @leadmatch"
POSTING = "Ask the workspace's administrator to let the app post there (Channel, Settings, Posting permissions)."
NETWORK = "Look at https://slack-status.com and at this machine's network (a proxy is not used). Then run this again."

WORDS = {
    "slack_not_in_channel": "The bot is not in the channel.",
    "slack_channel_not_found": "Slack knows no such channel, or it is private and the bot is not in it.",
    "slack_is_archived": "The channel is archived.",
    "slack_invalid_auth": "Slack does not know the bot token.",
    "slack_not_authed": "Slack does not know the bot token.",
    "slack_token_revoked": "The bot token was revoked.",
    "slack_token_expired": "The bot token has expired.",
    "slack_account_inactive": "The bot was removed from the workspace.",
    "slack_restricted_action": "The workspace lets this bot write nothing into the channel.",
    "slack_missing_scope": "A scope is missing.",
}
CURES = {
    "slack_not_connected": f"Make the Slack app (docs/slack.md), then run:\n{RENEW}",
    "channel_is_no_id": OTHER_CHANNEL,
    "slack_not_in_channel": INVITE,
    "slack_channel_not_found": f"{INVITE}\nIf the bot is in it, the id is wrong. {OTHER_CHANNEL}",
    "slack_is_archived": f"Unarchive it, or name another. {OTHER_CHANNEL}",
    "slack_invalid_auth": PASTE_AGAIN,
    "slack_not_authed": PASTE_AGAIN,
    "slack_token_revoked": REINSTALL,
    "slack_token_expired": REINSTALL,
    "slack_account_inactive": REINSTALL,
    "slack_restricted_action": POSTING,
    "slack_restricted_action_read_only_channel": POSTING,
    "slack_restricted_action_thread_only_channel": POSTING,
    "slack_channel_type_not_supported": f"Name a channel, no conversation. {OTHER_CHANNEL}",
    "slack_messages_tab_disabled": f"Name a channel, not the app itself. {OTHER_CHANNEL}",
    "slack_missing_scope": REINSTALL,
    "slack_no_permission": REINSTALL,
    "slack_access_denied": REINSTALL,
    "slack_not_allowed_token_type": f"Give the Bot User OAuth Token (xoxb-…), no other:\n{RENEW}",
    "slack_team_access_not_granted": "Ask the organisation's administrator to grant the app access to this workspace.",
    "slack_org_login_required": "The workspace is being moved into an organisation: wait until that is done.",
    "slack_webhook_gone": f"Make a new incoming webhook (docs/slack.md), then run:\n{RENEW}",
    "slack_no_team": f"Make a new incoming webhook (docs/slack.md), then run:\n{RENEW}",
    "slack_throttled": "Wait a minute and run this again.",
    "slack_unreachable": NETWORK,
    "slack_no_answer": NETWORK,
    "slack_answer_lost": f"A line of this check may stand in the channel: delete it by hand. {NETWORK}",
}
OTHERWISE = "Look at https://slack-status.com, and at the table at the end of docs/slack.md. Then run this again."


def scope_cure(*scopes: str) -> str:
    """Give what adds scopes to the app."""
    return (
        "On https://api.slack.com/apps, choose leadmatch, OAuth & Permissions, Bot Token Scopes, and add "
        f"{' and '.join(scopes)}. Then, at the top of that page, Reinstall to Workspace. The token stays the same."
    )
