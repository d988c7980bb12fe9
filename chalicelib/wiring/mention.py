"""Puts together what finds the Slack user of a lead's owner; all that it asks ends in one time, so that no post waits for it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, cast

from chalicelib import timing
from chalicelib.aws.client import DYNAMODB
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.owner_item import OwnerItems
from chalicelib.aws.queues import Delivery
from chalicelib.errors import SlackUnavailable
from chalicelib.settings import Settings
from chalicelib.slack.client import SlackBot
from chalicelib.slack.posts import UserOf
from chalicelib.steps.mention import Mentions, Rest
from chalicelib.wiring import clients
from chalicelib.wiring.in_time import Deadline, ExchangeInTime, aws_in_time


class OwnerLookups:
    """What a worker keeps for its look-ups: connections, the time that is left, and until when Slack is left in peace."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._deadline, self._rest = settings, Deadline(), Rest(time.monotonic)
        table = Table(cast("Any", aws_in_time(self._deadline, DYNAMODB)), settings.table)
        self._known = OwnerItems(table, now=clients.utc_now)

    def begin(self, delivery: Delivery) -> None:
        """Begin a delivery: when it is tried again at once, its time goes on."""
        self._deadline.start(timing.MENTION_SECONDS, of=(delivery.message_id, delivery.receives))

    def user_of(self, slack: Mapping[str, str]) -> UserOf:
        """Return what finds the Slack user of an owner; nobody in trial mode, or where mentions are off."""
        token = slack.get("bot_token", "")
        if not token or not self._settings.mention:
            return lambda _: ""
        bot = SlackBot(
            token=token,
            api_url=self._settings.slack_api_url,
            session=nullcontext,
            exchange=ExchangeInTime(self._deadline, now=clients.utc_now),
        )
        return Mentions(self._known, bot, token, self._settings.slack_team, self._rest, _warn).user_of


def _warn(error: SlackUnavailable) -> None:
    clients.logger().warning("owner_not_looked_up", extra={"reason": error.reason})
