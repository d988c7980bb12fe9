"""The line below a message that had to go to the operator's channel: which channel is wrong, and what to do. Pure."""

from __future__ import annotations

from chalicelib.errors import ChannelClosed

OTHERWISE = "or set LEADMATCH_SLACK_CHANNEL to another channel's id"
TROUBLES = {
    "slack_channel_not_found": ("is gone, or is private and our app is not in it", "Invite the app there"),
    "slack_not_in_channel": ("does not have our app in it", "Invite the app there"),
    "slack_is_archived": ("is archived", "Unarchive it"),
}
ANY_OTHER = ("takes no messages of our app", "Let the app post there")


def closed_line(channel: str, error: ChannelClosed) -> str:
    """Say what is wrong with the channel that the message belongs in, and what to do."""
    trouble, cure = TROUBLES.get(error.reason, ANY_OTHER)
    return f"This belongs in <#{channel}> ({channel}), which {trouble}. {cure}, {OTHERWISE}."
