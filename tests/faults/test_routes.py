"""Rules that change between any two events of a lead move no message, whatever fails meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws.dynamodb import to_item
from chalicelib.aws.stage_lists import KEY as LISTS
from tests.faults.world.workers import CHANNEL
from tests.faults.world.world import World

ROUTED = "C0ROUTED"
ALWAYS = {"when": {"confidence": ["none", "weak", "strong", "exact"]}, "channel": ROUTED}
LEADS = [f"700{number}" for number in range(6)]
SHORT_FORM = "could not be shown"


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_the_first_message_decides_whatever_fails_and_however_the_rules_change(
    new_table: Callable[[], Any], seed: int
) -> None:
    """Each lead's messages stand in one channel; only the sweep's short form is the operator's."""
    table = new_table()
    world = World(table, seed=seed, rate=0.1)
    for turn in range(1, 5):
        for number, lead_id in enumerate(LEADS):
            rules = [ALWAYS] if (turn + number) % 2 else []
            table.client.put_item(TableName=table.name, Item=to_item({"pk": LISTS, "routes": rules}))
            world.qualify(lead_id, accounts=turn % 3)
            world.go_on(20)
    world.settle()
    events = {one.event_id: one.lead_id for one in world.accepted}
    where: dict[str, set[str]] = {lead_id: set() for lead_id in LEADS}
    for post in world.slack.told:
        if post.kind == "post" and post.event_id in events and SHORT_FORM not in post.text:
            where[events[post.event_id]].add(post.channel)
    assert max(map(len, where.values())) == 1
    assert {channel for channels in where.values() for channel in channels} == {CHANNEL, ROUTED}
