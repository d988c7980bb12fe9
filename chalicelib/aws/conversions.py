"""How far the conversion of a lead has come: one item of the table per lead, which only `convert` and the sweep write.

    (nothing) ──begin──▶ INTENDED ──call──▶ CALLED ──┬──▶ CONVERTED
                            ▲  └────────────────────┼──▶ REFUSED ──begin (a new click)──▶ INTENDED
                            └───────────────────────└──▶ UNKNOWN ──begin (a new click)──▶ INTENDED

INTENDED: a click was taken, and Zoho was certainly not called for it. CALLED is written right before the call, by one worker at
the most: whoever finds it of their own click never calls, but reads the lead; another click is too late. The item has a lease of its own, which no message of the lead's waits
for. Every write names the click and the epoch that it was made for; one that fails because our own earlier write landed (its
answer was lost) counts as made. docs/architecture.md draws the states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.aws.dynamodb import Table
from chalicelib.aws.ledger_item import LedgerItem, lead_key, read_item
from chalicelib.aws.pipeline_item import KEY as PIPELINES_KEY
from chalicelib.aws.pipeline_item import Pipelines, read_pipeline_item
from chalicelib.aws.stage_lists import KEY as LISTS_KEY
from chalicelib.aws.stage_lists import StageLists, read_lists
from chalicelib.conversion import NO_RECORDS, Click, MadeRecords, Pipeline, Refusal
from chalicelib.errors import LeaseHeld
from chalicelib.timing import AFTER_LEASE_SECONDS
from chalicelib.wire import from_fields, time_text, to_fields

State = Literal["INTENDED", "CALLED", "CONVERTED", "REFUSED", "UNKNOWN"]
End = Literal["CONVERTED", "REFUSED", "UNKNOWN"]
Origin = Literal["slack", "zoho"]
TRANSITIONS: Mapping[State | None, tuple[State, ...]] = {
    None: ("INTENDED",),
    "INTENDED": ("INTENDED", "CALLED", "CONVERTED", "REFUSED"),
    "CALLED": ("CONVERTED", "REFUSED", "UNKNOWN"),
    "REFUSED": ("INTENDED",),
    "UNKNOWN": ("INTENDED",),
    "CONVERTED": (),
}
"""What may follow each state; None stands for a lead without an item. INTENDED follows itself when a worker died over it."""
DUE_INDEX = "due"
DUE = "convert"
CLICKS_REMEMBERED = 20
OWN_ITEM = "#state = :intended AND epoch = :epoch AND #owner = :owner"


@dataclass(frozen=True, slots=True)
class ConversionItem:
    """The item; `click` is the last one that was taken, `clicks` are the ids of those before it and its own, the oldest first.

    `owner`, `epoch` and `lease_until` (epoch seconds) are the lease of the worker that has it, `message_id` says for which message of
    the queue. `reads` counts how often the lead was found open after the call. `origin` says where it was converted from: by this click, or by somebody in Zoho.
    """

    subject: str
    state: State | None = None
    click: Click | None = None
    clicks: tuple[str, ...] = ()
    owner: str = ""
    message_id: str = ""
    epoch: int = 0
    lease_until: int = 0
    called_at: datetime | None = None
    reads: int = 0
    refusal: Refusal | None = None
    origin: Origin | None = None
    records: MadeRecords = NO_RECORDS
    differences: tuple[str, ...] = ()

    @property
    def is_under_way(self) -> bool:
        """Whether a click was taken that has no end yet."""
        return self.state in ("INTENDED", "CALLED")

    def is_about(self, click: Click) -> bool:
        """Return whether the item holds this very click."""
        return self.click is not None and self.click.click_id == click.click_id

    def knows(self, click: Click) -> bool:
        """Return whether this click was taken before, and has had its end if the item does not hold it any more."""
        return click.click_id in self.clicks


@dataclass(frozen=True, slots=True)
class ConversionContext:
    """What act and convert have to know of a lead, all read in one call; None for what is not there."""

    lead: LedgerItem | None
    conversion: ConversionItem | None
    lists: StageLists
    pipelines: Pipelines | None

    @property
    def known_pipelines(self) -> tuple[Pipeline, ...] | None:
        """The pipelines of deals; None before they were read."""
        return self.pipelines.pipelines if self.pipelines else None


class Conversions:
    """The items, one lead at a time. `now` gives aware UTC times."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def begin(
        self, click: Click, seen: ConversionItem | None, *, owner: str, message_id: str, lease_seconds: float
    ) -> ConversionItem:
        """Take a click under a lease; raise `LeaseHeld` while another worker has the item, or when it has changed since it was seen.

        A message that comes again takes its own click up again at once: its worker is dead, or has given up. `owner` is this worker's
        alone: it knows its own write by it, and nobody else's, though both be about one message.
        """
        state, epoch = (seen.state, seen.epoch) if seen else (None, 0)
        is_held = seen is not None and seen.state == "INTENDED" and seen.message_id != message_id
        left = seen.lease_until - self._now().timestamp() if seen and is_held else 0.0
        if "INTENDED" not in TRANSITIONS[state] or left > 0:
            raise _held(left)
        known = seen.clicks if seen else ()
        clicks = known if click.click_id in known else (*known, click.click_id)[-CLICKS_REMEMBERED:]
        item, written = self._update(
            click.lead_id,
            "#state = :intended, click = :click, clicks = :clicks, #owner = :owner, message_id = :message, epoch = :next,"
            " lease_until = :until, #reads = :none"
            " REMOVE called_at, refusal, origin, records, differences, #due, due_at",
            "epoch = :epoch AND #state = :seen" if seen else "attribute_not_exists(pk)",
            {
                **({":seen": state, ":epoch": epoch} if seen else {}),
                ":click": to_fields(_without_email(click)),
                ":clicks": list(clicks),
                ":intended": "INTENDED",
                ":owner": owner,
                ":message": message_id,
                ":next": epoch + 1,
                ":until": int(self._now().timestamp() + lease_seconds),
                ":none": 0,
            },
        )
        if written or item.owner == owner:
            return item
        raise _held(lease_seconds)

    def call(self, held: ConversionItem, *, read_at: datetime) -> ConversionItem:
        """Write down that Zoho is called now, if the lease is still ours; return the item as it stands, which is CALLED only then.

        Raise `LeaseHeld` where another worker has the conversion and has not ended it. `read_at` is when the lead is read if no answer comes.
        """
        item, written = self._update(
            held.subject,
            "#state = :called, called_at = :now, #due = :due, due_at = :at",
            OWN_ITEM,
            {
                ":called": "CALLED",
                ":intended": "INTENDED",
                ":epoch": held.epoch,
                ":owner": held.owner,
                ":now": time_text(self._now()),
                ":due": DUE,
                ":at": int(read_at.timestamp()),
            },
        )
        is_ours = written or (item.state == "CALLED" and item.owner == held.owner and item.epoch == held.epoch)
        if is_ours or not item.is_under_way:
            return item
        raise _held(0)

    def note_open(self, called: ConversionItem, *, read_at: datetime) -> ConversionItem:
        """Count that the lead was read and is open; `read_at` is when it is to be read again."""
        item, _ = self._update(
            called.subject,
            "#reads = :more, due_at = :at",
            "#state = :called AND epoch = :epoch AND #reads = :reads",
            {
                ":called": "CALLED",
                ":epoch": called.epoch,
                ":reads": called.reads,
                ":more": called.reads + 1,
                ":at": int(read_at.timestamp()),
            },
        )
        return item

    def end(
        self,
        held: ConversionItem,
        state: End,
        *,
        refusal: Refusal | None = None,
        origin: Origin | None = None,
        records: MadeRecords = NO_RECORDS,
        differences: Sequence[str] = (),
    ) -> ConversionItem:
        """Write what became of a click, once; return the item as it stands then, with another's end if one came first.

        Raise `LeaseHeld` when another worker has taken it over meanwhile, and has not ended it.
        """
        if held.state is None or state not in TRANSITIONS[held.state]:
            raise ValueError(f"no way leads from {held.state} to {state}")
        item, written = self._update(
            held.subject,
            "#state = :state, refusal = :refusal, origin = :origin, records = :records, differences = :differences"
            " REMOVE #owner, message_id, lease_until, #due, due_at",
            "#state = :held AND epoch = :epoch",
            {
                ":state": state,
                ":held": held.state,
                ":epoch": held.epoch,
                ":refusal": to_fields(refusal) if refusal else None,
                ":origin": origin,
                ":records": to_fields(records),
                ":differences": list(differences),
            },
        )
        if not written and item.is_under_way:
            raise _held(0)
        return item

    def due(self) -> Iterator[ConversionItem]:
        """Return the conversions whose end nobody looks for any more, although it was due."""
        values = {":due": DUE, ":at": int(self._now().timestamp())}
        for found in self._table.query(DUE_INDEX, "due = :due AND due_at <= :at", values):
            item = self._table.get(str(found["pk"]))
            if item:
                yield read_conversion(item)

    def postpone(self, item: ConversionItem, *, wait: timedelta) -> None:
        """Look for an end again later, unless there is one."""
        values = {":called": "CALLED", ":epoch": item.epoch, ":at": int((self._now() + wait).timestamp())}
        self._update(item.subject, "due_at = :at", "#state = :called AND epoch = :epoch", values)

    def _update(
        self, lead_id: str, update: str, condition: str, values: Mapping[str, Any]
    ) -> tuple[ConversionItem, bool]:
        names = {f"#{name}": name for name in ("state", "owner", "due", "reads")}
        item, written = self._table.update_if(
            conversion_key(lead_id),
            update=update,
            condition=condition,
            values=values,
            names={alias: name for alias, name in names.items() if alias in update + condition},
            now=self._now().timestamp(),
        )
        return read_conversion(item), written


def read_context(table: Table, lead_id: str, *, warn: Callable[[str], None]) -> ConversionContext:
    """Read all of it; `warn` gets the name of one of the stage's lists that cannot be read whole."""
    items = table.get_all((lead_key(lead_id), conversion_key(lead_id), LISTS_KEY, PIPELINES_KEY))
    lead, conversion = items.get(lead_key(lead_id)), items.get(conversion_key(lead_id))
    return ConversionContext(
        lead=read_item(lead) if lead else None,
        conversion=read_conversion(conversion) if conversion else None,
        lists=read_lists(items.get(LISTS_KEY, {}), warn=warn),
        pipelines=read_pipeline_item(items.get(PIPELINES_KEY)),
    )


def conversion_key(lead_id: str) -> str:
    """Return the key of a lead's item here."""
    return f"convert#{lead_id}"


def read_conversion(item: Mapping[str, Any]) -> ConversionItem:
    """Read an item as the table gives it."""
    return from_fields(ConversionItem, {**item, "subject": str(item["pk"]).partition("#")[2]})


def _without_email(click: Click) -> Click:
    """Return what is kept of a click."""
    return replace(click, person=replace(click.person, email=""))


def _held(seconds: float) -> LeaseHeld:
    return LeaseHeld(
        "Another worker has this conversion.",
        reason="conversion_held",
        retry_after_seconds=max(0.0, seconds) + AFTER_LEASE_SECONDS,
    )
