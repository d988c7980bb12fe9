"""Conversion options and the lead become a verdict: the eight rules, in their order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from chalicelib.verdict import sentence, warnings
from chalicelib.verdict.account import choose_account, contradiction
from chalicelib.verdict.compare import is_placeholder
from chalicelib.verdict.contact import Choice, choose_contact, competitors
from chalicelib.verdict.evidence import candidates, names_only
from chalicelib.verdict.model import (
    Action,
    Candidate,
    ConversionOptions,
    Lead,
    Strength,
    Target,
    Targets,
    Verdict,
    VerdictWarning,
)
from chalicelib.verdict.outcomes import unchecked


def decide(
    options: ConversionOptions, lead: Lead | None, *, lead_id: str, placeholders: Collection[str] = ()
) -> Verdict:
    """Return the verdict for a lead that is not converted; `lead` is None when Zoho did not let us read it.

    `placeholders` are the org's own words for "no company", beside those that leadmatch knows.
    """
    found = _Found(options, lead or _lead_behind(options, lead_id), placeholders)
    if found.unread:
        return found.listed(unchecked("zoho_unreadable"))
    if found.nothing and lead is None:
        return found.listed(unchecked("lead_unread"))
    return found.verdict()


def _lead_behind(options: ConversionOptions, lead_id: str) -> Lead:
    """Stand in for a lead that we may not read: what matched an account's name is its company."""
    names = [piece.value for piece in options.matched.get("Accounts", ()) if piece.field == "Account_Name"]
    return Lead(lead_id, company=next(iter(names), ""))


class _Found:
    """The two choices and what follows from them, each worked out once."""

    def __init__(self, options: ConversionOptions, lead: Lead, placeholders: Collection[str]) -> None:
        self.options = options
        self.placeholder = lead.company if is_placeholder(lead.company, lead.name, placeholders) else ""
        self.lead = lead = replace(lead, company="" if self.placeholder else lead.company.strip())
        self.contacts = candidates(options.contacts, options.matched.get("Contacts", ()), "Contacts")
        self.accounts = self._accounts()
        self.deals = candidates(options.deals, options.matched.get("Deals", ()), "Deals")
        self.contact = choose_contact(self.contacts, competitors(self.accounts))
        account = choose_account(self.accounts, self.contact, lead)
        self.elsewhere = contradiction(self.contact, account, lead)
        self.account = Choice(Target("choose"), account.competitors) if self.elsewhere else account

    @property
    def unread(self) -> bool:
        """Tell whether a part of Zoho's answer could not be read, so that nothing found does not mean nothing there."""
        return self.options.contacts is None or self.options.accounts is None

    @property
    def nothing(self) -> bool:
        """Tell whether no record competes."""
        return not self.contact.competitors and not self.account.competitors

    def verdict(self) -> Verdict:
        """Put the choices into one verdict."""
        known = warnings.of_records(self._touched())
        action = self._action()
        return self.listed(
            Verdict(
                action=action,
                confidence=self._confidence(action).word,
                reason=self._reason(action),
                sentence=sentence.matched(action, self.contact, self.account, self.lead, known, self.elsewhere),
                targets=Targets(self.contact.target, self.account.target),
                warnings=known + self._notes(),
            )
        )

    def listed(self, verdict: Verdict) -> Verdict:
        """Add to a verdict all that Zoho offered."""
        return replace(
            verdict,
            contacts=self.contacts,
            accounts=self.accounts,
            deals=self.deals,
            module_preference=self.options.module_preference,
            modules_with_multiple_layouts=self.options.modules_with_multiple_layouts,
        )

    def _accounts(self) -> tuple[Candidate, ...] | None:
        """Rule 7: without a company, what matched by the account's name matched by chance."""
        matched = self.options.matched.get("Accounts", ())
        if self.lead.company:
            return candidates(self.options.accounts, matched, "Accounts")
        telling = tuple(piece for piece in matched if piece.field != "Account_Name")
        return candidates(self.options.accounts, telling, "Accounts", at_least=Strength.NONE)

    def _action(self) -> Action:
        if "choose" in (self.contact.target.kind, self.account.target.kind):
            return "choose"
        if self.contact.target.kind == "existing":
            return "convert_into_contact"
        return "convert_into_account" if self.account.target.kind == "existing" else "create_new"

    def _confidence(self, action: Action) -> Strength:
        if action == "convert_into_account" or not self.contact.competitors:
            return self.account.strength
        return self.contact.strength

    def _reason(self, action: Action) -> str:
        if self.elsewhere:
            return "account_differs"
        if action != "choose":
            return {"create_new": "no_match"}.get(action, f"{self._confidence(action).word}_match")
        undecided = self.contact if self.contact.target.kind == "choose" else self.account
        if len(undecided.competitors) > 1:
            return "several_matches"
        return "names_only" if names_only(undecided.competitors[0].evidence) else "weak_match"

    def _touched(self) -> tuple[Candidate, ...]:
        """Give the records the conversion may touch: the winner of each choice, or all that compete for it."""
        choices = (self.contact, self.account)
        return tuple(c for choice in choices for c in ((choice.winner,) if choice.winner else choice.competitors))

    def _notes(self) -> tuple[VerdictWarning, ...]:
        notes = [warnings.placeholder(self.placeholder)] if self.placeholder else []
        notes += warnings.of_names(self.contact.winner, self.account.winner, self.lead)
        if self.elsewhere and self.contact.winner:
            notes.append(warnings.account_differs(self.contact.winner.record, self.elsewhere, self.lead))
        return tuple(notes)
