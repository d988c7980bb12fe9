"""Puts together what the sweep needs: for leads that wait, and for leads and notices that died without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from chalicelib.aws.dead_letters import DeadLetters
from chalicelib.aws.ledger import Ledger
from chalicelib.aws.queues import Queue, dead_letter_url
from chalicelib.settings import Settings
from chalicelib.steps.deliver import Dispatch
from chalicelib.steps.died import Registrar, tell_of_the_died
from chalicelib.steps.outcome import Outcome
from chalicelib.steps.sweep import PART_SECONDS, sweep
from chalicelib.wiring import clients
from chalicelib.wiring.shared_parts import SharedParts


def queue_the_due(shared: SharedParts, *, ledger: Ledger) -> Outcome:
    """Queue the leads that are due, and look after the banner."""
    settings = shared.settings
    return sweep(
        ledger=ledger,
        inbox=Queue(clients.sqs(), settings.inbox_queue),
        banner=shared.banner,
        state=shared.states.read(),
        credits_floor=settings.zoho_credits_floor,
        now=clients.utc_now,
        new_event_id=clients.new_id,
    )


def sweep_dead_letters(
    tell: Callable[[Outcome], None], *, settings: Settings, ledger: Ledger, dispatch: Dispatch
) -> Counter[str]:
    """Work through both dead-letter queues and tell what was done with each letter; give how often each thing was."""
    registrar = Registrar(
        ledger=ledger,
        dispatch=dispatch,
        slack=Queue(clients.sqs(), settings.slack_queue),
        operator_channel=settings.operator_channel,
        now=clients.utc_now,
    )

    did = Counter[str]()
    for url, handle in ((settings.inbox_queue, registrar.lead), (settings.slack_queue, registrar.notice)):
        letters = DeadLetters(clients.sqs(), dead_letter_url(url))
        did += tell_of_the_died(letters, handle, log=tell, now=clients.utc_now, seconds=PART_SECONDS)
    return did
