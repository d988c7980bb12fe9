"""Whether every promise was kept: what each accepted lead came to in Slack, on the matches queue and in the ledger.

Each relaxation names the sentence of docs/reliability.md that makes it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.aws.ledger_item import LedgerItem
from chalicelib.metrics import Metric
from chalicelib.slack.announcements import Outage
from chalicelib.slack.posts import Shows, of_verdict, of_verdict_without_summary
from chalicelib.steps.notify import MAY_REPEAT
from chalicelib.wire import read_time
from tests.faults.world.slack import ROSA, SlackPost
from tests.faults.world.workers import CHANNEL, Container
from tests.faults.world.world import World
from tests.faults.world.zoho import OWNERS, action_of, owner_of

NEWS = timedelta(days=1)
MENTION = f"<@{ROSA}>"
BANNER = datetime(2026, 1, 1, tzinfo=UTC)
"""Whatever is told of one outage is told in one message."""
FINDINGS = (
    "lost",
    "doubled",
    "stale",
    "in the wrong channel",
    "endless banner",
    "tokens over budget",
    "untold",
    "mentioned again",
    "mentioned wrongly",
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over all leads; `findings` says which promise was broken how often, and has to be empty."""

    leads: int
    events: int
    given_up: int
    gave_way: int
    """Accepted events that died and were not checked before a newer one of their lead was."""
    banners: int
    alerts: int
    findings: Counter[str]
    notes: tuple[str, ...]
    """What each finding is about."""

    @property
    def lost(self) -> int:
        """Count the leads that came to nothing."""
        return self.findings["lost"]

    @property
    def doubled(self) -> int:
        """Count what nobody should have seen."""
        return self.findings["doubled"]


def tally(world: World) -> Tally:
    """Count, in a world that has come to rest."""
    world.chaos.rate = 0.0
    evidence = _Evidence(world)
    found = list(evidence.findings())
    kinds = Counter(kind for kind, _ in found)
    subjects = [subject for subject in evidence.told if subject not in world.zoho.accounts]
    return Tally(
        leads=len(world.zoho.accounts),
        events=len(world.accepted),
        given_up=sum(match["data"]["verdict"]["action"] == "unchecked" for match in world.matched),
        gave_way=sum(one.event_id not in evidence.matches for one in world.accepted),
        banners=sum(not subject.startswith("zoho-") for subject in subjects),
        alerts=sum(subject.startswith("zoho-") for subject in subjects),
        findings=kinds,
        notes=tuple(f"{kind}: {what}" for kind, what in found),
    )


class _Evidence:
    """What is known of each lead at the end."""

    def __init__(self, world: World) -> None:
        world.consume()
        self.world, self.slack = world, world.slack
        self.matches: dict[str, Mapping[str, Any]] = {}
        """Each event's match, in the order in which a consumer that drops repeats takes them."""
        for match in world.matched:
            self.matches.setdefault(match["id"], match)
        self.last_match = {match["subject"]: event_id for event_id, match in self.matches.items()}
        self.place: dict[str, int] = {}
        """In which order the inbox took the events."""
        for body, place in world.inbox.kept_before.items():
            self.place.setdefault(json.loads(body)["event_id"], place)
        self.told: dict[str, list[SlackPost]] = {}
        for post in world.slack.told:
            subject = self.matches[post.event_id]["subject"] if post.event_id in self.matches else post.event_id
            self.told.setdefault(subject, []).append(post)
        self.ledger = Container(world, "sweep")

    def findings(self) -> Iterator[tuple[str, str]]:
        """Return what broke a promise: its kind, and what it is about."""
        accepted: dict[str, list[str]] = {}
        for one in self.world.accepted:
            accepted.setdefault(one.lead_id, []).append(one.event_id)
        for lead_id, event_ids in accepted.items():
            told = self.told.get(lead_id, [])
            for kind in self._about_lead(lead_id, event_ids, told):
                yield kind, f"lead {lead_id}"
        for subject, told in self.told.items():
            if repeats := self._doubled(told):
                yield from [("doubled", subject)] * repeats
        for subject in self.told.keys() - accepted.keys():
            if not subject.startswith("zoho-") and self._is_endless(subject):
                yield "endless banner", subject
        for subject, told in self.told.items():
            for kind in self._about_mentions(subject, [post for post in told if "<@" in post.text]):
                yield kind, subject
        yield from [("tokens over budget", "Zoho")] * self.world.zoho.over_budget
        quarantined = len(self.world.sqs.quarantined)
        yield from [("untold", "slack-dead")] * (quarantined - self.world.meter.counted[Metric.FAILURES])

    def _about_lead(self, lead_id: str, event_ids: list[str], told: list[SlackPost]) -> Iterator[str]:
        item = self.ledger.ledger().read(lead_id)
        if item is None or any(self._is_lost(event_id, item) for event_id in event_ids):
            yield "lost"
            return
        action = json.loads(item.match)["data"]["verdict"]["action"]
        standing = [post for post in told if post.kind != "reply"]
        if not standing and action != "already_converted":  # which only edits what stands
            yield "lost"
            return
        said = {action_of(state) for state in self.world.said_by_zoho.get(item.event_id, ())}
        if self.last_match.get(lead_id) != item.event_id or action not in said | {"unchecked"}:
            yield "stale"
        if standing:
            yield from self._about_message(item, action, standing, event_ids)

    def _is_lost(self, event_id: str, item: LedgerItem) -> bool:
        """Return whether an accepted event came to nothing, and no newer one of its lead took its place."""
        return event_id not in self.matches and self.place[event_id] > self.place.get(item.event_id, 0)

    def _about_message(
        self, item: LedgerItem, action: str, standing: list[SlackPost], event_ids: list[str]
    ) -> Iterator[str]:
        last = standing[-1]
        was_closed = item.event_id in self.slack.met_closed or self._met_closed(standing)
        if MAY_REPEAT in last.text:  # an earlier event's post was in doubt where nobody could look any more
            was_closed |= not self.slack.met_closed.isdisjoint(event_ids)
        if was_closed and action == "already_converted":
            return  # "a channel is closed": what would only edit a message is left
        if not _shows(item, last) and last.ts not in self.slack.deleted:
            yield "stale"
        is_short = last.text == of_verdict_without_summary(Shows(item.match)).message.text
        if action == "lead_not_found" or was_closed or is_short:
            return  # "a lead vanishes", "a channel is closed", "a function dies on a notice again and again"
        if last.channel != CHANNEL and action != "already_converted":
            yield "in the wrong channel"

    def _met_closed(self, standing: list[SlackPost]) -> bool:
        """Return whether the last message met a closed channel, or could not be looked for there when it was about to be posted.

        "A message in a channel that closed right after Slack's answer was lost may be there and again in the operator's channel".
        """
        *earlier, last = (post.event_id in self.slack.met_closed for post in standing)
        return last or (any(earlier) and MAY_REPEAT in standing[-1].text)

    def _doubled(self, told: list[SlackPost]) -> int:
        """Count what nobody should have seen: a new message that is no news, and whatever repeats."""
        replies = Counter((post.event_id, post.ts) for post in told if post.kind == "reply")
        repeats = sum(count - 1 for count in replies.values())
        before: SlackPost | None = None
        for post in told:
            if post.kind == "reply":
                continue
            if post.kind == "post" and before:
                repeats += not self._is_news(before, post)
            before = post
        return repeats

    def _about_mentions(self, subject: str, mentions: list[SlackPost]) -> Iterator[str]:
        """Return whether an owner was mentioned more than once, or anybody was who does not own the lead, or in another channel.

        A message that somebody deletes before the ledger knows of it is posted again as if it were the first.
        """
        counted = [post for post in mentions if post.ts not in self.world.deleted_in_doubt]
        yield from ["mentioned again"] * (len(counted) - 1)
        for post in mentions:
            is_owners = subject.isdigit() and owner_of(subject) is OWNERS[0] and post.text.count("<@") == 1
            if not (is_owners and MENTION in post.text and post.kind == "post" and post.channel == CHANNEL):
                yield "mentioned wrongly"

    def _is_news(self, before: SlackPost, post: SlackPost) -> bool:
        """Return whether a second message is one that docs/reliability.md promises."""
        age = self._accepted_at(post) - self._accepted_at(before)
        moved = before.channel != post.channel
        return (
            age >= NEWS  # "A second message for one lead after a day is intended"
            or before.ts in self.slack.deleted  # "somebody deletes the message"
            or before.ts in self.slack.frozen  # "a workspace lets nobody edit messages"
            or (moved and post.channel == CHANNEL)  # what sales people can act on is news to them
            or (moved and self._met_closed([before, post]))  # "a channel is archived, frozen, gone or closed"
            or (moved and "could not be shown" in post.text)  # "in short form to the operator's channel"
        )

    def _accepted_at(self, post: SlackPost) -> datetime:
        return read_time(self.matches[post.event_id]["acceptedat"]) if post.event_id in self.matches else BANNER

    def _is_endless(self, subject: str) -> bool:
        """Return whether the banner of an outage stands there as if it went on."""
        item = self.ledger.ledger("banner").read(subject)
        if item is None or item.shown is None or not Outage.from_json(item.match).is_over:
            return True
        is_left = subject in self.slack.met_closed or item.shown.ts in self.slack.deleted
        return item.shown.fingerprint != "over" and not is_left


def _shows(item: LedgerItem, post: SlackPost) -> bool:
    """Return whether a message says what the ledger holds, and the ledger knows of it.

    One that cannot be edited and says the same verdict is left as it is.
    """
    shown = item.shown
    if shown is None or (shown.event_id, shown.revision, shown.ts) != (item.event_id, item.revision, post.ts):
        return False
    forms = (
        of_verdict(Shows(item.match, item.decision, item.revision)).message.text,
        of_verdict_without_summary(Shows(item.match)).message.text,
    )
    return any(post.text.replace(MENTION, OWNERS[0]["name"]).startswith(form) for form in forms)
