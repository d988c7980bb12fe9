"""Opens Slack with what the credentials hold: a bot token, or the trial mode's incoming webhook."""

from __future__ import annotations

from chalicelib.aws.secrets import Credentials
from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.wiring import clients


def open_slack(settings: Settings, credentials: Credentials) -> SlackBot | SlackWebhook:
    """Give the client; raise `Misconfigured` when the secret has neither."""
    if token := credentials.slack.get("bot_token"):
        return SlackBot(token=token, api_url=settings.slack_api_url, session=clients.fresh_session)
    if url := credentials.slack.get("webhook_url"):
        return SlackWebhook(url=url, session=clients.fresh_session)
    raise Misconfigured(
        "The secret credentials has neither slack.bot_token nor slack.webhook_url.", reason="slack_not_connected"
    )
