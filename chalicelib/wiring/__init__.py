"""The only place that builds clients: each function of the app gets its step with everything that step needs.

Imports stand inside the functions, so that a cold start loads its own step's needs and nothing else.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Misconfigured, Unexpected
from chalicelib.settings import Settings, queue_url, read_settings
from chalicelib.wiring import clients

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from chalicelib.aws.ledger import Ledger
    from chalicelib.aws.queues import Delivery, Queue
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
            inbox = clients.queue(self.settings.inbox_queue)
            reply = receive(
                gateway_event,
                keys=self._webhook_keys,
                inbox=inbox,
                now=clients.utc_now,
                new_event_id=clients.new_id,
            )
        except Misconfigured as error:
            reply = unavailable(error)
        except Exception as error:  # noqa: BLE001 - the edge: Chalice's own 500 tells nobody
            self.log.error("unexpected", extra={"step": "receive", "error": type(error).__name__})  # noqa: TRY400 - a traceback shows data
            reply = unavailable(Unexpected("A fault of our own.", reason="unexpected"))
        log = self.log.error if reply.is_lost else self.log.info
        which = {"key": reply.opened_by} if reply.opened_by else {}
        log("received", extra={"status": reply.status, "reason": reply.reason, "leads": list(reply.accepted), **which})
        if reply.accepted or reply.is_lost:
            self.meter.record({Metric.LEADS_RECEIVED: len(reply.accepted), Metric.CALLS_NOT_TAKEN: int(reply.is_lost)})
        return reply

    @cached_property
    def check(self) -> Worker:
        """The inbox's worker."""
        return self._worker("check", "inbox", self._check_step)

    @cached_property
    def notify(self) -> Worker:
        """The slack queue's worker."""
        return self._worker("notify", "slack", self._notify_step)

    def sweep(self) -> Outcome:
        """Queue the waiting leads that are due, tell of what died without a word, and log how many there were."""
        from chalicelib.wiring.sweeping import queue_the_due, sweep_dead_letters

        queued = queue_the_due(self.announcing, ledger=self.ledger)
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

    def _worker(self, name: str, queue: str, build: Callable[[], Callable[[Delivery], Outcome]]) -> Worker:
        """Give a worker whose step is built at its first message, so that the edge hears of what is not set, too."""
        from chalicelib.edge import Worker

        url, built = queue_url(queue, self._environ), cache(build)
        return Worker(
            name=name,
            step=lambda delivery: built()(delivery),  # noqa: PLW0108 - inlined, it would be built here
            inlet=clients.queue(url),
            dead_letters=self._dead_letters(url),
            log=self.log,
            meter=self.meter,
            sleep=time.sleep,
            random=random.random,
        )

    def _check_step(self) -> Callable[[Delivery], Outcome]:
        from chalicelib.wiring.checking import build_watch, check_step

        zoho = build_watch(
            self.announcing,
            self.credentials,
            self.log,
            self.meter,
            pauses=self._pauses,
            token_timing=self._token_timing,
        )
        return check_step(self.announcing, zoho, ledger=self.ledger, outboxes=self._outboxes(), patience=self._patience)

    def _notify_step(self) -> Callable[[Delivery], Outcome]:
        from chalicelib.wiring.slack import notify_step

        return notify_step(self.settings, self.credentials, timing=self._timing)

    def _outboxes(self) -> Outboxes:
        from chalicelib.steps.deliver import Outboxes

        return Outboxes(
            matches=clients.queue(self.settings.matches_queue),
            slack=clients.queue(self.settings.slack_queue),
            dead_letters=self._dead_letters(self.settings.inbox_queue),
        )

    def _dead_letters(self, url: str) -> Queue:
        from chalicelib.aws.queues import dead_letter_url

        return clients.queue(dead_letter_url(url))

    def _webhook_keys(self) -> tuple[str, ...]:
        keys = self.credentials.read().webhook_keys
        if not keys:
            raise Misconfigured("The secret credentials has no webhook_keys.", reason="no_webhook_keys")
        return keys
