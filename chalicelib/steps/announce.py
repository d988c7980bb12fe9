"""Announces what is about no lead: the banner of an outage, and alerts for the operator; notify shows them.

Each text is written into the ledger, and a notice sends notify to it. A text has a number that one worker wins by a conditional
write, and the ledger keeps none over a later one. An outage has an item of its own there: its end may have to wait for Slack,
and the next outage must not silence it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.aws.queues import Message, Outbox
from chalicelib.aws.zoho_health import ZohoHealth
from chalicelib.errors import ZohoBlocked, ZohoRefused, ZohoTokensRejected
from chalicelib.events import Incident, Notice, NoticeKind
from chalicelib.slack.announcements import OperatorAlert, Outage
from chalicelib.timing import BANNER_AFTER_SECONDS, BANNER_EDIT_SECONDS

ONLY_SEQUENCE = 1


@dataclass(frozen=True, slots=True)
class BannerPolicy:
    """How long Zoho may fail to answer before a banner is posted, and how often the banner is edited, in seconds."""

    before_banner_seconds: float = BANNER_AFTER_SECONDS
    between_edits_seconds: float = BANNER_EDIT_SECONDS


class OutageRecord(Protocol):
    """The shared state of Zoho, each write conditional on what was seen."""

    def take_sequence(self, seen: ZohoHealth) -> ZohoHealth | None: ...
    def end_outage(self, seen: ZohoHealth, *, answered: bool) -> ZohoHealth | None: ...
    def forget_outage(self, ended: ZohoHealth) -> ZohoHealth: ...


class LeadCounter(Protocol):
    """Knows about how many leads wait."""

    def count(self) -> int: ...


class AnnouncementStore(Protocol):
    """The ledger's items that are about an incident and not about a lead."""

    def store_announcement(self, incident: Incident, text: str, *, sequence: int) -> LedgerItem | None: ...


@dataclass(frozen=True, slots=True)
class Banner:
    """Says when an outage lasts, how many leads wait, and when it is over."""

    health: OutageRecord
    announcer: Announcer
    inbox: LeadCounter
    policy: BannerPolicy
    now: Callable[[], datetime]

    def go_on(self, state: ZohoHealth) -> None:
        """Say that the outage lasts, unless it is young or somebody has just said so."""
        if not self._is_due(state):
            return
        taken = self.health.take_sequence(state)
        if taken and taken.failing_since:
            self._announce(taken, Outage(taken.failing_since, self._waiting(), self.now()))

    def end(self, state: ZohoHealth, *, answered: bool = False) -> ZohoHealth:
        """Announce that the outage is over, if it was announced, and forget it; return Zoho's health without it.

        Done twice, or by several workers at once, it announces the same; the first one's `answered` holds.
        """
        ended = self.health.end_outage(state, answered=answered)
        if ended is None:
            return ZohoHealth(state.paused_until, state.throttles, answered_at=state.answered_at)
        if ended.announced_at and ended.failing_since and ended.ended_at:
            waiting = self._waiting() if ended.answered else 0
            over = Outage(ended.failing_since, waiting, ended.ended_at, is_over=True, answered=ended.answered)
            self._announce(ended, over)
        return self.health.forget_outage(ended)

    def look_after(self, state: ZohoHealth) -> None:
        """Do what no lead does any more: finish an end, or end what nobody waits for, or keep the count current."""
        if not state.failing_since:
            return
        if state.ended_at or not self.inbox.count():
            self.end(state)
        else:
            self.go_on(state)

    def _is_due(self, state: ZohoHealth) -> bool:
        if not state.failing_since or self._since(state.failing_since) < self.policy.before_banner_seconds:
            return False
        return state.announced_at is None or self._since(state.announced_at) >= self.policy.between_edits_seconds

    def _waiting(self) -> int:
        """Count the leads; the count is about right, and the one that is being worked on is there for certain."""
        return max(1, self.inbox.count())

    def _since(self, moment: datetime) -> float:
        """Return the seconds between then and now; a time that lies ahead was written by a clock that is ahead."""
        return abs((self.now() - moment).total_seconds())

    def _announce(self, state: ZohoHealth, outage: Outage) -> None:
        incident = Incident(state.outage_id, state.outage_id, outage.since)
        self.announcer.announce(incident, outage.to_json(), sequence=state.sequence)


@dataclass(frozen=True, slots=True)
class OperatorAlerts:
    """Sends alerts to the operator's channel; notify posts each subject once."""

    announcer: Announcer
    now: Callable[[], datetime]

    def send(self, alert: OperatorAlert, *, subject: str) -> None:
        """Send an alert under a subject of its own, such as `zoho-authorisation-` and a digest.

        Sent again, as after a crash, it is posted no second time.
        """
        incident = Incident(subject, subject, self.now())
        self.announcer.announce(incident, alert.to_json(), sequence=ONLY_SEQUENCE)


@dataclass(frozen=True, slots=True)
class Announcer:
    """Announces one kind of incident in one channel."""

    kind: NoticeKind
    announcements: AnnouncementStore
    slack: Outbox
    channel: str

    def announce(self, incident: Incident, text: str, *, sequence: int) -> None:
        """Announce a text with its sequence number, unless a later one was announced; sent twice, as after a crash, it is posted once."""
        item = self.announcements.store_announcement(incident, text, sequence=sequence)
        if item:
            self.slack.send(Message.of_notice(Notice(incident, self.kind, item.revision, self.channel)))


def zoho_refuses(error: ZohoRefused | ZohoTokensRejected, *, stage: str) -> OperatorAlert:
    """Say what Zoho takes no more, our credentials or tokens that it gives for them, and what to do."""
    replace = f"python -m ops provision --stage {stage} --replace zoho"
    if isinstance(error, ZohoTokensRejected):
        return OperatorAlert(
            "Zoho refuses access tokens that it has just issued, for all leads or for some of them. These leads wait for up to six hours.",
            (
                f"Check whether Zoho accepts leadmatch at all: python -m ops check --stage {stage}",
                "If it does, only some leads are affected: check in Zoho whether the user who authorised leadmatch may open them.",
                "If it does not, check in Zoho (Setup, Users) whether that user is active and may use the API. "
                "If so, Zoho may have an incident: https://status.zoho.com. The waiting leads are checked by themselves when it is over.",
                f'If the user is the cause, authorise leadmatch as another user: docs/zoho.md, "The authorisation", then: {replace}',
            ),
        )
    return OperatorAlert(
        f"Zoho no longer accepts our credentials, so new leads get the message NOT CHECKED. {error}",
        (
            'Authorise leadmatch in Zoho again: docs/zoho.md, "The authorisation".',
            f"Store the new refresh token in the secret: {replace}",
            f"Have the leads checked that could not be checked: python -m ops replay --stage {stage}",
        ),
    )


def zoho_blocks(error: ZohoBlocked, *, stage: str) -> OperatorAlert:
    """Say that Zoho lets nobody in, what it said, and what may be the cause."""
    return OperatorAlert(
        f"{error} Leads wait for up to six hours.",
        (
            "Check whether the org allows only certain addresses: Zoho, Setup, Security Control, Allowed IPs (in newer accounts "
            "Setup, Zoho Directory, Security Policies). leadmatch has no fixed address in AWS: "
            'docs/zoho.md, "Allowed IPs", says what to do.',
            "If there is no such restriction, Zoho may have an incident: https://status.zoho.com.",
            f"Test from your machine: python -m ops check --stage {stage}. Zoho may allow your machine's address but not that of the functions.",
            f"Waiting leads are checked by themselves afterwards. For leads with the message NOT CHECKED: python -m ops replay --stage {stage}",
        ),
    )


def field_is_not_shown(field: str, *, stage: str) -> OperatorAlert:
    """Say that the field of LEADMATCH_QUALIFIED is none that Zoho shows us."""
    return OperatorAlert(
        f"LEADMATCH_QUALIFIED names the field {field}. Zoho shows us no such field of a lead, or leadmatch cannot read its value. "
        "Until this is fixed, every Notification leads to a message in the sales channel, whether its lead qualifies or not.",
        (
            "Compare the name with the field's API name in Zoho: Setup, Developer Hub, APIs & SDKs, API Names, Leads. "
            "If it is right, the user who authorised leadmatch may not see the field.",
            f"Correct the setting: python -m ops provision --stage {stage} --qualified Lead_Status=Qualified",
            f"Deploy, because the functions use a new setting only then: python -m ops deploy --stage {stage}",
        ),
    )


def differs_alert(lead_id: str, differences: Sequence[str], *, url: str) -> OperatorAlert:
    """Say that Zoho converted a lead into other records than the chosen ones."""
    from chalicelib.slack.outcomes import differences_sentence  # check, which announces too, converts nothing

    return OperatorAlert(
        f"Zoho converted lead {lead_id} otherwise than it was asked. {differences_sentence(differences)}",
        (
            f"Open the lead's records in Zoho{f': {url}' if url else '.'}",
            "Check whether a rule, a blueprint or another integration of the org changes leads while they are converted.",
        ),
    )


def broke_off_alert(lead_id: str, *, is_called: bool) -> OperatorAlert:
    """Say that converting a lead failed again and again, and that nobody tries it again."""
    what = (
        "Zoho was called, and whether it converted is still being looked for"
        if is_called
        else "Zoho was not called for it, so nothing was converted"
    )
    return OperatorAlert(
        f"Converting lead {lead_id} failed repeatedly: {what}. leadmatch does not try it again by itself.",
        (
            "Open the lead in Zoho, and convert it there if it is still open.",
            'Look for the cause in the log of the function convert: docs/operate.md, "Logs".',
        ),
    )
