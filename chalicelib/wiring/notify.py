"""Puts notify together: Slack with a bot token or the trial mode's incoming webhook, and the step."""

from __future__ import annotations

import time
from collections.abc import Callable

from chalicelib.aws.ledger import Ledger
from chalicelib.aws.ledger_item import Attempt
from chalicelib.aws.queues import Delivery
from chalicelib.aws.secrets import Credentials, CredentialsSecret
from chalicelib.conversion import read_person_notice
from chalicelib.errors import Misconfigured
from chalicelib.events import Notice
from chalicelib.settings import CHANNEL_ID, Settings
from chalicelib.slack.client import Pace, SlackBot, SlackWebhook
from chalicelib.steps.notify import Timing, notify
from chalicelib.steps.notify_person import notify_person
from chalicelib.steps.results import StepResult
from chalicelib.wiring import clients
from chalicelib.wiring.mention import OwnerLookups


def open_slack(settings: Settings, credentials: Credentials) -> SlackBot | SlackWebhook:
    """Return the client; raise `Misconfigured` when the secret has neither, or a channel is given by its name."""
    if token := credentials.slack.get("bot_token"):
        _check_channel_ids(settings.slack_channel, settings.operator_channel)
        return SlackBot(token=token, api_url=settings.slack_api_url, session=clients.fresh_session)
    if url := credentials.slack.get("webhook_url"):
        return SlackWebhook(url=url, session=clients.fresh_session)
    raise Misconfigured(
        "The secret credentials has neither slack.bot_token nor slack.webhook_url.", reason="slack_not_connected"
    )


def open_bot(settings: Settings, credentials: Credentials) -> SlackBot:
    """Return the client of a bot; raise `Misconfigured` in trial mode, where nobody can act."""
    slack = open_slack(settings, credentials)
    if isinstance(slack, SlackBot):
        return slack
    raise Misconfigured("Acting from Slack needs slack.bot_token.", reason="slack_not_connected")


def notify_step(
    settings: Settings, credentials: CredentialsSecret, *, timing: Timing | None
) -> Callable[[Delivery], StepResult]:
    """Return the step that takes the body of a message on the slack queue; the ledger is that of what the notice is about."""
    pace, owners = Pace(clock=time.monotonic, sleep=time.sleep), OwnerLookups(settings)

    def step(delivery: Delivery) -> StepResult:
        if personal := read_person_notice(delivery.body):
            slack = open_bot(settings, credentials.read())
            return notify_person(personal, slack=slack, now=clients.utc_now, sleep=time.sleep)
        owners.begin(delivery)
        notice, secret = Notice.from_json(delivery.body), credentials.read()
        return notify(
            notice,
            ledger=Ledger(clients.table(settings.table), now=clients.utc_now, kind=notice.item_kind),
            slack=open_slack(settings, secret),
            pace=pace.wait,
            now=clients.utc_now,
            owner=clients.new_id(),
            operator_channel=settings.operator_channel,
            timing=timing or Timing(),
            first_received_at=delivery.first_received_at,
            attempt=Attempt(delivery.message_id, delivery.receives),
            has_actions=settings.actions,
            user_of=owners.user_of(secret.slack),
        )

    return step


def _check_channel_ids(*channels: str) -> None:
    """Slack's methods for reading and editing take ids only, and a channel's name may change."""
    for channel in channels:
        if not CHANNEL_ID.fullmatch(channel):
            raise Misconfigured(
                "LEADMATCH_SLACK_CHANNEL and LEADMATCH_OPERATOR_CHANNEL must be channel ids such as C0123456789: "
                "open the channel's details in Slack and copy the id at the bottom.",
                reason="channel_is_no_id",
            )
