"""Probe: does Zoho let leadmatch in, with the scopes that it needs, as a user who sees leads?"""

from __future__ import annotations

from chalicelib.errors import LeadNotFound, NotApproved, RecordLocked
from chalicelib.wiring.refresh import client_credentials
from chalicelib.zoho.client import ZohoClient
from ops.check.stage import DeployedStage
from ops.findings import Findings
from ops.zoho import pages_complaint

UNKNOWN_LEAD = "1000000000000000000"
"""An id that no org has: Zoho checks token, scope and permission before it looks for the lead."""
ANSWERS_ABOUT_A_LEAD = (LeadNotFound, NotApproved, RecordLocked)


def look(stage: DeployedStage, findings: Findings, *, lead_id: str = "") -> None:
    """Make the two calls that every lead takes; without a lead's id, about one that Zoho shows us."""
    findings.say("reading the secret")
    client_credentials(stage.settings)  # a secret that is not whole has another cure than Zoho has
    zoho = stage.zoho()
    findings.say("asking for a lead")
    lead_id = lead_id or zoho.some_lead_id()
    if not lead_id:
        _warn_of_no_leads(stage, findings)
    findings.say("asking for its conversion options")
    _ask_both(zoho, lead_id or UNKNOWN_LEAD)
    center = stage.settings.zoho_data_center
    findings.fact(f"The access token works: it can read leads and conversion options (data centre {center}).")
    if complaint := pages_complaint(stage.wiring.pages, stage.name):
        findings.problem(complaint.message, complaint.hint)
    elif not (stage.settings.zoho_org_id or stage.settings.zoho_pages_url):
        findings.fact("LEADMATCH_ZOHO_ORG_ID is not set. It is optional: links to records work without it.")


def _ask_both(zoho: ZohoClient, lead_id: str) -> None:
    """Ask as check does; an answer about the lead itself shows that the call is allowed."""
    for ask in (zoho.lead, zoho.conversion_options):
        try:
            ask(lead_id=lead_id)
        except ANSWERS_ABOUT_A_LEAD:
            continue


def _warn_of_no_leads(stage: DeployedStage, findings: Findings) -> None:
    findings.warn(
        "Zoho shows our user no lead at all: either there are none, or this user may not see them.",
        "If you have no leads yet, there is nothing to do. Otherwise authorise leadmatch as a user who sees all leads (docs/zoho.md, part 1), then:\n"
        f"python -m ops provision --stage {stage.name} --replace zoho",
    )
