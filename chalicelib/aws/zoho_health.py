"""How Zoho is, as all workers know it: one item of the table, `zoho#state`, read together with every lead.

It says until when everybody pauses, since when Zoho has not answered, what was said about that, and the credits left.
Every write is conditional on what its writer had seen, so that of many workers that write at the same time one wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from chalicelib import timing
from chalicelib.aws.dynamodb import Table
from chalicelib.aws.ledger_item import LedgerItem, lead_key, read_item
from chalicelib.aws.stage_lists import KEY as LISTS_KEY
from chalicelib.aws.stage_lists import StageLists, read_lists
from chalicelib.aws.token_item import KEY as TOKEN_RECORD
from chalicelib.aws.token_item import record_fields
from chalicelib.data_centers import Edition
from chalicelib.errors import Misconfigured, Unreadable
from chalicelib.timing import CALL_FAR_AHEAD, CLOCKS_DIFFER, ZOHO_STATE_KEEP_SECONDS
from chalicelib.wire import Form, from_fields, time_text

KEY = "zoho#state"


@dataclass(frozen=True, slots=True)
class LeadContext:
    """What check has to know before it asks Zoho: the lead's item, how Zoho is, the stage's lists, the access token's record."""

    item: LedgerItem | None
    health: ZohoHealth
    lists: StageLists
    token_record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ZohoHealth:
    """None, 0 and empty texts stand for what is not so; times are aware UTC.

    `throttles` counts the pauses that no answer has taken back yet, `sequence` how many texts about outages there were. Of the
    outage that lasts, `announced_at` is the last text's time, and `ended_at` stands while its last text is on its way;
    `announced_until` is the end of the last outage that people heard of, `answered_at` that of the last one that an answer ended.
    `called_at` is when Zoho called last, `watched_since` when the sweep began to look for a first call, and `silent_since`
    stands while the operator knows that no call has come since then. `edition` says which kind of org it is, once it was another
    than a production org.
    """

    paused_until: datetime | None = None
    throttles: int = 0
    failing_since: datetime | None = None
    outage_id: str = ""
    sequence: int = 0
    announced_at: datetime | None = None
    ended_at: datetime | None = None
    answered: bool = False
    credits_left: int | None = None
    credits_at: datetime | None = None
    announced_until: datetime | None = None
    answered_at: datetime | None = None
    called_at: datetime | None = None
    watched_since: datetime | None = None
    silent_since: datetime | None = None
    edition: Annotated[Edition | None, Form(open=True)] = None

    def is_out(self, now: datetime) -> bool:
        """Return whether Zoho answers nobody, as far as anybody knows; a beginning that lies far ahead was long ago."""
        return self.failing_since is not None and abs(now - self.failing_since) >= timing.OUTAGE_LASTS


class ZohoHealthItem:
    """The item. `now` gives aware UTC times; `warn` gets the name of one of the stage's lists that cannot be read whole."""

    def __init__(
        self, table: Table, *, now: Callable[[], datetime], warn: Callable[[str], None] = lambda _: None
    ) -> None:
        self._table, self._now, self._warn = table, now, warn

    def read(self) -> ZohoHealth:
        """Return the state as it stands now."""
        return _read(self._table.get(KEY) or {})

    def read_with(self, lead_id: str) -> LeadContext:
        """Return the state together with what else check reads, in one call."""
        items = self._table.get_all((lead_key(lead_id), KEY, LISTS_KEY, TOKEN_RECORD))
        lead = items.get(lead_key(lead_id))
        return LeadContext(
            item=read_item(lead) if lead else None,
            health=_read(items.get(KEY, {})),
            lists=read_lists(items.get(LISTS_KEY, {}), warn=self._warn),
            token_record=record_fields(items.get(TOKEN_RECORD, {})),
        )

    def pause(self, seen: ZohoHealth, *, until: datetime) -> ZohoHealth:
        """Let everybody pause; who was throttled together with others adds nothing to the first one's pause."""
        state, _ = self._update(
            "paused_until = :until, throttles = :more",
            "attribute_not_exists(throttles) OR throttles = :seen",
            {":until": time_text(until), ":seen": seen.throttles, ":more": seen.throttles + 1},
        )
        return state

    def ease(self, seen: ZohoHealth) -> None:
        """Take one pause back after an answer: the next one will be shorter."""
        values = {":seen": seen.throttles, ":less": seen.throttles - 1}
        self._update("throttles = :less", "throttles = :seen", values)

    def begin_outage(self, *, outage_id: str) -> ZohoHealth:
        """Write down that Zoho does not answer, unless that is known."""
        values = {":now": time_text(self._now()), ":id": outage_id}
        return self._update("failing_since = :now, outage_id = :id", "attribute_not_exists(failing_since)", values)[0]

    def take_sequence(self, seen: ZohoHealth) -> ZohoHealth | None:
        """Win the right to say the next text about an outage that lasts; None when another worker did."""
        now = self._now()
        state, written = self._update(
            "#sequence = :next, announced_at = :now",
            "outage_id = :id AND attribute_not_exists(ended_at) AND (attribute_not_exists(#sequence) OR #sequence = :seen)",
            {":id": seen.outage_id, ":seen": seen.sequence, ":next": seen.sequence + 1, ":now": time_text(now)},
        )
        ours = state.outage_id == seen.outage_id and state.announced_at == now  # landed, and its answer was lost
        return state if written or ours else None

    def end_outage(self, seen: ZohoHealth, *, answered: bool) -> ZohoHealth | None:
        """Write down that an outage is over and take its last text; None when it is forgotten already."""
        state, _ = self._update(
            "ended_at = :now, answered = :answered ADD #sequence :one",
            "outage_id = :id AND attribute_not_exists(ended_at)",
            {":id": seen.outage_id, ":now": time_text(self._now()), ":answered": answered, ":one": 1},
        )
        return state if state.outage_id == seen.outage_id else None

    def forget_outage(self, ended: ZohoHealth) -> ZohoHealth:
        """Make room for the next outage, once the last text about this one is on its way."""
        gone = "failing_since, outage_id, announced_at, ended_at, answered"
        kept, values = "#sequence = if_not_exists(#sequence, :none)", {":id": ended.outage_id, ":none": 0}
        for name, happened in (("announced_until", ended.announced_at), ("answered_at", ended.answered)):
            if happened:
                kept, values = f"{kept}, {name} = :now", values | {":now": time_text(self._now())}
        return self._update(f"{kept} REMOVE {gone}", "outage_id = :id", values)[0]

    def note_credits(self, left: int) -> None:
        """Remember how many of the day's API credits are left."""
        now = self._now()
        values = {":left": left, ":now": time_text(now), ":ahead": time_text(now + CLOCKS_DIFFER)}
        always = "attribute_not_exists(credits_at) OR credits_at < :now OR credits_at > :ahead"
        self._update("credits_left = :left, credits_at = :now", always, values)

    def note_call(self, at: datetime) -> None:
        """Remember when Zoho called, unless a later call is known."""
        values = {":at": time_text(at), ":far": time_text(at + CALL_FAR_AHEAD)}
        later = "attribute_not_exists(called_at) OR called_at < :at OR called_at > :far"
        self._update("called_at = :at", later, values)

    def begin_watch(self) -> None:
        """Remember since when a first call is looked for."""
        self._update("watched_since = :now", "attribute_not_exists(watched_since)", {":now": time_text(self._now())})

    def begin_silence(self, since: datetime) -> None:
        """Remember that the operator knows of no call since then."""
        self._update("silent_since = :since", "attribute_not_exists(silent_since)", {":since": time_text(since)})

    def end_silence(self) -> None:
        """Remember that the operator knows that calls come again."""
        self._update("REMOVE silent_since", "attribute_exists(silent_since)", {})

    def note_edition(self, edition: Edition) -> None:
        """Remember which kind of org answers."""
        self._update(
            "edition = :edition", "attribute_not_exists(edition) OR edition <> :edition", {":edition": edition}
        )

    def _update(self, update: str, condition: str, values: Mapping[str, Any]) -> tuple[ZohoHealth, bool]:
        now = self._now().timestamp()
        item, written = self._table.update_if(
            KEY,
            update=update,
            condition=condition,
            values=values,
            names={"#sequence": "sequence"} if "#sequence" in update else {},
            now=now,
            keep_seconds=ZOHO_STATE_KEEP_SECONDS,
        )
        return _read(item), written


def _read(item: Mapping[str, Any]) -> ZohoHealth:
    """Read the item; raise `Misconfigured` when somebody has made it unreadable: no lead is buried for that, all wait."""
    try:
        return from_fields(ZohoHealth, item)
    except Unreadable as error:
        raise Misconfigured(str(error), reason=error.reason) from None
