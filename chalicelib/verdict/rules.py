"""Conversion options and the lead become a verdict: the eight rules, in their order.

Rule 1 says how strong evidence is and 2 whose it is (both in `evidence`); 3, that only the strongest records compete; 4 is about the
contact, 5 about the account, 6 about a contact whose account is not the one that the lead points to, 7 about a lead without a company;
8 is the warnings (in `warnings`). The verdicts that need no matching are here as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from chalicelib.verdict import sentence, warnings
from chalicelib.verdict.compare import company_domain, domain, is_placeholder
from chalicelib.verdict.evidence import candidates, names_only
from chalicelib.verdict.model import (
    Action,
    Candidate,
    Cause,
    Choice,
    ConversionOptions,
    Lead,
    Record,
    Reference,
    Strength,
    Target,
    Targets,
    Verdict,
    VerdictWarning,
)
from chalicelib.verdict.names import contradict


def decide(
    options: ConversionOptions, lead: Lead | None, *, lead_id: str, placeholders: Collection[str] = ()
) -> Verdict:
    """Return the verdict for a lead that is not converted; `lead` is None when Zoho did not let us read it.

    `placeholders` are the org's own words for "no company", beside those that leadmatch knows.
    """
    found = _Found(options, lead or _lead_behind(options, lead_id), placeholders)
    if found.unread:
        return found.listed(unchecked("zoho_unreadable", Cause.UNREADABLE))
    if found.nothing and lead is None:
        return found.listed(unchecked("lead_unread", Cause.LEAD_UNREAD))
    return found.verdict()


def wait(reason: str, cause: Cause) -> Verdict:
    """Zoho blocks the conversion for now; `reason` is `not_approved` or `record_locked`."""
    return Verdict("wait", "none", reason, sentence.wait(cause))


def already_converted(lead: Lead | None) -> Verdict:
    """Return the verdict on a lead that somebody converted before us; `lead` is None when it could not be read."""
    return Verdict("already_converted", "none", "already_converted", sentence.already_converted(lead))


def lead_not_found(lead_id: str) -> Verdict:
    """No such lead for our user, converted or not."""
    return Verdict("lead_not_found", "none", "lead_not_found", sentence.lead_not_found(lead_id))


def unchecked(reason: str, cause: Cause) -> Verdict:
    """Zoho could not be asked; silence would read as "no duplicates"."""
    return Verdict("unchecked", "none", reason, sentence.unchecked(cause))


def with_recheck(verdict: Verdict, *, is_due: bool) -> Verdict:
    """Return the verdict; of a lead that was not checked it says whether it is checked again without anybody's doing."""
    if verdict.action != "unchecked":
        return verdict
    return replace(verdict, sentence=f"{verdict.sentence} {sentence.checked_again(is_due=is_due)}")


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
        """Return whether a part of Zoho's answer could not be read, so that nothing found does not mean nothing there."""
        return self.options.contacts is None or self.options.accounts is None

    @property
    def nothing(self) -> bool:
        """Return whether no record competes."""
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
        counting = tuple(piece for piece in matched if piece.field != "Account_Name")
        return candidates(self.options.accounts, counting, "Accounts", at_least=Strength.NONE)

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
        """Return the records the conversion may touch: the winner of each choice, or all that compete for it."""
        choices = (self.contact, self.account)
        return tuple(c for choice in choices for c in ((choice.winner,) if choice.winner else choice.competitors))

    def _notes(self) -> tuple[VerdictWarning, ...]:
        notes = [warnings.placeholder(self.placeholder)] if self.placeholder else []
        notes += warnings.of_names(self.contact.winner, self.account.winner, self.lead)
        if self.elsewhere and self.contact.winner:
            notes.append(warnings.account_differs(self.contact.winner.record, self.elsewhere, self.lead))
        return tuple(notes)


def _lead_behind(options: ConversionOptions, lead_id: str) -> Lead:
    """Stand in for a lead that we may not read: what matched an account's name is its company."""
    names = [piece.value for piece in options.matched.get("Accounts", ()) if piece.field == "Account_Name"]
    return Lead(lead_id, company=next(iter(names), ""))


def choose_contact(found: tuple[Candidate, ...] | None, accounts: tuple[Candidate, ...]) -> Choice:
    """Rule 4: one exact or strong competitor is decided; a weak one only when it belongs to the one matched account."""
    competing = competitors(found)
    if not competing:
        return Choice(Target("new"))
    if len(competing) == 1 and (competing[0].strength >= Strength.STRONG or _belongs(competing[0], accounts)):
        return Choice(Target("existing", competing[0].record.id), competing, competing[0])
    return Choice(Target("choose"), competing)


def choose_account(found: tuple[Candidate, ...] | None, contact: Choice, lead: Lead) -> Choice:
    """Rules 5 and 7: a decided contact's account, else the one competitor, else the one of the lead's email domain."""
    competing = competitors(found)
    home = contact.winner.record.account if contact.winner else None
    if home:
        winner = next((candidate for candidate in found or () if candidate.record.id == home.id), None)
        return Choice(Target("existing", home.id), competing, winner)
    fitting = [candidate for candidate in competing if fits_email(candidate.record, lead.email)]
    winner = competing[0] if len(competing) == 1 else fitting[0] if len(fitting) == 1 else None
    if winner:
        by_domain = winner in fitting and (len(competing) > 1 or winner.strength == Strength.WEAK)
        return Choice(Target("existing", winner.record.id), competing, winner, by_domain=by_domain)
    if competing:
        return Choice(Target("choose"), competing)
    return Choice(Target("new" if lead.company else "none"))


def contradiction(contact: Choice, account: Choice, lead: Lead) -> Reference | None:
    """Rule 6: give the decided contact's account when the lead points to another one."""
    home = contact.winner.record.account if contact.winner else None
    if home is None:
        return None
    if account.competitors:
        return None if any(rival.record.id == home.id for rival in account.competitors) else home
    return home if contradict(lead.company, home.name) else None


def competitors(found: tuple[Candidate, ...] | None) -> tuple[Candidate, ...]:
    """Rule 3: only the strongest tier competes.

    A record that shows no evidence may contest what others show but cannot win by what nobody shows: when its tier is
    above theirs, their strongest compete with it.
    """
    best = _best(found or ())
    shown = _best(candidate for candidate in found or () if candidate.evidence) or best
    return tuple(c for c in found or () if c.strength and c.strength in (best, shown))


def fits_email(account: Record, email: str) -> bool:
    """Return whether the account's website has the domain of the lead's email; free mail says nothing."""
    wanted = company_domain(email)
    return bool(wanted) and domain(account.fields.get("Website", "")) == wanted


def _best(found: Iterable[Candidate]) -> Strength:
    return max((candidate.strength for candidate in found), default=Strength.NONE)


def _belongs(contact: Candidate, accounts: tuple[Candidate, ...]) -> bool:
    account = contact.record.account
    return account is not None and len(accounts) == 1 and account.id == accounts[0].record.id
