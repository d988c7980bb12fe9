"""The only place that builds clients: each function of the app gets its step with everything that step needs.

Imports stand inside the functions, so that a cold start loads its own step's needs and nothing else.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings, read_settings
from chalicelib.wiring import clients

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from chalicelib.aws.ledger import Ledger
    from chalicelib.aws.queues import Queue
    from chalicelib.aws.secrets import CredentialsSecret
    from chalicelib.edge import Worker
    from chalicelib.metrics import Meter
    from chalicelib.steps.banner import Silence
    from chalicelib.steps.check import Patience
    from chalicelib.steps.deliver import Outboxes
    from chalicelib.steps.notify import Timing
    from chalicelib.steps.outage import Pauses
    from chalicelib.steps.outcome import Outcome
    from chalicelib.steps.receive import Reply
    from chalicelib.wiring.announcing import Announcing
    from chalicelib.zoho.token_lease import TokenTiming


class Wiring:
    """Builds each part once, when it is first asked for; nothing is read or raised before.

    `patience`, `timing`, `pauses`, `silence` and `token_timing` replace the product's for a sandbox or a test, which has
    no hours and no 45 seconds.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        patience: Patience | None = None,
        timing: Timing | None = None,
        pauses: Pauses | None = None,
        silence: Silence | None = None,
        token_timing: TokenTiming | None = None,
    ) -> None:
        self._environ, self._patience, self._timing = environ, patience, timing
        self._pauses, self._silence, self._token_timing = pauses, silence, token_timing

    def receive(self, gateway_event: Mapping[str, Any]) -> Reply:
        """Answer a call of the webhook and log how."""
        from chalicelib.metrics import Metric
        from chalicelib.steps.receive import receive, unavailable

        try:
            inbox = self._queue(self.settings.inbox_queue)
            reply = receive(
                gateway_event,
                keys=self._webhook_keys,
                inbox=inbox,
                now=clients.utc_now,
                new_event_id=clients.new_id,
            )
        except Misconfigured as error:
            reply = unavailable(error)
        not_taken = reply.status >= 500  # noqa: PLR2004 - HTTP's number
        log = self.log.error if not_taken else self.log.info
        log("received", extra={"status": reply.status, "reason": reply.reason, "leads": list(reply.accepted)})
        if reply.accepted or not_taken:
            self.meter.record({Metric.LEADS_RECEIVED: len(reply.accepted), Metric.CALLS_NOT_TAKEN: int(not_taken)})
        return reply

    @cached_property
    def check(self) -> Worker:
        """The inbox's worker."""
        from chalicelib.events import LeadEvent
        from chalicelib.steps.check import Patience, check
        from chalicelib.steps.deliver import Channels
        from chalicelib.wiring.links import record_links_of
        from chalicelib.wiring.watch import build_credits, build_watch, ear
        from chalicelib.wiring.zoho import build_zoho

        settings, outboxes = self.settings, self._outboxes()
        credits_left = build_credits(self.announcing, self.log)
        zoho = build_zoho(
            settings,
            self.credentials,
            self.log,
            self.meter,
            on_credits=ear(credits_left, self.meter),
            token_timing=self._token_timing,
        )
        watch = build_watch(self.announcing, credits_left, self._pauses)
        link, patience = record_links_of(settings), self._patience or Patience()

        def step(body: str) -> Outcome:
            return check(
                LeadEvent.from_json(body),
                ledger=self.ledger,
                states=self.announcing.states,
                zoho=zoho,
                watch=watch,
                outboxes=outboxes,
                channels=Channels(settings.slack_channel, settings.operator_channel),
                link=link,
                stage=settings.stage,
                now=clients.utc_now,
                patience=patience,
            )

        return self._worker("check", settings.inbox_queue, step)

    @cached_property
    def notify(self) -> Worker:
        """The slack queue's worker."""
        from chalicelib.events import Notice
        from chalicelib.slack.pace import Pace
        from chalicelib.steps.notify import Timing, notify
        from chalicelib.wiring.slack import ledger_of, open_slack

        pace, timing = Pace(clock=time.monotonic, sleep=time.sleep), self._timing or Timing()

        def step(body: str) -> Outcome:
            notice = Notice.from_json(body)
            return notify(
                notice,
                ledger=ledger_of(notice.kind, self.settings),
                slack=open_slack(self.settings, self.credentials.read()),
                pace=pace.wait,
                now=clients.utc_now,
                owner=clients.new_id(),
                operator_channel=self.settings.operator_channel,
                timing=timing,
            )

        return self._worker("notify", self.settings.slack_queue, step)

    def sweep(self) -> Outcome:
        """Queue the waiting leads that are due, tell of what died without a word, and log how many there were."""
        from chalicelib.steps.sweep import sweep
        from chalicelib.wiring.died import sweep_dead_letters

        queued = sweep(
            ledger=self.ledger,
            inbox=self._queue(self.settings.inbox_queue),
            banner=self.announcing.banner,
            state=self.announcing.states.read(),
            credits_floor=self.settings.zoho_credits_floor,
            now=clients.utc_now,
            new_event_id=clients.new_id,
        )
        died = sweep_dead_letters(
            self.settings, ledger=self.ledger, outboxes=self._outboxes(), log=self.log, meter=self.meter
        )
        outcome = replace(queued, fields=queued.fields | {"died": died.total()})
        self.log.info(outcome.name, extra=outcome.fields)
        return outcome

    @cached_property
    def settings(self) -> Settings:
        """What the environment says."""
        return read_settings(self._environ)

    @cached_property
    def log(self) -> Logger:
        """The JSON log."""
        return clients.logger()

    @cached_property
    def meter(self) -> Meter:
        """Where measurements go: the log, as lines that CloudWatch reads."""
        return clients.meter(self._environ.get("LEADMATCH_STAGE", "").strip() or "dev")

    @cached_property
    def credentials(self) -> CredentialsSecret:
        """The secret that people write."""
        from chalicelib.aws.secrets import CredentialsSecret

        return CredentialsSecret(clients.secretsmanager(), self.settings.credentials, now=clients.utc_now)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger."""
        from chalicelib.aws.ledger import Ledger

        return Ledger(clients.table(self.settings.table), now=clients.utc_now)

    @cached_property
    def announcing(self) -> Announcing:
        """What tells of more than one lead."""
        from chalicelib.steps.banner import Silence
        from chalicelib.wiring.announcing import Announcing

        return Announcing(self.settings, self._silence or Silence())

    def _worker(self, name: str, url: str, step: Callable[[str], Outcome]) -> Worker:
        from chalicelib.edge import Worker

        return Worker(
            name=name,
            step=step,
            inlet=self._queue(url),
            dead_letters=self._dead_letters(url),
            log=self.log,
            meter=self.meter,
            sleep=time.sleep,
            random=random.random,
        )

    def _outboxes(self) -> Outboxes:
        from chalicelib.steps.deliver import Outboxes

        return Outboxes(
            matches=self._queue(self.settings.matches_queue),
            slack=self._queue(self.settings.slack_queue),
            dead_letters=self._dead_letters(self.settings.inbox_queue),
        )

    def _queue(self, url: str) -> Queue:
        from chalicelib.aws.queues import Queue

        return Queue(clients.sqs(), url)

    def _dead_letters(self, url: str) -> Queue:
        from chalicelib.aws.queues import dead_letter_url

        return self._queue(dead_letter_url(url))

    def _webhook_keys(self) -> tuple[str, ...]:
        keys = self.credentials.read().webhook_keys
        if not keys:
            raise Misconfigured("The secret credentials has no webhook_keys.", reason="no_webhook_keys")
        return keys
