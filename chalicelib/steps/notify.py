"""notify: the only place that writes to Slack: one message per lead, or per other thing to tell, kept current.

Before a post its intent is written; when the answer is lost the message is looked for in the channel's history before
anything is posted again. Everything happens under the lease of the item in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from chalicelib.aws.ledger_item import Attempt, Unclear
from chalicelib.errors import AwsUnavailable, SlackFailed, SlackRefused, SlackUnavailable, SlackUnclear, Unanswered
from chalicelib.events import LeadEvent, Notice
from chalicelib.metrics import Metric
from chalicelib.slack.posts import TELLINGS, Telling
from chalicelib.steps.notify_ports import Ledger, Places, Slack, Timing, Tries
from chalicelib.steps.outcome import Outcome, of_event, since_accepted
from chalicelib.steps.teller import Teller

FROM_ZOHO = ("webhook", "notification")
"""Whoever else queued a lead did so hours after Zoho's call, which says nothing about our speed."""


def notify(
    notice: Notice,
    *,
    ledger: Ledger,
    slack: Slack,
    pace: Callable[[str], None],
    now: Callable[[], datetime],
    owner: str,
    operator_channel: str,
    timing: Timing = Timing(),  # noqa: B008 - frozen
    first_received_at: datetime | None = None,
    attempt: Attempt = Attempt(),  # noqa: B008 - frozen
) -> Outcome:
    """Bring the channel up to date with the ledger; doing it twice shows nothing twice.

    `first_received_at` is when SQS first gave the notice out, `attempt` which receive of its message this is.

    A channel that is closed to us gives its message to the operator's channel. Raises `LeaseHeld`, `SlackUnavailable`
    or `SlackUnclear` to be called again, `Unanswered` when that has not helped, `SlackRefused` when a person has to act.
    """
    held = ledger.claim(notice.subject, owner=owner, lease_seconds=timing.lease_seconds, attempt=attempt)
    places = Places(notice.channel, operator_channel)
    teller = Teller(
        ledger=ledger,
        slack=slack,
        pace=pace,
        now=now,
        timing=timing,
        tries=Tries(),
        places=places,
        held=held,
        channel=places.channel,
        first_received_at=first_received_at,
    )
    if held.event_id != notice.event.event_id:
        return of_event(teller.leave("superseded"), notice.event, now=now())
    did = _told(teller, TELLINGS[notice.kind])
    why = {"reason": teller.closed.reason} if teller.closed else {}
    done = of_event(did, notice.event, now=now(), revision=held.revision, **why)
    return replace(done, measures=_measures(did, notice, now=now()))


def _told(teller: Teller, read: Callable[[str], Telling]) -> str:
    """Tell of what the teller holds; what Slack certainly did not take gives the lease back."""
    try:
        return teller.tell(read(teller.held.match))
    except SlackUnclear as error:
        # The lease stays ours until the lost call is over for certain; then somebody reads the history back.
        unclear = teller.held.unclear.and_one(is_stumble=isinstance(error, SlackFailed))
        with suppress(AwsUnavailable):  # without the count too, nobody may look before the lost call is over
            teller.ledger.note_unclear(teller.held, unclear)
        wait = teller.timing.lease_seconds + 1
        raise SlackUnclear(str(error), reason=error.reason, retry_after_seconds=wait) from None
    except Unanswered:
        # Who brings it back has all attempts again; the lease, not given back, says what it died of.
        teller.ledger.note_unclear(teller.held, Unclear())
        raise
    except (SlackUnavailable, SlackRefused):
        teller.leave("refused")
        raise


def _measures(did: str, notice: Notice, *, now: datetime) -> dict[Metric, float]:
    event = notice.event
    if did == "posted" and isinstance(event, LeadEvent) and event.trigger in FROM_ZOHO:
        return {Metric.SECONDS_TO_SLACK: since_accepted(event, now=now)}
    return {}
