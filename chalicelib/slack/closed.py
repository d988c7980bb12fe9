"""The line below a message that had to go to the operator's channel: which channel is wrong, and what to do. Pure."""

from __future__ import annotations

from chalicelib.errors import ChannelClosed

OTHERWISE = "or set LEADMATCH_SLACK_CHANNEL to another channel's id"
LET_POST = "Ask the workspace's administrator to let the app post there"
NO_CHANNEL = "Take an ordinary channel"

TROUBLES = {
    "slack_channel_not_found": ("is gone, or is private and our app is not in it", "Invite the app there"),
    "slack_not_in_channel": ("does not have our app in it", "Invite the app there"),
    "slack_no_permission": ("our app may not write to, most likely because it is not in it", "Invite the app there"),
    "slack_is_archived": ("is archived", "Unarchive it"),
    "slack_is_inactive": ("is archived, frozen or deleted", "Unarchive it"),
    "slack_team_not_found": ("is in no workspace that our app's token is for", "Invite the app there"),
    "slack_restricted_action": ("only some people may post in", LET_POST),
    "slack_restricted_action_read_only_channel": ("is read-only", LET_POST),
    "slack_restricted_action_thread_only_channel": ("takes replies only", LET_POST),
    "slack_channel_is_limited_access": ("belongs to a Salesforce record that our app may not see", NO_CHANNEL),
    "slack_channel_type_not_supported": ("is a conversation of a kind that takes no messages of an app", NO_CHANNEL),
    "slack_method_not_supported_for_channel_type": ("is a conversation of a kind that has no threads", NO_CHANNEL),
    "slack_messages_tab_disabled": ("is the app's own page, which takes no messages", NO_CHANNEL),
}
ANY_OTHER = ("takes no messages of our app", "Let the app post there")


def closed_line(channel: str, error: ChannelClosed) -> str:
    """Return what is wrong with the channel that the message belongs in, and what to do."""
    trouble, cure = TROUBLES.get(error.reason, ANY_OTHER)
    return f"This belongs in <#{channel}> ({channel}), which {trouble}. {cure}, {OTHERWISE}."
