"""The things a verdict is about: the lead, what Zoho matched, the evidence, and the verdict itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Annotated, Literal, get_args

from chalicelib.wire import WORD, Form

Action = Literal[
    "convert_into_contact",
    "convert_into_account",
    "choose",
    "create_new",
    "wait",
    "already_converted",
    "lead_not_found",
    "unchecked",
]
CONVERTING: tuple[Action, ...] = ("convert_into_contact", "convert_into_account", "choose", "create_new")
"""The actions that a conversion can follow."""
TargetKind = Literal["existing", "new", "choose", "none"]
Confidence = Literal["exact", "strong", "weak", "none"]
_WORDS: tuple[Confidence, ...] = get_args(Confidence)[::-1]
Severity = Literal["block", "note"]
HighestSeverity = Literal["none", "note", "block"]
WarningCode = Literal[
    "locked",
    "approval_pending",
    "approval_rejected",
    "consent_withdrawn",
    "not_editable",
    "placeholder_company",
    "account_differs",
    "name_differs",
    "company_differs",
    "legal_form_differs",
]
Module = Literal["Contacts", "Accounts", "Deals"]

OWNER_FIELD = "Owner"
"""A record's owner, of whom only the name is kept."""

Id = Annotated[str, Form("id", pattern="^[0-9]+$")]
"""A record's id in Zoho CRM."""
VALUE_LENGTH = 255
"""Of a value of the CRM the match event, and with it the ledger, keeps so many characters."""
Value = Annotated[str, Form("value", most=VALUE_LENGTH)]


class Cause(Enum):
    """Why a lead waits or was not checked, in a sales person's words."""

    NOT_APPROVED = "Awaiting approval"
    LOCKED = "Locked while Zoho merges it"
    NO_ANSWER = "Zoho did not answer"
    REFUSED = "Zoho refused our request"
    NO_ACCESS = "Zoho refused us access"
    SETTINGS = "Our Zoho settings are wrong"
    UNREADABLE = "Zoho's answer could not be read"
    NO_OPTIONS = "Zoho does not offer to convert this lead"
    CONTRADICTION = "Zoho found matches for this lead, but did not show us the lead itself"
    LEAD_UNREAD = "Zoho did not show us the lead itself"
    BROKE_OFF = "Our check failed repeatedly"


class Strength(IntEnum):
    """How sure a match is: a unique field, an email (or an account's phone or website), a name, nothing."""

    NONE = 0
    WEAK = 1
    STRONG = 2
    EXACT = 3

    @property
    def word(self) -> Confidence:
        """Return the word that stands in the match event."""
        return _WORDS[self]


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that another record points to."""

    id: str
    name: str
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """The CRM user who owns the lead."""

    id: Id
    name: Value
    email: Value


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead's own fields; an empty text is a field that is empty or that we could not read."""

    id: str
    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    source: str = ""
    status: str = ""
    owner: Owner | None = None
    converted: bool = False
    converted_contact: str = ""
    converted_account: str = ""
    converted_deal: str = ""
    qualifying: tuple[str, ...] | None = None
    """What stands in the field that LEADMATCH_QUALIFIED names; None when no field was asked for, or Zoho shows none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A field of a module whose value equals the lead's."""

    field: Annotated[str, Form(least=1, most=100)]
    """The field's API name."""
    label: Annotated[str, Form(most=100)]
    """The field's name in the CRM's own words."""
    value: Value
    unique: bool | None = None
    """Whether the CRM allows the value only once; null when Zoho does not say."""


@dataclass(frozen=True, slots=True)
class Record:
    """A contact, account or deal that Zoho offers for the conversion; `fields` are its plain values."""

    id: str
    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    account: Reference | None = None
    locked: bool = False
    editable: bool = True
    approval_state: str = ""
    consent: str = ""


@dataclass(frozen=True, slots=True)
class ConversionOptions:
    """What Zoho answered; None means that the answer does not speak of it, an empty tuple that nothing matched."""

    contacts: tuple[Record, ...] | None = ()
    accounts: tuple[Record, ...] | None = ()
    deals: tuple[Record, ...] | None = None
    matched: Mapping[Module, tuple[Evidence, ...]] = field(default_factory=dict)
    module_preference: str | None = None
    modules_with_multiple_layouts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record beside the evidence that it carries itself and the strength with which it competes."""

    record: Record
    evidence: tuple[Evidence, ...]
    strength: Strength


@dataclass(frozen=True, slots=True)
class Target:
    """existing: the record with this id. new: a record will be made. choose: a person has to. none: no record at all."""

    kind: TargetKind
    id: Id | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a conversion should put the lead."""

    contact: Target
    account: Target


NO_TARGETS = Targets(Target("none"), Target("none"))


@dataclass(frozen=True, slots=True)
class VerdictWarning:
    """Something to know about a record before converting."""

    code: Annotated[WarningCode, Form(pattern=WORD, open=True)]
    """What the warning is about, as a stable machine word. Expect words you do not know; severity says what they mean for you."""
    severity: Severity
    """block: Zoho or the law forbids the conversion for now."""
    message: Annotated[str, Form(least=1, most=1000)]
    record_id: Id | None = None
    """The record it is about; null when it is about the lead."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with the lead, in a machine word and in a sales person's sentence."""

    action: Action
    confidence: Confidence
    reason: str
    sentence: str
    targets: Targets = NO_TARGETS
    warnings: tuple[VerdictWarning, ...] = ()
    contacts: tuple[Candidate, ...] | None = None
    accounts: tuple[Candidate, ...] | None = None
    deals: tuple[Candidate, ...] | None = None
    module_preference: str | None = None
    modules_with_multiple_layouts: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many matching accounts, contacts and deals a match event had no room for, by its lists' names."""

    @property
    def highest_severity(self) -> HighestSeverity:
        """Return the severity of the gravest warning, or none without any."""
        found = {warning.severity for warning in self.warnings}
        return "block" if "block" in found else "note" if found else "none"

    @property
    def blocked(self) -> bool:
        """Return whether a warning forbids converting for now."""
        return self.highest_severity == "block"

    @property
    def is_convertible(self) -> bool:
        """Return whether the lead can be converted as it stands."""
        return self.action in CONVERTING and not self.blocked


@dataclass(frozen=True, slots=True)
class Choice:
    """A target, the candidates that competed for it, and the one that won."""

    target: Target
    competitors: tuple[Candidate, ...] = ()
    winner: Candidate | None = None
    by_domain: bool = False
    """The winner's website fits the lead's email; what matched would not have decided without it."""

    @property
    def strength(self) -> Strength:
        """Return the strength of the tier that competed."""
        return max((candidate.strength for candidate in self.competitors), default=Strength.NONE)
