"""Opens Slack with what the credentials hold: a bot token, or the trial mode's incoming webhook."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import Kind
from chalicelib.aws.secrets import Credentials
from chalicelib.errors import Misconfigured
from chalicelib.events import NoticeKind
from chalicelib.settings import Settings
from chalicelib.slack.client import SlackBot, SlackWebhook
from chalicelib.wiring import clients


def open_slack(settings: Settings, credentials: Credentials) -> SlackBot | SlackWebhook:
    """Give the client; raise `Misconfigured` when the secret has neither, or a channel is given by its name."""
    if token := credentials.slack.get("bot_token"):
        _check_channel_ids(settings.slack_channel, settings.operator_channel)
        return SlackBot(token=token, api_url=settings.slack_api_url, session=clients.fresh_session)
    if url := credentials.slack.get("webhook_url"):
        return SlackWebhook(url=url, session=clients.fresh_session)
    raise Misconfigured(
        "The secret credentials has neither slack.bot_token nor slack.webhook_url.", reason="slack_not_connected"
    )


ITEM_KINDS: Mapping[NoticeKind, Kind] = {
    "verdict": "lead",
    "minimal": "lead",
    "banner": "banner",
    "trouble": "trouble",
}


def ledger_of(kind: NoticeKind, settings: Settings) -> Ledger:
    """Give the ledger's view of what notices of a kind are about."""
    return Ledger(clients.table(settings.table), now=clients.utc_now, kind=ITEM_KINDS[kind])


def _check_channel_ids(*channels: str) -> None:
    """Slack's methods for reading and editing take ids only, and a channel's name may change."""
    for channel in channels:
        if not re.fullmatch(r"[CGD][A-Z0-9]+", channel):
            raise Misconfigured(
                "LEADMATCH_SLACK_CHANNEL and LEADMATCH_OPERATOR_CHANNEL must be channel ids such as C0123456789: "
                "open the channel's details in Slack and copy the id at the bottom.",
                reason="channel_is_no_id",
            )
