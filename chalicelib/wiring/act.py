"""Puts act together: what it asks AWS and Slack for one click ends in one time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, cast

from chalicelib import timing
from chalicelib.aws.client import DYNAMODB, SECRETS_MANAGER, SQS
from chalicelib.aws.conversions import read_context
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.queues import Queue
from chalicelib.aws.secrets import CredentialsSecret
from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings
from chalicelib.slack.client import SlackBot
from chalicelib.slack.interactions import Interaction
from chalicelib.steps.act import act
from chalicelib.steps.interact import Interactions
from chalicelib.steps.results import HttpReply
from chalicelib.wiring import clients
from chalicelib.wiring.in_time import Deadline, ExchangeInTime, aws_in_time


def acting_step(settings: Settings) -> Callable[[Mapping[str, Any]], HttpReply]:
    """Return the step of a stage whose people act from Slack."""
    deadline = Deadline()
    aws = partial(aws_in_time, deadline)
    secret = CredentialsSecret(cast("Any", aws(SECRETS_MANAGER)), settings.credentials, now=clients.utc_now)
    table, sqs = Table(cast("Any", aws(DYNAMODB)), settings.table), cast("Any", aws(SQS))

    def answer(done: Interaction) -> HttpReply:
        token = secret.read().slack.get("bot_token", "")
        if not token:
            raise Misconfigured("The secret credentials has no slack.bot_token.", reason="slack_not_connected")
        return Interactions(
            team=settings.slack_team,
            read_context=partial(read_context, table, warn=clients.warn_of_list),
            slack=SlackBot(
                token=token,
                api_url=settings.slack_api_url,
                session=nullcontext,
                exchange=ExchangeInTime(deadline, now=clients.utc_now),
            ),
            inbox=Queue(sqs, settings.inbox_queue),
            clicks=Queue(sqs, settings.convert_queue),
            now=clients.utc_now,
        ).answer(done)

    def step(gateway_event: Mapping[str, Any]) -> HttpReply:
        deadline.start(timing.ACT_SECONDS)
        signing_secret = lambda: secret.read().signing_secret()  # noqa: E731
        return act(gateway_event, signing_secret=signing_secret, now=clients.utc_now, answer=answer)

    return step
