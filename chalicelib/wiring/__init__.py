"""The only place that builds clients: each function of the app gets its step with everything that step needs.

Imports stand inside the functions, so that a cold start loads its own step's needs and nothing else.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from chalicelib.settings import Settings, queue_url, read_settings, stage_name
from chalicelib.timing import CHECK_AGAIN_WITHIN_SECONDS, NOTIFY_AGAIN_WITHIN_SECONDS, TOKEN_WAIT_SECONDS
from chalicelib.wiring import clients

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from chalicelib.aws.ledger import Ledger
    from chalicelib.aws.queues import Delivery
    from chalicelib.aws.secrets import CredentialsSecret
    from chalicelib.data_centers import OrgPages
    from chalicelib.handlers import DeadLetterPart, HttpHandler, QueueHandler, RequestHandler
    from chalicelib.metrics import Meter
    from chalicelib.steps.announce import BannerPolicy
    from chalicelib.steps.check import GiveUpPolicy
    from chalicelib.steps.convert import ConvertTiming
    from chalicelib.steps.notify import Timing
    from chalicelib.steps.publish import VerdictPublisher
    from chalicelib.steps.results import HttpReply, StepResult
    from chalicelib.timing import Backoff
    from chalicelib.wiring.shared import SharedParts


class Wiring:
    """Builds each part once, when it is first asked for; nothing is read or raised before.

    `give_up_policy`, `timing`, `convert_timing`, `zoho_backoff`, `banner_policy` and `token_wait_seconds` replace the product's for a
    sandbox or a test, which has no hours and no 45 seconds.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        give_up_policy: GiveUpPolicy | None = None,
        timing: Timing | None = None,
        convert_timing: ConvertTiming | None = None,
        zoho_backoff: Backoff | None = None,
        banner_policy: BannerPolicy | None = None,
        token_wait_seconds: float = TOKEN_WAIT_SECONDS,
    ) -> None:
        self._environ, self._give_up_policy, self._timing = environ, give_up_policy, timing
        self._convert_timing = convert_timing
        self._zoho_backoff, self._banner_policy, self._token_wait_seconds = (
            zoho_backoff,
            banner_policy,
            token_wait_seconds,
        )

    @cached_property
    def receive(self) -> HttpHandler:
        """The webhook's route."""
        from chalicelib.handlers import HttpHandler
        from chalicelib.steps.receive import unavailable

        return HttpHandler("receive", "received", self._receive_step, unavailable, log=self.log, meter=self.meter)

    @cached_property
    def act(self) -> HttpHandler:
        """The route of Slack's clicks."""
        from chalicelib.handlers import HttpHandler
        from chalicelib.steps.act import unavailable

        return HttpHandler("act", "clicked", self._act_step, unavailable, log=self.log, meter=self.meter)

    @cached_property
    def check(self) -> QueueHandler:
        """The inbox's handler."""
        return self._queue_handler("check", "inbox", self._check_step, again_within_seconds=CHECK_AGAIN_WITHIN_SECONDS)

    @cached_property
    def notify(self) -> QueueHandler:
        """The slack queue's handler."""
        return self._queue_handler(
            "notify", "slack", self._notify_step, again_within_seconds=NOTIFY_AGAIN_WITHIN_SECONDS, makes_room=True
        )

    @cached_property
    def convert(self) -> QueueHandler:
        """The convert queue's handler."""
        return self._queue_handler("convert", "convert", self._convert_step, again_within_seconds=0)

    @cached_property
    def refresh(self) -> RequestHandler:
        """The tokens queue's handler."""
        from chalicelib.handlers import RequestHandler

        return RequestHandler(
            name="refresh",
            step=lambda delivery: self._refresh_step(delivery),  # noqa: PLW0108 - inlined, it would be built here
            log=self.log,
            meter=self.meter,
        )

    def sweep(self) -> StepResult:
        """Request the next access token, queue the waiting leads that are due, handle the dead letters; log how many there were."""
        from chalicelib.handlers import ScheduleHandler
        from chalicelib.wiring.sweep import handle_dead_leads, handle_dead_notices, queue_the_due, request_token

        settings, ledger, publisher = self.settings, self.ledger, self._publisher(is_check=False)
        dead_clicks, others = self._sweep_of_actions() if settings.actions else ({}, {})
        handler = ScheduleHandler(
            request_token=partial(request_token, settings),
            queue_the_due=partial(queue_the_due, self.shared, ledger=ledger, log=self.log, pages=self.pages),
            handle_dead_letters={
                "dead_leads": partial(handle_dead_leads, settings=settings, ledger=ledger, publisher=publisher),
                "dead_notices": partial(handle_dead_notices, settings=settings, ledger=ledger, publisher=publisher),
                **dead_clicks,
            },
            others=others,
            log=self.log,
            meter=self.meter,
        )
        return handler.sweep()

    def _sweep_of_actions(self) -> tuple[dict[str, DeadLetterPart], dict[str, Callable[[], None]]]:
        """Return the sweep's parts in converting, by their names: those about dead letters, and the others."""
        from chalicelib.wiring.sweep_conversions import conversion_sweep, handle_dead_clicks, renew_stage_pipelines

        found = conversion_sweep(self.shared, self.ledger, self.pages)
        dead = partial(handle_dead_clicks, looked_after_by=found, url=self.settings.convert_queue)
        renew = partial(renew_stage_pipelines, self.shared, self.log, self.pages)
        return {"dead_clicks": dead}, {"due_conversions": found.queue_due, "renew_pipelines": renew}

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
        return clients.meter(stage_name(self._environ))

    @cached_property
    def credentials(self) -> CredentialsSecret:
        """The secret of Slack and of the webhook's keys."""
        from chalicelib.aws.secrets import CredentialsSecret

        return CredentialsSecret(clients.secretsmanager(), self.settings.credentials, now=clients.utc_now)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger."""
        from chalicelib.aws.ledger import Ledger

        return Ledger(clients.table(self.settings.table), now=clients.utc_now)

    @cached_property
    def shared(self) -> SharedParts:
        """What check and the sweep share: how Zoho is, the outage banner, operator alerts."""
        from chalicelib.steps.announce import BannerPolicy
        from chalicelib.wiring.shared import SharedParts

        return SharedParts(self.settings, self._banner_policy or BannerPolicy())

    @cached_property
    def pages(self) -> OrgPages:
        """The pages of the stage's org, of which tokens and other workers tell more."""
        from chalicelib.wiring.shared import org_pages

        return org_pages(self.settings)

    def _queue_handler(
        self,
        name: str,
        queue: str,
        build: Callable[[], Callable[[Delivery], StepResult]],
        *,
        again_within_seconds: float,
        makes_room: bool = False,
    ) -> QueueHandler:
        """Return a handler whose step is built at its first message, so that the edge hears of what is not set, too."""
        from chalicelib.aws.queues import dead_letter_url
        from chalicelib.handlers import QueueHandler

        url, built = queue_url(queue, self._environ), cache(build)
        return QueueHandler(
            name=name,
            step=lambda delivery: built()(delivery),  # noqa: PLW0108 - inlined, it would be built here
            queue=clients.queue(url),
            dead_letters=clients.queue(dead_letter_url(url)),
            log=self.log,
            meter=self.meter,
            sleep=time.sleep,
            random=random.random,
            again_within_seconds=again_within_seconds,
            makes_room=makes_room,
        )

    def _receive_step(self, gateway_event: Mapping[str, Any]) -> HttpReply:
        from chalicelib.steps.receive import receive

        return receive(
            gateway_event,
            keys=lambda: self.credentials.read().live_keys(),
            inbox=clients.queue(self.settings.inbox_queue),
            now=clients.utc_now,
            new_event_id=clients.new_id,
        )

    def _act_step(self, gateway_event: Mapping[str, Any]) -> HttpReply:
        if self.settings.actions:
            return self._acting_step(gateway_event)
        from chalicelib.steps.act import act

        return act(gateway_event, signing_secret=lambda: self.credentials.read().signing_secret(), now=clients.utc_now)

    @cached_property
    def _acting_step(self) -> Callable[[Mapping[str, Any]], HttpReply]:
        from chalicelib.wiring.act import acting_step

        return acting_step(self.settings)

    def _check_step(self) -> Callable[[Delivery], StepResult]:
        from chalicelib.wiring.check import build_gate, check_step

        zoho = build_gate(
            self.shared,
            self.log,
            self.meter,
            backoff=self._zoho_backoff,
            token_wait_seconds=self._token_wait_seconds,
            on_api_domain=self.pages.heard,
        )
        return check_step(
            self.shared,
            zoho,
            self._publisher(is_check=True),
            give_up_policy=self._give_up_policy,
            log=self.log,
            pages=self.pages,
        )

    def _convert_step(self) -> Callable[[Delivery], StepResult]:
        from chalicelib.wiring.convert import convert_step

        return convert_step(
            self.shared,
            self.ledger,
            self.log,
            self.pages,
            token_wait_seconds=self._token_wait_seconds,
            timing=self._convert_timing,
        )

    def _notify_step(self) -> Callable[[Delivery], StepResult]:
        from chalicelib.wiring.notify import notify_step

        return notify_step(self.settings, self.credentials, timing=self._timing)

    @cached_property
    def _refresh_step(self) -> Callable[[Delivery], StepResult]:
        from chalicelib.wiring.refresh import refresh_step

        return refresh_step(self.shared, self.log)

    def _publisher(self, *, is_check: bool) -> VerdictPublisher:
        from chalicelib.wiring.shared import build_publisher

        return build_publisher(self.settings, self.ledger, self.pages, is_check=is_check)
