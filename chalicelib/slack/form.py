"""What a person can choose when converting a lead, what is recommended, and what a submitted form asks for. Pure.

The records come from the lead's match in the ledger, the stages from the cache of the org's pipelines: nothing else can be chosen.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from chalicelib.conversion import NEW, DealWanted, Pipeline, Wanted
from chalicelib.match_event import Match, listed, number_of, other_values
from chalicelib.timing import DEAL_CLOSES_AFTER
from chalicelib.verdict.model import Candidate, Evidence, Reference, Target, VerdictWarning
from chalicelib.verdict.wording import clean, cut

ACCOUNT, CONTACT, DEAL, EXTRAS = "account", "contact", "deal", "extras"
DEAL_NAME, CLOSING_DATE, STAGE, AMOUNT = "deal_name", "closing_date", "stage", "amount"
REASON, NOTE = "reason", "note"
"""The ids of the form's blocks, each of which has one element."""
NOTIFY_OWNER, CARRY_OVER_TAGS, MAKE_DEAL = "notify_owner", "carry_over_tags", "make_deal"

REASONS = {
    "not_a_fit": "Not a fit",
    "duplicate": "Duplicate",
    "no_interest": "No interest",
    "spam": "Spam or test",
    "other": "Other",
}
"""Why a lead is dismissed."""
KEPT_ACCOUNT = (
    "This contact belongs to {account}, and Zoho makes no other account for it. Choose that account, or a new contact."
)
"""What is wrong with a new account for a contact that has one."""
MOST_RECORDS = 99
"""How many records of a kind are offered: a select takes 100 options, and one of them makes a new record."""
MOST_STAGES, MOST_OF_ONE = 200, 100
"""How many stages are offered, and how many of one pipeline."""
DEAL_NAME_LIMIT = 120
NOTE_LIMIT = 200
NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Form:
    """What a form is made from: a lead's match as the ledger has it in a revision, and the org's pipelines; None when not known."""

    match: Match
    revision: int
    channel: str
    pipelines: tuple[Pipeline, ...] | None
    day: date

    @property
    def offers_deal(self) -> bool:
        """Whether a deal can be made: there is a stage to choose."""
        return bool(offered_stages(self.pipelines))

    @property
    def refusal(self) -> str:
        """Why the lead cannot be converted as it stands, in words; empty when it can."""
        return "" if self.match.verdict.is_convertible else self.match.verdict.sentence


@dataclass(frozen=True, slots=True)
class Choices:
    """What is chosen in a form; an empty text where nothing is. `stage` is a stage's id of `stage_id`."""

    account: str = ""
    contact: str = ""
    makes_deal: bool = False
    deal_name: str = ""
    closing_date: str = ""
    stage: str = ""
    amount: str = ""
    notify_owner: bool = False
    carry_over_tags: bool = True

    @property
    def makes(self) -> str:
        """What a form with these choices says that it makes, in ids: a form brings it back when it is submitted."""
        return "/".join((self.contact, self.account, MAKE_DEAL if self.makes_deal else ""))


@dataclass(frozen=True, slots=True)
class Option:
    """A record that can be chosen, what shows that it is the lead's, and what to know about it."""

    id: str
    name: str
    evidence: tuple[Evidence, ...] = ()
    values: tuple[str, ...] = ()
    """What is no evidence, and tells records of one name apart."""
    account: Reference | None = None
    number: str = ""
    """Its number in the lead's message."""
    is_contacts_account: bool = False
    warnings: tuple[VerdictWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What a person has to correct, by the id of the form's block."""

    by_block: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotOffered:
    """Something was submitted that no form of ours offers, named in a machine word."""

    reason: str


def contact_options(match: Match) -> tuple[Option, ...]:
    """Return the contacts that can be chosen, the recommended one first."""
    return tuple(_options(match, match.verdict.contacts, match.verdict.targets.contact))[:MOST_RECORDS]


def account_options(match: Match) -> tuple[Option, ...]:
    """Return the accounts that can be chosen: those that match, then those that the contacts belong to."""
    verdict = match.verdict
    found = {option.id: option for option in _options(match, verdict.accounts, verdict.targets.account)}
    for contact in contact_options(match):
        if (home := contact.account) and home.id not in found:
            warnings = _warnings(match, home.id)
            found[home.id] = Option(home.id, home.name, is_contacts_account=True, warnings=warnings)
    first = sorted(found.values(), key=lambda option: option.id != verdict.targets.account.id)
    return tuple(first)[:MOST_RECORDS]


def recommended(form: Form) -> Choices:
    """Return what the form shows before anything is chosen; nothing where a person has to choose."""
    match = form.match
    targets, lead = match.verdict.targets, match.lead
    name = (lead.company or lead.name) if lead else ""
    return Choices(
        account=_recommended(targets.account, account_options(match), is_without=bool(lead and not lead.company)),
        contact=_recommended(targets.contact, contact_options(match)),
        deal_name=cut(clean(name), DEAL_NAME_LIMIT),
        closing_date=(form.day + DEAL_CLOSES_AFTER).isoformat(),
        stage=next((stage_id(pipeline.name, stage) for pipeline, stage in offered_stages(form.pipelines)), ""),
    )


def choices_of(wanted: Wanted, form: Form) -> Choices:
    """Return the choices that a wish was read from, for a form that comes back filled."""
    deal, plain = wanted.deal, recommended(form)
    return Choices(
        account=wanted.account,
        contact=wanted.contact,
        makes_deal=deal is not None,
        deal_name=deal.name if deal else plain.deal_name,
        closing_date=deal.closing_date if deal else plain.closing_date,
        stage=stage_id(deal.pipeline, deal.stage) if deal else plain.stage,
        amount=deal.amount if deal else "",
        notify_owner=wanted.notify_owner,
        carry_over_tags=wanted.carry_over_tags,
    )


def stage_id(pipeline: str, stage: str) -> str:
    """Return what stands for a stage of a pipeline in a form, where names may be longer than Slack takes."""
    return hashlib.sha256(json.dumps([pipeline, stage]).encode()).hexdigest()[:32]


def offered_stages(pipelines: Sequence[Pipeline] | None) -> tuple[tuple[Pipeline, str], ...]:
    """Return the stages that can be chosen, each with its pipeline."""
    found = (
        (pipeline, stage) for pipeline in pipelines or () for stage in dict.fromkeys(pipeline.stages[:MOST_OF_ONE])
    )
    return tuple(islice(found, MOST_STAGES))


def read_choices(values: Values, form: Form) -> Choices:
    """Return what is chosen in an open form, as Slack's `view.state.values` tells it; what is not shown stays as recommended."""
    plain = recommended(form)
    makes_deal = MAKE_DEAL in _selected_all(values, DEAL)
    extras = _selected_all(values, EXTRAS)
    return Choices(
        account=_selected(values, ACCOUNT),
        contact=_selected(values, CONTACT),
        makes_deal=makes_deal,
        deal_name=_text(values, DEAL_NAME, "value") if DEAL_NAME in values else plain.deal_name,
        closing_date=_text(values, CLOSING_DATE, "selected_date") if CLOSING_DATE in values else plain.closing_date,
        stage=_selected(values, STAGE) if STAGE in values else plain.stage,
        amount=_text(values, AMOUNT, "value"),
        notify_owner=NOTIFY_OWNER in extras,
        carry_over_tags=CARRY_OVER_TAGS in extras,
    )


def read_submission(values: Values, form: Form) -> Wanted | Mistakes | NotOffered:
    """Return what a submitted form asks for, what is to be corrected, or that it is none that we offered."""
    chosen = read_choices(values, form)
    if missing := {block: "Choose one." for block in (CONTACT, ACCOUNT) if not getattr(chosen, block)}:
        return Mistakes(missing)
    if not is_offered(form.match, contact=chosen.contact, account=chosen.account):
        return NotOffered("record_not_offered")
    if home := kept_account(form.match, contact=chosen.contact, account=chosen.account):
        return Mistakes({ACCOUNT: KEPT_ACCOUNT.format(account=cut(clean(home.name), NOTE_LIMIT))})
    deal = _deal(chosen, form) if chosen.makes_deal else None
    if isinstance(deal, Mistakes | NotOffered):
        return deal
    return Wanted(chosen.account, chosen.contact, deal, chosen.notify_owner, chosen.carry_over_tags)


def is_offered(match: Match, *, contact: str, account: str) -> bool:
    """Return whether these are records that a form of this match offers, or new ones."""
    contacts = {NEW, *(option.id for option in contact_options(match))}
    return contact in contacts and account in {NEW, *(option.id for option in account_options(match))}


def kept_account(match: Match, *, contact: str, account: str) -> Reference | None:
    """Return the account that the chosen contact belongs to, where a new one was chosen: Zoho makes none for such a contact.

    `overwrite` is never sent, so a contact keeps its account, and the lead would go there. https://www.zoho.com/crm/developer/docs/api/v7/convert-lead.html
    """
    if account != NEW:
        return None
    return next((option.account for option in contact_options(match) if option.id == contact), None)


def read_dismissal(values: Values) -> str | NotOffered:
    """Return why a lead is dismissed, in words."""
    word = _selected(values, REASON)
    if word not in REASONS:
        return NotOffered("reason_not_offered")
    note = cut(clean(_text(values, NOTE, "value")), NOTE_LIMIT)
    return f"{REASONS[word]} ({note})" if note else REASONS[word]


def _options(match: Match, found: tuple[Candidate, ...] | None, target: Target) -> Iterator[Option]:
    among = listed(found, target)
    for one in among:
        record, number = one.record, number_of(one, among)
        others, warnings = other_values(one), _warnings(match, record.id)
        yield Option(record.id, record.name, one.evidence, others, record.account, number=number, warnings=warnings)


def _warnings(match: Match, record_id: str) -> tuple[VerdictWarning, ...]:
    return tuple(warning for warning in match.verdict.warnings if warning.record_id == record_id)


def _recommended(target: Target, options: Sequence[Option], *, is_without: bool = False) -> str:
    """Return a target's id if it is offered; a lead that names no company makes no account, whatever stands for a new one."""
    if target.kind == "existing" and any(option.id == target.id for option in options):
        return target.id or ""
    return NEW if target.kind == "new" or (target.kind == "none" and is_without) else ""


def _deal(chosen: Choices, form: Form) -> DealWanted | Mistakes | NotOffered:
    found = {
        stage_id(pipeline.name, stage): (pipeline.name, stage) for pipeline, stage in offered_stages(form.pipelines)
    }
    if not found:
        return NotOffered("deal_not_offered")
    name = clean(chosen.deal_name)
    wrong = {
        DEAL_NAME: "" if 0 < len(name) <= DEAL_NAME_LIMIT else f"Write a name of at most {DEAL_NAME_LIMIT} characters.",
        CLOSING_DATE: "" if _is_date(chosen.closing_date) else "Choose a date.",
        STAGE: "" if chosen.stage else "Choose a stage.",
        AMOUNT: ""
        if not chosen.amount or NUMBER.fullmatch(chosen.amount)
        else "Write a number, such as 12500 or 12500.50.",
    }
    if mistakes := {block: text for block, text in wrong.items() if text}:
        return Mistakes(mistakes)
    if chosen.stage not in found:
        return NotOffered("stage_not_offered")
    pipeline, stage = found[chosen.stage]
    return DealWanted(name, chosen.closing_date, stage, pipeline, chosen.amount)


def _is_date(text: str) -> bool:
    if not DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _element(values: Values, block: str) -> Mapping[str, object]:
    """Return the state of a block's one element, whatever its id; empty for what is not Slack's shape."""
    elements = values.get(block)
    element = next(iter(elements.values()), None) if isinstance(elements, Mapping) else None
    return element if isinstance(element, Mapping) else {}


def _text(values: Values, block: str, name: str) -> str:
    value = _element(values, block).get(name)
    return value.strip() if isinstance(value, str) else ""


def _option_value(option: object) -> str:
    value = option.get("value") if isinstance(option, Mapping) else None
    return value if isinstance(value, str) else ""


def _selected(values: Values, block: str) -> str:
    return _option_value(_element(values, block).get("selected_option"))


def _selected_all(values: Values, block: str) -> tuple[str, ...]:
    options = _element(values, block).get("selected_options")
    return tuple(map(_option_value, options)) if isinstance(options, list) else ()
