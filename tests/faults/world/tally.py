"""Whether every promise was kept: what each accepted lead came to in Slack, on the matches queue and in the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.wire import read_time
from tests.faults.world.parties import VANISHED, SlackPost
from tests.faults.world.workers import CHANNEL, OPERATOR
from tests.faults.world.world import World

NEWS = timedelta(days=1)
BANNER = datetime(2026, 1, 1, tzinfo=UTC)
"""Whatever is told of one outage is told in one message."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over all leads; lost and doubled have to be 0."""

    leads: int
    events: int
    lost: int
    doubled: int
    given_up: int
    banners: int


def tally(world: World) -> Tally:
    """Count, in a world that has come to rest."""
    matches = [json.loads(message.body) for message in world.matches.messages()]
    accepted = {match["id"]: read_time(match["acceptedat"]) for match in matches}
    lead_of = {match["id"]: match["subject"] for match in matches}
    newest = _newest(world, matches)
    told: dict[str, list[SlackPost]] = {}
    for post in world.slack.told:
        subject = lead_of.get(post.event_id, post.event_id)  # an outage's banner is a subject of its own
        told.setdefault(subject, []).append(post)
    world.chaos.rate = 0
    lost = sum(
        not _arrived(world, lead_id, newest.get(lead_id, ""), told.get(lead_id, [])) for lead_id in world.zoho.accounts
    )
    doubled = sum(_doubled(of_lead, accepted) for of_lead in told.values())
    given_up = sum(match["data"]["verdict"]["action"] == "unchecked" for match in matches)
    return Tally(len(world.zoho.accounts), len(world.accepted), lost, doubled, given_up, _banners(told, lead_of))


def _banners(told: Iterable[str], lead_of: dict[str, str]) -> int:
    """Count the outages that were told."""
    return len(set(told) - set(lead_of.values()))


def _newest(world: World, matches: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return each lead's event that was checked last; none of a lead of which an accepted event was not checked at all.

    What the inbox took last is checked last, whenever it was accepted: a call may land after its caller's death.
    """
    newest: dict[str, str] = {}
    checked = set[str]()
    for match in matches:  # readers drop what comes again by its id
        if match["id"] not in checked:
            newest[match["subject"]] = match["id"]
        checked.add(match["id"])
    return newest | {one.lead_id: "" for one in world.accepted if one.event_id not in checked}


def _arrived(world: World, lead_id: str, event_id: str, told: list[SlackPost]) -> bool:
    """Return whether the newest event stands in the ledger, on the matches queue and, last of all, where people look for it."""
    item = world.ledger.read(lead_id)
    shown = [post for post in told if post.kind != "reply"]
    if item is None or item.event_id != event_id or item.state != "POSTED" or item.shown is None or not shown:
        return False
    action = json.loads(item.match)["data"]["verdict"]["action"]
    right = action in (_expected(world.zoho.accounts[lead_id]), "unchecked")
    seen = action == "lead_not_found" or shown[-1].channel == CHANNEL
    return right and seen and (shown[-1].event_id, shown[-1].ts) == (event_id, item.shown.ts)


def _expected(accounts: int) -> str:
    return {VANISHED: "lead_not_found", 0: "create_new", 1: "convert_into_account"}.get(accounts, "choose")


def _doubled(told: list[SlackPost], accepted: dict[str, datetime]) -> int:
    """Count what nobody should have seen: a new message that is no news, and whatever repeats.

    What sales people can act on is news to them while the earlier message stands with the operator.
    """
    replies = Counter((post.event_id, post.ts) for post in told if post.kind == "reply")
    posts = Counter(post.event_id for post in told if post.kind == "post")
    repeats = sum(count - 1 for count in (*replies.values(), *posts.values()))
    before: SlackPost | None = None
    for post in told:
        if post.kind == "reply":
            continue
        if post.kind == "post" and before:
            age = accepted.get(post.event_id, BANNER) - accepted.get(before.event_id, BANNER)
            repeats += age < NEWS and (before.channel, post.channel) != (OPERATOR, CHANNEL)
        before = post
    return repeats
