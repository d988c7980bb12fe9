"""Zoho, Slack and the ledger's table as a worker reaches them: over calls that chaos has a hand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.errors import LeadNotFound, SlackFailed, SlackUnavailable, SlackUnclear, ZohoUnavailable
from chalicelib.slack.message import SlackMessage
from chalicelib.verdict.model import ConversionOptions, Lead, Record
from tests.faults.world.chaos import Answer, Chaos
from tests.faults.world.clock import Clock

OURS = "https://dynamodb.example"
VANISHED = -1
"""How many accounts match a lead that Zoho shows nobody any more."""


CALLS = ("get_item", "batch_get_item", "update_item", "put_item", "delete_item", "query")


class Table:
    """A table, or what is below it, behind calls that may fail; everything else is its own."""

    def __init__(self, table: Any, chaos: Chaos) -> None:
        self._table, self._chaos = table, chaos

    def __getattr__(self, name: str) -> Any:
        """Return a call with its chaos, and what is no call as it is."""
        found = getattr(self._table, name)
        if name in ("meta", "client"):
            return Table(found, self._chaos)
        if name not in CALLS:
            return found
        return lambda **request: self._chaos.call(
            f"table.{name}",
            lambda: found(**request),
            fails=lambda: EndpointConnectionError(endpoint_url=OURS),
            lost=lambda: ReadTimeoutError(endpoint_url=OURS),
        )


class Zoho:
    """What Zoho knows: a lead's account appears with time, and Zoho may be out of reach for one delivery."""

    def __init__(self) -> None:
        self.accounts: dict[str, int] = {}
        """How many accounts match each lead; `VANISHED` for one that is gone."""
        self.down = False
        self.failing: set[str] = set()
        """The leads that Zoho fails on although it answers others."""

    def conversion_options(self, *, lead_id: str) -> ConversionOptions:
        """Return the accounts of the lead."""
        self._reach()
        if lead_id in self.failing:
            raise ZohoUnavailable("Zoho failed.", reason="zoho_http_500")
        if self.accounts.get(lead_id) == VANISHED:
            raise LeadNotFound("Zoho shows our user no such lead.", reason="lead_not_found")
        found = range(self.accounts.get(lead_id, 0))
        return ConversionOptions(accounts=tuple(Record(f"{lead_id}{n}", "Zylker") for n in found))

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:  # noqa: ARG002 - nothing is converted here
        """Return the lead's own fields."""
        self._reach()
        if self.accounts.get(lead_id) == VANISHED:
            return None
        return Lead(lead_id, "Ada Park", "Zylker")

    def _reach(self) -> None:
        if self.down:
            raise ZohoUnavailable("Zoho could not be reached.", reason="zoho_unreachable")


@dataclass(frozen=True, slots=True)
class SlackPost:
    """One thing that people saw in a channel: a post, an edit, or a reply in a thread."""

    kind: str
    event_id: str
    ts: str
    text: str = ""
    channel: str = ""


@dataclass(slots=True)
class _Standing:
    """A message that stands in a channel: its metadata's event id, when it was posted, and its thread."""

    event_id: str
    ts: str
    at: float
    thread_ts: str
    channel: str


@dataclass
class Slack:
    """Channels that remember everything that was ever shown in them."""

    clock: Clock
    chaos: Chaos
    told: list[SlackPost] = field(default_factory=list)
    stumbles: set[str] = field(default_factory=set)
    """The events over whose message Slack stumbles each time: it never says whether it took it."""
    _standing: dict[str, _Standing] = field(default_factory=dict)

    def post(
        self,
        *,
        channel: str,
        message: SlackMessage,
        event_id: str,
        thread_ts: str = "",
        broadcast: bool = False,  # noqa: ARG002 - nobody looks
    ) -> str:
        """Take a post."""
        if event_id in self.stumbles:
            raise SlackFailed("Slack answered internal_error.", reason="slack_internal_error")
        return self.chaos.call(
            "slack.post",
            lambda: self._take(channel, event_id, thread_ts, message.text),
            fails=lambda: SlackUnavailable("no", reason="slack_unreachable"),
            lost=lambda: SlackUnclear("perhaps", reason="slack_answer_lost"),
        )

    def update(self, *, channel: str, ts: str, message: SlackMessage, event_id: str) -> None:
        """Take an edit; the message then carries the new event's id."""

        def edit() -> None:
            assert self._standing[ts].channel == channel
            self._standing[ts].event_id = event_id
            self.told.append(SlackPost("edit", event_id, ts, message.text, channel))

        self._call("slack.update", edit)

    def find(self, *, channel: str, event_id: str, since: int, until: int | None = None, thread_ts: str = "") -> str:
        """Look through what was posted between the two, the newest first."""

        def look() -> str:
            for message in reversed(self._standing.values()):
                if message.at < since:
                    break
                what = (message.channel, message.event_id, message.thread_ts)
                if (until is None or message.at < until) and what == (channel, event_id, thread_ts):
                    return message.ts
            return ""

        return self._call("slack.find", look)

    def permalink(self, *, channel: str, ts: str) -> str:
        """Return an address."""
        return self._call("slack.permalink", lambda: f"https://slack.example/{channel}/{ts}")

    def _take(self, channel: str, event_id: str, thread_ts: str, text: str) -> str:
        ts = f"{len(self._standing) + 1}.0"
        self._standing[ts] = _Standing(event_id, ts, self.clock.seconds(), thread_ts, channel)
        self.told.append(SlackPost("reply" if thread_ts else "post", event_id, thread_ts or ts, text, channel))
        return ts

    def _call(self, where: str, effect: Callable[[], Answer]) -> Answer:
        return self.chaos.call(where, effect, fails=lambda: SlackUnavailable("no", reason="slack_no_answer"))
