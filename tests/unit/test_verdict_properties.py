"""What holds for every verdict, whatever Zoho answers and whatever stands in the lead."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.verdict.model import ConversionOptions, Lead, Record, Strength, Verdict
from tests import strategies
from tests.strategies import judged

OUR_WORDS = re.compile(r"\b(weak|strong|safe|new company)", re.IGNORECASE)
UNSURE = ("create_new", "wait", "already_converted", "lead_not_found", "unchecked")

shapes = pytest.mark.parametrize(
    "options", [strategies.modelled_options, strategies.answered_options], ids=["modelled", "answered"]
)
many = settings(max_examples=60)
leads = st.none() | strategies.leads


def _drawn(data: st.DataObject, options: st.SearchStrategy[ConversionOptions]) -> tuple[ConversionOptions, Lead | None]:
    return data.draw(options), data.draw(leads)


@shapes
@many
@given(data=st.data())
def test_the_action_follows_from_the_targets(
    data: st.DataObject, options: st.SearchStrategy[ConversionOptions]
) -> None:
    """Deciding never raises, and the two targets leave room for one action only."""
    verdict = judged(*_drawn(data, options))
    contact, account = verdict.targets.contact.kind, verdict.targets.account.kind
    if verdict.action == "unchecked":
        assert (contact, account) == ("none", "none")
    elif "choose" in (contact, account):
        assert verdict.action == "choose"
    elif contact == "existing":
        assert verdict.action == "convert_into_contact"
    else:
        assert contact == "new"
        assert verdict.action == ("convert_into_account" if account == "existing" else "create_new")


@shapes
@many
@given(data=st.data())
def test_a_target_is_a_record_that_zoho_offers(
    data: st.DataObject, options: st.SearchStrategy[ConversionOptions]
) -> None:
    """An existing target has an id, and it is an offered record's or an offered contact's account's; no other has one."""
    asked, lead = _drawn(data, options)
    targets = judged(asked, lead).targets
    contacts = {contact.id for contact in asked.contacts or ()}
    accounts = {account.id for account in asked.accounts or ()}
    homes = {contact.account.id for contact in asked.contacts or () if contact.account}
    for target, offered in ((targets.contact, contacts), (targets.account, accounts | homes)):
        assert (target.id is not None) == (target.kind == "existing")
        assert target.id is None or target.id in offered


@shapes
@many
@given(data=st.data())
def test_new_records_are_made_only_where_nothing_competes(
    data: st.DataObject, options: st.SearchStrategy[ConversionOptions]
) -> None:
    """`create_new` needs a lead that was read and no match; an unread lead without one is `unchecked`."""
    asked, lead = _drawn(data, options)
    verdict = judged(asked, lead)
    competing = [c for found in (verdict.contacts, verdict.accounts) for c in found or () if c.strength > Strength.NONE]
    unread = asked.contacts is None or asked.accounts is None
    assert (verdict.action in ("create_new", "unchecked")) == (unread or not competing)
    if unread or not competing:
        assert verdict.action == ("create_new" if lead and not unread else "unchecked")


@shapes
@many
@given(data=st.data())
def test_confidence_is_none_exactly_where_nothing_decided(
    data: st.DataObject, options: st.SearchStrategy[ConversionOptions]
) -> None:
    """Whatever points to a record is sure to some degree; nothing else is."""
    verdict = judged(*_drawn(data, options))
    assert (verdict.confidence == "none") == (verdict.action in UNSURE)
    assert verdict.reason


@given(outcome=strategies.outcomes)
def test_verdicts_without_matching_are_sure_of_nothing(outcome: Verdict) -> None:
    """The four outcomes that Zoho decides have confidence none, no target and no candidates."""
    assert outcome.action in UNSURE
    assert (outcome.confidence, outcome.targets.contact.kind, outcome.targets.account.kind) == ("none", "none", "none")
    assert (outcome.contacts, outcome.accounts, outcome.deals) == (None, None, None)


def _blocking(record: Record) -> bool:
    pending = record.approval_state.endswith(("pending", "rejected"))
    stopped = "Stop Processing" in record.consent
    return record.locked or pending or stopped or bool(record.account and record.account.locked)


def _touched(verdict: Verdict) -> list[Record]:
    """Return the records that are targets, or among which a person has to choose."""
    found: list[Record] = []
    for target, listed in ((verdict.targets.contact, verdict.contacts), (verdict.targets.account, verdict.accounts)):
        best = max((candidate.strength for candidate in listed or ()), default=Strength.NONE)
        rivals = [c for c in listed or () if c.strength == best > Strength.NONE]
        if target.kind == "choose":
            found += [candidate.record for candidate in rivals]
        found += [candidate.record for candidate in listed or () if candidate.record.id == target.id]
    return found


@shapes
@many
@given(data=st.data())
def test_what_blocks_is_said_first(data: st.DataObject, options: st.SearchStrategy[ConversionOptions]) -> None:
    """A verdict is blocked exactly when a record it touches is, and then its sentence begins with that."""
    verdict = judged(*_drawn(data, options))
    assert verdict.blocked == any(_blocking(record) for record in _touched(verdict))
    if verdict.blocked:
        assert verdict.warnings[0].severity == "block"
        assert verdict.sentence.startswith(f"{verdict.warnings[0].message} Do not convert yet. ")


@shapes
@many
@given(data=st.data())
def test_sentences_never_say_what_we_cannot_know(
    data: st.DataObject, options: st.SearchStrategy[ConversionOptions]
) -> None:
    """Our words for strength, "safe" and "new company" never reach a person; a sentence is always there and ends."""
    verdict = judged(*_drawn(data, options))
    for said in (verdict.sentence, *(warning.message for warning in verdict.warnings)):
        assert not OUR_WORDS.search(said)
        assert said.endswith(".")


@shapes
@many
@given(data=st.data())
def test_every_offered_record_is_listed_strongest_first(
    data: st.DataObject, options: st.SearchStrategy[ConversionOptions]
) -> None:
    """Nothing that Zoho offers is lost on the way, and a record carries only evidence of its own module."""
    asked, lead = _drawn(data, options)
    verdict = judged(asked, lead)
    for module, offered, listed in (
        ("Contacts", asked.contacts, verdict.contacts),
        ("Accounts", asked.accounts, verdict.accounts),
        ("Deals", asked.deals, verdict.deals),
    ):
        assert (listed is None) == (offered is None)
        assert {candidate.record.id for candidate in listed or ()} == {record.id for record in offered or ()}
        strengths = [candidate.strength for candidate in listed or ()]
        assert strengths == sorted(strengths, reverse=True)
        assert all(set(c.evidence) <= set(asked.matched.get(module, ())) for c in listed or ())  # type: ignore[call-overload]
