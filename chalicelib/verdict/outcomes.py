"""The verdicts that need no matching: wait, already converted, not found, not checked."""

from __future__ import annotations

from chalicelib.verdict import sentence
from chalicelib.verdict.model import Lead, Verdict


def wait(reason: str) -> Verdict:
    """Zoho blocks the conversion for now; `reason` is `not_approved` or `record_locked`."""
    return Verdict("wait", "none", reason, sentence.wait(reason))


def already_converted(lead: Lead | None) -> Verdict:
    """Return the verdict on a lead that somebody converted before us; `lead` is None when it could not be read."""
    return Verdict("already_converted", "none", "already_converted", sentence.already_converted(lead))


def lead_not_found(lead_id: str) -> Verdict:
    """No such lead for our user, converted or not."""
    return Verdict("lead_not_found", "none", "lead_not_found", sentence.lead_not_found(lead_id))


def unchecked(reason: str) -> Verdict:
    """Zoho could not be asked; silence would read as "no duplicates"."""
    return Verdict("unchecked", "none", reason, sentence.unchecked(reason))
