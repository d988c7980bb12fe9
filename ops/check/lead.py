"""Probe: one real lead all the way: into the webhook, through check and notify, into Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from http import HTTPStatus

from chalicelib import match_event
from chalicelib.aws.ledger_item import LedgerItem, Shown
from chalicelib.errors import LeadmatchError
from chalicelib.match_event import Match
from chalicelib.slack.client import SlackBot
from chalicelib.webhook.auth import CHECK_HEADER, KEY_HEADER
from chalicelib.wire import read_time
from ops.check.queues import WORKERS, describe
from ops.check.stage import DeployedStage, address_of
from ops.check.webhook import call, explain, live_key, reason_of
from ops.findings import Findings, Result
from ops.remedies import remedy_for
from ops.timing import FOLLOW_LOOK_SECONDS


@dataclass(frozen=True, slots=True)
class Journey:
    """Sends one lead and follows it for at most `wait_seconds`."""

    lead_id: str
    wait_seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    look_seconds: float = FOLLOW_LOOK_SECONDS

    def hindrance(self, before: Sequence[Result]) -> str:
        """Say why no lead is sent; nothing when one is."""
        if not self.lead_id:
            return "Give --lead ID, the id of an unconverted lead: the long number at the end of its address in Zoho."
        if any(result.status == "failed" for result in before):
            return "First fix what failed: a lead that is sent now would get stuck, or sales would read NOT CHECKED."
        return ""

    def look(self, stage: DeployedStage, findings: Findings) -> None:
        """Send the lead and tell what became of it."""
        dead_before = _dead_letters(stage)
        event_id = self._sent(stage)
        findings.values.update({"lead_id": self.lead_id, "event_id": event_id})
        item = self._followed(stage, event_id, findings)
        stop = stop_of(item, event_id)
        if item is None or stop is Stop.INBOX:
            _tell_stop(stage, stop, event_id, dead_before, findings)
            return
        _tell_verdict(stage, item, findings)
        if stop.is_end:
            _tell_slack(stage, item, findings)
        else:
            _tell_stop(stage, stop, event_id, dead_before, findings)

    def _sent(self, stage: DeployedStage) -> str:
        url, key = address_of(stage).leads, live_key(stage)
        headers = {
            KEY_HEADER: key,
            CHECK_HEADER: "yes",
        }  # the match event's trigger is `check`, and readers may leave it out
        answer = call(stage, "POST", url, headers, {"lead_id": self.lead_id})
        body = answer.json()
        if answer.status != HTTPStatus.ACCEPTED or not isinstance(body, Mapping):
            raise explain(stage, answer, about=f"lead {self.lead_id}", reason=reason_of(answer))
        return str(body["accepted"][0]["event_id"])

    def _followed(self, stage: DeployedStage, event_id: str, findings: Findings) -> LedgerItem | None:
        """Return the lead's item at the journey's end, or when the patience is over."""
        began = self.clock()
        while True:
            item = stage.wiring.ledger.read(self.lead_id)
            stop, waited = stop_of(item, event_id), self.clock() - began
            findings.say(f"{stop.value} ({waited:.0f} s)")
            if stop.is_end or waited >= self.wait_seconds:
                return item
            self.sleep(self.look_seconds)


class Stop(Enum):
    """Where an event is; the value says it to a person."""

    INBOX = "it is in the inbox, check has not written a verdict"
    SLACK_QUEUE = "the verdict is written, notify has not started"
    NOTIFY = "notify has started, nothing was sent to Slack yet"
    POSTING = "notify has sent it to Slack, Slack has not answered"
    TOLD = "Slack has it"
    QUIET = "the lead is already converted, so no message is posted"

    @property
    def is_end(self) -> bool:
        """Return whether the event goes no further."""
        return self in (Stop.TOLD, Stop.QUIET)


def stop_of(item: LedgerItem | None, event_id: str) -> Stop:
    """Return where the event is. An item that speaks of another event is as good as none."""
    if item is None or item.event_id != event_id or not item.match:
        return Stop.INBOX
    if item.shown and item.shown.event_id == event_id:
        return Stop.TOLD
    if item.shown is None and match_of(item).verdict.action == "already_converted":
        return Stop.QUIET
    if item.state == "POSTING":
        return Stop.POSTING
    return Stop.NOTIFY if item.owner else Stop.SLACK_QUEUE


def match_of(item: LedgerItem) -> Match:
    """Read the verdict that stands in the item."""
    return match_event.read(item.match)


def _tell_verdict(stage: DeployedStage, item: LedgerItem, findings: Findings) -> None:
    verdict = match_of(item).verdict
    findings.fact(f"“{verdict.sentence}”")
    findings.values.update({"action": verdict.action, "sentence": verdict.sentence})
    if verdict.action == "unchecked":
        findings.problem(f"The lead was not checked ({verdict.reason}).", remedy_for(verdict.reason, stage.name))
    if verdict.action == "lead_not_found":
        findings.problem(
            "Zoho shows us no such lead, so nothing was checked. The verdict is in the operator's channel.",
            "Check the id: it is the long number at the end of the lead's address in Zoho. If it is, the user "
            "who authorised may not see this lead (docs/zoho.md, part 1).",
        )


def _tell_slack(stage: DeployedStage, item: LedgerItem, findings: Findings) -> None:
    if item.shown is None:
        findings.fact(f"{Stop.QUIET.value[0].upper()}{Stop.QUIET.value[1:]}.")
        return
    seconds = _seconds_to_slack(item, item.shown)
    link = _permalink(stage, item.shown)
    how = "its earlier message was updated" if seconds is None else f"{seconds:.1f} s from the webhook to Slack"
    findings.fact(f"{how[0].upper()}{how[1:]}{': ' if link else '.'}{link}")
    findings.values.update({"permalink": link or None, "seconds_to_slack": seconds})


def _seconds_to_slack(item: LedgerItem, shown: Shown) -> float | None:
    """Return the seconds by Slack's own time of the message; None for a message that stood there before, or has no time."""
    if not shown.ts:
        return None
    posted_at = datetime.fromtimestamp(float(shown.ts), UTC)
    seconds = (posted_at - read_time(item.accepted_at)).total_seconds()
    return round(seconds, 1) if seconds > 0 else None


def _permalink(stage: DeployedStage, shown: Shown) -> str:
    slack = stage.slack()
    if not isinstance(slack, SlackBot) or not shown.ts:
        return ""
    try:
        return slack.permalink(channel=shown.channel, ts=shown.ts)
    except LeadmatchError:
        return ""  # the link is a comfort; that the message stands there is known


def _dead_letters(stage: DeployedStage) -> dict[str, int]:
    """Count the dead letters of each worker."""
    dead = {name: describe(stage, stage.queues[f"{name}-dead"], Findings()) for name in ("inbox", "slack")}
    return {name: queue.messages for name, queue in dead.items() if queue}


def _tell_stop(
    stage: DeployedStage, stop: Stop, event_id: str, dead_before: Mapping[str, int], findings: Findings
) -> None:
    """Say where the event stands, and where to look for the reason."""
    queue = "inbox" if stop is Stop.INBOX else "slack"
    died = _dead_letters(stage).get(queue, 0) > dead_before.get(queue, 0)
    where = f"a new dead letter is in leadmatch-{stage.name}-{queue}-dead.fifo" if died else stop.value
    findings.problem(
        f"The lead did not arrive in time: {where}.",
        f"It is not lost, and continues by itself when the cause is gone. What {WORKERS[queue]} says of it:\n"
        + stage.log_of(WORKERS[queue], holding=event_id),
    )
