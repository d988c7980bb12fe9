"""A conversion that a person asks for in Slack: what was clicked, what it wants made, and what became of the lead. Pure.

`Click` is the body of a message on the convert queue. `Decision` stands in the lead's own item of the ledger, from where its
message shows it; how far a conversion has come stands in an item of its own, of `chalicelib/aws/conversions.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from chalicelib.errors import Unreadable
from chalicelib.wire import Written

NEW = "new"
"""What is chosen in place of a record's id when Zoho is to make a record."""

ClickKind = Literal["convert", "dismiss", "read_back"]
DecisionState = Literal["converting", "converted", "dismissed", "unclear"]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline of the org's deals, and the stages that belong to it, both by the values that Convert Lead takes."""

    name: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DealWanted:
    """A deal to make: `closing_date` as 2026-12-31, `amount` in digits or empty, `pipeline` empty where an org has none."""

    name: str
    closing_date: str
    stage: str
    pipeline: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants a lead to be converted into: a record's id or `NEW` each, and perhaps a deal."""

    account: str
    contact: str
    deal: DealWanted | None = None
    notify_owner: bool = False
    carry_over_tags: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Who clicked, by Slack's id, and where they are told what came of it: in the view they have open, else in the channel.

    The email is Slack's word, asked for at the click; it is never logged, and never kept in the ledger.
    """

    user_id: str
    channel: str
    view_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Click(Written):
    """What a person decided about a lead; `click_id` is the same each time Slack or SQS delivers it.

    `revision` is that of the lead's item which the person saw. A `read_back` is the sweep's: it brings a click back whose
    conversion has no clear end yet.
    """

    kind: ClickKind
    click_id: str
    lead_id: str
    event_id: str
    revision: int
    at: datetime
    person: Person
    wanted: Wanted | None = None
    reason: str = ""
    """Why a lead is dismissed."""


def click_id(view_id: str, view_hash: str, put_in: Mapping[str, Any]) -> str:
    """Return the id of a submitted view: a form that is corrected keeps its view's id, and may keep its hash as well."""
    state = json.dumps(put_in, sort_keys=True)
    return hashlib.sha256(f"{view_id}/{view_hash}/{state}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """A record that a lead was converted into; `url` is its page in Zoho, empty where that is not known."""

    id: str
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class MadeRecords:
    """What Zoho says that a lead was converted into; None stands for no record."""

    contact: Made | None = None
    account: Made | None = None
    deal: Made | None = None

    def linked(self, url: Callable[[str, str], str]) -> MadeRecords:
        """Return the records with their pages, by what gives a page for a module and an id."""
        modules = {"contact": "Contacts", "account": "Accounts", "deal": "Deals"}
        found = {kind: getattr(self, kind) for kind in modules}
        return MadeRecords(
            **{kind: replace(made, url=url(modules[kind], made.id)) for kind, made in found.items() if made}
        )


NO_RECORDS = MadeRecords()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was converted: the `person` may not, the `lead` is not what they saw, or `zoho` does not take what was wanted.

    `code` is Zoho's, or in lower case a word of ours; `field` is the API name of the field that it is about, if any.
    """

    kind: Literal["person", "lead", "zoho"]
    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a lead, and what came of it; `by` is a Slack id, `event_id` that of the lead's event then.

    `converting`: the conversion is under way. `unclear`: Zoho did not say whether it converted, and shows the lead as open.
    `differences` say in words where Zoho's records are not the chosen ones.
    """

    state: DecisionState
    click_id: str
    by: str
    at: datetime
    event_id: str = ""
    reason: str = ""
    records: MadeRecords = NO_RECORDS
    differences: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether it closes the lead's message."""
        return self.state in ("converted", "dismissed")

    @property
    def is_conversion(self) -> bool:
        """Whether the lead is converted, or is being converted now."""
        return self.state in ("converting", "converted")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What happened to a lead: a machine word, `who` as a Slack id (empty for leadmatch itself), the revision that they saw."""

    at: datetime
    what: str
    who: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class PersonNotice(Written):
    """What one person is told: their open view is replaced by `view`, Slack's JSON; where there is none any more, `text` is said.

    A message of the slack queue, in a group of its own: nobody waits for it behind a channel's messages, nor it for them.
    """

    notice_id: str
    person: Person
    text: str = ""
    view: str = ""
    clicked_at: datetime | None = None
    """When the person submitted the view: the answer to that may replace it as well, and must not come last."""
    kind: Literal["person"] = "person"

    @property
    def group(self) -> str:
        """The queue's group: the view, whose states have an order, else the person."""
        return self.person.view_id or self.person.user_id


def read_person_notice(text: str) -> PersonNotice | None:
    """Read the body of a message of the slack queue; None when it is about a channel's message, or cannot be read."""
    try:
        return PersonNotice.from_json(text)
    except Unreadable:
        return None
