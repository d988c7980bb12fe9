"""The match event as a contract: a CloudEvents 1.0 event, and what its properties promise to other systems. Pure.

docs/match-event.schema.json is made of these types and their docstrings (`make golden`): they speak to those who read events.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal

from chalicelib.events import Trigger
from chalicelib.verdict.model import (
    VALUE_LENGTH,
    Action,
    Confidence,
    Evidence,
    HighestSeverity,
    Id,
    Owner,
    Targets,
    Value,
    VerdictWarning,
)
from chalicelib.wire import WORD, Form, Written

TYPE: Final = "leadmatch.lead.checked.v1"
SCHEMA_URI: Final = "urn:leadmatch:schema:match-event:1"

Time = Annotated[datetime, Form("time", format="date-time", pattern="Z$")]
"""RFC 3339, in UTC with microseconds: such texts sort like the times."""
MaybeValue = Annotated[str | None, Form("maybe_value", most=VALUE_LENGTH)]
"""Empty when the field is empty in Zoho, null when the lead could not be read."""
Url = Annotated[str, Form("url", format="uri-reference", pattern="^(https://.*)?$")]
"""The record's page in Zoho CRM; empty when it is not known."""
Count = Annotated[int, Form(least=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchLead:
    """The lead as it was when it was checked. All but id and url are null when our user could not read it."""

    id: Id
    name: MaybeValue
    company: MaybeValue
    """As it stands in the lead, a placeholder like N/A included."""
    email: MaybeValue
    phone: MaybeValue
    """The phone, or the mobile phone where there is no other."""
    source: MaybeValue
    status: MaybeValue
    owner: Owner | None
    url: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSearch:
    """A search of Zoho CRM that a person is to make before they act."""

    word: Value
    url: Url
    """The page of Zoho CRM that shows what it finds; empty when it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchVerdict:
    """What to do with the lead, and why."""

    action: Annotated[Action, Form(open=True)]
    """What to do with the lead. choose: a person has to. wait: Zoho blocks the conversion, we check again by ourselves.
    unchecked: nothing is known, which is not the same as no duplicates. Never convert while a warning has the severity block.
    """
    confidence: Confidence
    """How sure what decided is: a field marked unique, an email (or an account's phone or website), a name, nothing."""
    reason: Annotated[str, Form(pattern=WORD)]
    """Why, as a stable machine word: exact_match, strong_match, weak_match, names_only, several_matches, account_differs,
    no_match, not_approved, record_locked, already_converted, lead_not_found, lead_unread, or for other unchecked leads the
    reason of the failure, such as zoho_no_answer. Expect words you do not know.
    """
    sentence: Annotated[str, Form(least=1, most=3000)]
    """The same for people, names of the CRM included. Its wording may change."""
    target: Targets
    highest_severity: HighestSeverity
    """The severity of the gravest warning; none without any. For filters, which cannot look through a list of warnings."""
    warnings: Annotated[tuple[VerdictWarning, ...], Form(most=10)]
    """What to know before converting, what blocks it first."""
    searches: Annotated[tuple[MatchSearch, ...], Form(most=10)] = ()
    """What to search Zoho CRM for by hand, the most telling first; empty when the sentence asks for no search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAccount:
    """The account that a contact belongs to."""

    id: Id
    name: Value
    url: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRecord:
    """A record that Zoho offers for the conversion."""

    id: Id
    name: Value
    url: Url
    account: MatchAccount | None
    strength: Confidence
    """How sure this record's match is; none for an account that only a placeholder company matched."""
    evidence: Annotated[tuple[Evidence, ...], Form(most=10)]
    """What is the same in this record and the lead. Zoho does not say which record a field matched, so a record carries what it
    shows itself, and may carry nothing.
    """
    fields: Mapping[str, Value]
    """The record's plain fields as Zoho gave them, by API name, and its owner's name as Owner. Which there are differs from org to org, so any name may stand
    here. Empty when the event had no room.
    """


Records = Annotated[tuple[MatchRecord, ...] | None, Form("records", most=100)]
"""The target first, then the strongest matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How many matching records of each list this event had no room for; the targets and the best matches are always there."""

    accounts: Count
    contacts: Count
    deals: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchData:
    """The lead, the verdict, and what Zoho offered."""

    lead: MatchLead
    verdict: MatchVerdict
    accounts: Records
    """The accounts that Zoho offers for the conversion."""
    contacts: Records
    """The contacts that Zoho offers for the conversion."""
    deals: Records
    """The deals that Zoho offers; most versions of its API do not speak of them: null."""
    left_out: LeftOut
    module_preference: Annotated[str | None, Form(most=100)]
    """The module that Zoho would match first, passed on as it came. It decides nothing here."""
    modules_with_multiple_layouts: Annotated[tuple[Annotated[str, Form(most=100)], ...], Form(most=10)]
    """Modules in which whoever converts has to pick a layout when a record is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEvent(Written):
    """What leadmatch found out about one lead of Zoho CRM: a CloudEvents 1.0 event in structured JSON, one message on the queue matches.

    Sent for every verdict, also when the lead could not be checked. A message may come twice with the same id; a later check of the
    same lead has another id. Throughout, null means not asked or not answered, and an empty list or text means asked and nothing
    there. Ids are 64-bit numbers and therefore texts: never read them into a float. Values of the CRM come as typed, cut at 255
    characters: escape them wherever you show them. Within version 1 new properties may come, and new words of trigger, reason and a
    warning's code; such events keep to this schema: let pass what you do not know. No property is taken away, and the lists of words
    that stand here as enum stay as they are.
    """

    specversion: Literal["1.0"] = "1.0"
    type: Literal["leadmatch.lead.checked.v1"] = TYPE
    source: Annotated[str, Form(format="uri-reference", pattern="^/leadmatch/.+")]
    """The stage that sent the event: /leadmatch/<stage>."""
    id: Annotated[str, Form(least=1)]
    """The event's id: that of the 202 answer, or one of its own where nobody called. Drop an event whose id you have seen."""
    subject: Id
    """The lead's id, also the queue's message group: the events of one lead keep their order."""
    time: Time
    """When the verdict was reached."""
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Literal["urn:leadmatch:schema:match-event:1"] = SCHEMA_URI
    trigger: Trigger
    """What had the lead checked: a workflow webhook, a Zoho notification, our own schedule, an operator who brings back what was
    given up, a button in Slack, or an operator's test of the stage (check), which readers can leave out. Expect words you do not
    know.
    """
    acceptedat: Time
    """When the call was accepted; time minus acceptedat is how long the check took. It is a machine's clock: of two events of a
    lead the one that the queue gives out last is the newer.
    """
    data: MatchData
