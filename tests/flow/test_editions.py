"""A stage on a Zoho sandbox or developer org: every link leads to that org's own pages, or there is none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

import app
from chalicelib.wiring import Wiring
from ops.check import zoho
from sandbox.system import Sandbox
from tests.flow.deployment import Deployment
from tests.flow.leads import matches, messages, send, zylker_contact
from tests.flow.probing import probe, problem

OWN = "https://crmsandbox.zoho.com/crm/acmetest"
Begin = Callable[[str, str], Sandbox]


@pytest.fixture
def begin(sandbox: Sandbox) -> Begin:
    """Let functions run whose token is of this API, with this setting."""

    def run(api_domain: str, pages_url: str) -> Sandbox:
        app.wiring = Wiring({**os.environ, "LEADMATCH_ZOHO_PAGES_URL": pages_url})
        sandbox.zoho.tokens.api_domain = api_domain
        return sandbox

    return run


@pytest.mark.parametrize("kind", ["sandbox", "developer"])
@pytest.mark.parametrize("own", ["", OWN])
def test_no_link_leads_into_production(begin: Begin, kind: str, own: str) -> None:
    """Neither in Slack nor in the match event; the sweep knows it too."""
    sandbox = begin(f"https://{kind}.zohoapis.com", own)
    lead_id = zylker_contact(sandbox)
    event_id = send(sandbox, lead_id)
    (event,), (message,) = matches(sandbox, lead_id), messages(sandbox, event_id)
    said = json.dumps([event, message.text, message.blocks])
    assert "crm.zoho.com" not in said
    assert (f"{OWN}/tab/Leads/{lead_id}/convert" in said) == bool(own)
    assert event["data"]["lead"]["url"] == (f"{OWN}/tab/Leads/{lead_id}" if own else "")
    assert app.wiring.shared.health.read().edition == kind
    sweeping = Wiring({**os.environ, "LEADMATCH_ZOHO_PAGES_URL": own})  # in Lambda a function of its own
    sweeping.sweep()
    assert sweeping.pages.url == own


@pytest.mark.parametrize("named", ["https://www.zohoapis.com", "", "null"])
def test_a_production_org_needs_no_note(begin: Begin, named: str) -> None:
    """A token whose answer names no API is of a production org too; a function without a token links there all the same."""
    sandbox = begin(named, "")
    lead_id = zylker_contact(sandbox)
    send(sandbox, lead_id)
    (event,) = matches(sandbox, lead_id)
    assert event["data"]["lead"]["url"].startswith("https://crm.zoho.com/crm/")
    assert app.wiring.shared.health.read().edition is None
    sweeping = Wiring({**os.environ, "LEADMATCH_ZOHO_PAGES_URL": ""})
    sweeping.sweep()
    assert sweeping.pages.url.startswith("https://crm.zoho.com/crm")


@pytest.mark.usefixtures("deployment")
@pytest.mark.parametrize("kind", ["sandbox", "developer"])
def test_check_refuses_a_stage_whose_links_have_nowhere_to_lead(begin: Begin, kind: str) -> None:
    """With what to give."""
    begin(f"https://{kind}.zohoapis.com", "")
    finding = problem(zoho.look)
    assert f"is for a Zoho {kind}" in finding.what
    assert "--zoho-pages-url https://crmsandbox.zoho.com/crm/" in finding.fix


def test_check_is_content_once_the_pages_are_known(begin: Begin, deployment: Deployment) -> None:
    """Whatever the kind of org."""
    begin("https://sandbox.zohoapis.com", OWN)
    deployment.write_config(LEADMATCH_ZOHO_PAGES_URL=OWN)
    assert probe(zoho.look).status == "ok"


def test_check_refuses_pages_of_a_sandbox_for_a_production_org(begin: Begin, deployment: Deployment) -> None:
    """A stage that was moved keeps its setting."""
    begin("https://www.zohoapis.com", OWN)
    deployment.write_config(LEADMATCH_ZOHO_PAGES_URL=OWN)
    assert "--zoho-pages-url none" in problem(zoho.look).fix
