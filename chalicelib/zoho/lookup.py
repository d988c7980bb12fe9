"""Asks Zoho both questions about a lead at the same time, and a third only when it seems to be gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.errors import (
    AlreadyConverted,
    AnswersDiffer,
    LeadmatchError,
    LeadNotFound,
    ZohoRefused,
    ZohoUnavailable,
)
from chalicelib.verdict.model import ConversionOptions, Lead


class LeadSource(Protocol):
    """Answers about one lead."""

    def conversion_options(self, *, lead_id: str) -> ConversionOptions:
        """Return what matches."""

    def lead(self, *, lead_id: str, converted: bool = False) -> Lead | None:
        """Return the lead's fields."""


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What came back: `error` says why `options` is None, and `lead` may be known all the same.

    `converted` is Zoho's word that the lead is converted, given in an error; the lead's own fields may say it too.
    """

    options: ConversionOptions | None
    lead: Lead | None
    error: LeadmatchError | None = None
    converted: bool = False


def look_up(zoho: LeadSource, *, lead_id: str, seconds: float) -> LookupResult:
    """Ask for the conversion options and the lead; two calls, or three when Zoho shows no such lead.

    A converted lead is never taken for a new one: Zoho hides it unless it is asked for by `converted=true`. After so many
    seconds nobody waits for Zoho any more, however it keeps its calls alive: what is killed instead tells nobody why.
    The thread stays behind until its calls end; they change nothing, but one may hold the token's lock so long.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    asked = pool.submit(_ask_both, zoho, lead_id)
    pool.shutdown(wait=False)
    try:
        return asked.result(timeout=seconds)
    except TimeoutError:
        return LookupResult(None, None, ZohoUnavailable("Zoho took too long in total.", reason="zoho_too_slow"))


def _ask_both(zoho: LeadSource, lead_id: str) -> LookupResult:
    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(_options, zoho, lead_id)
        lead, unread = _lead(zoho, lead_id, converted=False)
        options, error = asked.result()
    if isinstance(error, AlreadyConverted) or isinstance(unread, AlreadyConverted):
        return _converted(zoho, lead_id, lead)
    if lead is None and (unread is None or isinstance(unread, LeadNotFound)):
        return _second_look(zoho, lead_id, options, error)
    if isinstance(error, LeadNotFound) and not (lead and lead.converted):
        # A lead that could not be read may be a converted one, so what kept us from reading it comes first.
        error = unread or ZohoRefused("Zoho shows the lead but does not offer to convert it.", reason="zoho_no_options")
    return LookupResult(options, lead, error or (unread if _decides(unread) else None))


def _converted(zoho: LeadSource, lead_id: str, lead: Lead | None) -> LookupResult:
    """Return what is known of a lead that Zoho calls converted; it hides such a lead unless it is asked for as one."""
    known = lead or _lead(zoho, lead_id, converted=True)[0]
    return LookupResult(None, replace(known, converted=True) if known else None, converted=True)


def _second_look(
    zoho: LeadSource, lead_id: str, options: ConversionOptions | None, error: LeadmatchError | None
) -> LookupResult:
    if error is not None and not isinstance(error, LeadNotFound):
        return LookupResult(None, None, error)
    lead, unread = _lead(zoho, lead_id, converted=True)
    if isinstance(unread, AlreadyConverted):
        return LookupResult(None, None, converted=True)
    if lead is not None:
        return LookupResult(None, replace(lead, converted=True))
    if options and (options.contacts or options.accounts or options.deals):
        nowhere: LeadmatchError = AnswersDiffer(
            "Zoho returns matches for a lead that it does not show.", reason="zoho_contradiction"
        )
    else:
        nowhere = LeadNotFound("Zoho shows our user no such lead.", reason="lead_not_found")
    return LookupResult(None, None, unread if unread and not isinstance(unread, LeadNotFound) else nowhere)


def _decides(unread: LeadmatchError | None) -> bool:
    """Return whether a lead that could not be read keeps us from a verdict: it may yet be read later."""
    return unread is not None and not isinstance(unread, ZohoRefused)


def _options(zoho: LeadSource, lead_id: str) -> tuple[ConversionOptions | None, LeadmatchError | None]:
    try:
        return zoho.conversion_options(lead_id=lead_id), None
    except LeadmatchError as error:
        return None, error


def _lead(zoho: LeadSource, lead_id: str, *, converted: bool) -> tuple[Lead | None, LeadmatchError | None]:
    try:
        return zoho.lead(lead_id=lead_id, converted=converted), None
    except LeadmatchError as error:
        return None, error
