"""The event that a lead was converted, for other systems: a CloudEvents 1.0 event on the queue matches. Pure.

docs/converted-event.schema.json is made of these types and their docstrings (`make golden`): they speak to those who read events.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from chalicelib.match_contract import Time, Url
from chalicelib.verdict.model import Id, Value
from chalicelib.wire import WORD, Form, Written

TYPE: Final = "leadmatch.lead.converted.v1"
SCHEMA_URI: Final = "urn:leadmatch:schema:converted-event:1"

SlackId = Annotated[str | None, Form(pattern="^[A-Z0-9]+$")]
"""A person's id in Slack; null when it was not converted from Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedLeadRef:
    """The lead that was converted."""

    id: Id
    url: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedRecord:
    """A record that the lead was converted into."""

    id: Id
    name: Value
    """Empty when Zoho gave none."""
    url: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedChoice:
    """What the person had chosen: the id of a record, or "new" for one that Zoho was to make."""

    contact: Annotated[str, Form(pattern="^([0-9]+|new)$")]
    account: Annotated[str, Form(pattern="^([0-9]+|new)$")]
    deal: bool
    """Whether a deal was to be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedData:
    """Who converted the lead, and into what."""

    lead: ConvertedLeadRef
    converted_from: Annotated[Literal["slack", "zoho"], Form(pattern=WORD, open=True)]
    """slack: by leadmatch, for the person who clicked. zoho: by somebody else while a click waited; nothing was made from Slack."""
    person: SlackId
    contact: ConvertedRecord | None
    account: ConvertedRecord | None
    deal: ConvertedRecord | None
    chosen: ConvertedChoice | None
    """Null when it was not converted from Slack."""
    differences: Annotated[tuple[Annotated[str, Form(pattern=WORD)], ...], Form(most=10)]
    """Where Zoho's records are not the chosen ones, such as contact_is_another; empty when they are. Expect words you do not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedEvent(Written):
    """A lead of Zoho CRM was converted: a CloudEvents 1.0 event in structured JSON, one message on the queue matches.

    It comes after the events of the lead's checks, whose type is leadmatch.lead.checked.v1. A message may come twice with the same id.
    Within version 1 new properties and words may come; no property is taken away. Ids are 64-bit numbers and therefore texts.
    """

    specversion: Literal["1.0"] = "1.0"
    type: Literal["leadmatch.lead.converted.v1"] = TYPE
    source: Annotated[str, Form(format="uri-reference", pattern="^/leadmatch/.+")]
    """The stage that sent the event: /leadmatch/<stage>."""
    id: Annotated[str, Form(least=1)]
    """The event's id. Drop an event whose id you have seen."""
    subject: Id
    """The lead's id, also the queue's message group: the events of one lead keep their order."""
    time: Time
    """When the person clicked."""
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Literal["urn:leadmatch:schema:converted-event:1"] = SCHEMA_URI
    data: ConvertedData
